//! What follows a failed attempt: another one, a question, the next provider, or the end of the run.

use std::time::Duration;

use super::choice::Set;
use super::gates::look_before_wait;
use super::live::LivePlan;
use super::run::{Engine, Phase, Task};
use crate::moment::Moment;
use crate::observe::Note;
use crate::plan::range::SHORTEST;
use crate::trail::Skip;
use crate::{ErrorKind, Verdict};

impl Engine {
    /// What a failed attempt leads to (R20).
    pub(super) fn fail(&mut self, live: &LivePlan, now: Moment, provider: usize, attempt: u32, verdict: Verdict) {
        match verdict {
            Verdict::Abort => self.phase = Phase::Over(ErrorKind::Aborted),
            Verdict::Ambiguous if at_most_once(live, provider) => self.doubt(live, now, provider, attempt),
            Verdict::Retry | Verdict::Ambiguous => self.retry(live, now, provider, attempt, None),
            Verdict::RetryAfter(time) => self.retry(live, now, provider, attempt, Some(time)),
            Verdict::Failover => self.end_turn(live, now),
            Verdict::Throttled(time) => {
                live.provider(provider).1.throttle(now, time);
                self.end_turn(live, now);
            }
        }
    }

    /// Another try of the same provider, after `wait` or its backoff, if a try is left and the time allows it.
    pub(super) fn retry(
        &mut self,
        live: &LivePlan,
        now: Moment,
        provider: usize,
        attempt: u32,
        wait: Option<Duration>,
    ) {
        let (definition, _) = live.provider(provider);
        if attempt > definition.retries() {
            return self.end_turn(live, now);
        }
        // Before the wait not all gates are asked (R4); the others are, after it.
        if let Err(skip) = look_before_wait(live, provider, now) {
            self.refuse(live, now, provider, skip);
            return self.end_turn(live, now);
        }
        let at = now + wait.unwrap_or_else(|| definition.backoff().draw(attempt, &mut live.seeds.generator()));
        let bound = self.bound(live, wait.is_some());
        // The default timeout of a step is only a bound: as long as there is time, there is time for another try.
        let need = if self.is_part() && !definition.is_timed() { SHORTEST } else { definition.need() };
        if !self.fits(live, at, need, bound) {
            self.cut |= at > bound;
            self.end_turn(live, now);
        } else if over_budget(live, now) {
            self.refuse(live, now, provider, Skip::OverBudget);
            self.end_turn(live, now);
        } else {
            self.wished |= wait.is_some();
            live.tell(now, Note::Retry { provider, attempt: attempt + 1, wait: at.since(now) });
            let then = Task::Attempt { provider: provider.into(), number: attempt + 1 };
            self.phase = Phase::Waiting { at, then };
        }
    }

    /// An attempt that may have taken effect, in a plan where that must not happen twice (R30, R31).
    fn doubt(&mut self, live: &LivePlan, now: Moment, provider: usize, attempt: u32) {
        let asked_at = live.provider(provider).0.reconcile().map(|reconcile| now + reconcile.after);
        self.phase = match asked_at {
            Some(at) if at <= self.deadline => {
                Phase::Waiting { at, then: Task::Question { provider: provider.into(), attempt, number: 1 } }
            }
            _ => Phase::Over(ErrorKind::Ambiguous),
        };
    }

    /// Asks once more whether the attempt took effect, if a try is left and the time allows it.
    pub(super) fn ask_again(
        &mut self,
        live: &LivePlan,
        now: Moment,
        provider: usize,
        (attempt, number): (u32, u32),
        verdict: Verdict,
    ) {
        let (definition, _) = live.provider(provider);
        if let Verdict::Throttled(time) = verdict {
            live.provider(provider).1.throttle(now, time);
        }
        let wish = match verdict {
            Verdict::RetryAfter(time) | Verdict::Throttled(time) => Some(time),
            _ => None,
        };
        let at = now + wish.unwrap_or_else(|| definition.backoff().draw(number, &mut live.seeds.generator()));
        let bound = self.bound(live, wish.is_some());
        self.phase = if number <= definition.retries() && self.fits(live, at, definition.timeout(), bound) {
            self.wished |= wish.is_some();
            Phase::Waiting { at, then: Task::Question { provider: provider.into(), attempt, number: number + 1 } }
        } else {
            Phase::Over(ErrorKind::Ambiguous)
        };
    }

    /// When a wait and what follows it must be over. Without a deadline, the plan's own backoff keeps to the worst case
    /// by itself, however late timers fire; a provider's wish, and what follows one, need not.
    fn bound(&self, live: &LivePlan, wish: bool) -> Moment {
        match live.plan.deadline().filter(|_| self.deadline < Moment::MAX) {
            None if wish || self.wished => self.deadline.min(self.started + live.longest_run),
            _ => self.deadline,
        }
    }

    /// Whether another try from `at` on leaves their time to all that can still follow (R12).
    fn fits(&self, live: &LivePlan, at: Moment, need: Duration, bound: Moment) -> bool {
        bound == Moment::MAX || at + need + self.still_to_come(live) <= bound
    }

    /// The provider's turn is over; the next one follows at once (R7), or without failover none.
    pub(super) fn end_turn(&mut self, live: &LivePlan, now: Moment) {
        if live.plan.failover() { self.phase = Phase::Choosing } else { self.finish(live, now) }
    }

    /// Nothing is left but to degrade, or to fail.
    pub(super) fn finish(&mut self, live: &LivePlan, now: Moment) {
        let kind = if self.cut { ErrorKind::Deadline } else { ErrorKind::Exhausted };
        if live.plan.degrade().is_some() {
            self.begin(live, now, Task::Degrade(kind));
        } else {
            self.phase = Phase::Over(kind);
        }
    }

    /// What must stay free for those that can still have a turn, and for the degrade block (R12).
    fn still_to_come(&self, live: &LivePlan) -> Duration {
        let open = if live.plan.failover() { live.serving.minus(self.done).minus(self.absent) } else { Set::EMPTY };
        let needs = open.iter().map(|provider| live.provider(provider).0.need());
        needs.fold(live.plan.degrade().unwrap_or_default(), Duration::saturating_add)
    }
}

/// Whether what the provider does must not happen twice.
fn at_most_once(live: &LivePlan, provider: usize) -> bool {
    live.plan.at_most_once() || live.provider(provider).0.policy.at_most_once
}

/// What an attempt that was cut means (R21): as a retry, but ambiguous where it must not happen twice (R30); or what its
/// definition says, where its own timeout has cut it.
pub(super) fn of_timeout(live: &LivePlan, provider: usize, by_deadline: bool) -> Verdict {
    let said = live.provider(provider).0.policy.timed_out;
    said.filter(|_| !by_deadline && !at_most_once(live, provider)).unwrap_or(Verdict::Ambiguous)
}

/// Counts a retry, if the plan's budget has room for one (R72).
pub(super) fn over_budget(live: &LivePlan, now: Moment) -> bool {
    match (live.plan.retry_budget(), &live.budget) {
        (Some(definition), Some(budget)) => !budget.withdraw(&definition, now),
        _ => false,
    }
}
