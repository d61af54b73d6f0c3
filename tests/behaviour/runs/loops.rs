//! R9: no loop of a run grows the stack.

use std::sync::Mutex;
use std::time::Duration;

use ductape::{ErrorKind, Verdict, action, fallback};

use crate::support::{Answer, Scripted, run};

/// Where the stack stands at each call.
#[derive(Default)]
struct Depths(Mutex<Vec<usize>>);

impl Depths {
    #[inline(never)]
    fn note(&self) {
        let here = 0_u8;
        self.0.lock().expect("nobody panics while noting").push(std::ptr::from_ref(&here).addr());
    }

    /// How far apart the shallowest and the deepest call are, and how many there were.
    fn spread(self) -> (usize, usize) {
        let depths = self.0.into_inner().expect("nobody panics while noting");
        let deepest = depths.iter().min().expect("there were calls");
        let shallowest = depths.iter().max().expect("there were calls");
        (shallowest - deepest, depths.len())
    }
}

fn refused(verdict: Verdict) -> Scripted {
    Scripted { verdict, call: 0 }
}

#[tokio::test(start_paused = true)]
async fn r9_ten_thousand_retries_in_one_poll_do_not_grow_the_stack() {
    #[action(retries = 10_000, classify(Scripted::verdict))]
    async fn plan(depths: &Depths) -> Answer<()> {
        depths.note();
        Err(refused(Verdict::RetryAfter(Duration::ZERO)))
    }

    let depths = Depths::default();
    let error = run(plan(&depths)).await.expect_err("it never works");

    assert_eq!(error.trail().entries().len(), 10_001);
    assert_eq!(depths.spread(), (0, 10_001));
}

#[tokio::test(start_paused = true)]
async fn r9_ten_thousand_waits_do_not_grow_the_stack() {
    #[action(retries = 10_000, backoff(base = "1ms", factor = 1, jitter = "none"))]
    async fn plan(depths: &Depths) -> Answer<()> {
        depths.note();
        Err(refused(Verdict::Retry))
    }

    let depths = Depths::default();
    let error = run(plan(&depths)).await.expect_err("it never works");

    assert_eq!(error.kind(), ErrorKind::Exhausted);
    let (spread, calls) = depths.spread();
    assert_eq!(calls, 10_001);
    // Whoever polls may stand a little deeper the first time; a frame for each wait would come to far more.
    assert!(spread < 10_000, "the stack grew by {spread} bytes");
}

#[tokio::test(start_paused = true)]
async fn r9_ten_thousand_questions_do_not_grow_the_stack() {
    #[fallback(at_most_once, classify(Scripted::verdict))]
    async fn plan(depths: &Depths) -> Answer<()> {
        #[primary("a", retries = 10_000)]
        {
            Err(refused(Verdict::Ambiguous))
        }
        #[reconcile]
        {
            depths.note();
            Err(refused(Verdict::RetryAfter(Duration::ZERO)))
        }
        #[fallback("b")]
        {
            Ok(())
        }
    }

    let depths = Depths::default();
    let error = run(plan(&depths)).await.expect_err("nobody knows whether a did it");

    assert_eq!(error.kind(), ErrorKind::Ambiguous);
    let (spread, calls) = depths.spread();
    assert_eq!(calls, 10_001);
    assert!(spread < 10_000, "the stack grew by {spread} bytes");
}

#[tokio::test(start_paused = true)]
async fn r9_ten_thousand_runs_of_one_task_do_not_grow_the_stack() {
    #[fallback]
    async fn plan(depths: &Depths) -> Answer<()> {
        #[primary("a")]
        {
            Err(refused(Verdict::Retry))
        }
        #[fallback("b")]
        {
            depths.note();
            Ok(())
        }
    }

    let depths = Depths::default();
    run(async {
        for _ in 0..10_000 {
            plan(&depths).await.expect("b works");
        }
    })
    .await;

    assert_eq!(depths.spread(), (0, 10_000));
}
