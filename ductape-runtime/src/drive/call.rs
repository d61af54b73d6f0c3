use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tokio::task::coop::unconstrained;
use tokio::time::Sleep;

use super::frame::Entered;
use super::run::Run;
use crate::Outcome;

pin_project! {
    /// A user's block, polled in place until it is ready or its time is up.
    ///
    /// The timer is armed when the block is pending for the first time, and asked only after the block: a result that
    /// is there in the poll in which the time is up wins.
    pub struct Call<'r, F: Future, T, E> {
        run: &'r mut Run<E>,
        #[pin]
        block: Option<F>,
        read: fn(F::Output) -> Result<Option<T>, E>,
        #[pin]
        timer: Option<Sleep>,
    }

    impl<F: Future, T, E> PinnedDrop for Call<'_, F, T, E> {
        /// A block that its caller drops ends in its span, like any other.
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let _inside = this.run.trace.in_block();
            this.block.set(None);
        }
    }
}

impl<'r, F: Future, T, E> Call<'r, F, T, E> {
    pub(super) fn new(run: &'r mut Run<E>, block: F, read: fn(F::Output) -> Result<Option<T>, E>) -> Self {
        Self { run, block: Some(block), read, timer: None }
    }
}

impl<F: Future, T, E> Future for Call<'_, F, T, E> {
    type Output = Option<Outcome<T>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let Some(block) = this.block.as_mut().as_pin_mut() else { return Poll::Pending };
        this.run.polling = true;
        let polled = {
            let (frame, trace) = this.run.around();
            let (_entered, _inside) = (Entered::new(frame), trace.in_block());
            block.poll(cx)
        };
        this.run.polling = false;
        let result = match polled {
            Poll::Ready(output) => Some((this.read)(output)),
            Poll::Pending => {
                if this.timer.is_none() {
                    this.timer.set(Some(tokio::time::sleep_until(this.run.until().instant())));
                }
                // Without this, a block that spends tokio's budget of cooperation would keep its own timer from firing.
                let up = this.timer.as_mut().as_pin_mut().is_none_or(|timer| {
                    let mut timer = std::pin::pin!(unconstrained(timer));
                    timer.as_mut().poll(cx).is_ready()
                });
                if !up {
                    return Poll::Pending;
                }
                None
            }
        };
        // The block ends before anything else begins.
        {
            let _inside = this.run.trace.in_block();
            this.block.set(None);
        }
        Poll::Ready(this.run.settle(result))
    }
}
