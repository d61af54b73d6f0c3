use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::frame::outer_deadline;
use super::run::Run;
use crate::engine::LivePlan;
use crate::moment::Moment;
use crate::observe::{Happened, Note, RunEnd, RunEnded, Trace};
use crate::plan::Site;
use crate::typing::View;
use crate::{Error, Outcome, Verdict};

/// A run that consists of runs of its steps or parts: what bounds them, and what is told of the whole.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) live: Arc<LivePlan>,
    started: Moment,
    /// That of the definition, or of the attempt around it.
    deadline: Moment,
    /// Atomic, since parts run side by side and share this.
    attempts: AtomicU32,
    successes: AtomicU32,
    trace: Trace,
    under_way: bool,
}

impl Whole {
    /// Begins in the runtime in force here: its clock runs from here on.
    pub(super) fn begin(site: &'static Site) -> Self {
        Self::of(crate::runtime::live_plan(site))
    }

    /// Begins with a plan as it is in force: its clock runs from here on.
    pub(super) fn of(live: Arc<LivePlan>) -> Self {
        let now = Moment::now();
        let mut trace = Trace::default();
        trace.run_begins(&live.plan);
        {
            let _inside = trace.in_run();
            live.tell(now, Note::RunBegan);
        }
        let own = live.plan.deadline().map_or(Moment::MAX, |deadline| now + deadline);
        Self {
            started: now,
            deadline: outer_deadline().map_or(own, |outer| outer.min(own)),
            attempts: AtomicU32::new(0),
            successes: AtomicU32::new(0),
            trace,
            under_way: true,
            live,
        }
    }

    /// A run of the step or part at `index`.
    pub(super) fn part<E>(&self, index: usize, classify: fn(&E) -> Verdict, view: View<E>) -> PartRun<'_, E> {
        self.run((index, self.deadline), classify, view)
    }

    /// A run of the undo at `index`, which only its own policies bound.
    pub(super) fn undo<E>(&self, index: usize, classify: fn(&E) -> Verdict, view: View<E>) -> PartRun<'_, E> {
        self.run((index, Moment::MAX), classify, view)
    }

    fn run<E>(&self, part: (usize, Moment), classify: fn(&E) -> Verdict, view: View<E>) -> PartRun<'_, E> {
        let run = Run::part(Arc::clone(&self.live), self.trace.beside(), part, classify, view);
        PartRun { run, whole: self }
    }

    /// A step or part has succeeded.
    pub(super) fn succeeded<T>(&self, outcome: Outcome<T>) -> T {
        self.successes.fetch_add(1, Ordering::Relaxed);
        outcome.value
    }

    pub(super) fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }

    pub(super) fn elapsed(&self) -> std::time::Duration {
        Moment::now().since(self.started)
    }

    pub(super) fn under_way(&self) -> bool {
        self.under_way
    }

    /// The run is over, and its caller learns of it.
    pub(super) fn end(&mut self, end: RunEnd) {
        if !std::mem::take(&mut self.under_way) {
            return;
        }
        let (now, attempts) = (Moment::now(), *self.attempts.get_mut());
        let clean = end == RunEnd::Served && attempts == *self.successes.get_mut();
        let took = now.since(self.started);
        {
            let _inside = self.trace.in_run();
            self.live.tell(now, Note::RunEnded(RunEnded { end, provider: None, masked: None, attempts, took, clean }));
        }
        self.trace.run_ended(end, None, attempts);
    }

    /// Something happened, to the step or part at this place.
    #[cold]
    pub(super) fn announce(&self, index: Option<usize>, happened: Happened) {
        let _inside = self.trace.in_run();
        self.live.watch.announce(&self.live.plan, Moment::now(), index, happened);
    }
}

/// The run of a step, a part or an undo: however it ends, its attempts count as those of the whole.
pub struct PartRun<'w, E> {
    run: Run<E>,
    whole: &'w Whole,
}

impl<E> PartRun<'_, E> {
    /// Why it failed.
    pub(super) fn fail(mut self) -> Error<E> {
        self.run.failure()
    }
}

impl<E> Deref for PartRun<'_, E> {
    type Target = Run<E>;

    fn deref(&self) -> &Run<E> {
        &self.run
    }
}

impl<E> DerefMut for PartRun<'_, E> {
    fn deref_mut(&mut self) -> &mut Run<E> {
        &mut self.run
    }
}

impl<E> Drop for PartRun<'_, E> {
    fn drop(&mut self) {
        self.whole.attempts.fetch_add(self.run.attempts(), Ordering::Relaxed);
    }
}

/// Whoever drops a run ends it.
impl Drop for Whole {
    fn drop(&mut self) {
        self.end(if std::thread::panicking() { RunEnd::Panicked } else { RunEnd::Dropped });
    }
}
