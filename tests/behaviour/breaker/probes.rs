//! R62: what half-open lets through.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use ductape::{Verdict, action};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::{mark, share, small, went};
use crate::support::{Answer, Script, Scripted, Step, fail, ms, ok, seeded};

/// How so many runs went that begin in one instant, sorted.
async fn at_once(runtime: &ductape::Runtime, runs: usize, run: impl Fn() -> Boxed) -> String {
    let mut tasks = JoinSet::new();
    for _ in 0..runs {
        tasks.spawn(runtime.scope(run()));
    }
    let mut went: Vec<char> = tasks.join_all().await.iter().map(mark).collect();
    went.sort_unstable();
    went.into_iter().collect()
}

type Boxed = std::pin::Pin<Box<dyn Future<Output = Answer> + Send>>;

fn small_of(a: &Arc<Script>) -> Boxed {
    let a = Arc::clone(a);
    Box::pin(async move { small(&a).await })
}

fn share_of(a: &Arc<Script>) -> Boxed {
    let a = Arc::clone(a);
    Box::pin(async move { share(&a).await })
}

/// A provider that fails so often, and then does this.
fn after_failures(failures: usize, steps: impl IntoIterator<Item = Step>) -> Arc<Script> {
    Arc::new(Script::of(std::iter::repeat_n(fail(Verdict::Retry), failures).chain(steps)))
}

#[tokio::test(start_paused = true)]
async fn r62_of_two_hundred_callers_at_the_end_of_the_cooldown_one_probes() {
    let (runtime, a) = (seeded(), after_failures(2, [ok().after(50)]));
    went(&runtime, 2, async || small(&a).await).await;
    sleep(ms(10_000)).await;

    assert_eq!(at_once(&runtime, 200, || small_of(&a)).await, "-".repeat(199) + ".");
    assert_eq!(a.calls(), 3, "two failures opened it, and one call probed");
    // It closed: now everyone is let in.
    assert_eq!(at_once(&runtime, 200, || small_of(&a)).await, ".".repeat(200));
}

#[tokio::test(start_paused = true)]
async fn r62_callers_that_come_while_the_probe_runs_are_refused_too() {
    let (runtime, a) = (seeded(), after_failures(2, [ok().after(50)]));
    went(&runtime, 2, async || small(&a).await).await;
    sleep(ms(10_000)).await;

    let probe = tokio::spawn(runtime.scope(small_of(&a)));
    for _ in 0..49 {
        sleep(ms(1)).await;
        assert_eq!(at_once(&runtime, 5, || small_of(&a)).await, "-----");
    }
    probe.await.expect("nothing panics").expect("the probe is good");
    assert_eq!(a.calls(), 3);
    assert_eq!(went(&runtime, 1, async || small(&a).await).await, ".");
}

#[tokio::test(start_paused = true)]
async fn r62_as_many_as_probes_says_are_let_through_at_a_time() {
    let (runtime, a) = (seeded(), after_failures(4, [ok().after(50)]));
    went(&runtime, 4, async || share(&a).await).await;
    sleep(ms(10_000)).await;

    assert_eq!(at_once(&runtime, 200, || share_of(&a)).await, "-".repeat(198) + "..");
    assert_eq!(a.calls(), 6);
    assert_eq!(at_once(&runtime, 200, || share_of(&a)).await, ".".repeat(200), "two good probes closed it");
}

#[tokio::test(start_paused = true)]
async fn r62_at_a_time_and_not_in_all() {
    // One probe ends before the other, and leaves its place to a third; only that one is the second success.
    let (runtime, a) = (seeded(), after_failures(4, [ok().after(10), ok().after(100), ok().after(20)]));
    went(&runtime, 4, async || share(&a).await).await;
    sleep(ms(10_000)).await;

    let two = [tokio::spawn(runtime.scope(share_of(&a))), tokio::spawn(runtime.scope(share_of(&a)))];
    sleep(ms(5)).await;
    assert_eq!(at_once(&runtime, 20, || share_of(&a)).await, "-".repeat(20));
    sleep(ms(6)).await;
    assert_eq!(at_once(&runtime, 20, || share_of(&a)).await, "-".repeat(19) + ".");
    assert_eq!(
        at_once(&runtime, 20, || share_of(&a)).await,
        ".".repeat(20),
        "two successes, the third probe still runs"
    );
    for probe in two {
        probe.await.expect("nothing panics").expect("the probe is good");
    }
}

#[tokio::test(start_paused = true)]
async fn r62_fewer_successes_than_probes_do_not_close_it() {
    #[action(app = "a", breaker(failures = 1, cooldown = "10s", probes = 5))]
    async fn five(a: &Script) -> Answer {
        a.call().await
    }

    let steps = [ok(), ok(), ok(), ok(), fail(Verdict::Retry), ok(), ok(), ok(), ok(), ok(), ok().after(50)];
    let (runtime, a) = (seeded(), after_failures(1, steps));
    assert_eq!(went(&runtime, 2, async || five(&a).await).await, "x-");
    sleep(ms(10_000)).await;
    assert_eq!(went(&runtime, 6, async || five(&a).await).await, "....x-", "one failure reopens it");
    sleep(ms(20_000)).await;
    assert_eq!(went(&runtime, 5, async || five(&a).await).await, ".....", "the row began anew");
    let boxed = || -> Boxed {
        let a = Arc::clone(&a);
        Box::pin(async move { five(&a).await })
    };
    assert_eq!(at_once(&runtime, 20, boxed).await, ".".repeat(20));
}

#[tokio::test(start_paused = true)]
async fn r62_it_closes_with_fresh_counts() {
    #[action(app = "a", breaker(failure_rate = "50%", window = "1h", min_calls = 4, cooldown = "10s", probes = 1))]
    async fn hour(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), after_failures(2, [ok(), fail(Verdict::Retry), ok(), fail(Verdict::Retry)]));
    went(&runtime, 2, async || small(&a).await).await;
    sleep(ms(10_000)).await;
    assert_eq!(went(&runtime, 6, async || small(&a).await).await, ".x.xx-");

    // Of the second form's window nothing is left either, though its hour is not over.
    let steps = [ok(), fail(Verdict::Retry), fail(Verdict::Retry), fail(Verdict::Retry), fail(Verdict::Retry)];
    let (runtime, a) = (seeded(), after_failures(4, steps));
    assert_eq!(went(&runtime, 5, async || hour(&a).await).await, "xxxx-");
    sleep(ms(10_000)).await;
    let went = went(&runtime, 6, async || hour(&a).await).await;
    assert_eq!(went, ".xxxx-", "four calls are judged, and the probe is none of them");
}

#[tokio::test(start_paused = true)]
async fn r62_one_failure_reopens_it_whatever_the_other_probes_do() {
    let (runtime, a) = (seeded(), after_failures(4, [fail(Verdict::Retry).after(10), ok().after(20), ok()]));
    went(&runtime, 4, async || share(&a).await).await;
    sleep(ms(10_000)).await;
    assert_eq!(at_once(&runtime, 2, || share_of(&a)).await, ".x");
    assert_eq!(went(&runtime, 1, async || share(&a).await).await, "-");
    sleep(ms(19_989)).await;
    assert_eq!(went(&runtime, 1, async || share(&a).await).await, "-");
    sleep(ms(1)).await;
    assert_eq!(went(&runtime, 2, async || share(&a).await).await, "..");
}

/// Callers on threads of their own. The cooldown is so short that it is over without waiting for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r62_callers_on_many_threads_are_let_through_exactly_too() {
    #[derive(Default)]
    struct Side {
        up: AtomicBool,
        calls: AtomicUsize,
    }

    #[action(app = "a", breaker(failures = 1, cooldown = "1us", probes = 3))]
    async fn tiny(side: &Side, gate: &Semaphore) -> Answer {
        side.calls.fetch_add(1, Ordering::SeqCst);
        if side.up.load(Ordering::SeqCst) {
            let _pass = gate.acquire().await.expect("it is never closed");
            return Ok(1);
        }
        Err(Scripted { verdict: Verdict::Retry, call: 1 })
    }

    for _ in 0..20 {
        let (runtime, side, gate) = (seeded(), Arc::new(Side::default()), Arc::new(Semaphore::new(0)));
        runtime.scope(tiny(&side, &gate)).await.expect_err("the first call fails");
        side.up.store(true, Ordering::SeqCst);
        let opened = Instant::now();
        while opened.elapsed() < Duration::from_micros(10) {
            std::hint::spin_loop();
        }

        let mut tasks = JoinSet::new();
        for _ in 0..200 {
            let (side, gate) = (Arc::clone(&side), Arc::clone(&gate));
            tasks.spawn(runtime.scope(async move { tiny(&side, &gate).await }));
        }
        for _ in 0..197 {
            let refused = tasks.join_next().await.expect("there are more").expect("nothing panics");
            assert_eq!(mark(&refused), '-');
        }
        assert_eq!(side.calls.load(Ordering::SeqCst), 4, "one failure, and three probes");
        gate.add_permits(3);
        for probe in tasks.join_all().await {
            probe.expect("the probe is good");
        }
    }
}
