//! Times whose ratios hold on a machine where others work, too.
//!
//! All subjects take turns in each round, so that a disturbance hits neighbours alike. A time is that of the best
//! round, and a ratio that of two such times.

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

/// How long to measure.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    pub rounds: u32,
    /// One subject's part of a round.
    pub slice: Duration,
}

/// What is measured: makes so many calls.
pub type Subject<'a> = Box<dyn FnMut(u64) + 'a>;

/// Nanoseconds for each call, a figure for each round.
#[derive(Debug, Clone)]
pub struct Figure(Vec<f64>);

impl Figure {
    /// The time of the best round.
    pub fn best(&self) -> f64 {
        self.0.iter().copied().fold(f64::INFINITY, f64::min)
    }

    /// How long this takes, in units of the other's time.
    pub fn ratio(&self, other: &Self) -> f64 {
        self.best() / other.best()
    }
}

pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Measures all subjects in turns.
pub fn interleaved(mut subjects: Vec<Subject<'_>>, effort: Effort) -> Vec<Figure> {
    let calls: Vec<u64> = subjects.iter_mut().map(|subject| calibrate(subject, effort.slice)).collect();
    let mut figures: Vec<Figure> = subjects.iter().map(|_| Figure(Vec::new())).collect();
    for _ in 0..effort.rounds {
        for ((subject, calls), figure) in subjects.iter_mut().zip(&calls).zip(&mut figures) {
            figure.0.push(time(subject, *calls) / *calls as f64);
        }
    }
    figures
}

fn time(subject: &mut Subject<'_>, calls: u64) -> f64 {
    let began = Instant::now();
    subject(calls);
    began.elapsed().as_nanos() as f64
}

/// How many calls fill a slice.
fn calibrate(subject: &mut Subject<'_>, slice: Duration) -> u64 {
    let mut calls = 16;
    loop {
        let took = time(subject, calls);
        if took * 4.0 > slice.as_nanos() as f64 {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few thousand")]
            return ((slice.as_nanos() as f64 / took * calls as f64) as u64).max(16);
        }
        calls *= 2;
    }
}

/// Polls a future until it is ready: without an executor, whose own work would make all ratios tend to one.
///
/// # Panics
///
/// If it waits for something.
pub fn drive<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    let mut patience = 100_000_000_u64;
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return output;
        }
        patience = patience.checked_sub(1).expect("a call that is measured waits for nothing");
    }
}

/// The executor whose timers are used.
///
/// # Panics
///
/// If the system has no more threads.
pub fn executor() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().build().expect("an executor")
}
