//! What can be a key, and to whom a value belongs.

use std::fmt::Debug;
use std::sync::Arc;

use ductape::{Outcome, Source, action};
use tokio::time::advance;

use crate::support::{Answer, Script, Scripted, ms, ok, run};

/// What a user of the library would use as a key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct User {
    id: u32,
    name: String,
}

#[tokio::test(start_paused = true)]
async fn r33_a_reference_is_kept_as_what_it_points_to() {
    #[action(app = "a", cache(ttl = "60s", key(name)))]
    async fn by_text(name: &str, a: &Script) -> Answer {
        a.call().await
    }
    #[action(app = "a", cache(ttl = "60s", key(user)))]
    async fn by_user(user: &User, a: &Script) -> Answer {
        a.call().await
    }
    #[action(app = "a", cache(ttl = "60s", key(bytes)))]
    async fn by_bytes(bytes: &[u8], a: &Script) -> Answer {
        a.call().await
    }
    let a = Script::of([ok()]);
    run(async {
        for (name, call) in [("ada", 1), ("bob", 2), ("ada", 1)] {
            let name = name.to_owned();
            assert_eq!(*by_text(&name, &a).await.expect("a serves"), call);
        }
        for (id, call) in [(1, 3), (2, 4), (1, 3)] {
            let user = User { id, name: "ada".to_owned() };
            assert_eq!(*by_user(&user, &a).await.expect("a serves"), call);
        }
        for (bytes, call) in [([1, 2], 5), ([2, 1], 6), ([1, 2], 5)] {
            assert_eq!(*by_bytes(&bytes, &a).await.expect("a serves"), call);
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r33_a_key_can_be_made_of_several_arguments() {
    #[action(app = "a", cache(ttl = "60s", key((user.id, user.name.clone(), page))))]
    async fn pages(user: &User, page: u8, a: &Script) -> Answer {
        a.call().await
    }
    let (a, user) = (Script::of([ok()]), User { id: 1, name: "ada".to_owned() });
    run(async {
        for (page, call) in [(1, 1), (2, 2), (1, 1)] {
            assert_eq!(*pages(&user, page, &a).await.expect("a serves"), call);
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r33_the_instances_of_a_generic_function_share_no_values() {
    #[action(tag = "cache-generic", app = "a", cache(ttl = "60s", key(0)))]
    async fn made<T: From<u8> + Clone + Send + Sync + Debug + 'static>(a: &Script) -> ductape::Result<T, Scripted> {
        a.call().await.map(|call| T::from(u8::try_from(call).unwrap_or(u8::MAX)))
    }
    let a = Script::of([ok()]);
    run(async {
        assert_eq!(made::<u32>(&a).await.ok(), Some(1));
        assert_eq!(made::<u64>(&a).await.ok(), Some(2));
        assert_eq!((made::<u32>(&a).await.ok(), made::<u64>(&a).await.ok()), (Some(1), Some(2)));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r33_a_method_has_no_key_of_its_own() {
    struct Client(Script);
    impl Client {
        #[action(app = "a", cache(ttl = "1s"))]
        async fn rates(&self) -> Answer {
            self.0.call().await
        }
    }
    let client = Client(Script::of([ok()]));
    run(async {
        assert_eq!((client.rates().await.ok().map(Outcome::into_inner)), Some(1));
        assert_eq!(client.rates().await.expect("it is there").source, Source::Cache);
        advance(ms(1_000)).await;
        assert_eq!(*client.rates().await.expect("a serves"), 2);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r33_one_value_is_shared_by_all_who_ask() {
    #[action(app = "a", cache(ttl = "60s", key(user)))]
    async fn list(user: u32, a: &Script) -> ductape::Result<Arc<Vec<usize>>, Scripted> {
        a.call().await.map(|call| Arc::new(vec![call]))
    }
    let a = Script::of([ok()]);
    run(async {
        let (one, other) = (list(1, &a).await.expect("a serves"), list(1, &a).await.expect("it is there"));
        assert!(Arc::ptr_eq(&one, &other));
    })
    .await;
}
