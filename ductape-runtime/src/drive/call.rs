use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tokio::task::coop::unconstrained;
use tokio::time::Sleep;

use super::frame::{Entered, Frame};
use crate::engine::Block;
use crate::moment::Moment;
use crate::observe::Trace;
use crate::typing::View;

/// What is polled for a block: the block itself, and in tests what may happen in its place.
#[cfg(not(feature = "testing"))]
pub(super) type Polled<F> = F;
#[cfg(feature = "testing")]
pub(super) type Polled<F> = crate::testing::Scripted<F>;

/// A block that is about to be polled, for the attempt in the frame.
#[cfg_attr(not(feature = "testing"), expect(unused_variables, reason = "what scripts are found by"))]
pub(super) fn polled<F, V, E>(
    frame: Option<&Frame>,
    which: fn(usize) -> Block,
    view: impl FnOnce() -> View<E>,
    block: F,
) -> Polled<F>
where
    F: Future<Output = Result<V, E>>,
{
    #[cfg(feature = "testing")]
    let block = Polled::new(block, frame.map(|frame| (&*frame.live, which(frame.provider()))), view().forge);
    block
}

/// In whose run a block is polled.
pub(super) trait Host {
    /// The user's code runs from here on, or no longer.
    fn polling(&mut self, is_polled: bool);

    /// The frame and the span of the block under way.
    fn around(&mut self) -> (&mut Option<Frame>, &Trace);

    /// When the time of the block under way is up.
    fn until(&self) -> Moment;
}

pin_project! {
    /// A user's block, polled in place until it is ready or its time is up.
    ///
    /// The timer is armed when the block is pending for the first time, and asked only after the block: a result that
    /// is there in the poll in which the time is up wins. A workflow in the block whose time is up fails then, and is
    /// undone: that is waited for.
    pub(super) struct Call<'r, H: Host, F: Future, S> {
        host: &'r mut H,
        #[pin]
        block: Option<F>,
        settle: S,
        #[pin]
        timer: Option<Sleep>,
    }

    impl<H: Host, F: Future, S> PinnedDrop for Call<'_, H, F, S> {
        /// A block that its caller drops ends in its span, like any other.
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let (_, trace) = this.host.around();
            let _inside = trace.in_block();
            this.block.set(None);
        }
    }
}

impl<'r, H: Host, F: Future, S> Call<'r, H, F, S> {
    pub(super) fn new<O>(host: &'r mut H, block: F, settle: S) -> Self
    where
        S: Fn(&mut H, Option<F::Output>) -> O,
    {
        Self { host, block: Some(block), settle, timer: None }
    }
}

/// Whether the time of a pending block is up: past `until`, and once nothing in it is `undoing` anything any more.
fn is_up(mut timer: Pin<&mut Sleep>, until: Moment, undoing: Option<Moment>, cx: &mut Context<'_>) -> bool {
    // Without this, a block that spends tokio's budget of cooperation would keep its own timer from firing.
    let fires = |timer: Pin<&mut Sleep>, cx: &mut Context<'_>| std::pin::pin!(unconstrained(timer)).poll(cx).is_ready();
    let was_held = timer.deadline() > until.instant();
    if !fires(timer.as_mut(), cx) {
        return was_held && undoing.is_none();
    }
    match undoing.map(Moment::instant).filter(|over| *over > timer.deadline()) {
        Some(over) => {
            timer.as_mut().reset(over);
            fires(timer, cx)
        }
        None => true,
    }
}

impl<H: Host, F: Future, S, O> Future for Call<'_, H, F, S>
where
    S: Fn(&mut H, Option<F::Output>) -> O,
{
    type Output = O;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<O> {
        let mut this = self.project();
        let Some(block) = this.block.as_mut().as_pin_mut() else { return Poll::Pending };
        this.host.polling(true);
        let polled = {
            let (frame, trace) = this.host.around();
            let (_entered, _inside) = (Entered::new(frame), trace.in_block());
            block.poll(cx)
        };
        this.host.polling(false);
        let result = match polled {
            Poll::Ready(output) => Some(output),
            Poll::Pending => {
                let until = this.host.until();
                let undoing = this.host.around().0.as_ref().and_then(Frame::undoing);
                if this.timer.is_none() {
                    this.timer.set(Some(tokio::time::sleep_until(until.instant())));
                }
                let up = this.timer.as_mut().as_pin_mut().is_none_or(|timer| is_up(timer, until, undoing, cx));
                if !up {
                    return Poll::Pending;
                }
                None
            }
        };
        // The block ends before anything else begins.
        {
            let (_, trace) = this.host.around();
            let _inside = trace.in_block();
            this.block.set(None);
        }
        Poll::Ready((this.settle)(this.host, result))
    }
}
