use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::whole::{PartRun, Whole};
use crate::observe::RunEnd;
use crate::plan::Site;
use crate::typing::{PartialForm, View};
use crate::{Error, ErrorKind, Outcome, Verdict};

/// One run of a partial, as generated code drives it.
///
/// Each part is a [`Run`](super::Run) of its own; those of a group are polled side by side.
#[derive(Debug)]
pub struct Partial {
    whole: Whole,
    /// Of the required part that failed.
    failure: OnceLock<ErrorKind>,
}

impl Partial {
    /// Begins in the runtime in force here.
    pub fn begin(site: &'static Site) -> Self {
        Self { whole: Whole::begin(site), failure: OnceLock::new() }
    }

    /// A run of the part at `index`.
    pub fn step<E>(&self, index: usize) -> PartRun<'_, E> {
        self.whole.part(index, |_| Verdict::Retry, View::OPAQUE)
    }

    /// The part has succeeded.
    pub fn met<T, E>(&self, _index: usize, outcome: Outcome<T>) -> Ended<T, E> {
        Ended(Ok(self.whole.succeeded(outcome)))
    }

    /// A part has failed.
    pub fn missed<T, E>(&self, run: PartRun<'_, E>) -> Ended<T, E> {
        Ended(Err(run.fail()))
    }

    /// What came of a required part: its failure ends the function.
    ///
    /// # Errors
    ///
    /// That of the part.
    pub fn required<E>(&self, failure: Result<(), Error<E>>) -> Result<(), Error<E>> {
        failure.inspect_err(|error| {
            let _ = self.failure.set(error.kind());
        })
    }

    /// What the function returns. An error that is not that of a part is its own.
    pub fn end<R>(mut self, result: R, form: &PartialForm<R>) -> R {
        let end = match self.failure.get() {
            _ if form.is_ok(&result) => RunEnd::Served,
            Some(&kind) => kind.into(),
            None => RunEnd::Aborted,
        };
        self.whole.end(end);
        result
    }
}

/// How a step or part ended whose error need not be the function's.
///
/// Generated code imports [`Flat`] and calls `ended.flat()`. The inherent method wins over the trait's, so that the
/// error of a plan that is called in a step is not wrapped into another one.
#[derive(Debug)]
pub struct Ended<T, E>(pub Result<T, Error<E>>);

impl<T, E> Ended<T, Error<E>> {
    /// The step calls a plan: the error is the plan's.
    ///
    /// # Errors
    ///
    /// That of the step.
    pub fn flat(self) -> Result<T, Error<E>> {
        self.0.map_err(Error::flat)
    }
}

/// The error is the step's own.
pub trait Flat {
    /// The value.
    type Value;
    /// The error.
    type Error;

    /// The result.
    ///
    /// # Errors
    ///
    /// That of the step.
    fn flat(self) -> Result<Self::Value, Error<Self::Error>>;
}

impl<T, E> Flat for Ended<T, E> {
    type Value = T;
    type Error = E;

    fn flat(self) -> Result<T, Error<E>> {
        self.0
    }
}

pin_project! {
    /// A part of a group, polled in place, and its result once it has one.
    pub struct Part<F: Future> {
        #[pin]
        stage: Stage<F>,
        // Its failure ends the group.
        required: bool,
    }
}

pin_project! {
    #[project = StageProjection]
    enum Stage<F: Future> {
        Running { #[pin] future: F },
        // `None` once it has been taken.
        Over { result: Option<F::Output> },
    }
}

impl<F: Future<Output = Result<T, Error<E>>>, T, E> Part<F> {
    /// A part whose failure ends the function.
    pub fn required(future: F) -> Self {
        Self { stage: Stage::Running { future }, required: true }
    }

    /// A part that may fail alone.
    pub fn optional(future: F) -> Self {
        Self { stage: Stage::Running { future }, required: false }
    }

    /// Polls it on; answers whether it is under way still.
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> bool {
        let mut stage = self.project().stage;
        let StageProjection::Running { future } = stage.as_mut().project() else { return false };
        let Poll::Ready(result) = future.poll(cx) else { return true };
        stage.set(Stage::Over { result: Some(result) });
        false
    }

    fn outcome(self: Pin<&mut Self>) -> Option<&mut Option<Result<T, Error<E>>>> {
        match self.project().stage.project() {
            StageProjection::Over { result } => Some(result),
            StageProjection::Running { .. } => None,
        }
    }

    /// Whether it has failed, and the function with it.
    fn has_failed(self: Pin<&mut Self>) -> bool {
        self.required && matches!(self.outcome(), Some(Some(Err(_))))
    }

    /// The failure that ends the function.
    ///
    /// # Errors
    ///
    /// That of the part, if it is required and has failed.
    pub fn failure(mut self: Pin<&mut Self>) -> Result<(), Error<E>> {
        if !self.as_mut().has_failed() {
            return Ok(());
        }
        self.result().map(drop)
    }

    /// The result; asked for once, after the group.
    ///
    /// # Errors
    ///
    /// That of the part.
    pub fn result(self: Pin<&mut Self>) -> Result<T, Error<E>> {
        match self.outcome().and_then(Option::take) {
            Some(result) => result,
            None => unreachable!("a group is over when each of its parts is, or a required one has failed"),
        }
    }

    /// The value of a required part that has not failed; asked for once, after the group.
    pub fn value(self: Pin<&mut Self>) -> T {
        self.result().unwrap_or_else(|_| unreachable!("its failure has been asked for"))
    }
}

/// One round through the parts of a group, in their order.
#[derive(Debug, Default)]
pub struct Group {
    pending: bool,
    failed: bool,
}

impl Group {
    /// Before the first part.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Polls the next part, unless a required one has failed before it.
    pub fn poll<F, T, E>(&mut self, mut part: Pin<&mut Part<F>>, cx: &mut Context<'_>)
    where
        F: Future<Output = Result<T, Error<E>>>,
    {
        if !self.failed {
            self.pending |= part.as_mut().poll(cx);
            self.failed = part.has_failed();
        }
    }

    /// Over when each part is, or a required one has failed.
    pub fn ready(self) -> Poll<()> {
        if self.pending && !self.failed { Poll::Pending } else { Poll::Ready(()) }
    }
}
