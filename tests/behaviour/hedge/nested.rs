//! What is inside of a lane: plans, attempts, values.

use std::sync::Mutex;

use ductape::{ErrorKind, Outcome, Verdict, fallback};
use tokio::task::yield_now;

use super::{served, two};
use crate::support::{Answer, Script, Scripted, fail, hang, ok, run};

#[tokio::test(start_paused = true)]
async fn r14_plans_in_lanes_end_with_the_attempt_around_them() {
    #[fallback(tag = "hedge-outer", hedge = "50ms", timeout = "120ms")]
    async fn outer(a: &Script, b: &Script, spare: &Script) -> Answer<(String, usize)> {
        #[primary("left")]
        {
            inner(a, spare).await
        }
        #[fallback("right")]
        {
            inner(b, spare).await
        }
    }
    /// A hedged plan in each lane of a hedged plan.
    async fn inner(a: &Script, b: &Script) -> Result<(String, usize), Scripted> {
        match two(a, b).await {
            Ok(outcome) => Ok((outcome.provider.to_string(), outcome.into_inner())),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Deadline);
                Err(error.into_last().unwrap_or(Scripted { verdict: Verdict::Retry, call: 0 }))
            }
        }
    }
    // The left one has 120 ms, too few for a hedge of its own at 200; the right one answers at 90 of its own.
    let (a, b, spare) = (Script::of([hang()]), Script::of([ok().after(90)]), Script::of([ok()]));
    let outcome = run(outer(&a, &b, &spare)).await.expect("the right one serves");
    assert_eq!((outcome.provider.as_str(), outcome.elapsed.as_millis()), ("right", 140));
    assert_eq!((&*outcome, a.cut(), spare.calls()), (&("a".to_owned(), 1), 1, 0));
}

#[tokio::test(start_paused = true)]
async fn r73_each_lane_has_its_own_attempts_and_one_key_for_them() {
    #[fallback(
        classify(Scripted::verdict),
        hedge = "10ms",
        retries = 1,
        backoff(base = "5ms", factor = 1, jitter = "none")
    )]
    async fn keyed(a: &Script, b: &Script, seen: &Mutex<Vec<(String, u32, String)>>) -> Answer {
        #[primary("a")]
        {
            note(seen);
            let answer = a.call().await;
            note(seen);
            answer
        }
        #[fallback("b")]
        {
            note(seen);
            let answer = b.call().await;
            note(seen);
            answer
        }
    }
    fn note(seen: &Mutex<Vec<(String, u32, String)>>) {
        let attempt = ductape::attempt().expect("inside of a block");
        let line = (attempt.provider().to_string(), attempt.number(), attempt.idempotency_key());
        seen.lock().expect("nobody panics while noting").push(line);
    }

    let seen = Mutex::default();
    let a = Script::of([fail(Verdict::Retry).after(20), ok().after(20)]);
    let b = Script::of([fail(Verdict::Retry).after(20), hang()]);
    let outcome = run(keyed(&a, &b, &seen)).await.expect("a serves");
    assert_eq!(served(&outcome), ("a", 4, 45));
    assert!(ductape::attempt().is_none(), "nothing is left behind");
    let seen = seen.into_inner().expect("nobody panics while noting");
    let places: Vec<_> = seen.iter().map(|(provider, number, _)| (provider.as_str(), *number)).collect();
    // a at 0, b at 10, a ends at 20 and begins at 25, b ends at 30 and begins at 35, a ends at 45.
    assert_eq!(places, [("a", 1), ("b", 1), ("a", 1), ("a", 2), ("b", 1), ("b", 2), ("a", 2)]);
    let keys = |of: &str| -> Vec<_> { seen.iter().filter(|line| line.0 == of).map(|line| &line.2).collect() };
    assert!(keys("a").iter().all(|key| *key == keys("a")[0]) && keys("b").iter().all(|key| *key == keys("b")[0]));
    assert_ne!(keys("a")[0], keys("b")[0]);
}

#[test]
fn r82_the_future_of_a_hedged_plan_is_the_sum_of_its_blocks() {
    /// A block's work, with this many bytes on its hands while it waits.
    async fn holding<const N: usize>() -> Result<usize, Scripted> {
        let buffer = [1_u8; N];
        yield_now().await;
        Ok(buffer.iter().map(|byte| usize::from(*byte)).sum())
    }
    #[fallback(hedge = "200ms")]
    async fn plan() -> ductape::Result<Outcome<usize>, Scripted> {
        #[primary("a", retries = 3)]
        {
            holding::<1_000>().await
        }
        #[fallback("b")]
        {
            holding::<4_000>().await
        }
        #[fallback("c")]
        {
            holding::<2_000>().await
        }
    }
    let sum = size_of_val(&holding::<1_000>()) + size_of_val(&holding::<4_000>()) + size_of_val(&holding::<2_000>());
    assert!(sum >= 7_000, "otherwise the comparison would be worth nothing");
    let size = size_of_val(&plan());
    // Scripts of tests have a place in every block.
    assert!(cfg!(feature = "testing") || size <= sum + 1_024 + 3 * 384, "{size} bytes");
}
