use std::error::Error as StdError;
use std::fmt::{self, Debug, Display, Formatter};
use std::sync::Arc;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::typing::View;
use crate::{Error, ErrorKind, Name};

/// What a workflow's function returns: its value, or why there is none, and what was undone.
pub type WorkflowResult<T, E> = Result<T, WorkflowError<E>>;

/// Why a workflow failed, what it had done by then, and what of it was undone.
///
/// One word wide, and cheap to clone whatever `E` is. It asks nothing of `E`, and `?` carries it into `anyhow::Error` and
/// boxed errors. It serializes as `{"workflow", "step", "kind", "error", "done", "undone", "not_undone"}`, errors as
/// texts.
///
/// ```
/// # extern crate ductape_runtime as ductape;
/// # fn report(error: ductape::WorkflowError<std::io::Error>) {
/// eprintln!("{error}"); // one line: the step, its error, and what was undone
/// for left in error.not_undone() {
///     eprintln!("by hand: {}, since {}", left.step, left.error);
/// }
/// # }
/// ```
pub struct WorkflowError<E>(Arc<Inner<E>>);

struct Inner<E> {
    workflow: Name,
    done: Vec<Name>,
    ending: Ending<E>,
}

/// How a workflow fails, as far as it is known.
pub(crate) struct Ending<E> {
    /// The step that failed; `None` for an error of the workflow's own.
    pub(crate) step: Option<Name>,
    pub(crate) error: Error<E>,
    pub(crate) undone: Vec<Name>,
    pub(crate) not_undone: Vec<NotUndone<E>>,
    view: View<E>,
}

/// A step that was done, and could not be undone.
#[non_exhaustive]
pub struct NotUndone<E> {
    /// The step.
    pub step: Name,
    /// Why its undo failed, with every attempt.
    pub error: Error<E>,
}

impl<E> Ending<E> {
    pub(crate) fn new(step: Option<Name>, error: Error<E>, view: View<E>) -> Self {
        Self { step, error, undone: Vec::new(), not_undone: Vec::new(), view }
    }
}

impl<E> WorkflowError<E> {
    #[expect(clippy::boxed_local, reason = "that is where it was kept")]
    pub(crate) fn new(workflow: Name, done: Vec<Name>, ending: Box<Ending<E>>) -> Self {
        Self(Arc::new(Inner { workflow, done, ending: *ending }))
    }

    /// The tag of the workflow.
    pub fn workflow(&self) -> &str {
        &self.0.workflow
    }

    /// The step that failed; `None` when the workflow ended between its steps, by a plain `?` or an `Err(…)`.
    pub fn step(&self) -> Option<&str> {
        self.0.ending.step.as_deref()
    }

    /// How the step failed, with every attempt; of kind [`Aborted`](ErrorKind::Aborted) and without any, when the
    /// workflow ended between its steps.
    pub fn error(&self) -> &Error<E> {
        &self.0.ending.error
    }

    /// How it ended: [`Deadline`](ErrorKind::Deadline) when the workflow's deadline cut the step.
    pub fn kind(&self) -> ErrorKind {
        self.error().kind()
    }

    /// The last error that the step returned, or the workflow's own; `None` when the step never answered in time.
    pub fn last(&self) -> Option<&E> {
        self.error().last()
    }

    /// The same, by value; `None` also when a clone of this error still holds it.
    pub fn into_last(self) -> Option<E> {
        Arc::into_inner(self.0)?.ending.error.into_last()
    }

    /// The steps that had succeeded, in their order, optional ones included; one in a loop as often as it did.
    pub fn done(&self) -> &[Name] {
        &self.0.done
    }

    /// The steps that were undone, in the order in which they were: newest first.
    pub fn undone(&self) -> &[Name] {
        &self.0.ending.undone
    }

    /// The steps whose undo failed as well, in the order in which it was tried.
    pub fn not_undone(&self) -> &[NotUndone<E>] {
        &self.0.ending.not_undone
    }
}

impl<E> Clone for WorkflowError<E> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<E> Clone for NotUndone<E> {
    fn clone(&self) -> Self {
        Self { step: self.step.clone(), error: self.error.clone() }
    }
}

impl<E> Debug for NotUndone<E> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotUndone").field("step", &self.step).field("error", &self.error).finish()
    }
}

/// One line: the workflow, what failed, and what was undone.
impl<E> Display for WorkflowError<E> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Ending { error, undone, not_undone, .. } = &self.0.ending;
        error.describe("workflow", f)?;
        if !undone.is_empty() {
            write!(f, "; undone: {}", undone.join(", "))?;
        }
        for (at, left) in not_undone.iter().enumerate() {
            f.write_str(if at == 0 { "; not undone: " } else { ", " })?;
            write!(f, "{} ({})", left.step, left.error.reasons())?;
        }
        Ok(())
    }
}

impl<E> Debug for WorkflowError<E> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let message = format_args!("{self}");
        f.debug_struct("WorkflowError").field("step", &self.step()).field("message", &message).finish_non_exhaustive()
    }
}

impl<E> StdError for WorkflowError<E> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.last().and_then(|error| (self.0.ending.view.source)(error))
    }
}

impl<E> Serialize for WorkflowError<E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut error = serializer.serialize_struct("WorkflowError", 7)?;
        error.serialize_field("workflow", self.workflow())?;
        error.serialize_field("step", &self.step())?;
        error.serialize_field("kind", &self.kind())?;
        error.serialize_field("error", &self.error().reasons())?;
        error.serialize_field("done", self.done())?;
        error.serialize_field("undone", self.undone())?;
        error.serialize_field("not_undone", self.not_undone())?;
        error.end()
    }
}

/// `{"step": "charge", "error": "charge.undo failed, refused"}`
impl<E> Serialize for NotUndone<E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut left = serializer.serialize_struct("NotUndone", 2)?;
        left.serialize_field("step", &self.step)?;
        left.serialize_field("error", &self.error.reasons())?;
        left.end()
    }
}
