//! R70 and R80: never more than so many attempts at once.

mod line;

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ductape::{ErrorKind, Verdict, action, fallback, quota};
use tokio::task::{JoinSet, yield_now};
use tokio::time::{Instant, sleep, timeout};

use crate::support::{Answer, Script, Scripted, begin, fail, hang, ms, ok, panics, run, seeded, trail};

#[action(tag = "bulkhead-three", app = "a", classify(Scripted::verdict), timeout = "1s", bulkhead = 3)]
async fn three(a: &Script) -> Answer {
    a.call().await
}

/// How many runs of [`three`] are admitted while none of them ends.
async fn room(runtime: &ductape::Runtime) -> usize {
    let held = Script::of([hang()]);
    let mut runs: Vec<_> = (0..5).map(|_| Box::pin(runtime.scope(three(&held)))).collect();
    let mut refused = 0;
    for run in &mut runs {
        let answer = timeout(Duration::ZERO, run).await;
        refused += usize::from(answer.is_ok());
    }
    assert_eq!(refused + held.running(), 5);
    held.running()
}

#[tokio::test(start_paused = true)]
async fn r70_never_more_than_max_attempts_run_at_once_and_the_others_are_skipped_at_once() {
    let (runtime, a) = (seeded(), Script::of([ok().after(100)]));
    let mut runs: Vec<_> = (0..3).map(|_| Box::pin(runtime.scope(three(&a)))).collect();
    for run in &mut runs {
        begin(run.as_mut()).await;
    }
    let start = Instant::now();
    for _ in 0..7 {
        let error = runtime.scope(three(&a)).await.expect_err("it is full");
        assert_eq!((trail(&error), error.kind()), (vec!["a skipped: BulkheadFull".to_owned()], ErrorKind::Exhausted));
        assert_eq!(error.retry_in(), None, "nobody knows when there is room");
    }
    assert_eq!((a.running(), a.calls(), start.elapsed()), (3, 3, ms(0)));
    for run in runs {
        run.await.expect("it has its place");
    }
    assert_eq!(room(&runtime).await, 3);
}

#[tokio::test(start_paused = true)]
async fn r70_a_place_is_free_as_soon_as_its_attempt_has_ended_however_it_ended() {
    let ends = [
        ok(),
        fail(Verdict::Retry),
        fail(Verdict::Failover),
        fail(Verdict::Abort),
        fail(Verdict::Ambiguous),
        panics(),
        hang(),
    ];
    for end in ends {
        let (runtime, a) = (seeded(), Arc::new(Script::of([end.after(20)])));
        for _ in 0..3 {
            let a = Arc::clone(&a);
            tokio::spawn(runtime.scope(async move { three(&a).await }));
        }
        sleep(ms(19)).await;
        assert_eq!(room(&runtime).await, 0, "{end:?}");
        sleep(ms(1_000)).await;
        assert_eq!((a.calls(), room(&runtime).await), (3, 3), "{end:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn r70_the_place_is_free_during_backoff() {
    #[action(app = "a", retries = 1, backoff(base = "100ms", factor = 1, jitter = "none"), bulkhead = 1)]
    async fn one(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry).after(10), ok()]));
    let other = Script::of([ok().after(90)]);
    let mut first = pin!(runtime.scope(one(&a)));
    begin(first.as_mut()).await;
    runtime.scope(one(&other)).await.expect_err("the attempt holds the place");
    let second = async {
        sleep(ms(11)).await;
        runtime.scope(one(&other)).await
    };
    let (first, second) = tokio::join!(first, second);
    second.expect("it has the place from 11 to 101");
    first.expect("it has the place again at 110");
    assert_eq!((a.times(), other.times()), (vec![0, 110], vec![11]));
}

#[tokio::test(start_paused = true)]
async fn r4_after_the_wait_the_bulkhead_is_asked_again_and_a_refusal_ends_the_turn() {
    #[fallback(retries = 5, backoff(base = "100ms", factor = 1, jitter = "none"))]
    async fn two(a: &Script, b: &Script) -> Answer {
        #[primary("a", bulkhead = 1)]
        {
            a.call().await
        }
        #[fallback("b", retries = 0)]
        {
            b.call().await
        }
    }

    let (runtime, a, b) = (seeded(), Script::of([fail(Verdict::Retry)]), Script::of([fail(Verdict::Retry)]));
    let other = Script::of([hang()]);
    let mut first = pin!(runtime.scope(two(&a, &b)));
    begin(first.as_mut()).await;
    let mut holder = pin!(runtime.scope(two(&other, &b)));
    begin(holder.as_mut()).await;

    let error = first.await.expect_err("both fail");
    assert_eq!((a.times(), b.times()), (vec![0], vec![100]));
    assert_eq!(trail(&error), ["a 1 failed: Retry", "a skipped: BulkheadFull", "b 1 failed: Retry"]);
}

#[tokio::test(start_paused = true)]
async fn r70_a_plans_bulkhead_is_one_for_each_of_its_providers() {
    #[fallback(bulkhead = 1, timeout = "1s")]
    async fn two(a: &Script, b: &Script) -> Answer {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    let (runtime, a, b) = (seeded(), Script::of([ok().after(50)]), Script::of([ok().after(50)]));
    let runs = tokio::join!(runtime.scope(two(&a, &b)), runtime.scope(two(&a, &b)), runtime.scope(two(&a, &b)));
    assert_eq!(runs.0.expect("a has room").provider, "a");
    assert_eq!(runs.1.expect("b has room").provider, "b");
    assert_eq!(trail(&runs.2.expect_err("none has")), ["a skipped: BulkheadFull", "b skipped: BulkheadFull"]);
}

#[tokio::test(start_paused = true)]
async fn r70_a_full_provider_takes_no_part_in_a_quota() {
    #[quota(timeout = "1s")]
    async fn half(a: &Script, b: &Script) -> Answer {
        #[provider("a", weight = 50, bulkhead = 1)]
        {
            a.call().await
        }
        #[provider("b", weight = 50)]
        {
            b.call().await
        }
    }

    let (runtime, a, b) = (seeded(), Script::of([hang()]), Script::of([ok()]));
    let mut holders = Vec::new();
    while a.running() == 0 {
        let mut holder = Box::pin(runtime.scope(half(&a, &b)));
        let _served_by_b = timeout(Duration::ZERO, &mut holder).await;
        holders.push(holder);
    }
    for _ in 0..100 {
        assert_eq!(runtime.scope(half(&a, &b)).await.expect("b works").provider, "b");
    }
    assert_eq!(a.calls(), 1);
}

/// The same through `max`, and a limit that only the compiler knows.
#[tokio::test(start_paused = true)]
async fn r70_both_ways_to_write_it_mean_the_same() {
    const MOST: u32 = 2;

    #[action(app = "a", bulkhead(max = 2))]
    async fn spelt(a: &Script) -> Answer {
        a.call().await
    }
    #[action(app = "a", bulkhead(max(MOST)))]
    async fn constant(a: &Script) -> Answer {
        a.call().await
    }

    let a = Script::of([ok().after(10)]);
    let three = run(async { tokio::join!(spelt(&a), spelt(&a), spelt(&a)) }).await;
    assert_eq!([three.0.is_ok(), three.1.is_ok(), three.2.is_ok()], [true, true, false]);
    let three = run(async { tokio::join!(constant(&a), constant(&a), constant(&a)) }).await;
    assert_eq!([three.0.is_ok(), three.1.is_ok(), three.2.is_ok()], [true, true, false]);
}

#[tokio::test(start_paused = true)]
async fn r80_a_run_that_is_dropped_at_any_point_gives_its_place_back_at_once() {
    #[action(
        app = "a",
        timeout = "20ms",
        retries = 3,
        backoff(base = "10ms", factor = 1, jitter = "none"),
        bulkhead(max = 1, wait = "15ms")
    )]
    async fn one(a: &Script) -> Answer {
        a.call().await
    }

    let runtime = seeded();
    for patience in 0..=120 {
        // Somebody has the place at first, so that the run begins in the line.
        let (holder, a) = (Script::of([ok().after(10)]), Script::of([hang()]));
        let mut first = Box::pin(runtime.scope(one(&holder)));
        begin(first.as_mut()).await;
        let second = timeout(ms(patience), runtime.scope(one(&a)));
        let (_, second) = tokio::join!(first, second);
        assert_eq!(second.is_err(), patience < 120, "after {patience} ms");
        let next = Script::of([ok()]);
        let outcome = runtime.scope(one(&next)).await.expect("there is room");
        assert_eq!((outcome.elapsed, a.running()), (ms(0), 0), "after {patience} ms");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r83_no_limit_is_exceeded_by_one_and_no_place_is_lost() {
    #[derive(Default)]
    struct Crowd {
        inside: AtomicUsize,
        most: AtomicUsize,
        served: AtomicUsize,
    }

    #[action(app = "a", bulkhead = 3)]
    async fn narrow(crowd: &Crowd) -> Result<(), ductape::Error<&'static str>> {
        let inside = crowd.inside.fetch_add(1, Ordering::SeqCst) + 1;
        crowd.most.fetch_max(inside, Ordering::SeqCst);
        yield_now().await;
        crowd.inside.fetch_sub(1, Ordering::SeqCst);
        crowd.served.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    let (runtime, crowd) = (seeded(), Arc::new(Crowd::default()));
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let crowd = Arc::clone(&crowd);
        tasks.spawn(runtime.scope(async move {
            let mut refused = 0;
            for _ in 0..5_000 {
                refused += usize::from(narrow(&crowd).await.is_err());
            }
            refused
        }));
    }
    let refused: usize = tasks.join_all().await.into_iter().sum();
    assert_eq!(refused + crowd.served.load(Ordering::SeqCst), 40_000);
    assert_eq!(crowd.most.load(Ordering::SeqCst), 3, "eight callers press against three places");
}
