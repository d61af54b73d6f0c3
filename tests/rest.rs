//! R84: whatever the providers and the callers do, in whatever order, everything is at rest afterwards.
//!
//! Plans are fixed while compiling, so a handful of them stands for all: each kind, each policy in each of its forms.
//! What is random is what happens in them, at once: how attempts end and after which time, when callers come, and when
//! they go. Afterwards each provider is asked on its own whether all that it guards is there again.
//!
//! `PROPTEST_CASES=10000 cargo test --test rest` tries more than the usual cases.

#[path = "rest/plans.rs"]
mod plans;
#[path = "rest/world.rs"]
mod world;

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use ductape::{Event, Runtime, Skip, Verdict};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use self::plans::{Answer, Limits, PLANS, Plan, Provider};
use self::world::{Caller, Deed, End, World};

/// Somebody who calls a plan.
#[derive(Debug, Clone)]
struct Visit {
    comes: u64,
    patience: Patience,
    deeds: Vec<Deed>,
}

/// How long somebody waits for the answer.
#[derive(Debug, Clone, Copy)]
enum Patience {
    Endless,
    /// The run is dropped before its first poll.
    None,
    /// The run is dropped after so many polls.
    Polls(u32),
    Millis(u64),
}

/// Few different times, so that much happens in one instant.
fn millis(below: u64) -> impl Strategy<Value = u64> {
    (0..below / 5).prop_map(|steps| steps * 5)
}

fn verdict() -> impl Strategy<Value = Verdict> {
    prop_oneof![
        4 => Just(Verdict::Retry),
        2 => Just(Verdict::Failover),
        2 => Just(Verdict::Ambiguous),
        1 => Just(Verdict::Abort),
        2 => millis(30).prop_map(|millis| Verdict::RetryAfter(Duration::from_millis(millis))),
        1 => millis(20).prop_map(|millis| Verdict::Throttled(Duration::from_millis(millis))),
    ]
}

fn deed() -> impl Strategy<Value = Deed> {
    let end = prop_oneof![
        5 => Just(End::Well),
        6 => verdict().prop_map(End::Badly),
        1 => Just(End::Panic),
        1 => Just(End::Never),
    ];
    (prop_oneof![Just(0), millis(40)], end).prop_map(|(after, end)| Deed { after, end })
}

fn visit() -> impl Strategy<Value = Visit> {
    let patience = prop_oneof![
        6 => Just(Patience::Endless),
        1 => Just(Patience::None),
        2 => (1..5_u32).prop_map(Patience::Polls),
        3 => millis(120).prop_map(Patience::Millis),
    ];
    (millis(250), patience, vec(deed(), 1..6)).prop_map(|(comes, patience, deeds)| Visit { comes, patience, deeds })
}

#[test]
fn r84_whatever_happens_everything_is_at_rest_afterwards() {
    let config = Config { rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..Config::default() };
    let case = (0..PLANS.len(), vec(visit(), 1..40));
    let outcome = TestRunner::new(config).run(&case, |(plan, visits)| {
        let clock = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        clock.expect("a clock needs nothing").block_on(story(&PLANS[plan], visits))
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

/// Lets them all come and go, and looks round afterwards.
async fn story(plan: &'static Plan, visits: Vec<Visit>) -> Result<(), TestCaseError> {
    let runtime = Runtime::builder().seed(7).build().expect("nothing is bound");
    let world = Arc::new(World::default());
    let mut tasks = JoinSet::new();
    for visit in visits {
        let caller = Caller::new(&world, visit.deeds);
        tasks.spawn(runtime.scope(come(plan, caller, visit.comes, visit.patience)));
    }
    // Panics of blocks end up here, as they should; no run lasts for ever.
    timeout(Duration::from_secs(3_600), async { while tasks.join_next().await.is_some() {} })
        .await
        .map_err(|_| TestCaseError::fail("a run hangs"))?;
    prop_assert_eq!(world.running(), 0, "nobody is inside any more");
    counts_at_rest(&runtime, plan, &world)?;

    for provider in plan.providers {
        at_rest(&runtime, plan, provider, &world).await?;
    }
    Ok(())
}

async fn come(plan: &Plan, caller: Arc<Caller>, comes: u64, patience: Patience) {
    sleep(Duration::from_millis(comes)).await;
    let mut run = (plan.run)(caller);
    match patience {
        Patience::None => {}
        Patience::Endless => drop(run.await),
        // When both are ready in one instant it is dropped, with what it has just been given.
        Patience::Millis(millis) => tokio::select! {
            biased;
            () = sleep(Duration::from_millis(millis)) => {}
            _ = &mut run => {}
        },
        Patience::Polls(polls) => {
            let mut left = polls;
            poll_fn(|cx| {
                left -= 1;
                let over = run.as_mut().poll(cx).is_ready() || left == 0;
                if over { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
        }
    }
}

/// Everything that began has ended, in exactly one way.
fn counts_at_rest(runtime: &Runtime, plan: &Plan, world: &World) -> Result<(), TestCaseError> {
    let all: Vec<_> = runtime.snapshot().plans.into_iter().map(|plan| plan.stats).collect();
    for stats in &all {
        let runs = &stats.since_start;
        let good = runs.successes + runs.cached + runs.stale + runs.degraded;
        let ended = good + runs.failures + runs.aborted + runs.dropped;
        prop_assert_eq!((stats.in_flight, runs.calls), (0, ended), "{}", stats);
        for provider in &stats.providers {
            let calls = &provider.since_start;
            let bad = calls.failures + calls.timeouts + calls.dropped;
            let ended = calls.successes + calls.throttled + calls.aborted + bad;
            prop_assert_eq!((provider.in_flight, calls.calls), (0, ended), "{}", stats);
        }
    }
    for provider in plan.providers {
        let counted = all.iter().filter_map(|stats| stats.provider(provider.name));
        let calls: u64 = counted.map(|stats| stats.since_start.calls).sum();
        prop_assert_eq!(calls, world.begun(provider.name).len() as u64, "calls of {}", provider.name);
    }
    Ok(())
}

/// Finds everything that this provider guards in its place.
async fn at_rest(runtime: &Runtime, plan: &Plan, provider: &Provider, world: &Arc<World>) -> Result<(), TestCaseError> {
    let Limits { places, probes, line, .. } = provider.limits;
    let only = |end| Caller::only(world, provider.name, Deed { after: 0, end });

    // Tokens first where no breaker can be in the way, before time has covered up for lost ones.
    if probes == 0 {
        tokens_at_rest(runtime, plan, provider, world).await?;
    }
    // Breakers are open for 100 ms at most, their windows are no longer, and throttles last for less.
    sleep(Duration::from_millis(300)).await;
    for _ in 0..probes {
        refill(provider, world).await;
        let answer = soon(runtime.scope((plan.run)(only(End::Well)))).await?;
        prop_assert!(answer.is_ok(), "{} does not let a probe through: {:?}", provider.name, answer);
    }

    // Half-open, it would admit fewer at once than there are places. Who comes next finds it full, after its wait.
    refill(provider, world).await;
    let mut inside: Vec<_> = (0..places).map(|_| Box::pin(runtime.scope((plan.run)(only(End::Never))))).collect();
    for run in &mut inside {
        let polled = poll_fn(|cx| Poll::Ready(run.as_mut().poll(cx))).await;
        prop_assert!(polled.is_pending(), "{} has lost a place: {:?}", provider.name, polled);
    }
    prop_assert_eq!(world.running(), places, "{} has {} places", provider.name, places);
    let start = Instant::now();
    let one_more = soon(runtime.scope((plan.run)(only(End::Well)))).await?;
    prop_assert!(
        first_skip(&one_more, provider.name) == Some(Skip::BulkheadFull),
        "{} admits too many: {:?}",
        provider.name,
        one_more
    );
    prop_assert_eq!(start.elapsed(), Duration::from_millis(line));
    drop(inside);
    prop_assert_eq!(world.running(), 0);
    tokens_at_rest(runtime, plan, provider, world).await
}

/// The bucket is full: not one token is missing, and there is not one too many.
async fn tokens_at_rest(
    runtime: &Runtime,
    plan: &Plan,
    provider: &Provider,
    world: &Arc<World>,
) -> Result<(), TestCaseError> {
    let Some(rate) = provider.limits.rate else { return Ok(()) };
    refill(provider, world).await;
    // It may have asked to be left alone, for less time than a token takes.
    sleep(Duration::from_millis(20)).await;
    let caller = || Caller::only(world, provider.name, Deed { after: 0, end: End::Well });
    for token in 1..=rate.burst {
        let start = Instant::now();
        let answer = soon(runtime.scope((plan.run)(caller()))).await?;
        let at_once = answer.is_ok() && start.elapsed() == Duration::ZERO;
        prop_assert!(at_once, "{} lacks token {} of {}: {:?}", provider.name, token, rate.burst, answer);
    }
    let start = Instant::now();
    let answer = soon(runtime.scope((plan.run)(caller()))).await?;
    let waited = start.elapsed() == rate.interval() && answer.is_ok();
    let refused = first_skip(&answer, provider.name) == Some(Skip::RateLimited { retry_in: rate.interval() });
    prop_assert!(waited || refused, "{} has too many tokens: {:?}", provider.name, answer);
    Ok(())
}

/// Waits until the attempts that were made have dripped out of the bucket, and not a moment longer.
///
/// Where several wait for tokens at once, whoever leaves can leave one behind that nobody takes before its time is
/// over. Then the bucket is full only after the last of those that were promised.
async fn refill(provider: &Provider, world: &World) {
    let Some(rate) = provider.limits.rate else { return };
    if rate.wait > 0 && provider.limits.places > 1 {
        sleep(rate.longest()).await;
    } else if let Some(full) = rate.full_after(&world.begun(provider.name)) {
        sleep_until(full).await;
    }
}

/// No later run hangs.
async fn soon(run: impl Future<Output = Answer>) -> Result<Answer, TestCaseError> {
    let run = pin!(run);
    timeout(Duration::from_secs(3_600), run).await.map_err(|_| TestCaseError::fail("a later run hangs"))
}

/// Why this provider was skipped.
fn first_skip(answer: &Answer, name: &str) -> Option<Skip> {
    let entries = answer.as_ref().err()?.trail().entries();
    entries.iter().find(|entry| entry.provider == *name).and_then(|entry| match entry.event {
        Event::Skipped(skip) => Some(skip),
        _ => None,
    })
}
