//! R72: how many retries a plan may make among its calls.

use ductape::{Verdict, action, fallback};
use tokio::time::{Instant, sleep};

use crate::support::{Answer, Script, Scripted, fail, ms, ok, seeded, trail};

#[action(
    tag = "budget-fifth",
    app = "a",
    retries = 1000,
    backoff(base = "1ms", factor = 1, jitter = "none"),
    classify(Scripted::verdict),
    retry_budget = "20%"
)]
async fn fifth(a: &Script) -> Answer {
    a.call().await
}

#[tokio::test(start_paused = true)]
async fn r72_however_few_calls_there_are_ten_retries_a_second_are_within_the_budget() {
    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry)]));
    let error = runtime.scope(fifth(&a)).await.expect_err("a fails");
    // Ten a second over ten seconds.
    assert_eq!(a.calls(), 1 + 100);
    assert_eq!(trail(&error).last().map(String::as_str), Some("a skipped: OverBudget"));
    assert_eq!(trail(&error).len(), 102);
}

#[tokio::test(start_paused = true)]
async fn r72_among_many_calls_it_is_their_share() {
    let (runtime, well, a) = (seeded(), Script::of([ok()]), Script::of([fail(Verdict::Retry)]));
    for _ in 0..1_999 {
        runtime.scope(fifth(&well)).await.expect("it works");
    }
    runtime.scope(fifth(&a)).await.expect_err("a fails");
    assert_eq!(a.calls(), 1 + 400, "a fifth of 2000 calls");
}

#[tokio::test(start_paused = true)]
async fn r72_the_first_attempts_of_others_are_not_refused() {
    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry)]));
    runtime.scope(fifth(&a)).await.expect_err("a fails");
    let (start, before) = (Instant::now(), a.calls());
    for _ in 0..20 {
        let error = runtime.scope(fifth(&a)).await.expect_err("a fails");
        assert_eq!(trail(&error), ["a 1 failed: Retry", "a skipped: OverBudget"]);
    }
    assert_eq!((a.calls() - before, start.elapsed()), (20, ms(0)), "nor is a wait begun for nothing");
}

#[tokio::test(start_paused = true)]
async fn r72_failover_is_not_refused() {
    #[fallback(retries = 1000, backoff(base = "1ms", factor = 1, jitter = "none"), retry_budget = "10%")]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    let (runtime, a, b) = (seeded(), Script::of([fail(Verdict::Retry)]), Script::of([ok()]));
    for run in 1..=10 {
        let outcome = runtime.scope(plan(&a, &b)).await.expect("b works");
        assert_eq!((outcome.provider.as_str(), a.calls()), ("b", 100 + run));
    }

    // The budget is the plan's: what a used up, b has not either.
    let (runtime, b) = (seeded(), Script::of([fail(Verdict::Retry)]));
    let error = runtime.scope(plan(&a, &b)).await.expect_err("both fail");
    assert_eq!(trail(&error)[101..], ["a skipped: OverBudget", "b 1 failed: Retry", "b skipped: OverBudget"]);
}

#[tokio::test(start_paused = true)]
async fn r72_what_is_older_than_ten_seconds_is_forgotten() {
    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry)]));
    runtime.scope(fifth(&a)).await.expect_err("a fails");
    assert_eq!(a.calls(), 101);
    sleep(ms(8_800)).await;
    runtime.scope(fifth(&a)).await.expect_err("a fails");
    assert_eq!(a.calls(), 102, "after 8.9 s all of it counts");
    sleep(ms(2_300)).await;
    runtime.scope(fifth(&a)).await.expect_err("a fails");
    assert_eq!(a.calls(), 102 + 101, "and after 11.2 s nothing");
}

#[tokio::test(start_paused = true)]
async fn r72_a_wish_to_be_asked_later_is_a_retry_too() {
    let (runtime, a) = (seeded(), Script::of([fail(Verdict::RetryAfter(ms(1)))]));
    let error = runtime.scope(fifth(&a)).await.expect_err("a fails");
    assert_eq!((a.calls(), trail(&error).last().map(String::as_str)), (101, Some("a skipped: OverBudget")));
}

#[tokio::test(start_paused = true)]
async fn r72_each_plan_has_its_own_and_each_runtime() {
    #[action(app = "a", retries = 1000, backoff(base = "1ms", factor = 1, jitter = "none"), retry_budget = "20%")]
    async fn other(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry)]));
    runtime.scope(fifth(&a)).await.expect_err("a fails");
    runtime.scope(other(&a)).await.expect_err("a fails");
    assert_eq!(a.calls(), 2 * 101);
    seeded().scope(fifth(&a)).await.expect_err("a fails");
    assert_eq!(a.calls(), 3 * 101);
}

#[tokio::test(start_paused = true)]
async fn r72_without_it_every_retry_is_made() {
    #[action(app = "a", retries = 1000, backoff(base = "1ms", factor = 1, jitter = "none"))]
    async fn plain(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry)]));
    runtime.scope(plain(&a)).await.expect_err("a fails");
    assert_eq!(a.calls(), 1_001);
}
