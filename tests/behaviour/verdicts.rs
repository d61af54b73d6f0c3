//! R20 to R23: what an error means, and what a caller who goes away.

use std::pin::pin;
use std::time::Duration;

use ductape::{ErrorKind, Outcome, Status, Verdict, action, fallback, healthcheck, quota};
use tokio::time::{advance, sleep, timeout};

use crate::support::{Answer, Script, Scripted, fail, hang, ms, ok, poll_once, run, seeded, trail};

/// Two tries of a, 100 ms apart, and then b.
#[fallback(classify(Scripted::verdict), timeout = "50ms", backoff(base = "100ms", factor = 1, jitter = "none"))]
async fn plan(a: &Script, b: &Script) -> Answer {
    #[primary("a", retries = 1)]
    {
        a.call().await
    }
    #[fallback("b")]
    {
        b.call().await
    }
}

/// When a and b are called if a first fails so and then would work.
async fn after(verdict: Verdict) -> (Vec<u64>, Vec<u64>) {
    let (a, b) = (Script::of([fail(verdict), ok()]), Script::of([ok()]));
    // That the run may fail is part of what is shown.
    let _ = run(plan(&a, &b)).await;
    (a.times(), b.times())
}

#[tokio::test(start_paused = true)]
async fn r20_each_verdict_leads_on_in_its_own_way() {
    let nobody = Vec::<u64>::new;
    assert_eq!(after(Verdict::Retry).await, (vec![0, 100], nobody()));
    assert_eq!(after(Verdict::RetryAfter(ms(30))).await, (vec![0, 30], nobody()));
    assert_eq!(after(Verdict::Throttled(ms(30))).await, (vec![0], vec![0]));
    assert_eq!(after(Verdict::Failover).await, (vec![0], vec![0]));
    assert_eq!(after(Verdict::Abort).await, (vec![0], nobody()));
    assert_eq!(after(Verdict::Ambiguous).await, (vec![0, 100], nobody()));
}

#[tokio::test(start_paused = true)]
async fn r20_retry_goes_on_to_the_next_provider_when_no_try_is_left() {
    for verdict in [Verdict::Retry, Verdict::RetryAfter(ms(100)), Verdict::Ambiguous] {
        let (a, b) = (Script::of([fail(verdict)]), Script::of([ok()]));
        let outcome = run(plan(&a, &b)).await.expect("b works");
        assert_eq!((a.times(), b.times()), (vec![0, 100], vec![100]), "{verdict:?}");
        assert_eq!((outcome.provider.as_str(), outcome.attempts), ("b", 3));
    }
}

#[tokio::test(start_paused = true)]
async fn r20_without_classify_every_error_is_retry() {
    #[fallback(backoff(base = "100ms", factor = 1, jitter = "none"))]
    async fn trusting(a: &Script, b: &Script) -> Answer {
        #[primary("a", retries = 1)]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    for verdict in [Verdict::Abort, Verdict::Failover, Verdict::Throttled(ms(500)), Verdict::RetryAfter(ms(7))] {
        let (a, b) = (Script::of([fail(verdict)]), Script::of([ok()]));
        run(trusting(&a, &b)).await.expect("b works");
        assert_eq!((a.times(), b.times()), (vec![0, 100], vec![100]), "{verdict:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn r20_abort_ends_the_run_with_its_error_also_after_other_failures() {
    let (a, b) = (Script::of([fail(Verdict::Retry), fail(Verdict::Abort)]), Script::of([ok()]));
    let error = run(plan(&a, &b)).await.expect_err("a aborts");

    assert_eq!((error.kind(), error.provider()), (ErrorKind::Aborted, Some("a")));
    assert_eq!(error.last(), Some(&Scripted { verdict: Verdict::Abort, call: 2 }));
    assert_eq!(trail(&error), ["a 1 failed: Retry", "a 2 failed: Abort"]);
    assert_eq!(b.calls(), 0);

    let (a, b) = (Script::of([fail(Verdict::Failover)]), Script::of([fail(Verdict::Abort)]));
    let error = run(plan(&a, &b)).await.expect_err("b aborts");
    assert_eq!((error.kind(), error.provider()), (ErrorKind::Aborted, Some("b")));
}

#[tokio::test(start_paused = true)]
async fn r20_throttled_skips_the_provider_in_every_run_until_its_time_is_over() {
    let (a, b) = (Script::of([fail(Verdict::Throttled(ms(2_000))), ok()]), Script::of([fail(Verdict::Failover)]));
    let runtime = seeded();
    let once = async || runtime.scope(plan(&a, &b)).await;

    once().await.expect_err("a is throttled");
    for (pause, left) in [(0, 2_000), (1_500, 500), (499, 1)] {
        advance(ms(pause)).await;
        let error = once().await.expect_err("a is skipped");
        assert_eq!(trail(&error)[0], format!("a skipped: Throttled {{ retry_in: {:?} }}", ms(left)));
    }
    assert_eq!(a.calls(), 1);

    advance(ms(1)).await;
    assert_eq!(once().await.expect("a is asked again").provider, "a");
    assert_eq!(a.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn r20_throttled_lasts_at_most_five_minutes() {
    let day = Duration::from_secs(86_400);
    let (a, b) = (Script::of([fail(Verdict::Throttled(day)), ok()]), Script::of([fail(Verdict::Failover)]));
    let runtime = seeded();

    runtime.scope(plan(&a, &b)).await.expect_err("a is throttled");
    let error = runtime.scope(plan(&a, &b)).await.expect_err("a is skipped");
    assert_eq!(trail(&error)[0], "a skipped: Throttled { retry_in: 300s }");

    advance(ms(299_999)).await;
    runtime.scope(plan(&a, &b)).await.expect_err("a is still skipped");
    advance(ms(1)).await;
    assert_eq!(runtime.scope(plan(&a, &b)).await.expect("a is asked again").provider, "a");
}

#[tokio::test(start_paused = true)]
async fn r20_a_throttle_belongs_to_its_provider_plan_and_runtime_alone() {
    #[fallback(classify(Scripted::verdict))]
    async fn namesake(a: &Script, b: &Script) -> Answer {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    let throttling = Script::of([fail(Verdict::Throttled(ms(60_000)))]);
    let (a, b) = (Script::of([ok()]), Script::of([ok()]));
    let runtime = seeded();
    runtime.scope(plan(&throttling, &b)).await.expect("b works");

    assert_eq!(runtime.scope(plan(&a, &b)).await.expect("b works").provider, "b");
    assert_eq!(runtime.scope(namesake(&a, &b)).await.expect("a works").provider, "a");
    assert_eq!(run(plan(&a, &b)).await.expect("a works").provider, "a");
}

#[tokio::test(start_paused = true)]
async fn r20_a_throttle_holds_for_runs_that_are_under_way_elsewhere() {
    #[quota(classify(Scripted::verdict))]
    async fn shares(a: &Script, tier: &Script) -> Answer {
        #[provider("a", weight = 100)]
        {
            a.call().await
        }
        #[fallback("tier")]
        {
            tier.call().await
        }
    }

    let a = Script::of([fail(Verdict::Throttled(ms(500))).after(50), ok()]);
    let tier = Script::of([ok()]);
    let runtime = seeded();
    let later = async {
        sleep(ms(60)).await;
        runtime.scope(shares(&a, &tier)).await
    };
    let (one, two) = tokio::join!(runtime.scope(shares(&a, &tier)), later);

    assert_eq!(one.expect("the tier works").provider, "tier");
    assert_eq!(two.expect("the tier works").provider, "tier");
    assert_eq!((a.times(), tier.times()), (vec![0], vec![50, 60]));
}

#[tokio::test(start_paused = true)]
async fn r20_classify_sees_every_error_once_and_only_errors() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static SEEN: AtomicUsize = AtomicUsize::new(0);

    fn counting(error: &Scripted) -> Verdict {
        SEEN.fetch_add(1, Ordering::SeqCst);
        error.verdict
    }
    #[action(classify(counting), retries = 5, timeout = "50ms")]
    async fn counted(a: &Script) -> Answer {
        a.call().await
    }

    let a = Script::of([fail(Verdict::Retry), hang(), fail(Verdict::RetryAfter(ms(5))), ok()]);
    run(counted(&a)).await.expect("the fourth attempt works");
    assert_eq!(SEEN.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn r21_a_timeout_counts_as_retry() {
    let (a, b) = (Script::of([hang(), ok()]), Script::of([ok()]));
    let outcome = run(plan(&a, &b)).await.expect("a works at its second attempt");
    assert_eq!((a.times(), outcome.provider.as_str(), outcome.attempts), (vec![0, 150], "a", 2));

    let (a, b) = (Script::of([hang()]), Script::of([ok()]));
    let outcome = run(plan(&a, &b)).await.expect("b works");
    assert_eq!((a.times(), b.times(), outcome.attempts), (vec![0, 150], vec![200], 3));
}

#[tokio::test(start_paused = true)]
async fn r21_a_timeout_is_ambiguous_where_the_work_must_not_happen_twice() {
    #[fallback(at_most_once, classify(Scripted::verdict), timeout = "50ms")]
    async fn once(a: &Script, b: &Script) -> Answer {
        #[primary("a", retries = 3)]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    let (a, b) = (Script::of([hang(), ok()]), Script::of([ok()]));
    let error = run(once(&a, &b)).await.expect_err("nobody knows what a did");
    assert_eq!((error.kind(), a.calls(), b.calls()), (ErrorKind::Ambiguous, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn r22_neither_abort_nor_throttled_is_a_failure_of_the_provider() {
    #[healthcheck(interval = "1h")]
    async fn well() -> Result<(), &'static str> {
        Ok(())
    }
    #[fallback(classify(Scripted::verdict))]
    async fn checked(a: &Script, b: &Script) -> ductape::Result<Outcome<usize>, Scripted> {
        #[primary("a", healthcheck(well))]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    let aborts = std::iter::repeat_n(fail(Verdict::Abort), 20);
    let a = Script::of(aborts.chain([fail(Verdict::Throttled(ms(100))), ok()]));
    let b = Script::of([ok()]);
    let runtime = seeded();
    runtime
        .scope(async {
            well.check().await;
            for _ in 0..20 {
                let error = checked(&a, &b).await.expect_err("a aborts");
                assert_eq!(error.provider(), Some("a"), "it is asked every time");
            }
            assert_eq!(checked(&a, &b).await.expect("b works").provider, "b");
            advance(ms(100)).await;
            assert_eq!(checked(&a, &b).await.expect("a works").provider, "a");

            let report = well.report();
            assert_eq!((well.status(), report.failures), (Status::Healthy, 0));
        })
        .await;
    assert_eq!((a.calls(), b.calls()), (22, 1));
}

#[tokio::test(start_paused = true)]
async fn r23_a_caller_that_drops_the_future_ends_the_run() {
    // In the middle of an attempt, and in the middle of the wait after it.
    for (step, patience) in [(hang(), 30), (fail(Verdict::Retry), 30)] {
        let (a, b) = (Script::of([step]), Script::of([ok()]));
        timeout(ms(patience), run(plan(&a, &b))).await.expect_err("it takes longer");

        sleep(ms(10_000)).await;
        assert_eq!((a.calls(), a.running(), b.calls()), (1, 0, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn r23_a_plan_that_nobody_polls_does_nothing() {
    let (a, b) = (Script::of([ok()]), Script::of([ok()]));
    drop(plan(&a, &b));
    let unpolled = plan(&a, &b);
    sleep(ms(1_000)).await;
    drop(unpolled);
    assert_eq!((a.calls(), b.calls()), (0, 0));

    let mut polled = pin!(plan(&a, &b));
    assert!(poll_once(polled.as_mut()).is_ready());
    assert_eq!((a.calls(), b.calls()), (1, 0));
}
