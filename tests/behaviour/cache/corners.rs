//! Callers of one key that could get in each other's way.

use std::marker::PhantomData;
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use ductape::{Skip, Source, Verdict, action, fallback};
use tokio::time::sleep;

use super::minute;
use crate::support::{Answer, Script, Scripted, begin, fail, hang, ms, ok, run, seeded, trail};

#[tokio::test(start_paused = true)]
async fn r33_instances_that_differ_in_nothing_but_a_parameter_share_no_values() {
    trait Region: Send + Sync {
        const NAME: &'static str;
    }
    struct Europe;
    struct Asia<'a>(PhantomData<&'a ()>);
    impl Region for Europe {
        const NAME: &'static str = "europe";
    }
    impl Region for Asia<'_> {
        const NAME: &'static str = "asia";
    }

    #[action(tag = "cache-by-region", app = "a", cache(ttl = "60s", key(id)))]
    async fn name<R: Region>(id: u32) -> ductape::Result<String, Scripted> {
        Ok(format!("{id} in {}", R::NAME))
    }
    run(async {
        for _ in 0..2 {
            assert_eq!(name::<Europe>(1).await.ok().as_deref(), Some("1 in europe"));
            assert_eq!(name::<Asia<'_>>(1).await.ok().as_deref(), Some("1 in asia"));
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r72_hits_allow_no_retries() {
    #[action(
        app = "a",
        retries = 1,
        backoff(base = "1ms", jitter = "none"),
        retry_budget = "50%",
        cache(ttl = "60s", key(user))
    )]
    async fn budgeted(user: u32, a: &Script) -> Answer {
        a.call().await
    }
    let (good, bad) = (Script::of([ok()]), Script::of([fail(Verdict::Retry)]));
    run(async {
        for _ in 0..2_000 {
            assert!(budgeted(0, &good).await.is_ok());
        }
        // The floor is ten a second, over ten seconds.
        for user in 1..=100 {
            assert!(budgeted(user, &bad).await.is_err());
        }
        let error = budgeted(101, &bad).await.expect_err("a fails");
        assert_eq!(trail(&error).last().map(String::as_str), Some(&*format!("a skipped: {:?}", Skip::OverBudget)));
        assert_eq!((good.calls(), bad.calls()), (1, 201));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r33_a_leader_in_a_hurry_takes_nobody_along() {
    #[action(app = "outer", timeout = "1s")]
    async fn hurried(a: &Script) -> ductape::Result<usize, ductape::Error<Scripted>> {
        minute(1, a).await.map(ductape::Outcome::into_inner)
    }
    let a = Script::of([ok().after(5_000)]);
    run(async {
        let (leader, follower) = tokio::join!(hurried(&a), async {
            sleep(ms(1)).await;
            minute(1, &a).await
        });
        assert!(leader.is_err());
        assert_eq!(*follower.expect("it has time enough"), 2);
        assert_eq!(a.calls(), 2);
    })
    .await;
}

#[fallback(tag = "cache-one-place", cache(ttl = "60s", key(user)))]
async fn one_place(user: u32, a: &Script) -> Answer {
    #[primary("a", bulkhead = 1)]
    {
        a.call().await
    }
    #[fallback("b")]
    {
        Ok(1_000)
    }
}

/// Whether the place was free whenever it rang.
struct Bell(ductape::Runtime, AtomicU32, Mutex<Vec<u32>>);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        let taken = self.0.plan("cache-one-place").ok().and_then(|plan| plan.bulkhead("a")).map(|places| places.taken);
        self.1.fetch_add(1, Ordering::Relaxed);
        self.2.lock().expect("nobody panics").extend(taken);
    }
}

#[tokio::test(start_paused = true)]
async fn r80_what_a_dropped_leader_held_is_free_before_another_one_takes_over() {
    let (world, a) = (seeded(), Script::of([hang(), ok()]));
    let bell = Arc::new(Bell(world.clone(), AtomicU32::new(0), Mutex::default()));
    let waker = Waker::from(Arc::clone(&bell));
    let mut leader = Box::pin(world.scope(one_place(1, &a)));
    begin(leader.as_mut()).await;
    let mut follower = pin!(world.scope(one_place(1, &a)));
    assert!(follower.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    drop(leader);
    assert_eq!(bell.1.load(Ordering::Relaxed), 1, "it is woken");
    assert_eq!(*bell.2.lock().expect("nobody panics"), [0], "and finds the place free");
    let Poll::Ready(Ok(outcome)) = follower.as_mut().poll(&mut Context::from_waker(&waker)) else {
        panic!("it takes over")
    };
    assert_eq!((*outcome, &*outcome.provider), (2, "a"));
}

#[tokio::test(start_paused = true)]
async fn r33_a_follower_that_nobody_polls_keeps_nobody_waiting() {
    let (world, a) = (seeded(), Script::of([hang(), ok()]));
    let mut leader = Box::pin(world.scope(minute(1, &a)));
    begin(leader.as_mut()).await;
    let mut sleepy = pin!(world.scope(minute(1, &a)));
    begin(sleepy.as_mut()).await;
    let mut other = pin!(world.scope(minute(1, &a)));
    begin(other.as_mut()).await;
    drop(leader);
    let outcome = tokio::time::timeout(ms(1), other.as_mut()).await.expect("it waits for nobody");
    assert_eq!(*outcome.expect("a serves"), 2);
    assert_eq!(sleepy.await.expect("it is there").source, Source::Cache);
    assert_eq!(a.calls(), 2);
}
