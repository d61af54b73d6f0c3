//! R8: a clean run allocates nothing. A program of its own, since counting takes the place of the allocator.

use std::future::{Future, poll_fn};
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use ductape::{Outcome, Runtime, Verdict, action, attempt, fallback, healthcheck, quota};

/// As large as errors are: a list of nothing would allocate nothing.
#[derive(Debug)]
struct Refused([u64; 4]);

fn verdict(refused: &Refused) -> Verdict {
    if refused.0 == [0; 4] { Verdict::Failover } else { Verdict::Abort }
}

/// What a provider does: it answers at its first poll, or after so many others.
#[derive(Clone, Copy)]
struct Work {
    pending: u32,
    fails: bool,
}

impl Work {
    async fn answer(self) -> Result<[u64; 8], Refused> {
        let mut pending = self.pending;
        poll_fn(|context| {
            if pending == 0 {
                return Poll::Ready(());
            }
            pending -= 1;
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
        if self.fails { Err(Refused([0; 4])) } else { Ok([1; 8]) }
    }
}

#[healthcheck(interval = "1h")]
async fn well() -> Result<(), Refused> {
    Ok(())
}

#[fallback(deadline = "60s", at_most_once, classify(verdict))]
async fn ordered(work: Work, wanted: bool) -> ductape::Result<Outcome<[u64; 8]>, Refused> {
    let number = u64::from(wanted);

    #[primary("a", retries = 2, timeout = "2s", healthcheck(well), when(number == 1))]
    {
        black_box(attempt());
        work.answer().await
    }
    #[reconcile]
    {
        Ok(None)
    }
    #[fallback("b")]
    {
        Ok([0; 8])
    }
    #[degrade]
    {
        Ok([0; 8])
    }
}

#[fallback]
async fn nested(work: Work) -> ductape::Result<[u64; 8], Refused> {
    #[primary("a")]
    {
        bare(work).await.map_err(|error| error.into_last().expect("it is not shared"))
    }
    #[fallback("b")]
    {
        Ok([0; 8])
    }
}

#[action(retries = 2)]
async fn bare(work: Work) -> ductape::Result<[u64; 8], Refused> {
    work.answer().await
}

#[quota]
async fn smooth(work: Work) -> ductape::Result<[u64; 8], Refused> {
    #[provider("a", weight = 70, healthcheck(well))]
    {
        work.answer().await
    }
    #[provider("b", weight = 30)]
    {
        work.answer().await
    }
}

#[quota(pick = "random")]
async fn random(work: Work) -> ductape::Result<[u64; 8], Refused> {
    #[provider("a", weight = 70)]
    {
        work.answer().await
    }
    #[provider("b", weight = 30)]
    {
        work.answer().await
    }
}

#[quota(sticky(key))]
async fn sticky(key: &str, work: Work) -> ductape::Result<Outcome<[u64; 8]>, Refused> {
    #[provider("a", weight = 70)]
    {
        work.answer().await
    }
    #[provider("b", weight = 30)]
    {
        work.answer().await
    }
}

#[fallback(hedge = "200ms")]
async fn hedged(work: Work) -> ductape::Result<[u64; 8], Refused> {
    #[primary("a")]
    {
        black_box(attempt());
        work.answer().await
    }
    #[fallback("b")]
    {
        Ok([0; 8])
    }
}

/// Polls to the end, which must be a good one, and counts what is allocated meanwhile.
fn allocations<T, E>(future: impl Future<Output = Result<T, E>>) -> u64 {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    let mut good = false;
    let counted = measure(|| {
        good = loop {
            if let Poll::Ready(result) = future.as_mut().poll(&mut context) {
                break result.is_ok();
            }
        };
    });
    assert!(good);
    counted.count_total
}

/// Counts over a hundred runs, after one that may set things up.
fn of_hundred<F: Future<Output = Result<T, E>>, T, E>(run: impl Fn() -> F) -> u64 {
    allocations(run());
    (0..100).map(|_| allocations(run())).sum()
}

/// Healthchecks need a timer, and so do blocks that are not ready at once.
fn timed() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().build().expect("time is all it needs")
}

/// Every form of plan, with a runtime of its own and without any.
fn assert_all_clean(work: Work) {
    let runtime = Runtime::builder().seed(7).build().expect("nothing is bound");
    timed().block_on(runtime.scope(well.check()));

    assert_eq!(of_hundred(|| ordered(work, true)), 0);
    assert_eq!(of_hundred(|| runtime.scope(ordered(work, true))), 0);
    assert_eq!(of_hundred(|| runtime.scope(bare(work))), 0);
    assert_eq!(of_hundred(|| runtime.scope(nested(work))), 0);
    assert_eq!(of_hundred(|| runtime.scope(smooth(work))), 0);
    assert_eq!(of_hundred(|| smooth(work)), 0);
    assert_eq!(of_hundred(|| runtime.scope(random(work))), 0);
    assert_eq!(of_hundred(|| random(work)), 0);
    assert_eq!(of_hundred(|| runtime.scope(sticky("key", work))), 0);
    assert_eq!(of_hundred(|| runtime.scope(hedged(work))), 0);
}

#[test]
fn r8_a_clean_run_allocates_nothing() {
    assert_all_clean(Work { pending: 0, fails: false });
}

#[test]
fn r8_a_clean_run_whose_block_waits_allocates_nothing() {
    let tokio = timed();
    let _entered = tokio.enter();
    assert_all_clean(Work { pending: 3, fails: false });
}

/// Otherwise the other tests would show nothing: an error is one allocation at least.
#[test]
fn r8_the_counter_counts() {
    let failing = Work { pending: 0, fails: true };
    assert!(of_hundred(|| async { smooth(failing).await.err().ok_or("it always fails") }) >= 100);
}
