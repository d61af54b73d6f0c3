//! Hedging: turns of several providers at once (R73).
//!
//! A sequential run has one lane, which the engine has in hand. A hedged one keeps its lanes here, and the engine takes
//! each of them in hand for a step: what a step does is the same.

use smallvec::SmallVec;
use std::task::{Poll, Waker};

use super::choice::Set;
use super::live::LivePlan;
use super::permit::Permit;
use super::run::{Course, Engine, Index, Phase, Reply, Step, Task};
use super::turn::over_budget;
use crate::ErrorKind;
use crate::moment::Moment;
use crate::outcome::Source;
use crate::trail::Skip;

/// The lanes of a hedged run that are under way.
#[derive(Debug)]
pub(crate) struct Lanes {
    /// In the order in which they began; few run at once.
    under_way: SmallVec<[Lane; 2]>,
    /// When the next one begins beside them; never, once nobody is left to begin.
    next: Moment,
    /// In whose place the next one begins at once.
    vacancy: Option<Vacancy>,
    /// What ends the run, whatever the other lanes do.
    over: Option<ErrorKind>,
}

/// What is over without success.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Vacancy {
    /// A turn; or none has begun.
    Turn,
    /// The wait of a hedge, which is paid for, but was refused.
    Hedge,
}

/// The turn of one provider.
#[derive(Debug)]
struct Lane {
    provider: Index,
    phase: Phase,
    permit: Permit,
    /// Whether it began beside others, or after them.
    course: Course,
}

impl Lanes {
    /// Before the first of them.
    pub(crate) fn new() -> Self {
        Self { under_way: SmallVec::new(), next: Moment::MAX, vacancy: Some(Vacancy::Turn), over: None }
    }

    /// Whose turn is under way.
    pub(crate) fn providers(&self) -> Set {
        self.under_way.iter().fold(Set::EMPTY, |set, lane| set.with(lane.provider.into()))
    }

    /// Whether no turn is under way.
    pub(crate) fn are_idle(&self) -> bool {
        self.under_way.is_empty()
    }

    /// When the next one begins beside them.
    pub(crate) fn next(&self) -> Moment {
        self.next
    }

    /// Whether the run is over, whatever the lanes do.
    pub(crate) fn are_over(&self) -> bool {
        self.over.is_some()
    }

    /// Whether the lane's place in line has turned into one in the bulkhead.
    pub(crate) fn poll_place(&mut self, provider: usize, waker: &Waker) -> Poll<()> {
        match self.position(provider) {
            Some(at) => self.under_way[at].permit.poll_place(waker),
            None => Poll::Ready(()),
        }
    }

    fn position(&self, provider: usize) -> Option<usize> {
        self.under_way.iter().position(|lane| usize::from(lane.provider) == provider)
    }
}

impl Lane {
    fn is_before_its_first_attempt(&self) -> bool {
        match self.phase {
            Phase::Waiting { then, .. } | Phase::Queueing { then, .. } | Phase::Entered { then, .. } => {
                matches!(then, Task::Attempt { number: 1, .. })
            }
            _ => false,
        }
    }
}

impl Engine {
    /// Begins the turns that are due: one after each that is over, and another one after each delay.
    pub(crate) fn begin_lanes(&mut self, lanes: &mut Lanes, live: &LivePlan, now: Moment) {
        let vacancy = lanes.vacancy.take();
        if lanes.are_over() || vacancy.is_none() && now < lanes.next {
            return;
        }
        let is_hedge = vacancy != Some(Vacancy::Turn) && !lanes.under_way.is_empty();
        self.course = if is_hedge { Course::Beside } else { Course::UnderWay };
        let (mut is_paid_for, done) = (vacancy.is_some(), self.done);
        lanes.next = Moment::MAX;
        // Those under way have what is left of the time.
        while lanes.under_way.is_empty() || now < self.deadline {
            let Some(provider) = self.choose(live, now) else { break };
            if !is_paid_for && over_budget(live, now) {
                self.refuse(live, now, provider, Skip::OverBudget);
                break;
            }
            is_paid_for = true;
            self.done = self.done.with(provider);
            let then = Task::Attempt { provider: provider.into(), number: 1 };
            let (phase, permit) = (Phase::Waiting { at: now, then }, Permit::default());
            lanes.under_way.push(Lane { provider: provider.into(), phase, permit, course: self.course });
            // A refusal on the way in is the end of the turn: then the next provider's begins at once.
            if self.step_lane(lanes, live, now, provider).is_some() {
                // Switched off, nobody begins beside others.
                lanes.next = live.plan.hedge().map_or(Moment::MAX, |delay| now + delay);
                break;
            }
        }
        lanes.vacancy = None;
        if is_hedge {
            // Whoever is refused as a hedge may still be next when those under way have failed.
            let refused = self.done.minus(done).minus(lanes.providers()).minus(self.absent);
            self.done = self.done.minus(refused);
        }
        self.course = Course::UnderWay;
    }

    /// The next step of a lane; `None` when its turn is over.
    pub(crate) fn step_lane(
        &mut self,
        lanes: &mut Lanes,
        live: &LivePlan,
        now: Moment,
        provider: usize,
    ) -> Option<Step> {
        let at = lanes.position(provider)?;
        let is_waiting = lanes.under_way[at].is_before_its_first_attempt();
        let step = self.in_hand(&mut lanes.under_way[at], |engine| engine.advance(live, now));
        match step {
            None => {
                let lane = lanes.under_way.remove(at);
                lanes.vacancy = Some(match lane.course {
                    Course::Beside if is_waiting => Vacancy::Hedge,
                    _ => Vacancy::Turn,
                });
            }
            Some(Step::Over(kind)) => lanes.over = Some(kind),
            Some(_) => {}
        }
        step
    }

    /// What came of the block of a lane.
    pub(crate) fn settle_lane(
        &mut self,
        lanes: &mut Lanes,
        live: &LivePlan,
        now: Moment,
        (provider, reply): (usize, Reply),
    ) -> Option<(usize, Source)> {
        let at = lanes.position(provider)?;
        let served = self.in_hand(&mut lanes.under_way[at], |engine| engine.settle(live, now, reply));
        if served.is_some() {
            lanes.under_way.remove(at);
        }
        served
    }

    /// The attempt of a lane under way: its number from 1.
    pub(crate) fn attempt_of(&mut self, lanes: &mut Lanes, provider: usize) -> u32 {
        let Some(at) = lanes.position(provider) else { return 1 };
        self.in_hand(&mut lanes.under_way[at], |engine| engine.attempt()).map_or(1, |(_, number)| number)
    }

    /// The blocks of all lanes are gone, and what they held goes back; `panicked` is whose fault it was.
    pub(crate) fn abandon_lanes(&mut self, lanes: &mut Lanes, live: &LivePlan, now: Moment, panicked: Option<usize>) {
        for mut lane in lanes.under_way.drain(..) {
            let is_to_blame = panicked == Some(lane.provider.into());
            self.in_hand(&mut lane, |engine| engine.abandon_attempt(live, now, is_to_blame));
        }
    }

    /// No lane is left: the run goes on as one that has asked everybody.
    pub(crate) fn end_lanes(&mut self, lanes: &Lanes, live: &LivePlan, now: Moment) {
        match lanes.over {
            Some(kind) => self.phase = Phase::Over(kind),
            None => self.finish(live, now),
        }
    }

    fn in_hand<V>(&mut self, lane: &mut Lane, step: impl FnOnce(&mut Self) -> V) -> V {
        let swap = |engine: &mut Self, lane: &mut Lane| {
            std::mem::swap(&mut engine.phase, &mut lane.phase);
            std::mem::swap(&mut engine.permit, &mut lane.permit);
        };
        swap(self, lane);
        let course = self.course;
        if course != Course::Idle {
            self.course = lane.course;
        }
        let value = step(self);
        // Unless this was the end of the run.
        if self.course != Course::Idle {
            self.course = course;
        }
        swap(self, lane);
        value
    }
}
