//! How a run went whose function returns the value alone, for those who run it by its tag.

use std::cell::RefCell;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::Outcome;

thread_local! {
    /// What the innermost who asks and is polled here has heard.
    static TOLD: RefCell<Told> = const { RefCell::new(Told::Unasked) };
}

/// What was told last.
enum Told {
    /// Nobody asks.
    Unasked,
    Nothing,
    Outcome(Outcome<()>),
}

pin_project! {
    /// A future that is asked how the last run in it went whose outcome became a value alone.
    pub(crate) struct Asked<F> {
        told: Told,
        #[pin]
        future: F,
    }
}

impl<F> Asked<F> {
    pub(crate) fn new(future: F) -> Self {
        Self { told: Told::Nothing, future }
    }
}

impl<F: Future> Future for Asked<F> {
    type Output = (F::Output, Option<Outcome<()>>);

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let polled = {
            let _inside = Inside::new(this.told);
            this.future.poll(cx)
        };
        polled.map(|output| match std::mem::replace(this.told, Told::Nothing) {
            Told::Outcome(outcome) => (output, Some(outcome)),
            Told::Nothing | Told::Unasked => (output, None),
        })
    }
}

/// While this lives, what is told is told here; who asks around it waits in its place.
struct Inside<'a>(&'a mut Told);

impl<'a> Inside<'a> {
    fn new(told: &'a mut Told) -> Self {
        exchange(told);
        Self(told)
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        exchange(self.0);
    }
}

fn exchange(told: &mut Told) {
    // Fails only while the thread ends.
    let _ = TOLD.try_with(|current| {
        if let Ok(mut current) = current.try_borrow_mut() {
            std::mem::swap(&mut *current, told);
        }
    });
}

/// The value of an outcome, for a function that returns nothing else. Who asks is told the rest.
pub(crate) fn value_alone<T>(outcome: Outcome<T>) -> T {
    let Outcome { value, provider, attempts, elapsed, source } = outcome;
    // Fails only while the thread ends.
    let _ = TOLD.try_with(|current| {
        if let Ok(mut current) = current.try_borrow_mut()
            && !matches!(*current, Told::Unasked)
        {
            *current = Told::Outcome(Outcome { value: (), provider, attempts, elapsed, source });
        }
    });
    value
}
