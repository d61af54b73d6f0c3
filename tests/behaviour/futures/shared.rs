//! R82 and R83: no lock is held while a user's code runs, and what runs share is exact under concurrency.

use std::cell::Cell;
use std::collections::HashSet;
use std::fmt::{self, Display, Formatter};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use ductape::{Verdict, attempt, health, healthcheck, plans, quota};

use crate::support::{Scripted, poll_once, seeded};

thread_local! {
    static DEPTH: Cell<u8> = const { Cell::new(0) };
}

/// Does from within a user's code all that could want a lock: runs the same plan and reads what all runs share.
fn reenter() {
    if DEPTH.get() < 2 {
        DEPTH.set(DEPTH.get() + 1);
        assert!(poll_once(pin!(reentrant())).is_ready());
        assert!(!plans().is_empty());
        let _ = (health(), well.status(), ductape::runtime());
        DEPTH.set(DEPTH.get() - 1);
    }
}

#[healthcheck(interval = "1h")]
async fn well() -> Result<(), &'static str> {
    reenter();
    Ok(())
}

/// An error whose every use by the library enters it again.
struct Reentrant;

impl Display for Reentrant {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        reenter();
        f.write_str("reentrant")
    }
}

impl Drop for Reentrant {
    fn drop(&mut self) {
        reenter();
    }
}

fn classify(_: &Reentrant) -> Verdict {
    reenter();
    Verdict::Throttled(Duration::from_nanos(1))
}

#[quota(total = 2, classify(classify))]
async fn reentrant() -> ductape::Result<Reentrant, Reentrant> {
    reenter();

    #[provider("a", weight = 1, healthcheck(well), when({ reenter(); true }))]
    {
        reenter();
        Err(Reentrant)
    }
    #[provider("b", weight = 1)]
    {
        reenter();
        Err(Reentrant)
    }
    #[degrade]
    {
        reenter();
        if DEPTH.get() > 1 { Ok(Reentrant) } else { Err(Reentrant) }
    }
}

#[test]
fn r82_no_lock_is_held_while_a_users_code_runs() {
    let (done, finished) = mpsc::channel();
    // On a thread of its own: a lock that is taken twice hangs.
    thread::spawn(move || {
        let tokio = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("time is all it needs");
        let said = tokio.block_on(seeded().scope(async {
            well.check().await;
            let error = reentrant().await.err().expect("nobody works");
            error.to_string()
        }));
        assert!(said.contains("reentrant"), "{said}");
        done.send(()).expect("the test waits");
    });
    finished.recv_timeout(Duration::from_secs(30)).expect("it neither hangs nor panics");
}

/// Runs the job this often on each of eight threads.
fn on_eight_threads(times: usize, job: impl Fn() + Sync) {
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..times).for_each(|_| job()));
        }
    });
}

#[test]
fn r83_a_quota_shared_by_threads_gives_each_provider_exactly_its_weight() {
    #[quota]
    async fn shares(calls: &[AtomicUsize; 3]) -> ductape::Result<(), Scripted> {
        #[provider("a", weight = 70)]
        {
            calls[0].fetch_add(1, Ordering::Relaxed);
            Ok(())
        }
        #[provider("b", weight = 29)]
        {
            calls[1].fetch_add(1, Ordering::Relaxed);
            Ok(())
        }
        #[provider("c", weight = 1)]
        {
            calls[2].fetch_add(1, Ordering::Relaxed);
            Ok(())
        }
    }

    let calls = [const { AtomicUsize::new(0) }; 3];
    let runtime = seeded();
    on_eight_threads(1_000, || assert!(poll_once(pin!(runtime.scope(shares(&calls)))).is_ready()));
    assert_eq!(calls.map(AtomicUsize::into_inner), [5_600, 2_320, 80]);
}

#[test]
fn r83_after_one_run_was_throttled_none_on_any_thread_asks_again() {
    #[quota(total = 1, classify(Scripted::verdict))]
    async fn throttles(calls: &AtomicUsize, served: &AtomicUsize) -> ductape::Result<(), Scripted> {
        #[provider("a", weight = 1)]
        {
            calls.fetch_add(1, Ordering::SeqCst);
            Err(Scripted { verdict: Verdict::Throttled(Duration::from_secs(300)), call: 1 })
        }
        #[fallback("b")]
        {
            served.fetch_add(1, Ordering::SeqCst);
            Ok(())
        }
    }

    let (calls, served) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let runtime = seeded();
    assert!(poll_once(pin!(runtime.scope(throttles(&calls, &served)))).is_ready());
    on_eight_threads(1_000, || assert!(poll_once(pin!(runtime.scope(throttles(&calls, &served)))).is_ready()));
    assert_eq!((calls.into_inner(), served.into_inner()), (1, 8_001));
}

#[test]
fn r83_no_two_runs_on_any_threads_have_the_same_idempotency_key() {
    #[quota(total = 1)]
    async fn keyed(keys: &mpsc::Sender<String>) -> ductape::Result<(), Scripted> {
        #[provider("a", weight = 1)]
        {
            let key = attempt().expect("this is a provider's block").idempotency_key();
            keys.send(key).expect("the test collects them");
            Ok(())
        }
    }

    let (keys, collected) = mpsc::channel();
    let runtime = seeded();
    thread::scope(|scope| {
        for _ in 0..8 {
            let (keys, runtime) = (keys.clone(), &runtime);
            scope.spawn(move || {
                for _ in 0..1_000 {
                    assert!(poll_once(pin!(runtime.scope(keyed(&keys)))).is_ready());
                }
            });
        }
    });
    drop(keys);
    assert_eq!(collected.iter().collect::<HashSet<_>>().len(), 8_000);
}
