//! The return types of workflows and partials.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::ops::Deref;

use super::ErrorType;
use super::misfit::AnyType;
use super::returns::Signature;
use crate::workflow_error::WorkflowError;
use crate::{Error, Verdict};

/// What a workflow's function may return.
#[diagnostic::on_unimplemented(
    message = "a workflow cannot return `{Self}`",
    label = "expected `ductape::WorkflowResult<T, E>`",
    note = "the body of a workflow is of the type `Result<T, E>`; the error of the function also says what was undone"
)]
pub trait ReturnsWorkflow {}

#[diagnostic::do_not_recommend]
impl<T, E> ReturnsWorkflow for Result<T, WorkflowError<E>> {}

/// What generated code knows of a workflow's types.
pub struct WorkflowForm<T, E>(PhantomData<fn() -> (T, E)>);

impl<T, E> Signature<Result<T, WorkflowError<E>>> {
    /// The function is a workflow's.
    pub const fn workflow(&self) -> WorkflowForm<T, E> {
        WorkflowForm(PhantomData)
    }
}

impl<T, E> WorkflowForm<T, E> {
    /// `None`, typed like the body: giving it to a block at its head types the block.
    pub fn body(&self) -> Option<Result<T, E>> {
        None
    }

    /// `None`, typed like a required step's expression.
    pub fn step<V>(&self) -> Option<Result<V, E>> {
        None
    }

    /// `None`, typed like an undo.
    pub fn undo(&self) -> Option<Result<(), E>> {
        None
    }

    /// The body ends with its own value.
    pub fn lift(&self, value: Result<T, E>) -> WorkflowExit<T, E> {
        WorkflowExit(value.map(Some))
    }

    /// The body ends with a failure that the run has been told of.
    pub fn told(&self) -> WorkflowExit<T, E> {
        WorkflowExit(Ok(None))
    }

    /// The end of a body without undos, which macros may leave as they like.
    pub fn close(&self, end: Result<Option<T>, E>) -> WorkflowExit<T, E> {
        WorkflowExit(end)
    }

    /// `None`, typed like a macro that always leaves with an error.
    pub fn leaves(&self) -> Option<Result<Infallible, E>> {
        None
    }

    /// The error type.
    pub fn error_type(&self) -> ErrorType<E> {
        ErrorType::new()
    }

    /// What the function returns.
    ///
    /// # Errors
    ///
    /// That of the workflow.
    pub fn end(&self, result: Result<T, WorkflowError<E>>) -> Result<T, WorkflowError<E>> {
        result
    }

    /// Takes what the clause `classify` names.
    pub fn classify(&self, verdict: fn(&E) -> Verdict) -> fn(&E) -> Verdict {
        verdict
    }
}

/// How a body ended. Neither `?` nor a `return` of the user's makes one: those that are hidden in a macro, and would lead
/// past the undos, do not compile.
pub struct WorkflowExit<T, E>(Result<Option<T>, E>);

impl<T, E> WorkflowExit<T, E> {
    /// What it is: `None` is a failure that the run has been told of.
    ///
    /// # Errors
    ///
    /// The body's own.
    pub fn open(self) -> Result<Option<T>, E> {
        self.0
    }
}

/// The function returns no `WorkflowResult`: asked last, so that the compiler speaks of [`ReturnsWorkflow`], and of
/// nothing else.
pub trait WorkflowMisfit<R> {
    /// Its bound never holds.
    fn workflow<T, E>(&self) -> AnyForm<T, E, R>
    where
        R: ReturnsWorkflow;
}

impl<R> WorkflowMisfit<R> for &Signature<R> {
    fn workflow<T, E>(&self) -> AnyForm<T, E, R>
    where
        R: ReturnsWorkflow,
    {
        AnyForm(WorkflowForm(PhantomData), PhantomData)
    }
}

/// Stands in for a form where there is none.
pub struct AnyForm<T, E, R>(WorkflowForm<T, E>, PhantomData<fn() -> R>);

#[expect(clippy::unused_self, reason = "stands for types")]
impl<T, E, R> AnyForm<T, E, R> {
    /// Has a view of every type: the lookup would fail while the type is not known yet.
    pub fn error_type(&self) -> AnyType<E> {
        AnyType::new()
    }

    /// What the function returns.
    pub fn end(&self, _: Result<T, WorkflowError<E>>) -> R {
        unreachable!("a return type that compiles has a form")
    }
}

impl<T, E, R> Deref for AnyForm<T, E, R> {
    type Target = WorkflowForm<T, E>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// What a partial's function may return.
#[diagnostic::on_unimplemented(
    message = "a partial cannot return `{Self}`",
    label = "expected a `Result`",
    note = "a required part that fails ends the function with its error"
)]
pub trait ReturnsResult {}

#[diagnostic::do_not_recommend]
impl<T, E> ReturnsResult for Result<T, E> {}

/// What generated code knows of a partial's types: whether its result is a success.
pub struct PartialForm<R>(fn(&R) -> bool);

impl<T, E> Signature<Result<T, E>> {
    /// The function is a partial's.
    pub const fn partial(&self) -> PartialForm<Result<T, E>> {
        PartialForm(Result::is_ok)
    }
}

/// The function returns no `Result`: asked last, so that the compiler speaks of [`ReturnsResult`], and of nothing else.
pub trait PartialMisfit<R> {
    /// Its bound never holds.
    fn partial(&self) -> PartialForm<R>
    where
        R: ReturnsResult;
}

impl<R> PartialMisfit<R> for &Signature<R> {
    fn partial(&self) -> PartialForm<R>
    where
        R: ReturnsResult,
    {
        PartialForm(|_| unreachable!("a return type that compiles has a form"))
    }
}

impl<R> PartialForm<R> {
    /// `None`, typed like the body: returning it at the head of a block types the block.
    pub fn body(&self) -> Option<R> {
        None
    }

    pub(crate) fn is_ok(&self, result: &R) -> bool {
        (self.0)(result)
    }
}

/// What an error means where nothing is said: another try.
pub fn retry_all<E>() -> fn(&E) -> Verdict {
    |_| Verdict::Retry
}

/// What says what an error means, for errors of the type `X`.
#[diagnostic::on_unimplemented(
    message = "`classify` cannot judge an error of the type `{X}`",
    label = "expected `fn(&{X}) -> ductape::Verdict`",
    note = "of a part that calls a plan it may also judge the error of the plan's provider"
)]
pub trait Judge<X> {
    /// What the error means.
    fn verdict(self, error: &X) -> Verdict;
}

#[diagnostic::do_not_recommend]
impl<E> Judge<E> for fn(&E) -> Verdict {
    fn verdict(self, error: &E) -> Verdict {
        self(error)
    }
}

/// Of a plan's error it judges the last that a provider returned; where there is none, another try is worth it.
#[diagnostic::do_not_recommend]
impl<E> Judge<Error<E>> for fn(&E) -> Verdict {
    fn verdict(self, error: &Error<E>) -> Verdict {
        error.last().map_or(Verdict::Retry, self)
    }
}

/// What an error of a part means, where all of them are judged by the same function.
pub fn judge<E, X>(classify: fn(&E) -> Verdict, error: &X) -> Verdict
where
    fn(&E) -> Verdict: Judge<X>,
{
    classify.verdict(error)
}

/// Stands for the error type of a future, where it is only inferred.
pub struct Errors<E>(PhantomData<fn() -> E>);

impl<E> Errors<E> {
    /// Of the expression of an optional step, or of a part.
    pub fn of<F: Future<Output = Result<T, E>>, T>(_: &F) -> Self {
        Self(PhantomData)
    }

    /// The error type.
    pub fn error_type(&self) -> ErrorType<E> {
        ErrorType::new()
    }

    /// Takes what the clause `classify` names.
    pub fn classify(&self, verdict: fn(&E) -> Verdict) -> fn(&E) -> Verdict {
        verdict
    }
}

/// `None`, typed like the expression of an optional step, or of a part.
pub fn any_result<T, E>() -> Option<Result<T, E>> {
    None
}
