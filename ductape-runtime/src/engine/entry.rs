//! The way into an attempt: breaker, bulkhead and rate limit, in this order (R1); each hands out what it guards.

use std::task::{Poll, Waker};
use std::time::Duration;

use super::breaker::Settled;
use super::live::LivePlan;
use super::permit::Slot;
use super::run::{Engine, Phase, Task};
use crate::ErrorKind;
use crate::moment::Moment;
use crate::observe::{AttemptEnd, Gate, Note, RunEnd};
use crate::trail::Skip;

impl Engine {
    /// Asks for leave to make an attempt. A refusal gives back what earlier gates handed out.
    pub(super) fn enter(&mut self, live: &LivePlan, now: Moment, provider: usize, number: u32) {
        // The time before the first attempt is none, before another one it can be long.
        if live.provider(provider).1.is_cordoned() {
            return self.turn_away(live, now, provider, number, Skip::Cordoned);
        }
        if let Some((definition, breaker)) = live.breaker(provider) {
            let longest = live.provider(provider).0.policy.entry() + live.provider(provider).0.timeout();
            match breaker.admit(definition, now, (now + longest).min(self.deadline)) {
                Ok(admission) => {
                    if admission.is_refused() {
                        live.tell(now, Note::Shadowed { provider, gate: Gate::Breaker });
                    }
                    if let Some(change) = admission.change() {
                        live.tell(now, Note::BreakerChanged { provider, change });
                    }
                    self.permit.admission = Some(admission);
                }
                Err(retry_in) => return self.turn_away(live, now, provider, number, Skip::BreakerOpen { retry_in }),
            }
        }
        if let Some((definition, places)) = live.bulkhead(provider) {
            match places.try_enter() {
                Some(place) => self.permit.place = Slot::Held(place),
                None if definition.shadow => live.tell(now, Note::Shadowed { provider, gate: Gate::Bulkhead }),
                None if definition.wait.is_zero() => {
                    return self.turn_away(live, now, provider, number, Skip::BulkheadFull);
                }
                None => {
                    self.permit.place = Slot::Waiting(Box::new(places.queue()));
                    let until = (now + definition.wait).min(self.deadline);
                    let then = Task::Attempt { provider: provider.into(), number };
                    self.phase = Phase::Queueing { until, then };
                    return;
                }
            }
        }
        self.enter_rate(live, now, provider, number);
    }

    /// The line before a bulkhead has moved, or the wait in it is over.
    pub(super) fn queued(&mut self, live: &LivePlan, now: Moment, provider: usize, number: u32) {
        match self.permit.poll_place(Waker::noop()) {
            Poll::Ready(()) => self.enter_rate(live, now, provider, number),
            Poll::Pending => {
                self.cut |= now >= self.deadline;
                self.turn_away(live, now, provider, number, Skip::BulkheadFull);
            }
        }
    }

    /// Whether the place in line has turned into one in the bulkhead.
    pub(crate) fn poll_place(&mut self, waker: &Waker) -> Poll<()> {
        self.permit.poll_place(waker)
    }

    fn enter_rate(&mut self, live: &LivePlan, now: Moment, provider: usize, number: u32) {
        let mut at = now;
        if let Some((definition, tokens)) = live.rate_limit(provider) {
            // In shadow nobody is made to wait either.
            let wait = if definition.shadow { Duration::ZERO } else { definition.wait };
            let longest_wait = wait.min(self.deadline.since(now));
            let reserved = if longest_wait.is_zero() {
                tokens.admit(definition, now).map(|()| None)
            } else {
                tokens.reserve(definition, now, longest_wait).map(Some)
            };
            match reserved {
                Ok(None) => {}
                Ok(Some(token)) if token.at <= now => token.settle(),
                Ok(Some(token)) => {
                    at = token.at;
                    self.permit.token = Some(Box::new(token));
                }
                Err(_) if definition.shadow => live.tell(now, Note::Shadowed { provider, gate: Gate::RateLimit }),
                Err(retry_in) => {
                    self.cut |= retry_in <= wait;
                    return self.turn_away(live, now, provider, number, Skip::RateLimited { retry_in });
                }
            }
        }
        if at > now {
            let then = Task::Attempt { provider: provider.into(), number };
            self.phase = Phase::Entered { at, then };
        } else {
            self.begin_attempt(live, now, provider, number);
        }
    }

    /// A refusal: of a first attempt it is a skip, and the next provider is looked at; of another one it ends the turn.
    fn turn_away(&mut self, live: &LivePlan, now: Moment, provider: usize, number: u32, skip: Skip) {
        self.permit.abandon(live, provider, Duration::ZERO, now);
        self.refuse(live, now, provider, skip);
        if number == 1 {
            self.phase = Phase::Choosing;
        } else {
            self.end_turn(live, now);
        }
    }

    /// The run is dropped: what the attempt under way holds goes back. It has panicked, or its caller has gone.
    pub(crate) fn abandon(&mut self, live: &LivePlan, now: Moment, panicked: bool) {
        self.abandon_attempt(live, now, panicked);
        self.phase = Phase::Over(ErrorKind::Exhausted);
        self.end(live, now, if panicked { RunEnd::Panicked } else { RunEnd::Dropped });
    }

    /// The attempt in hand is dropped, or what would have become one.
    pub(super) fn abandon_attempt(&mut self, live: &LivePlan, now: Moment, panicked: bool) {
        let mut permit = std::mem::take(&mut self.permit);
        match self.phase {
            Phase::Running { task: Task::Attempt { provider, number }, began, .. } => {
                let (provider, took) = (provider.into(), now.since(began));
                let end = if panicked { AttemptEnd::Panicked } else { AttemptEnd::Dropped };
                live.tell(now, Note::AttemptEnded { provider, attempt: number, end, took });
                if panicked {
                    permit.settle(live, provider, Settled::Failure, took, now);
                } else {
                    permit.abandon(live, provider, took, now);
                }
            }
            Phase::Queueing { then: Task::Attempt { provider, .. }, .. }
            | Phase::Entered { then: Task::Attempt { provider, .. }, .. } => {
                permit.abandon(live, provider.into(), Duration::ZERO, now);
            }
            _ => {}
        }
    }
}
