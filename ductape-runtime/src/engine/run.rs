use std::task::Waker;
use std::time::Duration;

use super::breaker::Settled;
use super::choice::Set;
use super::live::LivePlan;
use super::log::{DEGRADE, Log, Mark, What};
use super::permit::Permit;
use super::turn::of_timeout;
use crate::moment::Moment;
use crate::observe::{AttemptEnd, Note, RunEnd, RunEnded, Start};
use crate::outcome::Source;
use crate::plan::PlanKind;
use crate::trail::Skip;
use crate::{ErrorKind, Verdict};

/// One run of a plan: a state machine between [`next`](Self::next), which says what to do, and
/// [`settle`](Self::settle), which is told what came of it.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(super) phase: Phase,
    pub(super) started: Moment,
    /// What bounds the run: the plan's deadline, or an outer plan's. Never, where neither is given: then every step
    /// is bounded by itself, and all of them by the worst case.
    pub(super) deadline: Moment,
    pub(super) attempts: u32,
    /// Providers whose turn is over or under way, and those that were refused.
    pub(super) done: Set,
    /// Providers whose `when(…)` is false.
    pub(super) absent: Set,
    pub(super) sticky: Option<u64>,
    pub(super) health: Override,
    /// The deadline has cut something short.
    pub(super) cut: bool,
    pub(super) course: Course,
    /// A provider's wish for a wait of its own was granted: from then on the worst case bounds the run.
    pub(super) wished: bool,
    pub(super) log: Log,
    /// What the attempt under way, or about to begin, holds.
    pub(super) permit: Permit,
}

/// What whoever drives the engine does next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Step {
    /// Polls this block, until that moment.
    Call { block: Block, until: Moment },
    /// Does nothing before that moment.
    Wait(Moment),
    /// Does nothing before that moment, or before [`Engine::poll_place`] is ready.
    Queue(Moment),
    /// The run has failed.
    Over(ErrorKind),
}

/// A block of the user's function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Block {
    /// That of the provider with this index.
    Provider(usize),
    /// The `#[reconcile]` block of the provider with this index.
    Reconcile(usize),
    /// The `#[degrade]` block.
    Degrade,
    /// None: the run has failed.
    Over,
}

/// What came of a block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Reply {
    /// A value.
    Value,
    /// The reconcile block's answer that nothing happened.
    Nothing,
    /// An error, and what it means.
    Failed(Verdict),
    /// No answer in time.
    TimedOut,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Phase {
    Choosing,
    Waiting {
        at: Moment,
        then: Task,
    },
    /// In line for a place in a bulkhead.
    Queueing {
        until: Moment,
        then: Task,
    },
    /// Past the gates, and at most waiting for a token of the rate limit.
    Entered {
        at: Moment,
        then: Task,
    },
    Running {
        task: Task,
        began: Moment,
        until: Moment,
        by_deadline: bool,
    },
    Over(ErrorKind),
}

/// A call of a block, the how-manieth it is included.
#[derive(Debug, Clone, Copy)]
pub(super) enum Task {
    Attempt { provider: Index, number: u32 },
    Question { provider: Index, attempt: u32, number: u32 },
    Degrade(ErrorKind),
}

/// A provider's place in its plan, of which there are at most 64: narrow, since every run carries it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Index(u8);

/// Whether a run is under way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Course {
    /// It has not begun, or it has ended.
    Idle,
    UnderWay,
    /// It is, and the turn in hand is a hedge: it began beside others.
    Beside,
    /// It is a part of a larger one, which tells by itself when it begins and ends.
    Part {
        under_way: bool,
    },
}

/// Whether health is overridden in this run (R55): judged once, at the first refusal by health.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Override {
    Unjudged,
    No,
    Yes,
}

impl Engine {
    /// A run that has not begun; `outer` is when the attempt around it ends.
    pub(crate) fn new(outer: Option<Moment>) -> Self {
        Self {
            phase: Phase::Choosing,
            started: Moment::ZERO,
            deadline: outer.unwrap_or(Moment::MAX),
            attempts: 0,
            done: Set::EMPTY,
            absent: Set::EMPTY,
            sticky: None,
            health: Override::Unjudged,
            cut: false,
            course: Course::Idle,
            wished: false,
            log: Log::new(),
            permit: Permit::default(),
        }
    }

    /// A run of this provider alone, as a part of a larger run that ends at `deadline`.
    pub(crate) fn part(provider: usize, deadline: Moment) -> Self {
        let course = Course::Part { under_way: false };
        Self { done: Set::all_but(provider), course, ..Self::new(Some(deadline)) }
    }

    /// Whether it is a part of a larger run.
    pub(crate) fn is_part(&self) -> bool {
        matches!(self.course, Course::Part { .. })
    }

    /// The provider takes no part in this run.
    pub(crate) fn leave_out(&mut self, provider: usize) {
        self.absent = self.absent.with(provider);
    }

    /// The provider is chosen by this hash of a key.
    pub(crate) fn stick(&mut self, key: u64) {
        self.sticky = Some(key);
    }

    /// The run begins: its clock runs from here on.
    pub(crate) fn start(&mut self, live: &LivePlan, now: Moment) {
        self.started = now;
        if self.is_part() {
            self.course = Course::Part { under_way: true };
            return;
        }
        self.course = Course::UnderWay;
        live.tell(now, Note::RunBegan);
        if let Some(deadline) = live.plan.deadline() {
            self.deadline = self.deadline.min(now + deadline);
        }
    }

    /// Whether the run has begun, and has not ended.
    pub(crate) fn under_way(&self) -> bool {
        !matches!(self.course, Course::Idle | Course::Part { under_way: false })
    }

    /// The run is over without a provider's value, and its caller learns of it.
    pub(crate) fn end(&mut self, live: &LivePlan, now: Moment, end: RunEnd) {
        self.over(live, now, end, None);
    }

    fn over(&mut self, live: &LivePlan, now: Moment, end: RunEnd, provider: Option<usize>) {
        if self.is_part() {
            self.course = Course::Part { under_way: false };
        } else if std::mem::replace(&mut self.course, Course::Idle) != Course::Idle {
            let masked = provider.and_then(|provider| self.masked(live, provider));
            let clean = matches!(end, RunEnd::Served | RunEnd::Cached) && self.is_clean();
            let (attempts, took) = (self.attempts, self.elapsed(now));
            live.tell(now, Note::RunEnded(RunEnded { end, provider, masked, attempts, took, clean }));
        }
    }

    /// Whether the first attempt succeeds, and nobody was refused but by a `when(…)`.
    fn is_clean(&self) -> bool {
        self.attempts <= 1 && self.log.iter().all(|mark| mark.what() == What::Skipped(Skip::When))
    }

    /// Whether nobody has been called, nor is about to be.
    pub(super) fn is_at_its_start(&self) -> bool {
        self.attempts == 0 && self.course != Course::Beside
    }

    pub(crate) fn attempts(&self) -> u32 {
        self.attempts
    }

    pub(crate) fn elapsed(&self, now: Moment) -> Duration {
        now.since(self.started)
    }

    /// What happened, for the trail.
    pub(crate) fn log(&self) -> &[Mark] {
        &self.log
    }

    /// The attempt under way: its provider, and its number from 1.
    pub(crate) fn attempt(&self) -> Option<(usize, u32)> {
        match self.phase {
            Phase::Running { task, .. } => task.attempt(),
            _ => None,
        }
    }

    /// Until when the run can wait before it begins: a degrade block needs its time after that.
    pub(crate) fn patience(&self, live: &LivePlan) -> Moment {
        if self.deadline == Moment::MAX {
            Moment::MAX
        } else {
            self.deadline.back(live.plan.degrade().unwrap_or_default())
        }
    }

    /// Whether an attempt around the run leaves it less time than it has by itself.
    pub(crate) fn is_hurried(&self, live: &LivePlan) -> bool {
        self.deadline < self.started + live.plan.deadline().unwrap_or(live.longest_run)
    }

    /// The run has waited in vain: no provider is called any more.
    pub(crate) fn give_up(&mut self, live: &LivePlan, now: Moment) {
        self.refuse_for_time(live, now, live.serving.minus(self.done));
        self.finish(live, now);
    }

    /// How the run fails, once its providers have: a degrade block may still be asked.
    pub(crate) fn failing(&self) -> Option<ErrorKind> {
        match self.phase {
            Phase::Over(kind) | Phase::Running { task: Task::Degrade(kind), .. } => Some(kind),
            _ => None,
        }
    }

    /// What to do next.
    pub(crate) fn next(&mut self, live: &LivePlan, now: Moment) -> Step {
        loop {
            if let Some(step) = self.advance(live, now) {
                return step;
            }
            match self.choose(live, now) {
                Some(provider) => {
                    self.done = self.done.with(provider);
                    self.enter(live, now, provider, 1);
                }
                None => self.finish(live, now),
            }
        }
    }

    /// The next step of the turn in hand; `None` when it is over, or has not begun.
    #[inline]
    pub(super) fn advance(&mut self, live: &LivePlan, now: Moment) -> Option<Step> {
        loop {
            // Fields are read one by one: a copy of the whole, right after it was written in pieces, would wait for these.
            match self.phase {
                Phase::Choosing => return None,
                Phase::Waiting { at, .. } | Phase::Entered { at, .. } if at > now => return Some(Step::Wait(at)),
                Phase::Waiting { then: Task::Attempt { provider, number }, .. } => {
                    self.enter(live, now, provider.into(), number);
                }
                Phase::Queueing { until, then: Task::Attempt { provider, number } } => {
                    if until > now && self.poll_place(Waker::noop()).is_pending() {
                        return Some(Step::Queue(until));
                    }
                    self.queued(live, now, provider.into(), number);
                }
                Phase::Waiting { then, .. } | Phase::Queueing { then, .. } | Phase::Entered { then, .. } => {
                    self.begin(live, now, then);
                }
                Phase::Running { task, until, .. } => return Some(Step::Call { block: task.block(), until }),
                Phase::Over(kind) => return Some(Step::Over(kind)),
            }
        }
    }

    /// What came of the block that is under way. The answer says where a value comes from: of which provider.
    pub(crate) fn settle(&mut self, live: &LivePlan, now: Moment, reply: Reply) -> Option<(usize, Source)> {
        let Phase::Running { task, began, until, by_deadline } = self.phase else { return None };
        if reply == Reply::TimedOut && by_deadline {
            self.cut = true;
        }
        match task {
            Task::Attempt { provider, number } => {
                let (provider, took) = (usize::from(provider), now.since(began));
                live.tell(now, Note::AttemptEnded { provider, attempt: number, end: reply.into(), took });
                self.permit.settle(live, provider, reply.settled(), took, now);
                let verdict = match reply {
                    Reply::Value => return Some(self.serve(live, now, provider)),
                    Reply::Failed(verdict) => {
                        self.mark(provider, What::Failed { attempt: number, took });
                        verdict
                    }
                    Reply::TimedOut => {
                        self.mark(provider, What::TimedOut { attempt: number, after: until.since(began) });
                        of_timeout(live, provider, by_deadline)
                    }
                    Reply::Nothing => Verdict::Retry,
                };
                self.fail(live, now, provider, number, verdict);
            }
            Task::Question { provider: asked, attempt, number } => {
                let provider = usize::from(asked);
                let verdict = match reply {
                    Reply::Value => {
                        live.tell(now, Note::Reconciled { provider });
                        return Some(self.serve(live, now, provider));
                    }
                    Reply::Nothing => {
                        self.retry(live, now, provider, attempt, None);
                        return None;
                    }
                    Reply::Failed(verdict) => verdict,
                    Reply::TimedOut => Verdict::Retry,
                };
                let error = reply != Reply::TimedOut;
                self.mark(provider, What::Unreconciled { attempt: number, took: now.since(began), error });
                self.ask_again(live, now, provider, (attempt, number), verdict);
            }
            Task::Degrade(kind) => {
                match reply {
                    Reply::Value => {
                        self.end(live, now, RunEnd::Degraded);
                        return Some((DEGRADE, Source::Degraded));
                    }
                    Reply::TimedOut => self.mark(DEGRADE, What::TimedOut { attempt: 1, after: until.since(began) }),
                    _ => self.mark(DEGRADE, What::Failed { attempt: 1, took: now.since(began) }),
                }
                self.phase = Phase::Over(kind);
            }
        }
        None
    }

    /// Why this attempt of a turn is made.
    fn start_of(&self, number: u32) -> Start {
        if self.attempts == 1 {
            return Start::First;
        }
        if number > 1 {
            return Start::Retry;
        }
        let attempt = |what| matches!(what, What::Failed { .. } | What::TimedOut { .. });
        match self.log.iter().rfind(|mark| attempt(mark.what())) {
            Some(last) if self.course != Course::Beside => Start::Failover { from: last.provider() },
            _ => Start::Hedge,
        }
    }

    /// The run has the value of this provider.
    fn serve(&mut self, live: &LivePlan, now: Moment, provider: usize) -> (usize, Source) {
        self.over(live, now, RunEnd::Served, Some(provider));
        (provider, Source::Provider)
    }

    /// The first provider whose failure nobody notices, since this one serves: it failed in this run, or it was
    /// refused, for a reason of its own, and a fallback serves.
    fn masked(&self, live: &LivePlan, served: usize) -> Option<usize> {
        let is_fallback = match live.plan.kind() {
            PlanKind::Quota => live.provider(served).0.weight().is_none(),
            _ => served > 0,
        };
        let others = self.log.iter().filter(|mark| mark.provider() != served);
        let mut masked = others.filter(|mark| match mark.what() {
            What::Failed { .. } | What::TimedOut { .. } | What::Unreconciled { .. } => true,
            What::Skipped(Skip::When | Skip::Cordoned) => false,
            What::Skipped(_) => is_fallback,
        });
        masked.next().map(|mark| mark.provider())
    }

    pub(super) fn mark(&mut self, provider: usize, what: What) {
        self.log.push(Mark::new(provider, what));
    }

    pub(super) fn begin(&mut self, live: &LivePlan, now: Moment, task: Task) {
        match task {
            Task::Attempt { provider, number } => self.begin_attempt(live, now, provider.into(), number),
            Task::Question { provider, .. } => self.run(now, task, live.provider(provider.into()).0.timeout()),
            Task::Degrade(_) => self.run(now, task, live.plan.degrade().unwrap_or_default()),
        }
    }

    pub(super) fn begin_attempt(&mut self, live: &LivePlan, now: Moment, provider: usize, number: u32) {
        // A timer that fired late has eaten the time of this retry.
        if now >= self.deadline {
            self.cut = true;
            self.permit.abandon(live, provider, Duration::ZERO, now);
            return self.end_turn(live, now);
        }
        // A run that calls nobody, such as one that is served from the cache, allows no retries of others.
        if let (0, Some(budget)) = (self.attempts, &live.budget) {
            budget.deposit(now);
        }
        self.permit.begin();
        self.attempts = self.attempts.saturating_add(1);
        live.tell(now, Note::AttemptBegan { provider, start: self.start_of(number) });
        let task = Task::Attempt { provider: provider.into(), number };
        self.run(now, task, live.provider(provider).0.timeout());
    }

    #[inline]
    fn run(&mut self, now: Moment, task: Task, timeout: Duration) {
        let until = now + timeout;
        let by_deadline = self.deadline < until;
        self.phase = Phase::Running { task, began: now, until: until.min(self.deadline), by_deadline };
    }
}

impl From<usize> for Index {
    fn from(index: usize) -> Self {
        Self(u8::try_from(index).unwrap_or(u8::MAX))
    }
}

impl From<Index> for usize {
    fn from(index: Index) -> Self {
        Self::from(index.0)
    }
}

impl Reply {
    /// What the answer to an attempt says of its provider (R22).
    fn settled(self) -> Settled {
        match self {
            Self::Value | Self::Nothing => Settled::Success,
            Self::Failed(verdict) => verdict.into(),
            Self::TimedOut => Settled::Failure,
        }
    }
}

/// How an attempt with this answer ended.
impl From<Reply> for AttemptEnd {
    fn from(reply: Reply) -> Self {
        match reply {
            Reply::Value | Reply::Nothing => Self::Served,
            Reply::Failed(Verdict::Abort) => Self::Aborted,
            Reply::Failed(Verdict::Throttled(_)) => Self::Throttled,
            Reply::Failed(_) => Self::Failed,
            Reply::TimedOut => Self::TimedOut,
        }
    }
}

impl Task {
    /// The attempt that it is, or that it asks about: its provider, and its number from 1.
    fn attempt(self) -> Option<(usize, u32)> {
        match self {
            Self::Attempt { provider, number } => Some((provider.into(), number)),
            Self::Question { provider, attempt, .. } => Some((provider.into(), attempt)),
            Self::Degrade(_) => None,
        }
    }

    fn block(self) -> Block {
        match self {
            Self::Attempt { provider, .. } => Block::Provider(provider.into()),
            Self::Question { provider, .. } => Block::Reconcile(provider.into()),
            Self::Degrade(_) => Block::Degrade,
        }
    }
}
