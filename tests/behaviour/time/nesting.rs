//! R14: a plan inside a provider's block never outlives the attempt around it.

use ductape::{ErrorKind, Verdict, action, attempt, fallback};
use tokio::time::{Instant, sleep};

use crate::support::{Answer, Script, Scripted, fail, hang, ms, ok, run, trail};

/// With time for itself: a minute.
#[action(tag = "within", app = "inner", timeout = "60s", retries = 1)]
async fn within(inner: &Script) -> Answer {
    inner.call().await
}

#[fallback(tag = "around")]
async fn around(inner: &Script, last: &Script) -> ductape::Result<usize, ductape::Error<Scripted>> {
    #[primary("a", timeout = "300ms", retries = 1, backoff(base = "50ms", jitter = "none"))]
    {
        within(inner).await.map(|outcome| outcome.value)
    }
    #[fallback("b", timeout = "100ms")]
    {
        Ok(last.call().await?)
    }
}

#[tokio::test(start_paused = true)]
async fn r14_the_inner_plan_ends_with_the_attempt_around_it() {
    let (inner, last) = (Script::of([hang()]), Script::of([ok()]));
    let start = Instant::now();
    let value = run(around(&inner, &last)).await.expect("the last one works");

    assert_eq!((value, start.elapsed()), (1, ms(650)));
    assert_eq!((inner.times(), inner.cut(), inner.running()), (vec![0, 350], 2, 0));
}

#[tokio::test(start_paused = true)]
async fn r14_the_inner_plans_own_deadline_counts_where_it_is_the_smaller() {
    #[action(tag = "hasty", deadline = "80ms", timeout = "40ms", retries = 9, backoff(base = "1ms", jitter = "none"))]
    async fn hasty(inner: &Script) -> Answer {
        inner.call().await
    }
    #[action(tag = "patient", timeout = "10s")]
    async fn patient(inner: &Script) -> ductape::Result<(), ductape::Error<Scripted>> {
        hasty(inner).await.map(drop)
    }

    let inner = Script::of([fail(Verdict::Retry).after(30), hang()]);
    let start = Instant::now();
    let error = run(patient(&inner)).await.expect_err("the inner plan fails");

    assert_eq!((inner.times(), start.elapsed()), (vec![0, 31], ms(71)));
    let inner_error = error.last().expect("the inner plan answered");
    assert_eq!(trail(inner_error), ["hasty 1 failed: Retry", "hasty 2 timed out after 40ms"]);
}

#[tokio::test(start_paused = true)]
async fn r14_waits_of_the_inner_plan_count_against_what_is_left_outside() {
    #[action(tag = "waits", timeout = "50ms", retries = 5, backoff(base = "100ms", factor = 1, jitter = "none"))]
    async fn waits(inner: &Script) -> Answer {
        inner.call().await
    }
    #[action(tag = "bounds", timeout = "310ms")]
    async fn bounds(inner: &Script) -> ductape::Result<(), ductape::Error<Scripted>> {
        waits(inner).await.map(drop)
    }

    // A fourth attempt would begin at 300 and might end at 350.
    let inner = Script::of([fail(Verdict::Retry)]);
    let start = Instant::now();
    run(bounds(&inner)).await.expect_err("it never works");
    assert_eq!((inner.times(), start.elapsed()), (vec![0, 100, 200], ms(200)));
}

#[tokio::test(start_paused = true)]
async fn r14_it_holds_through_three_plans() {
    #[action(tag = "second", timeout = "20s")]
    async fn second(inner: &Script) -> ductape::Result<u128, Scripted> {
        sleep(ms(20)).await;
        third(inner).await.map_err(|error| error.into_last().expect("the error is not shared"))
    }
    #[action(tag = "third", timeout = "30s")]
    async fn third(inner: &Script) -> ductape::Result<u128, Scripted> {
        inner.call().await?;
        Ok(attempt().expect("this is a provider's block").remaining().as_millis())
    }
    #[action(tag = "first", timeout = "100ms")]
    async fn first(inner: &Script) -> ductape::Result<u128, Scripted> {
        sleep(ms(10)).await;
        second(inner).await.map_err(|error| error.into_last().expect("the error is not shared"))
    }

    assert_eq!(run(first(&Script::of([ok().after(30)]))).await.expect("there is time"), 40);
}

#[tokio::test(start_paused = true)]
async fn r14_two_plans_side_by_side_are_bounded_by_the_same_attempt() {
    #[action(tag = "both", timeout = "100ms")]
    async fn both(left: &Script, right: &Script) -> ductape::Result<[ErrorKind; 2], Scripted> {
        let (left, right) = tokio::join!(within(left), within(right));
        Ok([left.expect_err("it hangs").kind(), right.expect_err("it hangs").kind()])
    }

    let (left, right) = (Script::of([hang()]), Script::of([hang()]));
    let kinds = run(both(&left, &right)).await.expect("both end in the poll in which the time is up");
    assert_eq!(kinds, [ErrorKind::Deadline; 2]);
    assert_eq!((left.cut(), right.cut()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn r14_the_statements_before_the_inner_providers_see_the_outer_attempt() {
    #[fallback(tag = "prepares")]
    async fn prepares() -> ductape::Result<String, Scripted> {
        let outside = attempt().expect("still in the outer provider's block").plan().to_owned();

        #[primary("a")]
        {
            Ok(outside.clone())
        }
        #[fallback("b")]
        {
            Ok(String::new())
        }
    }
    #[action(tag = "calls")]
    async fn calls() -> ductape::Result<String, ductape::Error<Scripted>> {
        prepares().await
    }

    assert_eq!(run(calls()).await.expect("it works"), "calls");
}

#[tokio::test(start_paused = true)]
async fn r14_the_bound_stops_at_a_spawn() {
    #[action(tag = "spawns", timeout = "100ms")]
    async fn spawns(inner: std::sync::Arc<Script>) -> ductape::Result<(), Scripted> {
        let inner = std::sync::Arc::clone(&inner);
        let task = tokio::spawn(async move {
            assert!(attempt().is_none());
            within(&inner).await
        });
        task.await.expect("nothing panics").map(drop).map_err(|error| error.into_last().expect("it is not shared"))
    }

    let inner = std::sync::Arc::new(Script::of([ok().after(500)]));
    run(spawns(std::sync::Arc::clone(&inner))).await.expect_err("the task takes too long");
    assert_eq!(inner.running(), 1);

    sleep(ms(401)).await;
    assert_eq!((inner.running(), inner.cut()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn r14_it_holds_inside_reconcile_and_degrade_too() {
    #[fallback(tag = "asks", at_most_once, classify(Scripted::verdict), timeout = "70ms")]
    async fn asks(a: &Script, inner: &Script) -> Answer {
        #[primary("a", retries = 1, backoff(base = "10ms", jitter = "none"))]
        {
            a.call().await
        }
        #[reconcile]
        {
            within(inner).await.map(|_| None).map_err(|_| Scripted { verdict: Verdict::Retry, call: 0 })
        }
        #[fallback("b")]
        {
            Ok(0)
        }
    }
    #[action(tag = "degrades", app = "a")]
    async fn degrades(a: &Script, inner: &Script) -> Answer {
        return a.call().await;
        #[degrade(timeout = "90ms")]
        {
            within(inner).await.map(|outcome| outcome.value).map_err(|_| Scripted { verdict: Verdict::Retry, call: 0 })
        }
    }

    let (a, inner) = (Script::of([fail(Verdict::Ambiguous)]), Script::of([hang()]));
    let start = Instant::now();
    run(asks(&a, &inner)).await.expect_err("nobody knows");
    assert_eq!((inner.times(), inner.cut(), start.elapsed()), (vec![0, 80], 2, ms(150)));

    let (a, inner) = (Script::of([fail(Verdict::Retry)]), Script::of([hang()]));
    let start = Instant::now();
    run(degrades(&a, &inner)).await.expect_err("even that hangs");
    assert_eq!((inner.calls(), inner.cut(), start.elapsed()), (1, 1, ms(90)));
}
