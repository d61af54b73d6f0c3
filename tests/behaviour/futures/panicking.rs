//! R81: a panic goes to the caller, and the next run knows nothing of it.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use ductape::{Source, Verdict, action, attempt, fallback, quota, runtime};

use crate::support::{Answer, Script, Scripted, fail, ms, ok, panics, poll_once, run, seeded};

/// Where it panics, if it does.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Statements,
    When,
    Block,
    Classify,
    Reconcile,
    Degrade,
    Nowhere,
}

thread_local! {
    static PANICS: Cell<Place> = const { Cell::new(Place::Nowhere) };
}

fn reach(place: Place) {
    assert_ne!(PANICS.get(), place, "{place:?} panics");
}

fn classify(error: &Scripted) -> Verdict {
    reach(Place::Classify);
    error.verdict
}

#[fallback(at_most_once, classify(classify))]
async fn touchy(a: &Script) -> Answer {
    reach(Place::Statements);

    #[primary("a", when({ reach(Place::When); true }))]
    {
        reach(Place::Block);
        a.call().await
    }
    #[reconcile]
    {
        reach(Place::Reconcile);
        Ok(None)
    }
    #[fallback("b", when(false))]
    {
        Ok(0)
    }
    #[degrade]
    {
        reach(Place::Degrade);
        Ok(1)
    }
}

#[test]
fn r81_a_panic_unwinds_to_the_caller_wherever_it_comes_from() {
    let a = Script::of([fail(Verdict::Ambiguous)]);
    let mine = ductape::Runtime::builder().env("mine").build().expect("nothing is bound");
    let places = [Place::Statements, Place::When, Place::Block, Place::Classify, Place::Reconcile, Place::Degrade];
    for place in places {
        PANICS.set(place);
        let caught = catch_unwind(AssertUnwindSafe(|| poll_once(pin!(mine.scope(touchy(&a)))).is_ready()));
        PANICS.set(Place::Nowhere);

        let payload = caught.expect_err("the panic reaches the caller");
        let message = payload.downcast_ref::<String>().expect("the payload is the block's own");
        assert!(message.contains(&format!("{place:?} panics")), "{message}");
        assert!(attempt().is_none(), "after a panic in {place:?}");
        assert_eq!(runtime().env(), "", "after a panic in {place:?}");

        let Poll::Ready(answer) = poll_once(pin!(mine.scope(touchy(&a)))) else { panic!("it waits for nothing") };
        assert_eq!(answer.expect("the degrade block works").source, Source::Degraded, "after a panic in {place:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn r81_after_a_panic_nothing_of_the_run_is_left() {
    #[fallback]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a", retries = 3)]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    // At the first poll, after a wait, and in a retry.
    let (first, late, retry) = (panics(), panics().after(100), fail(Verdict::Retry));
    for (steps, calls) in [(vec![first, ok()], 1), (vec![late, ok()], 1), (vec![retry, first, ok()], 2)] {
        let runtime = seeded();
        let scripts = Arc::new((Script::of(steps), Script::of([ok()])));
        let task = {
            let (runtime, scripts) = (runtime.clone(), Arc::clone(&scripts));
            tokio::spawn(async move { runtime.scope(plan(&scripts.0, &scripts.1)).await.map(drop) })
        };
        assert!(task.await.expect_err("the panic reaches the caller").is_panic());

        let (a, b) = &*scripts;
        tokio::time::sleep(ms(60_000)).await;
        assert_eq!((a.calls(), a.running(), b.calls()), (calls, 0, 0), "no retry and no failover follows");
        assert_eq!(runtime.scope(plan(a, b)).await.expect("a works now").provider, "a");
    }
}

#[tokio::test(start_paused = true)]
async fn r81_a_panic_of_an_inner_plan_unwinds_through_the_outer_one() {
    #[fallback(tag = "inner")]
    async fn inner(a: &Script) -> Answer {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            Ok(0)
        }
    }
    #[fallback(tag = "outer")]
    async fn outer(a: &Script) -> ductape::Result<usize, ductape::Error<Scripted>> {
        #[primary("one")]
        {
            Ok(inner(a).await?.into_inner())
        }
        #[fallback("two")]
        {
            Ok(0)
        }
    }

    let a = Script::of([panics(), ok()]);
    let caught = catch_unwind(AssertUnwindSafe(|| poll_once(pin!(outer(&a))).is_ready()));
    caught.expect_err("the panic reaches the caller");
    assert!(attempt().is_none());
    assert_eq!(run(outer(&a)).await.expect("it works now"), 2);
}

#[tokio::test(start_paused = true)]
async fn r81_a_block_may_catch_the_panic_of_an_inner_plan_and_is_still_in_its_own_attempt() {
    #[fallback(tag = "inside")]
    async fn inside(a: &Script) -> Answer {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            Ok(0)
        }
    }
    #[fallback(tag = "catches")]
    async fn catches(a: &Script) -> ductape::Result<String, Scripted> {
        #[primary("one")]
        {
            let caught = catch_unwind(AssertUnwindSafe(|| poll_once(pin!(inside(a))).is_ready()));
            assert!(caught.is_err());
            Ok(attempt().expect("this is a provider's block").plan().to_owned())
        }
        #[fallback("two")]
        {
            Ok(String::new())
        }
    }

    assert_eq!(run(catches(&Script::of([panics()]))).await.expect("the block catches it"), "catches");
}

#[tokio::test(start_paused = true)]
async fn r81_a_quota_goes_on_in_its_order_after_panics() {
    #[quota(total = 10)]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[provider("a", weight = 7)]
        {
            a.call().await
        }
        #[provider("b", weight = 3)]
        {
            b.call().await
        }
    }

    let (a, b) = (Script::of([ok()]), Script::of([panics()]));
    let runtime = seeded();
    for _ in 0..100 {
        // Every pick of b panics, and is a pick all the same.
        let _ = catch_unwind(AssertUnwindSafe(|| poll_once(pin!(runtime.scope(plan(&a, &b)))).is_ready()));
    }
    assert_eq!((a.calls(), b.calls()), (70, 30));
}

#[test]
fn r81_a_panic_in_classify_is_one_of_the_attempt() {
    fn panicking(_: &Scripted) -> Verdict {
        panic!("it cannot tell")
    }

    #[action(tag = "panic-in-classify", app = "a", classify(panicking), breaker(failures = 1, cooldown = "1s"))]
    async fn alone(a: &Script) -> Answer {
        a.call().await
    }

    #[fallback(tag = "panic-in-classify-hedged", classify(panicking), hedge = "1s")]
    async fn hedged(a: &Script) -> Answer {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            a.call().await
        }
    }

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry)]));
    catch_unwind(AssertUnwindSafe(|| poll_once(pin!(runtime.scope(alone(&a)))))).expect_err("it panics");
    catch_unwind(AssertUnwindSafe(|| poll_once(pin!(runtime.scope(hedged(&a)))))).expect_err("it panics");
    for tag in ["panic-in-classify", "panic-in-classify-hedged"] {
        let stats = runtime.plan(tag).expect("it is linked").stats();
        let of_a = &stats.providers[0].since_start;
        assert_eq!((of_a.failures, of_a.dropped, stats.since_start.dropped, stats.in_flight), (1, 0, 0, 0), "{tag}");
    }
}
