//! Runs with several blocks under way at once: each provider has a lane of its own, polled in place.

use std::fmt::Display;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use pin_project_lite::pin_project;
use tokio::task::coop::unconstrained;
use tokio::time::{Sleep, sleep_until, timeout_at};

use super::call::{Call, Host, polled};
use super::frame::Frame;
use super::run::Run;
use crate::Outcome;
use crate::engine::{Block, Lanes, Reply, Set, Step};
use crate::moment::Moment;
use crate::observe::{AttemptEnd, Trace};
use crate::sync::{Mutex, MutexGuard, lock};

/// A run whose providers' blocks can be under way side by side.
///
/// Its lanes are futures of the same task: generated code pins them beside it, and [`poll`](Self::poll) polls those
/// whose turn it is. They share the run behind a lock that is never held while anything of the user's runs. Lanes are
/// dropped before this is; then what their blocks held goes back, and the run goes on.
pub struct Hedged<'r, T, E> {
    state: Mutex<State<'r, T, E>>,
    /// The provider whose block is being polled, counted from 1: if the run is dropped now, that block has panicked.
    polling: AtomicUsize,
}

struct State<'r, T, E> {
    run: &'r mut Run<E>,
    lanes: Lanes,
    served: Option<Outcome<T>>,
    /// Whether all that can have a turn has had one.
    is_over: bool,
}

impl<'r, T, E> Hedged<'r, T, E> {
    /// Before the first of its turns.
    pub fn new(run: &'r mut Run<E>) -> Self {
        let state = State { run, lanes: Lanes::new(), served: None, is_over: false };
        Self { state: Mutex::new(state), polling: AtomicUsize::new(0) }
    }

    /// The lane of a provider.
    pub fn lane(&self, provider: usize) -> Lane<'_, 'r, T, E> {
        let state = self.lock();
        let frame = state.run.core.frame.as_ref().map(|frame| Frame::new(Arc::clone(&frame.live)));
        Lane { hedged: self, provider, frame, trace: state.run.core.trace.beside() }
    }

    /// Polls the lanes under way, and begins others when they are due.
    ///
    /// `None` when nobody has served.
    pub fn poll(
        &self,
        cx: &mut Context<'_>,
        mut clock: Pin<&mut Clock>,
        lanes: &mut [Pin<&mut (dyn Future<Output = ()> + '_)>],
    ) -> Poll<Option<Outcome<T>>> {
        loop {
            let under_way = self.lock().begin_lanes();
            for provider in under_way.iter() {
                if let Some(lane) = lanes.get_mut(provider) {
                    let _ = lane.as_mut().poll(cx);
                }
                let mut state = self.lock();
                if state.served.is_some() || state.lanes.are_over() {
                    state.is_over = true;
                    return Poll::Ready(state.served.take());
                }
            }
            let next = {
                let mut state = self.lock();
                if under_way.is_empty() {
                    state.is_over = true;
                    return Poll::Ready(None);
                }
                // A turn that is over is followed by the next one at once.
                if state.lanes.providers() != under_way {
                    continue;
                }
                state.lanes.next()
            };
            // The lanes come first: a value that is there when another one would begin wins.
            if next == Moment::MAX || clock.as_mut().poll(next, cx).is_pending() {
                return Poll::Pending;
            }
            self.refresh(next);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<'r, T, E>> {
        lock(&self.state)
    }

    /// Time has passed, up to `at` at least.
    fn refresh(&self, at: Moment) {
        self.lock().run.core.now = Some(Moment::now().max(at));
    }

    fn poll_place(&self, provider: usize, waker: &Waker) -> Poll<()> {
        self.lock().lanes.poll_place(provider, waker)
    }

    fn settle(&self, provider: usize, reply: Reply, value: Option<T>, error: Option<E>) {
        let State { run, lanes, served, .. } = &mut *self.lock();
        let outcome = run.settle_lane(lanes, provider, reply, error);
        *served = outcome.zip(value).map(|(outcome, value)| outcome.map(|()| value));
    }
}

impl<T, E> State<'_, T, E> {
    /// Begins the turns that are due, and tells which are under way.
    fn begin_lanes(&mut self) -> Set {
        let now = self.run.core.started();
        if let Some(frame) = &self.run.core.frame {
            let _inside = self.run.core.trace.in_run();
            self.run.core.engine.begin_lanes(&mut self.lanes, &frame.live, now);
        }
        self.lanes.providers()
    }
}

impl<T, E> Drop for Hedged<'_, T, E> {
    fn drop(&mut self) {
        let panicked = self.polling.load(Ordering::Relaxed).checked_sub(1);
        let State { run, lanes, is_over, .. } = &mut *self.lock();
        let core = &mut run.core;
        core.polling = panicked.is_some();
        let Some(frame) = &core.frame else { return };
        let _inside = core.trace.in_run();
        if !lanes.are_idle() {
            // A run that is over has just read the clock.
            let now = core.now.filter(|_| *is_over).unwrap_or_else(Moment::now);
            core.engine.abandon_lanes(lanes, &frame.live, now, panicked);
        }
        if *is_over && core.engine.under_way() {
            core.engine.end_lanes(lanes, &frame.live, core.now.unwrap_or(Moment::ZERO));
        }
    }
}

/// The turn of one provider of a hedged run.
pub struct Lane<'h, 'r, T, E> {
    hedged: &'h Hedged<'r, T, E>,
    provider: usize,
    frame: Option<Frame>,
    trace: Trace,
}

impl<T, E> Lane<'_, '_, T, E> {
    /// Waits until the provider's block is to be called; `false` when its turn is over.
    pub async fn turn(&mut self) -> bool {
        loop {
            let until = match self.step() {
                Some(Step::Call { .. }) => return true,
                Some(Step::Over(_)) | None => return false,
                Some(Step::Wait(until)) => {
                    // Not by tokio's budget, which the block of another lane may spend.
                    unconstrained(sleep_until(until.instant())).await;
                    until
                }
                Some(Step::Queue(until)) => {
                    let (hedged, provider) = (self.hedged, self.provider);
                    let place = std::future::poll_fn(|cx| hedged.poll_place(provider, cx.waker()));
                    match unconstrained(timeout_at(until.instant(), place)).await {
                        Ok(()) => Moment::ZERO,
                        Err(_) => until,
                    }
                }
            };
            self.hedged.refresh(until);
        }
    }

    fn step(&mut self) -> Option<Step> {
        let State { run, lanes, .. } = &mut *self.hedged.lock();
        let now = run.core.started();
        let frame = self.frame.as_mut()?;
        let step = {
            let _inside = run.core.trace.in_run();
            run.core.engine.step_lane(lanes, &frame.live, now, self.provider)
        };
        if let Some(Step::Call { until, .. }) = step {
            let number = run.core.engine.attempt_of(lanes, self.provider);
            frame.begin(self.provider, number, until);
        }
        step
    }

    /// Polls the provider's block in place.
    pub fn attempt<F>(&mut self, block: F) -> impl Future<Output = ()>
    where
        F: Future<Output = Result<T, E>>,
    {
        if let Some(frame) = &self.frame {
            self.trace.block_begins(&frame.live.plan, Block::Provider(self.provider), frame.number);
        }
        let block = polled(self.frame.as_ref(), Block::Provider, || self.hedged.lock().run.judge().1, block);
        Call::new(self, block, Self::settle)
    }

    fn settle(&mut self, result: Option<Result<T, E>>) {
        let (reply, value, error) = match result {
            Some(Ok(value)) => (Reply::Value, Some(value), None),
            None => (Reply::TimedOut, None, None),
            Some(Err(error)) => {
                let (classify, view) = self.hedged.lock().run.judge();
                // A panic in it is one of the attempt.
                self.polling(true);
                let verdict = {
                    let _inside = self.trace.in_run();
                    classify(&error)
                };
                self.polling(false);
                let reply = Reply::Failed(verdict);
                self.trace.block_ended(reply.into(), Some(&view.of(&error) as &dyn Display));
                (reply, None, Some(error))
            }
        };
        self.trace.block_ended(reply.into(), None);
        self.hedged.settle(self.provider, reply, value, error);
    }
}

impl<T, E> Host for Lane<'_, '_, T, E> {
    fn polling(&mut self, is_polled: bool) {
        self.hedged.polling.store(if is_polled { self.provider + 1 } else { 0 }, Ordering::Relaxed);
    }

    fn around(&mut self) -> (&mut Option<Frame>, &Trace) {
        (&mut self.frame, &self.trace)
    }

    fn until(&self) -> Moment {
        self.frame.as_ref().map_or(Moment::MAX, |frame| frame.until)
    }
}

/// A block that is dropped, or panics, ends in its span, too.
impl<T, E> Drop for Lane<'_, '_, T, E> {
    fn drop(&mut self) {
        let has_panicked = self.hedged.polling.load(Ordering::Relaxed) == self.provider + 1;
        self.trace.block_ended(if has_panicked { AttemptEnd::Panicked } else { AttemptEnd::Dropped }, None);
    }
}

pin_project! {
    /// When the next turn begins beside those under way. Armed only when all of them are pending.
    #[derive(Default)]
    pub struct Clock {
        at: Option<Moment>,
        #[pin]
        timer: Option<Sleep>,
    }
}

impl Clock {
    fn poll(self: Pin<&mut Self>, at: Moment, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        if *this.at != Some(at) {
            *this.at = Some(at);
            this.timer.set(Some(sleep_until(at.instant())));
        }
        match this.timer.as_pin_mut() {
            Some(timer) => Pin::new(&mut unconstrained(timer)).poll(cx),
            None => Poll::Ready(()),
        }
    }
}

#[cfg(all(test, not(loom_models)))]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;
    use std::time::Duration;

    use super::*;
    use crate::Verdict;
    use crate::moment::READS;
    use crate::plan::{PlanClauses, Provider, ProviderClauses, Site};
    use crate::typing::{ByDisplay as _, Plain as _, Signature};

    static PROVIDERS: [Provider; 2] = [ProviderClauses::new("a").build(), ProviderClauses::new("b").build()];
    static SITE: Site =
        Site::new(PlanClauses::fallback("hedged-clock", &PROVIDERS).hedge(Duration::from_millis(200)).build());

    /// As the attribute writes it; `fails` says whether the first provider does.
    async fn clean(fails: bool) -> Option<Outcome<u32>> {
        let form = Signature::<crate::Result<u32, String>>::new().form();
        let mut run = Run::begin(&SITE, &form, (&&&form.error_type()).view(), |_| Verdict::Failover);
        let hedged = Hedged::new(&mut run);
        let mut clock = pin!(Clock::default());
        let mut a = pin!(async {
            let mut lane = hedged.lane(0);
            while lane.turn().await {
                lane.attempt(async { if fails { Err(String::new()) } else { Ok(1) } }).await;
            }
        });
        let mut b = pin!(async {
            let mut lane = hedged.lane(1);
            while lane.turn().await {
                lane.attempt(async { Ok(2) }).await;
            }
        });
        poll_fn(|cx| hedged.poll(cx, clock.as_mut(), &mut [a.as_mut(), b.as_mut()])).await
    }

    fn reads(fails: bool) -> u32 {
        READS.set(0);
        let polled = pin!(clean(fails)).poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(polled, Poll::Ready(Some(_))), "without a runtime: no timer is armed");
        READS.get()
    }

    #[test]
    fn r8_a_clean_hedged_run_reads_the_clock_twice() {
        assert_eq!(reads(false), 2);
        assert_eq!(reads(true), 3, "and once more for each failure");
    }
}
