//! R1: who is admitted, in which order the gates are asked, and what a refusal gives back.

mod quotas;

use std::time::Duration;

use ductape::{Dependency, ErrorKind, Rate, RateLimit, Runtime, Verdict, action, fallback, healthcheck};
use tokio::time::{Instant, sleep, timeout};

use crate::breaker::went;
use crate::health::{Probe, Try};
use crate::support::{Answer, Script, Scripted, begin, fail, hang, ms, ok, seeded, trail};

const MINUTE: u64 = 60 * 1_000;

/// What another plan can fill, so that one provider can be refused for every reason at once.
static CROWDED: Dependency =
    Dependency::new("crowded").bulkhead(2).rate_limit(RateLimit::new(Rate::per_hour(1)).burst(4));

#[healthcheck(tag = "gates-health", interval = "1h", retries = 0, timeout = "1s")]
async fn health(probe: &Probe) -> Result<(), &'static str> {
    probe.ask().await
}

#[fallback(tag = "gates-all", classify(Scripted::verdict))]
async fn guarded(here: bool, a: &Script, b: &Script) -> Answer {
    #[primary("a", when(here), healthcheck(health), breaker(failures = 1, cooldown = "30m"), dependency(CROWDED))]
    {
        a.call().await
    }
    #[fallback("b")]
    {
        b.call().await
    }
}

#[action(tag = "gates-crowd", app = "crowd", timeout = "24h", dependency(CROWDED))]
async fn crowd(a: &Script) -> Answer {
    a.call().await
}

#[tokio::test(start_paused = true)]
async fn r1_the_first_refusal_is_the_reason_in_the_order_of_the_gates() {
    let script = Probe::script([Try::Bad("no")], Try::Good);
    let runtime =
        Runtime::builder().bind(&health, script).build().expect("building checks nothing that could be wrong");
    let throttled = fail(Verdict::Throttled(ms(MINUTE))).after(10);
    let a = Script::of([throttled, fail(Verdict::Retry).after(10), ok()]);
    let (b, held) = (Script::of([fail(Verdict::Retry)]), Script::of([hang()]));
    let why = async || {
        let error = runtime.scope(guarded(true, &a, &b)).await.expect_err("b fails");
        trail(&error).remove(0)
    };

    // Throttled by one call and its breaker opened by another, both at 10 ms; unhealthy; full, and without tokens.
    let both = tokio::join!(runtime.scope(guarded(true, &a, &b)), runtime.scope(guarded(true, &a, &b)));
    assert!(both.0.is_err() && both.1.is_err());
    runtime.scope(health.check()).await;
    let mut holders = [(); 2].map(|()| Box::pin(runtime.scope(crowd(&held))));
    for holder in &mut holders {
        begin(holder.as_mut()).await;
    }
    let error = runtime.scope(guarded(false, &a, &b)).await.expect_err("b fails");
    assert_eq!(trail(&error).remove(0), "a skipped: When");
    assert_eq!(why().await, "a skipped: Throttled { retry_in: 60s }");

    sleep(ms(MINUTE)).await;
    assert_eq!(why().await, "a skipped: Unhealthy");
    runtime.scope(health.check()).await;
    assert_eq!(why().await, "a skipped: BreakerOpen { retry_in: 1740s }");

    sleep(ms(29 * MINUTE)).await;
    // The breaker would let one probe through. Were its place not given back, it would be the reason from now on.
    for _ in 0..10 {
        assert_eq!(why().await, "a skipped: BulkheadFull");
    }
    drop(holders);
    // The same for the two places in the bulkhead.
    for _ in 0..10 {
        assert_eq!(why().await, "a skipped: RateLimited { retry_in: 1799.99s }");
    }
    assert_eq!(a.calls(), 2, "a skipped provider's block is never called");

    sleep(ms(30 * MINUTE - 10)).await;
    let outcome = runtime.scope(guarded(true, &a, &b)).await.expect("nothing refuses a");
    assert_eq!((outcome.provider.as_str(), a.calls()), ("a", 3));
}

#[tokio::test(start_paused = true)]
async fn r1_what_an_earlier_gate_refuses_takes_no_token() {
    #[action(app = "a", timeout = "1s", bulkhead = 1, rate_limit(rate = "1/h", burst = 2))]
    async fn full(a: &Script) -> Answer {
        a.call().await
    }
    #[action(app = "a", breaker(failures = 1, cooldown = "1m"), rate_limit(rate = "1/h", burst = 2))]
    async fn open(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([ok().after(10)]));
    let mut first = Box::pin(runtime.scope(full(&a)));
    begin(first.as_mut()).await;
    for _ in 0..20 {
        assert_eq!(trail(&runtime.scope(full(&a)).await.expect_err("it is full")), ["a skipped: BulkheadFull"]);
    }
    first.await.expect("it has the place");
    runtime.scope(full(&a)).await.expect("the second token is there");

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry), ok()]));
    runtime.scope(open(&a)).await.expect_err("a fails");
    for _ in 0..20 {
        runtime.scope(open(&a)).await.expect_err("the breaker is open");
    }
    sleep(ms(MINUTE)).await;
    runtime.scope(open(&a)).await.expect("the second token is there");
}

#[tokio::test(start_paused = true)]
async fn r1_who_is_refused_or_leaves_in_line_gives_its_place_as_a_probe_back() {
    #[action(
        app = "a",
        timeout = "1h",
        breaker(failures = 1, cooldown = "1s", probes = 2),
        bulkhead(max = 1, wait = "100ms")
    )]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, slow, a) = (seeded(), Script::of([hang()]), Script::of([fail(Verdict::Retry), ok()]));
    runtime.scope(plan(&a)).await.expect_err("a fails");
    sleep(ms(1_000)).await;
    let mut first_probe = Box::pin(runtime.scope(plan(&slow)));
    begin(first_probe.as_mut()).await;
    for _ in 0..5 {
        // The second place for probes, and none in the bulkhead.
        let error = runtime.scope(plan(&a)).await.expect_err("it is full");
        assert_eq!(trail(&error), ["a skipped: BulkheadFull"]);
        timeout(ms(50), runtime.scope(plan(&a))).await.expect_err("it waits for 100 ms");
    }
    drop(first_probe);
    assert_eq!(went(&runtime, 3, async || plan(&a).await).await, "...", "two good probes close it");
}

#[tokio::test(start_paused = true)]
async fn r12_waits_before_bulkheads_and_for_tokens_are_reserved() {
    #[fallback(deadline = "600ms", timeout = "100ms", classify(Scripted::verdict))]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a", retries = 9, backoff(base = "50ms", factor = 1, jitter = "none"))]
        {
            a.call().await
        }
        #[fallback("b", bulkhead(max = 1, wait = "120ms"), rate_limit(rate = "10/s", burst = 1, wait = "80ms"))]
        {
            b.call().await
        }
    }

    // b needs 120 + 80 + 100 of 600, and a retry of a 50 + 100: it must follow a failure by 150.
    let (runtime, a, b) = (seeded(), Script::of([fail(Verdict::Retry).after(50)]), Script::of([ok()]));
    runtime.scope(plan(&a, &b)).await.expect("b works");
    assert_eq!((a.times(), b.times()), (vec![0, 100, 200], vec![250]));

    // Somebody else is in b's place 1 ms before this run comes to it, with the only token.
    for late in (10..=100).step_by(10) {
        sleep(ms(1_000)).await;
        let (a, b) = (Script::of([fail(Verdict::Retry).after(late), hang()]), Script::of([ok().after(100)]));
        let (elsewhere, holder) = (Script::of([fail(Verdict::Failover)]), Script::of([ok().after(98)]));
        let other = async {
            sleep(ms(late + 149)).await;
            runtime.scope(plan(&elsewhere, &holder)).await
        };
        let (outcome, other) = tokio::join!(runtime.scope(plan(&a, &b)), other);
        assert_eq!(other.expect("it was the first").provider, "b");
        assert_eq!(outcome.expect("b has all the time that it needs").provider, "b");
        assert_eq!((a.times(), b.times()), (vec![0, late + 50], vec![late + 249]));
    }
}

#[tokio::test(start_paused = true)]
async fn r12_the_sum_with_all_waits_is_a_deadline_that_compiles_and_is_enough() {
    #[fallback(deadline = "900ms", timeout = "100ms", bulkhead(max = 1, wait = "200ms"))]
    async fn tight(a: &Script, b: &Script) -> Answer {
        #[primary("a", rate_limit(rate = "1/s", burst = 1, wait = "300ms"))]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    // a: 200 in line, 100 of attempt, for this one never 300 for a token; b: 200 in line, 100 of attempt.
    let (runtime, hanging, b) = (seeded(), Script::of([hang()]), Script::of([ok().after(100)]));
    let holder = Script::of([fail(Verdict::Retry).after(99)]);
    let (first, start) = (runtime.scope(tight(&holder, &b)), Instant::now());
    let (first, outcome) = tokio::join!(first, runtime.scope(tight(&hanging, &b)));
    first.expect("b works");
    let outcome = outcome.expect("b works");
    assert_eq!((outcome.provider.as_str(), hanging.calls()), ("b", 0), "there is no token for a within 300 ms");
    assert!(start.elapsed() <= ms(900));
}

#[tokio::test(start_paused = true)]
async fn r55_breakers_bulkheads_and_rates_hold_when_health_leaves_nobody() {
    #[fallback(timeout = "1s", classify(Scripted::verdict), healthcheck(health))]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a", breaker(failures = 1))]
        {
            a.call().await
        }
        #[fallback("b", rate_limit = "1/m")]
        {
            b.call().await
        }
    }

    let runtime = Runtime::builder().bind(&health, Probe::always(Try::Bad("no"))).build();
    let runtime = runtime.expect("building checks nothing that could be wrong");
    runtime.scope(health.check()).await;
    let (a, b) = (Script::of([fail(Verdict::Retry)]), Script::of([ok()]));
    assert_eq!(runtime.scope(plan(&a, &b)).await.expect("b is tried").provider, "b");
    let error = runtime.scope(plan(&a, &b)).await.expect_err("both are refused");
    let refused = ["a skipped: BreakerOpen { retry_in: 60s }", "b skipped: RateLimited { retry_in: 60s }"];
    assert_eq!((trail(&error), error.retry_in()), (refused.map(str::to_owned).to_vec(), Some(Duration::from_secs(60))));
    assert_eq!((a.calls(), b.calls(), error.kind()), (1, 1, ErrorKind::Exhausted));
}

/// A run that is refused everywhere has taken nothing, and waits for nothing.
#[tokio::test(start_paused = true)]
async fn r7_refusals_take_no_time() {
    #[fallback(timeout = "1s", breaker(failures = 1), retries = 3)]
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

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry)]));
    let start = Instant::now();
    runtime.scope(plan(&a, &a)).await.expect_err("both fail");
    for _ in 0..100 {
        assert_eq!(trail(&runtime.scope(plan(&a, &a)).await.expect_err("both are open")).len(), 2);
    }
    assert_eq!((a.calls(), start.elapsed()), (2, ms(0)));
}
