//! Where faults meet the run: the block of an attempt, or what is scripted in its place.

use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tokio::time::{Sleep, sleep};

use super::script::{Act, Fault};
use crate::engine::LivePlan;
use crate::typing::Forge;

pin_project! {
    /// The block of an attempt, or the fault in its place.
    pub struct Scripted<F: Future> {
        #[pin]
        block: F,
        fault: Option<Fault>,
        #[pin]
        delay: Option<Sleep>,
        // What it ends with instead.
        end: Option<F::Output>,
        misfit: Option<String>,
    }
}

impl<F, T, E> Scripted<F>
where
    F: Future<Output = Result<T, E>>,
{
    /// An attempt at the provider at that index of the plan.
    pub(crate) fn new(block: F, attempt: Option<(&LivePlan, usize)>, forge: Forge<E>) -> Self {
        let fault =
            attempt.and_then(|(live, index)| live.script.next(&live.plan.tag, &live.name_of(index), &live.seeds));
        let (mut end, mut misfit) = (None, None);
        if let (Some(Fault { act: Act::Fail(make, made), .. }), Some((live, index))) = (&fault, attempt) {
            match forge.take(make()) {
                Ok(Some(error)) => end = Some(Err(error)),
                mismatch => misfit = Some(misfit_of(live, index, made, std::any::type_name::<E>(), mismatch.is_ok())),
            }
        }
        Self { block, fault, delay: None, end, misfit }
    }
}

#[cold]
fn misfit_of(live: &LivePlan, index: usize, made: &str, wanted: &str, is_known: bool) -> String {
    let (provider, plan) = (live.name_of(index), &live.plan.tag);
    if is_known {
        format!("`{provider}` of `{plan}` fails with a `{wanted}`: its script has a `{made}`")
    } else {
        format!(
            "the errors of `{provider}` of `{plan}`, `{wanted}`, may borrow or are generic: such cannot be scripted; \
             let it hang or panic instead"
        )
    }
}

impl<F: Future> Future for Scripted<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let Some(fault) = this.fault else { return this.block.poll(cx) };
        if !fault.after.is_zero() {
            if this.delay.is_none() {
                this.delay.set(Some(sleep(fault.after)));
            }
            if this.delay.as_mut().as_pin_mut().is_some_and(|delay| delay.poll(cx).is_pending()) {
                return Poll::Pending;
            }
        }
        match &fault.act {
            Act::Pass => {
                *this.fault = None;
                this.block.poll(cx)
            }
            Act::Hang => Poll::Pending,
            Act::Panic(message) => panic!("{message}"),
            Act::Fail(..) => match (this.end.take(), &this.misfit) {
                (Some(end), _) => Poll::Ready(end),
                (None, Some(misfit)) => panic!("{misfit}"),
                (None, None) => Poll::Pending,
            },
        }
    }
}
