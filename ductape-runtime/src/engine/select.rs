//! Whose turn it is: the providers that would be admitted, and the choice among them.

use super::choice::{Set, by_weight, rendezvous};
use super::gates::{Asked, look};
use super::live::LivePlan;
use super::log::{Mark, What};
use super::run::{Engine, Override};
use crate::moment::Moment;
use crate::observe::Note;
use crate::plan::{AllUnhealthy, Pick};
use crate::trail::Skip;

impl Engine {
    /// The provider whose turn it is; refusals on the way are logged.
    pub(super) fn choose(&mut self, live: &LivePlan, now: Moment) -> Option<usize> {
        loop {
            let open = live.serving.minus(self.done);
            if now >= self.deadline {
                self.refuse_for_time(live, now, open);
                return None;
            }
            let weighted = open.and(live.weighted);
            let asked = if weighted.is_empty() { Set::EMPTY.with(open.iter().next()?) } else { weighted };
            let mut admitted = Set::EMPTY;
            for provider in asked.iter() {
                match self.look(live, now, provider) {
                    Ok(()) => admitted = admitted.with(provider),
                    Err(skip) => self.refuse(live, now, provider, skip),
                }
            }
            if let Some(provider) = self.pick(live, admitted) {
                return Some(provider);
            }
        }
    }

    fn pick(&self, live: &LivePlan, admitted: Set) -> Option<usize> {
        if admitted.len() <= 1 {
            return admitted.iter().next();
        }
        let share = |index: usize| live.provider(index).0.weight().unwrap_or(0);
        if let Some(key) = self.sticky {
            return rendezvous(key, admitted.iter().map(|index| (index, live.provider(index).0.name(), share(index))));
        }
        // Only the first pick of a run has a place in the order: failover must not disturb it (R41).
        if live.plan.pick() == Pick::Smooth && self.is_at_its_start() {
            return live.orders.pick(admitted);
        }
        by_weight(admitted, share, &mut live.seeds.generator())
    }

    pub(super) fn refuse(&mut self, live: &LivePlan, now: Moment, provider: usize, skip: Skip) {
        self.done = self.done.with(provider);
        let mark = Mark::new(provider, What::Skipped(skip));
        // A provider that was refused as a hedge is looked at again; that nothing has changed is no news.
        match self.log.iter_mut().rfind(|last| last.provider() == provider) {
            Some(last) if last.is_like(mark) => *last = mark,
            _ => {
                live.tell(now, Note::Skipped { provider, skip });
                self.log.push(mark);
            }
        }
    }

    pub(super) fn refuse_for_time(&mut self, live: &LivePlan, now: Moment, open: Set) {
        for provider in open.iter() {
            if self.absent.contains(provider) {
                self.refuse(live, now, provider, Skip::When);
            } else {
                self.cut = true;
                self.refuse(live, now, provider, Skip::NoTime);
            }
        }
    }

    fn look(&mut self, live: &LivePlan, now: Moment, provider: usize) -> Result<(), Skip> {
        let Err(refusal) = look(live, provider, self.asked(now, provider)) else { return Ok(()) };
        if refusal != Skip::Unhealthy || self.health != Override::Unjudged {
            return Err(refusal);
        }
        // At the start of a run, when no provider at all would be admitted, those refused by health alone are (R55).
        let admits = |other: usize| look(live, other, self.asked(now, other)).is_ok();
        let nobody = self.is_at_its_start() && !live.serving.iter().any(admits);
        let tries = live.plan.all_unhealthy() == AllUnhealthy::Try;
        self.health = if nobody && tries { Override::Yes } else { Override::No };
        look(live, provider, self.asked(now, provider))
    }

    fn asked(&self, now: Moment, provider: usize) -> Asked {
        Asked { now, absent: self.absent.contains(provider), whatever_health: self.health == Override::Yes }
    }
}
