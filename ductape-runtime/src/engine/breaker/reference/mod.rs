//! The rules once more, in the plainest way: a list of all attempts, and everything worked out from it anew each time.
//! Whatever happens to a breaker, it must do as this does.

mod acts;

use std::time::Duration;

use super::{Breaker, Forced, Phase, Settled, Trip};
use crate::moment::Moment;

const WINDOW: Duration = Duration::from_secs(32);

#[derive(Debug)]
struct Reference {
    stage: Stage,
    /// The attempts of this stage that were not waved through.
    attempts: Vec<Attempt>,
    /// All stages, as a number for each.
    stages: usize,
    reopenings: u32,
    forced: Option<Forced>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Stage {
    Closed,
    Open { until: Moment },
    HalfOpen,
}

#[derive(Debug)]
struct Attempt {
    until: Moment,
    end: Option<End>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct End {
    /// The how-manieth it is.
    order: usize,
    at: Moment,
    what: What,
    /// As form 2 sees it, if that was in force: whether it failed, and whether it was slow.
    counted: Option<(bool, bool)>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum What {
    Settled(Settled),
    /// Dropped, and whether that is a failure to form 2.
    Dropped {
        failed: bool,
    },
    /// Given up.
    Lost,
}

/// Which attempt of which stage it is; `None` is waved through.
type Ticket = Option<(usize, usize)>;

impl Reference {
    fn new() -> Self {
        Self { stage: Stage::Closed, attempts: Vec::new(), stages: 0, reopenings: 0, forced: None }
    }

    fn begin(&mut self, stage: Stage) {
        self.stage = stage;
        self.stages += 1;
        self.attempts.clear();
    }

    fn cooldown(&self, breaker: &Breaker) -> Duration {
        let first = breaker.first_cooldown();
        let doubled = (0..self.reopenings.min(20)).fold(first, |time, _| time * 2);
        let longest = Duration::from_secs(300).max(first);
        doubled.min(first * 10).min(longest)
    }

    fn running(&self) -> usize {
        self.attempts.iter().filter(|attempt| attempt.end.is_none()).count()
    }

    fn refusal(&self, breaker: &Breaker, now: Moment) -> Option<Duration> {
        match self.stage {
            Stage::Closed => None,
            Stage::Open { until } => (now < until).then(|| until.since(now)),
            Stage::HalfOpen if self.running() < breaker.most_probes() as usize => None,
            Stage::HalfOpen => {
                let due = self.attempts.iter().map(|attempt| attempt.until).max().unwrap();
                (now <= due + self.cooldown(breaker)).then(|| due.since(now))
            }
        }
    }

    fn admit(&mut self, breaker: &Breaker, now: Moment, until: Moment) -> Result<Ticket, Duration> {
        match (self.forced, self.refusal(breaker, now)) {
            (Some(Forced::Open), _) => return Err(breaker.first_cooldown()),
            (None, Some(retry_in)) if !breaker.is_shadow() => return Err(retry_in),
            (_, Some(_)) => return Ok(None),
            (_, None) => {}
        }
        if let Stage::Open { .. } = self.stage {
            self.begin(Stage::HalfOpen);
        }
        if self.stage == Stage::HalfOpen && self.running() >= breaker.most_probes() as usize {
            for attempt in &mut self.attempts {
                let lost = End { order: 0, at: now, what: What::Lost, counted: None };
                // Only those that run now bound the others.
                attempt.until = Moment::ZERO;
                attempt.end.get_or_insert(lost);
            }
        }
        self.attempts.push(Attempt { until, end: None });
        Ok(Some((self.stages, self.attempts.len() - 1)))
    }

    /// The outcomes of this stage, oldest first.
    fn ends(&self) -> Vec<End> {
        let mut ends: Vec<_> = self.attempts.iter().filter_map(|attempt| attempt.end).collect();
        ends.sort_by_key(|end| end.order);
        ends
    }

    fn row(&self) -> usize {
        let settled = self.ends().into_iter().filter_map(|end| match end.what {
            What::Settled(Settled::Neutral) | What::Dropped { .. } | What::Lost => None,
            What::Settled(settled) => Some(settled),
        });
        settled.collect::<Vec<_>>().into_iter().rev().take_while(|&settled| settled == Settled::Failure).count()
    }

    /// Calls, failures and slow calls of the window.
    fn tally(&self, breaker: &Breaker, now: Moment) -> (u64, u64, u64) {
        if let Trip::InARow { .. } = breaker.trip() {
            return (0, 0, 0);
        }
        let ends = self.ends().into_iter().filter(|end| now.since(end.at) < WINDOW);
        ends.filter_map(|end| end.counted).fold((0, 0, 0), |(calls, failures, slow_calls), (failed, slow)| {
            (calls + 1, failures + u64::from(failed), slow_calls + u64::from(slow))
        })
    }

    fn end(&mut self, breaker: &Breaker, ticket: Ticket, order: usize, what: What, ran_for: Duration, now: Moment) {
        let Some((stage, number)) = ticket else { return };
        if stage != self.stages || self.attempts[number].end.is_some() {
            return;
        }
        let failed = match what {
            What::Settled(Settled::Success) => Some(false),
            What::Settled(Settled::Failure) | What::Dropped { failed: true } => Some(true),
            _ => None,
        };
        let counted = match (breaker.trip(), failed) {
            (Trip::Rate(rate), Some(failed)) => Some((failed, rate.slow_call.is_some_and(|slow| ran_for > slow))),
            _ => None,
        };
        self.attempts[number].end = Some(End { order, at: now, what, counted });
        match (self.stage, what) {
            (_, What::Settled(Settled::Neutral) | What::Dropped { failed: false } | What::Lost)
            | (Stage::Open { .. }, _)
            | (Stage::HalfOpen, What::Dropped { .. }) => {}
            (Stage::Closed, what) => {
                let trips = match breaker.trip() {
                    Trip::InARow { failures } => {
                        what == What::Settled(Settled::Failure) && self.row() >= failures as usize
                    }
                    Trip::Rate(rate) => {
                        let (calls, failures, slow) = self.tally(breaker, now);
                        // All shares here are halves.
                        let slow = if rate.slow_call.is_some() { slow } else { 0 };
                        calls >= rate.min_calls.into() && failures.max(slow) * 2 >= calls
                    }
                };
                if trips {
                    let until = now + self.cooldown(breaker);
                    self.begin(Stage::Open { until });
                }
            }
            (Stage::HalfOpen, What::Settled(Settled::Failure)) => {
                self.reopenings += 1;
                let until = now + self.cooldown(breaker);
                self.begin(Stage::Open { until });
            }
            (Stage::HalfOpen, What::Settled(_)) => {
                let succeeded = |end: &&End| end.what == What::Settled(Settled::Success);
                if self.ends().iter().filter(succeeded).count() >= breaker.most_probes() as usize {
                    self.close();
                }
            }
        }
    }

    fn close(&mut self) {
        self.reopenings = 0;
        self.begin(Stage::Closed);
    }

    fn phase(&self, now: Moment) -> Phase {
        match self.stage {
            Stage::Closed => Phase::Closed,
            Stage::Open { until } if now < until => Phase::Open { retry_in: until.since(now) },
            _ => Phase::HalfOpen,
        }
    }

    fn phase_name(&self) -> &'static str {
        match self.stage {
            Stage::Closed => "closed",
            Stage::Open { .. } => "open",
            Stage::HalfOpen => "half-open",
        }
    }
}
