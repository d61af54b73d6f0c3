//! `Runtime::builder()`, `scope`, and what runtimes do not share.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::time::Duration;

use ductape::{Event, Outcome, Runtime, Skip, Status, Verdict, action, fallback, healthcheck, quota, runtime};
use tokio::task::yield_now;

/// What the healthcheck here probes.
struct Client {
    up: bool,
}

#[healthcheck(tag = "scopes-health", interval = "1h", retries = 0, timeout = "1s")]
async fn client_health(client: &Client) -> Result<(), &'static str> {
    if client.up { Ok(()) } else { Err("down") }
}

#[fallback(tag = "scopes-checked")]
async fn checked() -> ductape::Result<Outcome<()>, &'static str> {
    #[primary("checked", healthcheck(client_health))]
    {
        Ok(())
    }

    #[fallback("unchecked")]
    {
        Ok(())
    }
}

fn for_a_minute(_: &&'static str) -> Verdict {
    Verdict::Throttled(Duration::from_secs(60))
}

#[action(tag = "scopes-throttled", app = "busy", classify(for_a_minute))]
async fn throttled(calls: &Mutex<usize>) -> ductape::Result<(), &'static str> {
    *calls.lock().expect("nobody panics while counting") += 1;
    Err("leave me alone")
}

#[quota(tag = "scopes-picks")]
async fn picks() -> ductape::Result<Outcome<()>, &'static str> {
    #[provider("a", weight = 59)]
    {
        Ok(())
    }

    #[provider("b", weight = 41)]
    {
        Ok(())
    }
}

#[quota(tag = "scopes-draws", pick = "random")]
async fn draws() -> ductape::Result<Outcome<()>, &'static str> {
    #[provider("a", weight = 59)]
    {
        Ok(())
    }

    #[provider("b", weight = 41)]
    {
        Ok(())
    }
}

#[fallback(tag = "scopes-conditional")]
async fn conditional() -> ductape::Result<Outcome<String>, &'static str> {
    #[primary("test-double", when(runtime().env() != "prd"))]
    {
        Ok(runtime().product().to_owned())
    }

    #[fallback("the-real-one")]
    {
        Ok(runtime().product().to_owned())
    }
}

fn product(product: &'static str) -> Runtime {
    Runtime::builder().product(product).build().expect("building checks nothing that could be wrong")
}

fn seeded(seed: u64) -> Runtime {
    Runtime::builder().seed(seed).build().expect("building checks nothing that could be wrong")
}

/// The product of the runtime in force here.
fn here() -> String {
    runtime().product().to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_builder_sets_product_and_environment() {
    let built = Runtime::builder().product("checkout").env(String::from("prd")).seed(7).build();
    let built = built.expect("building checks nothing that could be wrong");
    assert_eq!((built.product(), built.env()), ("checkout", "prd"));
    let in_force = built.scope(async { (here(), runtime().env().to_owned()) }).await;
    assert_eq!(in_force, ("checkout".to_owned(), "prd".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn conditions_and_blocks_can_ask_for_product_and_environment() {
    for (env, provider) in [("prd", "the-real-one"), ("dev", "test-double")] {
        let built = Runtime::builder().product("checkout").env(env).build();
        let built = built.expect("building checks nothing that could be wrong");
        let outcome = built.scope(conditional()).await.expect("both are up");
        assert_eq!((outcome.provider.as_str(), outcome.value.as_str()), (provider, "checkout"));
    }
}

#[tokio::test(start_paused = true)]
async fn build_installs_nothing() {
    let before = here();
    let built = product("not-installed");
    assert_eq!(here(), before);
    assert_ne!(here(), built.product());
}

#[tokio::test(start_paused = true)]
async fn plans_work_without_a_runtime_being_started() {
    let outcome = checked().await.expect("nothing has been found unhealthy");
    assert_eq!(outcome.provider, "checked");
}

#[tokio::test(start_paused = true)]
async fn a_scope_ends_with_its_future() {
    let outside = here();
    assert_eq!(product("inside").scope(async { here() }).await, "inside");
    assert_eq!(here(), outside);
}

#[tokio::test(start_paused = true)]
async fn a_scope_holds_across_awaits_and_gives_what_its_future_gives() {
    let value = product("inside").scope(async {
        yield_now().await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        (here(), 7)
    });
    assert_eq!(value.await, ("inside".to_owned(), 7));
}

#[tokio::test(start_paused = true)]
async fn the_innermost_scope_is_in_force() {
    let (outer, inner) = (product("outer"), product("inner"));
    let seen = outer.scope(async {
        let before = here();
        let inside = inner.scope(async {
            yield_now().await;
            here()
        });
        let inside = inside.await;
        let again = outer.scope(inner.scope(outer.scope(async { here() }))).await;
        [before, inside, again, here()]
    });
    assert_eq!(seen.await, ["outer", "inner", "outer", "outer"]);
}

#[tokio::test(start_paused = true)]
async fn scopes_side_by_side_do_not_mix() {
    async fn seen() -> Vec<String> {
        let mut seen = Vec::new();
        for _ in 0..10 {
            seen.push(here());
            yield_now().await;
        }
        seen
    }
    let (one, other) = tokio::join!(product("one").scope(seen()), product("other").scope(seen()));
    assert_eq!(one, ["one"; 10]);
    assert_eq!(other, ["other"; 10]);
}

#[tokio::test(start_paused = true)]
async fn a_panic_leaves_the_scope_around_it_in_force() {
    let after = product("outer").scope(async {
        let mut panicking = Box::pin(product("inner").scope(async { panic!("in the inner scope") }));
        let polled = std::future::poll_fn(|cx| {
            std::task::Poll::Ready(catch_unwind(AssertUnwindSafe(|| panicking.as_mut().poll(cx).is_ready())))
        });
        assert!(polled.await.is_err());
        here()
    });
    assert_eq!(after.await, "outer");
}

#[tokio::test(start_paused = true)]
async fn a_spawned_task_leaves_the_scope_unless_it_is_scoped_again() {
    let inside = product("inside");
    let spawning = async {
        let left = tokio::spawn(async { here() });
        let kept = tokio::spawn(runtime().scope(async { here() }));
        let left = left.await.expect("it does not panic");
        (left, kept.await.expect("it does not panic"))
    };
    let (left, kept) = inside.scope(spawning).await;
    assert_ne!(left, "inside");
    assert_eq!(kept, "inside");
}

#[tokio::test(start_paused = true)]
async fn runtimes_share_no_health() {
    let bound = |up| Runtime::builder().bind(&client_health, Client { up }).build();
    let down = bound(false).expect("building checks nothing that could be wrong");
    let up = bound(true).expect("building checks nothing that could be wrong");
    down.scope(client_health.check()).await;

    let seen = async || (client_health.status(), checked().await.expect("one is there").provider.to_string());
    assert_eq!(down.scope(seen()).await, (Status::Unhealthy, "unchecked".to_owned()));
    assert_eq!(up.scope(seen()).await, (Status::Unknown, "checked".to_owned()));
    up.scope(client_health.check()).await;
    assert_eq!(up.scope(seen()).await, (Status::Healthy, "checked".to_owned()));
    assert_eq!(down.scope(seen()).await, (Status::Unhealthy, "unchecked".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn clones_are_the_same_runtime() {
    let bound = Runtime::builder().bind(&client_health, Client { up: false }).build();
    let bound = bound.expect("building checks nothing that could be wrong");
    bound.clone().scope(client_health.check()).await;
    bound.scope(async { assert_eq!(client_health.status(), Status::Unhealthy) }).await;
}

#[tokio::test(start_paused = true)]
async fn runtimes_share_no_throttles() {
    let calls = Mutex::new(0);
    let (one, other) = (product("one"), product("other"));
    one.scope(throttled(&calls)).await.expect_err("it is busy");
    let error = one.scope(throttled(&calls)).await.expect_err("it is throttled");
    let [entry] = error.trail().entries() else { panic!("one skip: {error}") };
    assert!(matches!(entry.event, Event::Skipped(Skip::Throttled { .. })));
    assert_eq!(*calls.lock().expect("nobody panics while counting"), 1);

    other.scope(throttled(&calls)).await.expect_err("it is busy");
    assert_eq!(*calls.lock().expect("nobody panics while counting"), 2);
}

#[tokio::test(start_paused = true)]
async fn runtimes_share_no_order() {
    async fn taken(runtime: &Runtime) -> String {
        runtime.scope(picks()).await.expect("both are up").provider.to_string()
    }
    let (alone, disturbed, other) = (seeded(7), seeded(7), seeded(7));
    for run in 0..200 {
        let expected = taken(&alone).await;
        assert_eq!(taken(&disturbed).await, expected, "at run {run}");
        for _ in 0..run % 3 {
            taken(&other).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn runtimes_share_no_randomness() {
    async fn drawn(runtime: &Runtime) -> String {
        runtime.scope(draws()).await.expect("both are up").provider.to_string()
    }
    let (alone, disturbed, other) = (seeded(7), seeded(7), seeded(7));
    for run in 0..200 {
        let expected = drawn(&alone).await;
        assert_eq!(drawn(&disturbed).await, expected, "at run {run}");
        for _ in 0..run % 3 {
            drawn(&other).await;
        }
    }
}

/// A plan that is called in a scope belongs to it, whichever runtime is in force where it goes on.
#[tokio::test(start_paused = true)]
async fn a_run_takes_the_state_of_its_scope() {
    let calls = Mutex::new(0);
    let (outer, inner) = (product("outer"), product("inner"));
    let nested = outer.scope(async {
        inner.scope(throttled(&calls)).await.expect_err("it is busy");
        throttled(&calls).await.expect_err("it is busy")
    });
    let error = nested.await;
    assert!(matches!(error.trail().entries()[0].event, Event::Failed { .. }), "{error}");
    assert_eq!(*calls.lock().expect("nobody panics while counting"), 2);
}
