//! Updates while others run.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use ductape::{Outcome, Patch, Runtime, fallback, quota};
use tokio::runtime::Builder;

use super::handle;
use crate::support::{Scripted, seeded};

/// Each of the two definitions says the same of all its providers.
#[fallback(tag = "update-hammered")]
async fn hammered(calls: &[AtomicU64; 3]) -> ductape::Result<Outcome<usize>, Scripted> {
    #[primary("a", retries = 1, timeout = "1s", cost = 1)]
    {
        calls[0].fetch_add(1, Ordering::Relaxed);
        Err(Scripted { verdict: ductape::Verdict::Retry, call: 0 })
    }
    #[fallback("b", retries = 1, timeout = "1s", cost = 1)]
    {
        calls[1].fetch_add(1, Ordering::Relaxed);
        Err(Scripted { verdict: ductape::Verdict::Retry, call: 0 })
    }
    #[fallback("c", retries = 1, timeout = "1s", cost = 1)]
    {
        let call = calls[2].fetch_add(1, Ordering::Relaxed);
        Ok(usize::try_from(call).unwrap_or_default())
    }
}

#[quota(tag = "update-hammered-quota")]
async fn shares(calls: &[AtomicU64; 2]) -> ductape::Result<Outcome<()>, Scripted> {
    #[provider("a", weight = 100)]
    {
        calls[0].fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
    #[provider("b", weight = 0)]
    {
        calls[1].fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

const UPDATES: u64 = 10_000;

/// Two threads run the plan until `update` has been called so often; answers with how many runs they made.
fn hammer(runtime: &Runtime, run: impl AsyncFn() + Sync, update: impl Fn(u64)) -> u64 {
    let (over, runs) = (AtomicBool::new(false), AtomicU64::new(0));
    let begun = || {
        while runs.load(Ordering::Relaxed) < 10 {
            thread::yield_now();
        }
    };
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let local =
                    Builder::new_current_thread().enable_time().start_paused(true).build().expect("it is sound");
                while !over.load(Ordering::Relaxed) {
                    local.block_on(runtime.scope(run()));
                    runs.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        begun();
        (0..UPDATES).for_each(update);
        over.store(true, Ordering::Relaxed);
    });
    runs.into_inner()
}

#[test]
fn r90_no_run_sees_a_mixture_and_counters_add_up() {
    let (runtime, calls) = (seeded(), [const { AtomicU64::new(0) }; 3]);
    let plan = handle(&runtime, "update-hammered");
    let run = async || {
        let outcome: Outcome<usize> = hammered(&calls).await.expect("c serves");
        // By the attempts it is known how many retries each of the first two had: 0 and 0, or 2 and 2.
        assert!([3, 7].contains(&outcome.attempts), "{} attempts", outcome.attempts);
    };
    let updates = |number: u64| {
        let retries = if number.is_multiple_of(2) { 0 } else { 2 };
        let both = ["a", "b"].into_iter().fold(Patch::new(), |patch, name| {
            let backoff = ductape::Patch::new().retries(retries);
            patch.provider(name, backoff)
        });
        plan.update(both).expect("it is sound");
    };
    updates(0);
    let runs = hammer(&runtime, run, updates);
    let [a, b, c] = calls.map(AtomicU64::into_inner);
    assert_eq!(c, runs, "each run ended at c");
    assert_eq!(a, b, "each run gave a as many tries as b");
    let stats = plan.stats();
    let counted = |name: &str| stats.provider(name).map(|it| it.since_start.calls);
    assert_eq!([counted("a"), counted("b"), counted("c")], [Some(a), Some(b), Some(c)]);
    assert_eq!(stats.since_start.calls, runs);
    assert_eq!(stats.in_flight, 0);
}

#[test]
fn r90_weights_that_are_updated_ten_thousand_times() {
    let (runtime, calls) = (seeded(), [const { AtomicU64::new(0) }; 2]);
    let plan = handle(&runtime, "update-hammered-quota");
    let run = async || {
        // A mixture would have a sum of 0 or 200: of none, nobody would be left.
        let _: Outcome<()> = shares(&calls).await.expect("somebody has all the weight");
    };
    let runs = hammer(&runtime, run, |number| {
        let (a, b) = if number.is_multiple_of(2) { (0, 100) } else { (100, 0) };
        let patch = Patch::new().provider("a", Patch::new().weight(a)).provider("b", Patch::new().weight(b));
        assert_eq!(plan.update(patch).expect("it adds up").len(), 2);
    });
    let [a, b] = calls.map(AtomicU64::into_inner);
    assert_eq!(a + b, runs);
    assert_eq!(plan.stats().since_start.successes, runs);
}

#[test]
fn r90_of_two_patches_at_once_both_are_in_force_and_the_last_one_wins_where_they_meet() {
    let runtime = seeded();
    let plan = handle(&runtime, "update-hammered");
    for round in 0..200_u32 {
        let patch = |retries: u32, name: &str| {
            Patch::new()
                .provider("c", Patch::new().retries(retries))
                .provider(name, Patch::new().cost(f64::from(round)))
        };
        thread::scope(|scope| {
            scope.spawn(|| plan.update(patch(10, "a")).expect("it is sound"));
            scope.spawn(|| plan.update(patch(20, "b")).expect("it is sound"));
        });
        let now = plan.plan();
        let cost = |name| now.provider(name).map(ductape::Provider::cost);
        assert_eq!((cost("a"), cost("b")), (Some(f64::from(round)), Some(f64::from(round))));
        assert!([10, 20].contains(&now.providers()[2].retries()));
    }
}
