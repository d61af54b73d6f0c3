//! A refused hedge harms nobody: not those under way, not the provider that was refused, not the order of a quota.

use std::pin::pin;

use ductape::{Phase, Runtime, Verdict, fallback, healthcheck, quota};
use tokio::time::advance;

use super::served;
use crate::health::{Probe, Try};
use crate::quota::assert_smooth;
use crate::support::{Answer, Script, Scripted, begin, fail, hang, ms, ok, seeded, trail};

#[fallback(tag = "hedge-full", classify(Scripted::verdict), hedge = "100ms", timeout = "1s")]
async fn full(a: &Script, b: &Script) -> Answer {
    #[primary("a")]
    {
        a.call().await
    }
    #[fallback("b", bulkhead = 1)]
    {
        b.call().await
    }
}

#[tokio::test(start_paused = true)]
async fn r73_a_provider_refused_as_a_hedge_is_still_there_when_the_others_have_failed() {
    let (runtime, down, slow) = (seeded(), Script::of([fail(Verdict::Failover)]), Script::of([ok().after(200)]));
    let mut inside = pin!(runtime.scope(full(&down, &slow)));
    begin(inside.as_mut()).await;
    // b is full at 100 ms, and no longer at 300.
    let (a, b) = (Script::of([fail(Verdict::Failover).after(300)]), Script::of([ok()]));
    let (other, outcome) = tokio::join!(inside, runtime.scope(full(&a, &b)));
    other.expect("b serves");
    assert_eq!((served(&outcome.expect("b serves")), b.times()), (("b", 2, 300), vec![300]));
    let stats = runtime.plan("hedge-full").expect("it is linked").stats();
    assert_eq!(stats.since_start.hedges, 0, "it came after a failure");
    assert_eq!(stats.provider("b").expect("it is there").since_start.skips.bulkhead_full, 1);
}

#[tokio::test(start_paused = true)]
async fn r6_a_provider_that_is_refused_for_one_reason_throughout_is_in_the_trail_once() {
    let (runtime, down, slow) = (seeded(), Script::of([fail(Verdict::Failover)]), Script::of([hang()]));
    let mut inside = pin!(runtime.scope(full(&down, &slow)));
    begin(inside.as_mut()).await;
    let (a, b) = (Script::of([fail(Verdict::Failover).after(300)]), Script::of([ok()]));
    let error = runtime.scope(full(&a, &b)).await.expect_err("b is full");
    assert_eq!(trail(&error), ["b skipped: BulkheadFull", "a 1 failed: Failover"]);
    let stats = runtime.plan("hedge-full").expect("it is linked").stats();
    assert_eq!(stats.provider("b").expect("it is there").since_start.skips.bulkhead_full, 1);
}

#[tokio::test(start_paused = true)]
async fn r60_an_open_breaker_refuses_a_hedge() {
    #[fallback(tag = "hedge-open", classify(Scripted::verdict), hedge = "100ms", timeout = "1s")]
    async fn open(a: &Script, b: &Script) -> Answer {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b", breaker(failures = 1, cooldown = "60s"))]
        {
            b.call().await
        }
    }
    let runtime = seeded();
    let (down, b) = (Script::of([fail(Verdict::Failover)]), Script::of([fail(Verdict::Failover), ok()]));
    runtime.scope(open(&down, &b)).await.expect_err("nobody works");
    let a = Script::of([ok().after(250)]);
    assert_eq!(served(&runtime.scope(open(&a, &b)).await.expect("a serves")), ("a", 1, 250));
    let a = Script::of([fail(Verdict::Failover).after(250)]);
    let error = runtime.scope(open(&a, &b)).await.expect_err("a fails");
    // Of the breaker's time, what is left at the last look.
    let skipped = "b skipped: BreakerOpen { retry_in: 59.5s }";
    assert_eq!((trail(&error), b.calls()), (vec![skipped.to_owned(), "a 1 failed: Failover".to_owned()], 1));
}

#[tokio::test(start_paused = true)]
async fn r63_a_probe_that_loses_gives_its_place_back() {
    #[fallback(tag = "hedge-probe", classify(Scripted::verdict), hedge = "100ms", timeout = "1s")]
    async fn probed(a: &Script, b: &Script) -> Answer {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b", breaker(failures = 1, cooldown = "10s", probes = 1))]
        {
            b.call().await
        }
    }
    let runtime = seeded();
    let (down, b) = (Script::of([fail(Verdict::Failover)]), Script::of([fail(Verdict::Failover), hang(), ok()]));
    runtime.scope(probed(&down, &b)).await.expect_err("nobody works");
    advance(ms(10_000)).await;
    let slow = Script::of([ok().after(200)]);
    assert_eq!(served(&runtime.scope(probed(&slow, &b)).await.expect("a serves")), ("a", 2, 200));
    let breaker = || runtime.plan("hedge-probe").expect("it is linked").breaker("b").expect("it has one").phase;
    assert!(matches!(breaker(), Phase::HalfOpen), "{:?}", breaker());
    assert_eq!(served(&runtime.scope(probed(&down, &b)).await.expect("b serves")), ("b", 2, 0));
    assert_eq!(breaker(), Phase::Closed);
}

/// For the second of them there is a line.
#[fallback(tag = "hedge-line", classify(Scripted::verdict), hedge = "100ms", timeout = "1s", retry_budget = "1%")]
async fn line(a: &Script, b: &Script, c: &Script) -> Answer {
    #[primary("a")]
    {
        a.call().await
    }
    #[fallback("b", bulkhead(max = 1, wait = "50ms"))]
    {
        b.call().await
    }
    #[fallback("c")]
    {
        c.call().await
    }
}

#[tokio::test(start_paused = true)]
async fn r72_the_next_one_in_the_place_of_a_hedge_that_waited_in_vain_is_paid_for_once() {
    let (runtime, down, busy) = (seeded(), Script::of([fail(Verdict::Failover)]), Script::of([hang()]));
    let mut inside = pin!(runtime.scope(line(&down, &busy, &busy)));
    begin(inside.as_mut()).await;
    let (a, b, c) = (Script::of([hang()]), Script::of([ok()]), Script::of([ok()]));
    for _ in 0..3 {
        let outcome = runtime.scope(line(&a, &b, &c)).await.expect("c serves");
        assert_eq!((served(&outcome), b.calls()), (("c", 2, 150), 0));
    }
    let stats = runtime.plan("hedge-line").expect("it is linked").stats();
    let of = |provider| stats.provider(provider).expect("it is there").since_start;
    assert_eq!((of("c").hedges, of("c").retries, of("b").skips.bulkhead_full), (3, 0, 3));
    // Of a hundred in ten seconds, ninety-seven are left: the place in line and the call cost one together.
    let mut others: Vec<_> = (0..98).map(|_| Box::pin(runtime.scope(line(&a, &b, &a)))).collect();
    for other in &mut others {
        begin(other.as_mut()).await;
    }
    advance(ms(100)).await;
    for other in &mut others {
        begin(other.as_mut()).await;
    }
    let stats = runtime.plan("hedge-line").expect("it is linked").stats();
    assert_eq!(stats.provider("b").expect("it is there").since_start.skips.over_budget, 1);
}

/// The first of them has a token now and then, for which it is worth waiting.
#[quota(tag = "hedge-order", hedge = "10ms", retry_budget = "100%")]
async fn spread(waits: bool, quick: &Script) -> Answer {
    #[provider("a", weight = 50, when(waits), rate_limit(rate = "1/h", burst = 1, wait = "2h"))]
    {
        quick.call().await
    }
    #[provider("b", weight = 30)]
    {
        quick.call().await
    }
    #[provider("c", weight = 20)]
    {
        quick.call().await
    }
}

#[tokio::test(start_paused = true)]
async fn r41_a_hedge_beside_a_provider_that_still_waits_disturbs_no_order() {
    let (runtime, quick) = (seeded(), Script::of([ok()]));
    let (mut late, mut first_picks) = (0, Vec::new());
    for _ in 0..200 {
        let outcome = runtime.scope(spread(true, &quick)).await.expect("somebody serves");
        late += usize::from(outcome.elapsed == ms(10));
        let outcome = runtime.scope(spread(false, &quick)).await.expect("somebody serves");
        first_picks.push(if outcome.provider == "b" { "b" } else { "c" });
    }
    assert_eq!(late, 99, "half of the calls go to a, and only the first of them has a token");
    assert_smooth(&first_picks, &[("b", 30), ("c", 20)]);
}

#[healthcheck(tag = "hedge-health", interval = "1h", retries = 0, timeout = "1s")]
async fn b_health(probe: &Probe) -> Result<(), &'static str> {
    probe.ask().await
}

#[tokio::test(start_paused = true)]
async fn r55_a_provider_that_still_waits_is_enough_to_skip_the_unhealthy() {
    #[fallback(hedge = "50ms")]
    async fn unwell(a: &Script, b: &Script) -> Answer {
        #[primary("a", rate_limit(rate = "10/s", burst = 1, wait = "100ms"))]
        {
            a.call().await
        }
        #[fallback("b", healthcheck(b_health))]
        {
            b.call().await
        }
    }
    let runtime = Runtime::builder().bind(&b_health, Probe::always(Try::Bad("no"))).build();
    let runtime = runtime.expect("building checks nothing that could be wrong");
    runtime.scope(b_health.check()).await;
    let (a, b) = (Script::of([ok()]), Script::of([ok()]));
    runtime.scope(unwell(&a, &b)).await.expect("a has a token");
    // At 50 ms, when b is looked at, a's next token is the one that this run waits for.
    assert_eq!(served(&runtime.scope(unwell(&a, &b)).await.expect("a gets a token")), ("a", 1, 100));
    assert_eq!(b.calls(), 0);
}
