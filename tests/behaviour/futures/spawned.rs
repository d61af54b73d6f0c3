//! R82: the future of every form of plan can be spawned.

use std::marker::PhantomData;
use std::sync::Arc;

use ductape::{Outcome, Verdict, action, fallback, healthcheck, quota};

use crate::support::{Script, Scripted, fail, ok, seeded};

#[fallback(at_most_once, classify(Scripted::verdict))]
async fn ordered(a: Arc<Script>) -> ductape::Result<Outcome<usize>, Scripted> {
    let calls = a.calls();

    #[primary("a", retries = 1, when(calls == 0))]
    {
        a.call().await
    }
    #[reconcile]
    {
        a.call().await.map(Some)
    }
    #[fallback("b")]
    {
        a.call().await
    }
    #[degrade]
    {
        a.call().await
    }
}

#[quota(sticky(key))]
async fn shared(key: &'static str, a: Arc<Script>) -> ductape::Result<usize, Scripted> {
    #[provider("a", weight = 50, healthcheck(always_well))]
    {
        a.call().await
    }
    #[provider("b", weight = 50)]
    {
        a.call().await
    }
    #[fallback("c")]
    {
        a.call().await
    }
}

#[action(retries = 1)]
async fn single(a: Arc<Script>) -> ductape::Result<usize, Scripted> {
    a.call().await
}

#[action(error(Scripted))]
async fn with_its_own_error(a: Arc<Script>) -> Result<usize, Own> {
    a.call().await
}

#[derive(Debug)]
struct Own;

impl From<ductape::Error<Scripted>> for Own {
    fn from(_: ductape::Error<Scripted>) -> Self {
        Self
    }
}

#[fallback]
async fn generic<T: Send + Sync + Clone>(value: T, a: Arc<Script>) -> ductape::Result<T, Scripted> {
    #[primary("a")]
    {
        a.call().await.map(|_| value.clone())
    }
    #[fallback("b")]
    {
        Ok(value.clone())
    }
}

#[fallback]
async fn nested(a: Arc<Script>) -> ductape::Result<usize, ductape::Error<Scripted>> {
    #[primary("a")]
    {
        single(Arc::clone(&a)).await?;
        Ok(ordered(Arc::clone(&a)).await?.into_inner())
    }
    #[fallback("b")]
    {
        Ok(0)
    }
}

#[healthcheck(interval = "1h")]
async fn always_well() -> Result<(), &'static str> {
    Ok(())
}

struct Service(Script);

impl Service {
    #[fallback]
    async fn method(&self) -> ductape::Result<usize, Scripted> {
        #[primary("a")]
        {
            self.0.call().await
        }
        #[fallback("b")]
        {
            self.0.call().await
        }
    }
}

trait Works {
    fn work(&self) -> impl Future<Output = ductape::Result<usize, Scripted>> + Send;
}

impl Works for Service {
    #[action]
    async fn work(&self) -> ductape::Result<usize, Scripted> {
        self.0.call().await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r82_the_future_of_every_form_can_be_spawned() {
    let a = Arc::new(Script::of([ok()]));
    let service = Arc::new(Service(Script::of([ok()])));

    tokio::spawn(ordered(a.clone())).await.expect("nothing panics").expect("a works");
    tokio::spawn(shared("key", a.clone())).await.expect("nothing panics").expect("a works");
    tokio::spawn(single(a.clone())).await.expect("nothing panics").expect("a works");
    tokio::spawn(with_its_own_error(a.clone())).await.expect("nothing panics").expect("a works");
    tokio::spawn(generic(String::from("text"), a.clone())).await.expect("nothing panics").expect("a works");
    tokio::spawn(nested(a.clone())).await.expect("nothing panics").expect("a works");
    tokio::spawn(seeded().scope(single(a.clone()))).await.expect("nothing panics").expect("a works");
    tokio::spawn(always_well.check()).await.expect("nothing panics");
    let method = async move { service.method().await.and(service.work().await) };
    tokio::spawn(method).await.expect("nothing panics").expect("it works");
    // One each, the nested plan two, and its second run finds that there were calls: its provider b serves.
    assert_eq!(a.calls(), 8);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r82_a_run_may_move_from_thread_to_thread_while_it_waits() {
    #[fallback(backoff(base = "1ms", factor = 1, jitter = "none"))]
    async fn hops(a: Arc<Script>) -> ductape::Result<Outcome<usize>, Scripted> {
        #[primary("a", retries = 3)]
        {
            let before = ductape::attempt().expect("this is a provider's block").number();
            tokio::task::yield_now().await;
            let result = a.call().await;
            assert_eq!(ductape::attempt().expect("this still is").number(), before);
            result
        }
        #[fallback("b")]
        {
            Ok(0)
        }
    }

    let runtime = seeded();
    let mut tasks = Vec::new();
    for _ in 0..64 {
        let failing = Arc::new(Script::of([fail(Verdict::Retry), fail(Verdict::Retry), ok()]));
        tasks.push(tokio::spawn(runtime.scope(hops(failing))));
    }
    for task in tasks {
        let outcome = task.await.expect("nothing panics").expect("the third attempt works");
        assert_eq!((outcome.provider.as_str(), outcome.attempts), ("a", 3));
    }
}

#[tokio::test(start_paused = true)]
async fn r82_a_value_needs_to_be_send_and_no_more() {
    struct NotSync(PhantomData<std::cell::Cell<u8>>);

    #[fallback]
    async fn plan(good: bool) -> ductape::Result<NotSync, Scripted> {
        #[primary("a", when(good))]
        {
            Ok(NotSync(PhantomData))
        }
        #[fallback("b", when(false))]
        {
            Ok(NotSync(PhantomData))
        }
    }

    tokio::spawn(async { plan(true).await.map(|value| value.0).map(drop) }).await.expect("no panic").expect("a works");
}
