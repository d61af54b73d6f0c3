//! Where faults meet the run: the block of an attempt, or what is scripted in its place.

use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tokio::time::{Sleep, sleep};

use super::Forge;
use super::script::{Act, Fault};
use crate::Name;
use crate::engine::{Block, DEGRADE, LivePlan};

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
    /// A call of that block of the plan.
    pub(crate) fn new(block: F, which: Option<(&LivePlan, Block)>, forge: Option<Forge<E>>) -> Self {
        let mut scripted = Self { block, fault: None, delay: None, end: None, misfit: None };
        let Some((live, which)) = which else { return scripted };
        let name = name_of(live, which);
        scripted.fault = live.script.next(&live.plan.tag, &name, &live.seeds);
        if let Some(Fault { act: Act::Fail(make, given), .. }) = &scripted.fault {
            match forge.and_then(|forge| (forge.make)(make())) {
                Some(error) => scripted.end = Some(Err(error)),
                None => scripted.misfit = Some(misfit_of(&name, &live.plan.tag, given, forge)),
            }
        }
        scripted
    }
}

/// As scripts name a block.
fn name_of(live: &LivePlan, which: Block) -> Name {
    match which {
        Block::Provider(provider) => live.name_of(provider),
        Block::Reconcile(provider) => Name::from(reconcile_of(&live.name_of(provider))),
        Block::Degrade | Block::Over => live.name_of(DEGRADE),
    }
}

/// As an undo is named after its step.
pub(super) fn reconcile_of(provider: &str) -> String {
    format!("{provider}.reconcile")
}

#[cold]
fn misfit_of<E>(name: &str, plan: &str, given: &str, forge: Option<Forge<E>>) -> String {
    let own = std::any::type_name::<E>();
    match forge {
        Some(Forge { wanted, .. }) => {
            format!("`{name}` of `{plan}` fails with a `{}`: its script has a `{given}`", wanted())
        }
        None => format!(
            "`{name}` of `{plan}` fails with a `{own}`, which no script can make: implement \
             `ductape::testing::FromScript` for `{own}`; its script has a `{given}`"
        ),
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
