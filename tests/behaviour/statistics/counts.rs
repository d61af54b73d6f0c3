use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::time::Duration;

use ductape::{PlanStats, Runtime, Source, Verdict, action, fallback, quota};

use super::{assert_adds_up, calls, stats};
use crate::support::{Answer, Script, Scripted, begin, fail, hang, ms, ok, panics, poll_once, seeded};

#[fallback(tag = "stats-pair", classify(Scripted::verdict), timeout = "50ms")]
async fn pair(a: &Script, b: &Script) -> Answer {
    #[primary("a", retries = 1, backoff(base = "10ms", factor = 1, jitter = "none"), cost = 0.5)]
    {
        a.call().await
    }
    #[fallback("b", cost = 0.75)]
    {
        b.call().await
    }
}

const PAIR: &str = "stats-pair";

#[tokio::test(start_paused = true)]
async fn r94_successes_are_counted_with_their_latency_and_cost() {
    let (runtime, a, b) = (seeded(), Script::of([ok().after(20)]), Script::of([ok()]));
    for _ in 0..10 {
        runtime.scope(pair(&a, &b)).await.expect("a works");
    }
    let plan = stats(&runtime, PAIR);
    assert_eq!((plan.since_start.calls, plan.since_start.successes), (10, 10));
    assert_eq!((plan.since_start.retries, plan.since_start.masked), (0, 0));
    assert!((plan.since_start.cost - 5.0).abs() < 1e-9 && plan.since_start.extra_cost == 0.0);
    let calls = plan.provider("a").expect("it has one").since_start;
    assert_eq!((calls.calls, calls.successes, calls.failures), (10, 10, 0));
    for latency in [calls.latency, plan.since_start.latency] {
        for percentile in [latency.p50, latency.p95, latency.p99] {
            let off = percentile.expect("there are successes").abs_diff(ms(20));
            assert!(off <= ms(20) / 16, "{latency:?}");
        }
    }
    assert_eq!(plan.provider("b").expect("it has one").since_start, ductape::CallCounts::default());
    assert!(plan.provider("c").is_none());
    assert_adds_up(&plan);
}

#[tokio::test(start_paused = true)]
async fn r94_a_failure_that_a_fallback_makes_good_is_masked_and_has_its_price() {
    let (runtime, a, b) = (seeded(), Script::of([fail(Verdict::Retry)]), Script::of([ok()]));
    for _ in 0..4 {
        runtime.scope(pair(&a, &b)).await.expect("b works");
    }
    let plan = stats(&runtime, PAIR);
    assert_eq!((plan.since_start.successes, plan.since_start.failures, plan.since_start.masked), (4, 0, 4));
    assert_eq!(plan.since_start.retries, 4);
    // Eight attempts at a, four at b.
    assert!((plan.since_start.cost - 7.0).abs() < 1e-9);
    assert!((plan.since_start.extra_cost - 1.0).abs() < 1e-9);
    let (a, b) = (calls(&runtime, PAIR, "a"), calls(&runtime, PAIR, "b"));
    assert_eq!((a.calls, a.failures, a.successes, a.retries, a.masked), (8, 8, 0, 4, 4));
    assert_eq!(a.latency.p50, None, "a provider that fails fast does not look fast");
    assert_eq!((b.calls, b.successes, b.masked), (4, 4, 0));
    assert_adds_up(&plan);
}

#[tokio::test(start_paused = true)]
async fn r94_a_retry_that_succeeds_masks_nothing() {
    let (runtime, a, b) = (seeded(), Script::of([fail(Verdict::Retry), ok()]), Script::of([ok()]));
    runtime.scope(pair(&a, &b)).await.expect("a works the second time");
    let plan = stats(&runtime, PAIR);
    assert_eq!((plan.since_start.masked, plan.since_start.retries, plan.since_start.successes), (0, 1, 1));
    let off = plan.since_start.latency.p50.expect("it succeeded").abs_diff(ms(10));
    assert!(off <= ms(10) / 16, "a run's latency holds its waits");
}

#[tokio::test(start_paused = true)]
async fn r22_r94_throttled_and_abort_are_no_failures_of_the_provider() {
    let runtime = seeded();
    let throttled = Script::of([fail(Verdict::Throttled(ms(500)))]);
    let declined = Script::of([fail(Verdict::Abort)]);
    runtime.scope(pair(&throttled, &declined)).await.expect_err("b declines");
    runtime.scope(pair(&throttled, &declined)).await.expect_err("b declines");
    let (a, b) = (calls(&runtime, PAIR, "a"), calls(&runtime, PAIR, "b"));
    assert_eq!((a.calls, a.throttled, a.failures, a.skips.throttled), (1, 1, 0, 1));
    assert_eq!((b.calls, b.aborted, b.failures), (2, 2, 0));
    let plan = stats(&runtime, PAIR);
    assert_eq!((plan.since_start.aborted, plan.since_start.failures), (2, 0));
    assert_eq!(b.latency.p50, None);
    assert_adds_up(&plan);
}

#[tokio::test(start_paused = true)]
async fn r94_timeouts_drops_and_panics_are_counted_where_they_belong() {
    let runtime = seeded();
    let (hanging, good) = (Script::of([hang()]), Script::of([ok()]));
    runtime.scope(pair(&hanging, &good)).await.expect("b works");
    let a = calls(&runtime, PAIR, "a");
    assert_eq!((a.calls, a.timeouts, a.failures, a.masked), (2, 2, 0, 1));

    tokio::time::timeout(ms(20), runtime.scope(pair(&hanging, &good))).await.expect_err("it is dropped");
    let a = calls(&runtime, PAIR, "a");
    assert_eq!((a.calls, a.timeouts, a.dropped), (3, 2, 1));

    let panicking = Script::of([panics()]);
    catch_unwind(AssertUnwindSafe(|| poll_once(pin!(runtime.scope(pair(&panicking, &good)))))).expect_err("it panics");
    let a = calls(&runtime, PAIR, "a");
    assert_eq!((a.calls, a.failures, a.dropped), (4, 1, 1));

    let plan = stats(&runtime, PAIR);
    assert_eq!((plan.since_start.calls, plan.since_start.successes), (3, 1));
    assert_eq!((plan.since_start.dropped, plan.since_start.failures), (1, 1));
    assert_adds_up(&plan);
}

#[tokio::test(start_paused = true)]
async fn r94_what_is_under_way_is_in_flight_until_it_ends_or_is_dropped() {
    let runtime = seeded();
    let (a, b) = (Script::of([ok().after(30)]), Script::of([ok()]));
    let in_flight = || {
        let plan = stats(&runtime, PAIR);
        assert_adds_up(&plan);
        (plan.in_flight, plan.providers[0].in_flight)
    };
    assert_eq!(in_flight(), (0, 0));
    let mut kept = pin!(runtime.scope(pair(&a, &b)));
    begin(kept.as_mut()).await;
    {
        let mut dropped = pin!(runtime.scope(pair(&a, &b)));
        begin(dropped.as_mut()).await;
        assert_eq!(in_flight(), (2, 2));
    }
    assert_eq!(in_flight(), (1, 1));
    kept.await.expect("a works");
    assert_eq!(in_flight(), (0, 0));

    let failing = Script::of([fail(Verdict::Retry)]);
    let mut waiting = pin!(runtime.scope(pair(&failing, &b)));
    begin(waiting.as_mut()).await;
    assert_eq!(in_flight(), (1, 0), "during backoff the provider has no attempt under way");
    waiting.await.expect("b works");
    assert_eq!(in_flight(), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn r94_a_run_that_was_never_polled_was_none() {
    let (runtime, a, b) = (seeded(), Script::of([ok()]), Script::of([ok()]));
    drop(runtime.scope(pair(&a, &b)));
    assert_eq!(stats(&runtime, PAIR).since_start.calls, 0);
}

#[tokio::test(start_paused = true)]
async fn r94_skips_are_counted_by_their_reason() {
    #[fallback(tag = "stats-gates", classify(Scripted::verdict))]
    async fn gates(wanted: bool, a: &Script) -> Answer {
        #[primary("when", when(wanted))]
        {
            a.call().await
        }
        #[fallback("breaker", breaker(failures = 1))]
        {
            a.call().await
        }
        #[fallback("rate", rate_limit(rate = "1/m", burst = 1))]
        {
            a.call().await
        }
        #[fallback("bulk", bulkhead = 1)]
        {
            a.call().await
        }
    }

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Failover)]));
    for _ in 0..3 {
        runtime.scope(gates(false, &a)).await.expect_err("all fail");
    }
    let skips = |provider| calls(&runtime, "stats-gates", provider).skips;
    assert_eq!((skips("when").when, skips("when").total()), (3, 3));
    assert_eq!((skips("breaker").breaker_open, skips("breaker").total()), (2, 2));
    assert_eq!((skips("rate").rate_limited, skips("rate").total()), (2, 2));
    assert_eq!(skips("bulk").total(), 0);

    let slow = Script::of([ok().after(30)]);
    let mut first = pin!(runtime.scope(gates(false, &slow)));
    begin(first.as_mut()).await;
    runtime.scope(gates(false, &slow)).await.expect_err("the bulkhead is full");
    first.await.expect("it works");
    assert_eq!((skips("bulk").bulkhead_full, skips("bulk").total()), (1, 1));
    let plan = stats(&runtime, "stats-gates");
    assert_eq!(plan.since_start.masked, 1, "breaker and rate limit refused, for reasons of their own");
    assert_eq!(plan.provider("breaker").expect("it has one").since_start.masked, 1);
    assert_adds_up(&plan);
}

#[tokio::test(start_paused = true)]
async fn r94_a_provider_whose_when_is_false_masks_nothing() {
    #[fallback(tag = "stats-when")]
    async fn plan(wanted: bool, a: &Script) -> Answer {
        #[primary("a", when(wanted))]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            a.call().await
        }
    }

    let (runtime, a) = (seeded(), Script::of([ok()]));
    runtime.scope(plan(false, &a)).await.expect("b works");
    assert_eq!(stats(&runtime, "stats-when").since_start.masked, 0);
}

#[tokio::test(start_paused = true)]
async fn r94_in_a_quota_a_pick_beside_one_that_is_out_masks_nothing_and_a_failover_does() {
    #[quota(tag = "stats-quota", classify(Scripted::verdict))]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[provider("a", weight = 50, breaker(failures = 1))]
        {
            a.call().await
        }
        #[provider("b", weight = 50)]
        {
            b.call().await
        }
    }

    let (runtime, a, b) = (seeded(), Script::of([fail(Verdict::Failover)]), Script::of([ok()]));
    for _ in 0..10 {
        runtime.scope(plan(&a, &b)).await.expect("b works");
    }
    let plan = stats(&runtime, "stats-quota");
    assert_eq!((plan.since_start.masked, a.calls()), (1, 1));
    assert!(plan.providers[0].since_start.skips.breaker_open >= 8);
}

#[tokio::test(start_paused = true)]
async fn r94_policies_in_shadow_count_what_they_would_have_refused() {
    #[action(
        tag = "stats-shadow",
        app = "a",
        classify(Scripted::verdict),
        breaker(failures = 1, shadow),
        bulkhead(max = 1, shadow),
        rate_limit(rate = "1/m", burst = 2, shadow)
    )]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Failover).after(5), ok().after(5)]));
    runtime.scope(plan(&a)).await.expect_err("it fails, and opens the breaker");
    let both = runtime.scope(async { tokio::join!(plan(&a), plan(&a)) }).await;
    assert!(both.0.is_ok() && both.1.is_ok());
    let calls = calls(&runtime, "stats-shadow", "a");
    assert_eq!((calls.shadowed.breaker, calls.shadowed.bulkhead, calls.shadowed.rate_limit), (2, 1, 1));
    assert_eq!((calls.skips.total(), calls.calls), (0, 3));
}

#[tokio::test(start_paused = true)]
async fn r31_r94_what_is_reconciled_is_a_success_of_the_run() {
    #[fallback(tag = "stats-once", at_most_once, classify(Scripted::verdict))]
    async fn plan(a: &Script, asked: &Script, poor: &Script) -> Answer {
        #[primary("a")]
        {
            a.call().await
        }
        #[reconcile]
        {
            asked.call().await.map(Some)
        }
        #[fallback("b")]
        {
            a.call().await
        }
        #[degrade]
        {
            poor.call().await
        }
    }

    let runtime = seeded();
    let (lost, found, poor) = (Script::of([fail(Verdict::Ambiguous)]), Script::of([ok()]), Script::of([ok()]));
    runtime.scope(plan(&lost, &found, &poor)).await.expect("it had happened");
    let a = calls(&runtime, "stats-once", "a");
    assert_eq!((a.calls, a.failures, a.reconciled, a.successes), (1, 1, 1, 0));
    let plan_stats = stats(&runtime, "stats-once");
    assert_eq!((plan_stats.since_start.successes, plan_stats.since_start.masked), (1, 0));
    assert_adds_up(&plan_stats);

    let failing = Script::of([fail(Verdict::Failover)]);
    let outcome = runtime.scope(plan(&failing, &found, &poor)).await.expect("the degrade block works");
    assert_eq!(outcome.source, Source::Degraded);
    let plan_stats = stats(&runtime, "stats-once");
    assert_eq!((plan_stats.since_start.degraded, plan_stats.since_start.successes), (1, 1));
    assert_adds_up(&plan_stats);
}

#[test]
fn r83_r94_counters_add_up_when_threads_count_beside_each_other() {
    #[quota(tag = "stats-threads", classify(Scripted::verdict))]
    async fn plan(outcome: Result<usize, Scripted>) -> ductape::Result<usize, Scripted> {
        #[provider("a", weight = 50, retries = 1, backoff(base = "1us", jitter = "none"), cost = 1)]
        {
            outcome
        }
        #[provider("b", weight = 50)]
        {
            outcome
        }
    }

    const RUNS: u64 = 3_000;
    let runtime = Runtime::builder().build().expect("nothing is bound");
    let hammer = || {
        let tokio = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("it can");
        tokio.block_on(runtime.scope(async {
            for run in 0..RUNS {
                let failing = Scripted { verdict: Verdict::Failover, call: 1 };
                let _ = plan(if run % 3 == 0 { Err(failing) } else { Ok(1) }).await;
                if run % 100 == 0 {
                    // Read meanwhile: what is told was so at some moment.
                    let seen = stats(&ductape::runtime(), "stats-threads");
                    assert!(seen.in_flight <= 2, "{seen}");
                }
            }
        }));
    };
    std::thread::scope(|scope| {
        scope.spawn(hammer);
        scope.spawn(hammer);
    });
    let plan = stats(&runtime, "stats-threads");
    let total = plan.since_start;
    assert_eq!((total.calls, total.failures, total.successes), (2 * RUNS, 2 * RUNS / 3, 4 * RUNS / 3));
    let providers: Vec<_> = plan.providers.iter().map(|provider| provider.since_start).collect();
    assert_eq!(providers.iter().map(|calls| calls.successes).sum::<u64>(), total.successes);
    assert_eq!((plan.last_minute.calls, plan.last_minute.successes), (total.calls, total.successes));
    // Each run that failed asked both.
    assert!(providers.iter().all(|calls| calls.failures == total.failures));
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let cost = providers[0].calls as f64;
    assert!((total.cost - cost).abs() < 1e-6);
    assert_eq!((plan.in_flight, plan.last_hour.calls), (0, total.calls));
    assert_adds_up(&plan);
}

#[tokio::test(start_paused = true)]
async fn statistics_can_be_off() {
    let runtime = Runtime::builder().statistics(false).build().expect("nothing is bound");
    let (a, b) = (Script::of([ok()]), Script::of([ok()]));
    runtime.scope(pair(&a, &b)).await.expect("a works");
    let plan = stats(&runtime, PAIR);
    assert_eq!((plan.since_start.calls, plan.providers.len()), (0, 2));
    assert_eq!(plan.since_start.latency.p50, None::<Duration>);
}

#[test]
fn r91_what_resets_tell_and_what_is_left_is_all_there_was() {
    #[action(tag = "statistics-reset", app = "a")]
    async fn now() -> ductape::Result<(), Scripted> {
        Ok(())
    }
    const RUNS: u64 = 2_000;
    let tokio = tokio::runtime::Builder::new_multi_thread().worker_threads(3).enable_time().build().expect("threads");
    tokio.block_on(async {
        let runtime = Runtime::builder().build().expect("nothing is bound");
        let handle = runtime.plan("statistics-reset").expect("it is linked");
        let runs = (0..2).map(|_| {
            let runtime = runtime.clone();
            tokio::spawn(async move {
                for _ in 0..RUNS {
                    runtime.scope(now()).await.expect("it works");
                    tokio::task::yield_now().await;
                }
            })
        });
        let runs: Vec<_> = runs.collect();
        let mut told = (0, 0);
        let mut add = |stats: &PlanStats| {
            told.0 += stats.since_start.calls;
            told.1 += stats.provider("a").map_or(0, |provider| provider.since_start.successes);
        };
        while runs.iter().any(|run| !run.is_finished()) {
            add(&handle.reset_stats());
            add(&handle.reset().stats);
            tokio::task::yield_now().await;
        }
        add(&handle.stats());
        assert_eq!(told, (2 * RUNS, 2 * RUNS));
    });
}
