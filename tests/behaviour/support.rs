//! What the tests share: providers that play a script, the error that they return, and a runtime of its own per test.

mod script;

use std::error::Error;
use std::fmt::{self, Display, Formatter};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use ductape::{Event, Outcome, Runtime, Verdict};

pub(crate) use self::script::{Script, Step, fail, hang, ok, panics};

/// What most of the tests' plans return: the number of the call that succeeded, and how the run went.
pub(crate) type Answer<T = usize> = ductape::Result<Outcome<T>, Scripted>;

/// The error of a scripted provider; it carries its own verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scripted {
    pub(crate) verdict: Verdict,
    /// Which call of the provider failed, from 1.
    pub(crate) call: usize,
}

impl Scripted {
    /// For `classify(Scripted::verdict)`.
    pub(crate) fn verdict(&self) -> Verdict {
        self.verdict
    }
}

impl Display for Scripted {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.verdict)
    }
}

impl Error for Scripted {}

/// Runs a plan with a runtime of its own, since health and throttles are shared by all runs of a runtime.
pub(crate) async fn run<F: Future>(plan: F) -> F::Output {
    seeded().scope(plan).await
}

/// A runtime whose random choices are the same in every run of the tests.
pub(crate) fn seeded() -> Runtime {
    Runtime::builder().seed(7).build().expect("a runtime without bindings is never at fault")
}

/// The trail, a line for each entry: `a 1 failed: Retry`, `a 2 timed out after 50ms`, `b skipped: When`.
pub(crate) fn trail<E: Display + fmt::Debug>(error: &ductape::Error<E>) -> Vec<String> {
    let line = |entry: &ductape::Entry<E>| match &entry.event {
        Event::Failed { attempt, error, .. } => format!("{} {attempt} failed: {error}", entry.provider),
        Event::TimedOut { attempt, after } => format!("{} {attempt} timed out after {after:?}", entry.provider),
        Event::Skipped(skip) => format!("{} skipped: {skip:?}", entry.provider),
        other => format!("{} {other:?}", entry.provider),
    };
    error.trail().entries().iter().map(line).collect()
}

/// Polls once, without any runtime to arm a timer with or to spawn on.
pub(crate) fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls once, so that a run begins, and leaves it where it then waits.
pub(crate) async fn begin<F: Future>(mut run: Pin<&mut F>) {
    let polled = std::future::poll_fn(|cx| Poll::Ready(run.as_mut().poll(cx))).await;
    assert!(polled.is_pending(), "the run waits for something");
}

pub(crate) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
