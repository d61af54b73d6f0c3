//! R50 to R56: what healthchecks know, when they ask, and what plans make of it.
//!
//! What all healthchecks of a program say together is tested in `tests/overall_health.rs`, a program of its own.

mod checks;
mod gates;
mod last_resort;
mod monitor;
mod status;

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep};

/// What a probe does in one try.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Try {
    Good,
    /// Good after so many milliseconds.
    Slow(u64),
    Bad(&'static str),
    Hang,
    Panic,
}

/// What healthchecks here probe: it does as it is told, and remembers when it was asked.
pub(crate) struct Probe {
    began: Instant,
    script: Mutex<VecDeque<Try>>,
    afterwards: Try,
    asked: Mutex<Vec<Duration>>,
    under_way: AtomicUsize,
    most_at_once: AtomicUsize,
}

impl Probe {
    pub(crate) fn always(answer: Try) -> Self {
        Self::script([], answer)
    }

    /// One step after the other, and then the same for ever.
    pub(crate) fn script(steps: impl IntoIterator<Item = Try>, afterwards: Try) -> Self {
        Self {
            began: Instant::now(),
            script: Mutex::new(steps.into_iter().collect()),
            afterwards,
            asked: Mutex::default(),
            under_way: AtomicUsize::new(0),
            most_at_once: AtomicUsize::new(0),
        }
    }

    /// For probing functions: one try.
    pub(crate) async fn ask(&self) -> Result<(), &'static str> {
        let _under_way = UnderWay::new(self);
        self.asked.lock().expect("nobody panics while noting").push(self.began.elapsed());
        let step = self.script.lock().expect("nobody panics while noting").pop_front();
        match step.unwrap_or(self.afterwards) {
            Try::Good => Ok(()),
            Try::Slow(millis) => {
                sleep(Duration::from_millis(millis)).await;
                Ok(())
            }
            Try::Bad(error) => Err(error),
            Try::Hang => std::future::pending().await,
            Try::Panic => panic!("the probe broke"),
        }
    }

    /// When it was asked, from the making of the probe on.
    pub(crate) fn asked(&self) -> Vec<Duration> {
        self.asked.lock().expect("nobody panics while noting").clone()
    }

    /// The same, in milliseconds.
    pub(crate) fn asked_at(&self) -> Vec<u128> {
        self.asked().iter().map(Duration::as_millis).collect()
    }

    pub(crate) fn under_way(&self) -> usize {
        self.under_way.load(Ordering::SeqCst)
    }

    pub(crate) fn most_at_once(&self) -> usize {
        self.most_at_once.load(Ordering::SeqCst)
    }
}

/// A try under way, until it is dropped.
struct UnderWay<'a>(&'a Probe);

impl<'a> UnderWay<'a> {
    fn new(probe: &'a Probe) -> Self {
        let now = probe.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        probe.most_at_once.fetch_max(now, Ordering::SeqCst);
        Self(probe)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::SeqCst);
    }
}

pub(crate) fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

pub(crate) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
