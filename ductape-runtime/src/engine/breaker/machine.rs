use std::time::Duration;

use super::admission::Pass;
use super::window::Window;
use super::{Admission, Breaker, Change, Forced, Phase, Reading, Settled, Tally, Trip, TripRate};
use crate::moment::Moment;

/// A breaker as one state machine that is told what happens, one thing after the other.
#[derive(Debug)]
pub(super) struct Machine {
    stage: Stage,
    /// Goes up whenever it opens or closes.
    generation: u32,
    /// How often it opened again since it was last closed.
    reopenings: u32,
    /// Failures since the last success, in both forms: so it is right whichever form comes next.
    in_a_row: u32,
    window: Window,
    forced: Option<Forced>,
}

#[derive(Debug, Clone, Copy)]
enum Stage {
    Closed,
    Open {
        until: Moment,
    },
    HalfOpen {
        running: u32,
        successes: u32,
        /// When all that are running should be over.
        due: Moment,
    },
}

impl Machine {
    /// Closed, and nothing counted.
    pub(super) const fn new() -> Self {
        Self { stage: Stage::Closed, generation: 0, reopenings: 0, in_a_row: 0, window: Window::new(), forced: None }
    }

    /// The present generation.
    pub(super) const fn generation(&self) -> u32 {
        self.generation
    }

    /// Whether everything is admitted, and regularly.
    pub(super) const fn admits_all(&self) -> bool {
        matches!(self.stage, Stage::Closed) && !matches!(self.forced, Some(Forced::Open))
    }

    /// Whether the last outcome was no failure.
    pub(super) const fn is_clean(&self) -> bool {
        self.in_a_row == 0
    }

    /// What is answered: whether another attempt may be made, or in what time it may.
    pub(super) fn look(&self, breaker: &Breaker, now: Moment) -> Result<(), Duration> {
        match self.forced {
            // Only the operator knows for how long.
            Some(Forced::Open) => Err(breaker.first_cooldown()),
            Some(Forced::Closed) => Ok(()),
            None if breaker.is_shadow() => Ok(()),
            None => self.decide(breaker, now),
        }
    }

    /// Admits an attempt that is over at `until`, if that is the answer.
    pub(super) fn admit(&mut self, breaker: &Breaker, now: Moment, until: Moment) -> Result<Admission, Duration> {
        self.look(breaker, now)?;
        let pass = if self.decide(breaker, now).is_ok() { self.pass(breaker, until) } else { Pass::Refused };
        Ok(Admission::new(self.generation, pass))
    }

    /// An attempt has come to its end.
    pub(super) fn settle(
        &mut self,
        breaker: &Breaker,
        admission: &Admission,
        settled: Settled,
        took: Duration,
        now: Moment,
    ) -> Option<Change> {
        if !self.concerns(admission) {
            return None;
        }
        self.leave();
        match (settled, self.stage) {
            (Settled::Neutral, _) | (_, Stage::Open { .. }) => None,
            (_, Stage::Closed) => {
                let failed = settled == Settled::Failure;
                self.in_a_row = if failed { self.in_a_row.saturating_add(1) } else { 0 };
                let trips = match breaker.trip() {
                    Trip::InARow { failures } => failed && self.in_a_row >= failures,
                    Trip::Rate(rate) => self.count(&rate, failed, took, now),
                };
                trips.then(|| self.open(breaker, now))
            }
            (Settled::Failure, Stage::HalfOpen { .. }) => Some(self.open(breaker, now)),
            (Settled::Success, Stage::HalfOpen { running, successes, due }) => {
                let successes = successes + 1;
                if successes < breaker.most_probes() {
                    self.stage = Stage::HalfOpen { running, successes, due };
                    return None;
                }
                self.close();
                Some(Change { from: Phase::HalfOpen, to: Phase::Closed })
            }
        }
    }

    /// An attempt was dropped.
    pub(super) fn abandon(
        &mut self,
        breaker: &Breaker,
        admission: &Admission,
        ran_for: Duration,
        timeout: Duration,
        now: Moment,
    ) -> Option<Change> {
        if !self.concerns(admission) {
            return None;
        }
        self.leave();
        match (self.stage, breaker.trip()) {
            (Stage::Closed, Trip::Rate(rate)) if ran_for > rate.slow_call.unwrap_or(timeout / 2) => {
                self.count(&rate, true, ran_for, now).then(|| self.open(breaker, now))
            }
            _ => None,
        }
    }

    /// Closes it; answers with what was cleared.
    pub(super) fn reset(&mut self, breaker: &Breaker, now: Moment) -> Reading {
        let cleared = self.read(breaker, now);
        self.close();
        cleared
    }

    /// Answers the same to all from now on; answers with what was forced before.
    pub(super) const fn force(&mut self, forced: Option<Forced>) -> Option<Forced> {
        let before = self.forced;
        self.forced = forced;
        before
    }

    /// Where it stands.
    pub(super) fn read(&mut self, breaker: &Breaker, now: Moment) -> Reading {
        let window = match breaker.trip() {
            Trip::Rate(rate) => Some(self.window.tally(rate.window, now)),
            Trip::InARow { .. } => None,
        };
        let phase = match self.stage {
            Stage::Closed => Phase::Closed,
            Stage::Open { until } if until > now => Phase::Open { retry_in: until.since(now) },
            Stage::Open { .. } | Stage::HalfOpen { .. } => Phase::HalfOpen,
        };
        Reading { phase, forced: self.forced, failures_in_a_row: self.in_a_row, window }
    }

    /// What is decided, whether or not it is enforced.
    fn decide(&self, breaker: &Breaker, now: Moment) -> Result<(), Duration> {
        match self.stage {
            Stage::Open { until } if until > now => Err(until.since(now)),
            Stage::HalfOpen { running, due, .. }
                if running >= breaker.most_probes() && now <= due + breaker.cooldown_after(self.reopenings) =>
            {
                Err(due.since(now))
            }
            _ => Ok(()),
        }
    }

    /// Takes a place for an attempt that is over at `until`.
    fn pass(&mut self, breaker: &Breaker, until: Moment) -> Pass {
        let first = matches!(self.stage, Stage::Open { .. });
        let (running, successes, due) = match self.stage {
            Stage::Closed => return Pass::Regular,
            Stage::Open { .. } => (0, 0, until),
            Stage::HalfOpen { running, successes, due } if running < breaker.most_probes() => (running, successes, due),
            // Nobody waits any longer for probes that should long have come back: they count as dropped (R63).
            Stage::HalfOpen { successes, .. } => {
                self.begin_generation();
                (0, successes, until)
            }
        };
        self.stage = Stage::HalfOpen { running: running + 1, successes, due: due.max(until) };
        Pass::Probe { first }
    }

    /// A probe gives its place back.
    fn leave(&mut self) {
        if let Stage::HalfOpen { running, .. } = &mut self.stage {
            *running = running.saturating_sub(1);
        }
    }

    /// Leaves the provider alone, for longer each time.
    fn open(&mut self, breaker: &Breaker, now: Moment) -> Change {
        let (from, reopenings) = match self.stage {
            Stage::HalfOpen { .. } => (Phase::HalfOpen, self.reopenings.saturating_add(1)),
            Stage::Closed | Stage::Open { .. } => (Phase::Closed, 0),
        };
        let cooldown = breaker.cooldown_after(reopenings);
        self.begin_generation();
        self.reopenings = reopenings;
        self.stage = Stage::Open { until: now + cooldown };
        Change { from, to: Phase::Open { retry_in: cooldown } }
    }

    /// Begins anew.
    fn close(&mut self) {
        self.begin_generation();
        self.stage = Stage::Closed;
        self.in_a_row = 0;
        self.window = Window::new();
    }

    /// From now on what was admitted before decides nothing.
    fn begin_generation(&mut self) {
        self.generation = self.generation.wrapping_add(1);
    }

    /// Whether the attempt was admitted since it last opened or closed, and not just let through.
    fn concerns(&self, admission: &Admission) -> bool {
        admission.generation() == self.generation && !admission.is_refused()
    }

    /// Counts an outcome in the window, and answers whether that opens the breaker.
    fn count(&mut self, rate: &TripRate, failed: bool, took: Duration, now: Moment) -> bool {
        let slow = rate.slow_call.is_some_and(|slow_call| took > slow_call);
        let Tally { calls, failures, slow } = self.window.record(failed, slow, rate.window, now);
        let reached = |part| rate.failure_rate.reached_by(part, calls);
        calls >= rate.min_calls.into() && (reached(failures) || rate.slow_call.is_some() && reached(slow))
    }
}
