use smallvec::SmallVec;

use super::frame::hold;
use super::partial::Ended;
use super::undoing::Undo;
use super::whole::{PartRun, Whole};
use crate::moment::Moment;
use crate::observe::{Happened, RunEnd};
use crate::plan::Site;
use crate::sync::{Mutex, MutexGuard, lock};
use crate::typing::{View, WorkflowExit, WorkflowForm};
use crate::workflow_error::{Ending, NotUndone, WorkflowError};
use crate::{Error, Name, Outcome, Verdict};

/// One run of a workflow, as generated code drives it.
///
/// The code runs each step with a [`step`](Self::step) of its own, tells what came of it, and after a failure runs the
/// undos of the steps that are done.
pub struct Workflow<E> {
    whole: Whole,
    view: View<E>,
    /// Behind a lock, since a step under way borrows the whole. Nobody ever waits for it.
    state: Mutex<State<E>>,
}

struct State<E> {
    /// The places of the steps that have succeeded, in their order.
    done: SmallVec<[u8; 16]>,
    /// `None` as long as nothing has failed.
    ending: Option<Box<Ending<E>>>,
    /// The attempts around an undo wait for it.
    undoing: Option<Undo>,
}

impl<E> Workflow<E> {
    /// Begins in the runtime in force here.
    pub fn begin<T>(site: &'static Site, _form: &WorkflowForm<T, E>, view: View<E>) -> Self {
        let state = State { done: SmallVec::new(), ending: None, undoing: None };
        Self { whole: Whole::begin(site), view, state: Mutex::new(state) }
    }

    /// A run of the step at `index`, an optional one: its errors may be of another type.
    pub fn step<X>(&self, index: usize) -> PartRun<'_, X> {
        self.whole.part(index, |_| Verdict::Retry, View::OPAQUE)
    }

    /// A run of the step at `index`, a required one.
    pub fn required(&self, index: usize, classify: fn(&E) -> Verdict) -> PartRun<'_, E> {
        self.whole.part(index, classify, self.view)
    }

    /// The step at `index` has succeeded.
    pub fn succeeded<T>(&self, index: usize, outcome: Outcome<T>) -> T {
        self.state().done.push(u8::try_from(index).unwrap_or(u8::MAX));
        self.whole.succeeded(outcome)
    }

    /// An optional step has failed, and the workflow goes on.
    pub fn missed<T, X>(&self, run: PartRun<'_, X>) -> Ended<T, X> {
        Ended(Err(run.fail()))
    }

    /// The step at `index`, an optional one, has succeeded.
    pub fn met<T, X>(&self, index: usize, outcome: Outcome<T>) -> Ended<T, X> {
        Ended(Ok(self.succeeded(index, outcome)))
    }

    /// A required step has failed, and with it the workflow.
    pub fn failed(&self, index: usize, run: PartRun<'_, E>) {
        let ending = Ending::new(Some(self.name(index)), run.fail(), self.view);
        self.state().ending = Some(Box::new(ending));
    }

    /// The workflow ends with an error of its own: a plain `?`, or `Err(…)`.
    pub fn aborted<X: Converted<E>>(&self, error: X) {
        let error = Error::from(error.converted()).named(&self.whole.live.plan, self.view);
        self.state().ending = Some(Box::new(Ending::new(None, error, self.view)));
    }

    /// Whether it has failed, so that undos are to be run.
    pub fn has_failed(&self) -> bool {
        self.state().ending.is_some()
    }

    /// A run of the undo at `index`.
    pub fn undo(&self, index: usize, classify: fn(&E) -> Verdict) -> PartRun<'_, E> {
        let undo = self.whole.live.plan.all().get(index);
        self.state().undoing = undo.and_then(|undo| hold(Moment::now() + undo.longest_turn()));
        self.whole.undo(index, classify, self.view)
    }

    /// The step at `index` is undone.
    pub fn undone(&self, index: usize, outcome: Outcome<()>) {
        self.whole.succeeded(outcome);
        let step = self.name(index);
        self.whole.announce(Some(index), Happened::Undone);
        self.ends_undo(|ending| ending.undone.push(step));
    }

    /// The undo of the step at `index` has failed.
    pub fn not_undone(&self, index: usize, run: PartRun<'_, E>) {
        let (step, error) = (self.name(index), run.fail());
        self.whole.announce(Some(index), Happened::NotUndone);
        self.ends_undo(|ending| ending.not_undone.push(NotUndone { step, error }));
    }

    fn ends_undo(&self, note: impl FnOnce(&mut Ending<E>)) {
        let mut state = self.state();
        state.undoing = None;
        if let Some(ending) = &mut state.ending {
            note(ending);
        }
    }

    /// What the function returns: the body's value, or why there is none, once everything is undone.
    ///
    /// # Errors
    ///
    /// The failure of a step, or the body's own error.
    pub fn end<T>(mut self, body: WorkflowExit<T, E>) -> Result<T, WorkflowError<E>> {
        match body.open() {
            Ok(Some(value)) => {
                self.whole.end(RunEnd::Served);
                return Ok(value);
            }
            // Where nothing can be undone, the body returns its error as it is.
            Err(error) => self.aborted(error),
            Ok(None) => {}
        }
        let (done, ending) = (self.done(), self.state().ending.take());
        let Some(ending) = ending else { unreachable!("a workflow without a value has failed") };
        self.whole.end(ending.error.kind().into());
        Err(WorkflowError::new(self.whole.live.plan.tag.clone(), done, ending))
    }

    fn state(&self) -> MutexGuard<'_, State<E>> {
        lock(&self.state)
    }

    fn name(&self, index: usize) -> Name {
        self.whole.live.name_of(index)
    }

    fn done(&self) -> Vec<Name> {
        self.state().done.iter().map(|&index| self.name(index.into())).collect()
    }
}

/// Nobody can undo for a caller who has gone (R106): those who watch are told what is left behind.
impl<E> Drop for Workflow<E> {
    fn drop(&mut self) {
        if !self.whole.under_way() {
            return;
        }
        let done = self.done();
        if !done.is_empty() {
            let undone = self.state().ending.as_ref().map(|ending| ending.undone.clone()).unwrap_or_default();
            self.whole.announce(None, Happened::Abandoned { done, undone });
        }
    }
}

/// What `?` does to an error, after the first undo of a workflow.
#[diagnostic::on_unimplemented(
    message = "`?` couldn't convert the error to `{E}`",
    label = "the trait `From<{Self}>` is not implemented for `{E}`",
    note = "the body of a workflow is of the type `Result<T, E>`, as its `WorkflowResult<T, E>` says"
)]
pub trait Converted<E> {
    /// The workflow's error.
    fn converted(self) -> E;
}

#[diagnostic::do_not_recommend]
impl<X, E: From<X>> Converted<E> for X {
    fn converted(self) -> E {
        self.into()
    }
}

/// What an undo keeps of a binding that may be gone when it runs (R104).
#[diagnostic::on_unimplemented(
    message = "an undo keeps a clone of what is gone, or assigned again, by the time it runs",
    label = "the trait `Clone` is not implemented for `{Self}`",
    note = "in a loop, a branch or an inner block, that is every binding it uses: bind what identifies it, such as an id, and use that"
)]
pub trait Saved: Sized {
    /// A clone.
    #[must_use]
    fn saved(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Clone> Saved for T {
    fn saved(&self) -> Self {
        self.clone()
    }
}
