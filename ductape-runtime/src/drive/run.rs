use std::fmt::Display;
use std::hash::Hash;
use std::sync::Arc;

use super::call::{Call, Host, Polled, polled};
use super::frame::{Frame, outer_deadline};
use crate::engine::{Block, DEGRADE, Engine, Lanes, LivePlan, Reply, Step, What, key_hash};
use crate::moment::Moment;
use crate::observe::{AttemptEnd, RunEnd, Trace};
use crate::plan::Site;
use crate::trail::{Event, Trail};
use crate::typing::{Form, View};
use crate::{Error, ErrorKind, Name, Outcome, Source, Verdict};

/// One run of a plan, as generated code drives it.
///
/// The code asks for the [`next`](Self::next) block and hands that block to [`attempt`](Self::attempt),
/// [`reconcile`](Self::reconcile) or [`degrade`](Self::degrade), until one of them yields an outcome or nothing is
/// left.
pub struct Run<E> {
    pub(super) engine: Engine,
    /// Lent to the thread while a block is polled, hence an option.
    pub(super) frame: Option<Frame>,
    /// When the last step was made; `None` before the first.
    pub(super) now: Option<Moment>,
    /// The errors of the engine's log, in its order.
    errors: Vec<E>,
    classify: fn(&E) -> Verdict,
    view: View<E>,
    pub(super) trace: Trace,
    /// A block is being polled: if the run is dropped now, the block has panicked.
    pub(super) polling: bool,
}

impl<E> Run<E> {
    /// A run of the plan in the runtime in force here. It begins with the first [`next`](Self::next).
    pub fn begin<T, R>(site: &'static Site, _form: &Form<T, E, R>, view: View<E>, classify: fn(&E) -> Verdict) -> Self {
        Self {
            engine: Engine::new(outer_deadline()),
            frame: Some(Frame::new(crate::runtime::live_plan(site))),
            now: None,
            errors: Vec::new(),
            classify,
            view,
            trace: Trace::default(),
            polling: false,
        }
    }

    /// A run of one provider alone, as a part of a larger run.
    pub(super) fn part(
        live: Arc<LivePlan>,
        trace: Trace,
        (provider, deadline): (usize, Moment),
        classify: fn(&E) -> Verdict,
        view: View<E>,
    ) -> Self {
        Self {
            engine: Engine::part(provider, deadline),
            frame: Some(Frame::new(live)),
            now: None,
            errors: Vec::new(),
            classify,
            view,
            trace,
            polling: false,
        }
    }

    /// Says whether the provider takes part: its `when(…)`.
    pub fn when(&mut self, provider: usize, holds: bool) {
        if !holds {
            self.engine.leave_out(provider);
        }
    }

    /// Gives the key that decides which provider is chosen: `sticky(…)`.
    pub fn stick<K: Hash + ?Sized>(&mut self, key: &K) {
        self.engine.stick(key_hash(key));
    }

    /// The block to call next; waits before it where the plan says so.
    pub async fn next(&mut self) -> Block {
        loop {
            match self.step() {
                Step::Call { block, .. } => return block,
                Step::Over(_) => return Block::Over,
                Step::Wait(until) => {
                    tokio::time::sleep_until(until.instant()).await;
                    self.now = Some(Moment::now());
                }
                Step::Queue(until) => {
                    let engine = &mut self.engine;
                    let place = std::future::poll_fn(|cx| engine.poll_place(cx.waker()));
                    // Whether it came in time is asked again by the engine.
                    let _ = tokio::time::timeout_at(until.instant(), place).await;
                    self.now = Some(Moment::now());
                }
            }
        }
    }

    /// When the last step was made; the first one starts the run.
    pub(super) fn started(&mut self) -> Moment {
        let (engine, frame, trace) = (&mut self.engine, &self.frame, &mut self.trace);
        *self.now.get_or_insert_with(|| {
            let now = Moment::now();
            if let Some(frame) = frame {
                if !engine.is_part() {
                    trace.run_begins(&frame.live.plan);
                }
                engine.start(&frame.live, now);
            }
            now
        })
    }

    fn step(&mut self) -> Step {
        let now = self.started();
        let Some(frame) = &mut self.frame else { return Step::Over(ErrorKind::Exhausted) };
        let step = {
            let _inside = self.trace.in_run();
            self.engine.next(&frame.live, now)
        };
        if let Step::Call { until, .. } = step {
            let (provider, number) = self.engine.attempt().unwrap_or((DEGRADE, 1));
            (frame.provider, frame.number, frame.until) = (provider, number, until);
        }
        step
    }

    /// Polls a provider's block in place.
    pub fn attempt<F, T>(&mut self, block: F) -> Call<'_, Self, Polled<F>, Option<Outcome<T>>>
    where
        F: Future<Output = Result<T, E>>,
    {
        let block = self.begin_block(Block::Provider, block);
        Call::new(self, block, |run, result| run.settle(result.map(|result| result.map(Some))))
    }

    /// Polls a `#[reconcile]` block in place.
    pub fn reconcile<F, T>(&mut self, block: F) -> Call<'_, Self, Polled<F>, Option<Outcome<T>>>
    where
        F: Future<Output = Result<Option<T>, E>>,
    {
        let block = self.begin_block(Block::Reconcile, block);
        Call::new(self, block, Self::settle)
    }

    /// Polls the `#[degrade]` block in place.
    pub fn degrade<F, T>(&mut self, block: F) -> Call<'_, Self, Polled<F>, Option<Outcome<T>>>
    where
        F: Future<Output = Result<T, E>>,
    {
        let block = self.begin_block(|_| Block::Degrade, block);
        Call::new(self, block, |run, result| run.settle(result.map(|result| result.map(Some))))
    }

    /// Begins the span of the block that the frame is of.
    fn begin_block<F, V>(&mut self, which: fn(usize) -> Block, block: F) -> Polled<F>
    where
        F: Future<Output = Result<V, E>>,
    {
        if let Some(frame) = &self.frame {
            self.trace.block_begins(&frame.live.plan, which(frame.provider), frame.number);
        }
        polled(self.frame.as_ref(), which, || self.view, block)
    }

    /// How its errors are judged, and shown.
    pub(super) fn judge(&self) -> (fn(&E) -> Verdict, View<E>) {
        (self.classify, self.view)
    }

    /// Takes what came of the block of one of several lanes. The answer is the outcome, but for the value.
    pub(super) fn settle_lane(
        &mut self,
        lanes: &mut Lanes,
        provider: usize,
        reply: Reply,
        error: Option<E>,
    ) -> Option<Outcome<()>> {
        let now = Moment::now();
        self.now = Some(now);
        self.errors.extend(error);
        let frame = self.frame.as_ref()?;
        let served = {
            let _inside = self.trace.in_run();
            self.engine.settle_lane(lanes, &frame.live, now, (provider, reply))?
        };
        Some(self.served(now, served))
    }

    /// The outcome, but for the value.
    fn served(&mut self, now: Moment, (provider, source): (usize, Source)) -> Outcome<()> {
        let provider = self.frame.as_ref().map_or(Name::from_static(""), |frame| frame.live.name_of(provider));
        let (attempts, elapsed) = (self.engine.attempts(), self.engine.elapsed(now));
        self.trace_end(source.into(), Some(&provider), attempts);
        Outcome { value: (), provider, attempts, elapsed, source }
    }

    /// Takes what came of a block: its result, or `None` when its time was up.
    fn settle<T>(&mut self, result: Option<Result<Option<T>, E>>) -> Option<Outcome<T>> {
        let now = Moment::now();
        self.now = Some(now);
        let frame = self.frame.as_ref()?;
        let (reply, value) = match result {
            Some(Ok(Some(value))) => (Reply::Value, Some(value)),
            Some(Ok(None)) => (Reply::Nothing, None),
            None => (Reply::TimedOut, None),
            Some(Err(error)) => {
                let verdict = {
                    let _inside = self.trace.in_run();
                    (self.classify)(&error)
                };
                self.errors.push(error);
                (Reply::Failed(verdict), None)
            }
        };
        let error = self.errors.last().filter(|_| matches!(reply, Reply::Failed(_)));
        let error = error.map(|error| self.view.of(error));
        self.trace.block_ended(reply.into(), error.as_ref().map(|error| error as &dyn Display));
        drop(error);
        let served = {
            let _inside = self.trace.in_run();
            self.engine.settle(&frame.live, now, reply)?
        };
        let outcome = self.served(now, served);
        value.map(|value| outcome.map(|()| value))
    }

    /// Ends the span of the run, which is not its own where it is a part of a larger one.
    fn trace_end(&mut self, end: RunEnd, provider: Option<&str>, attempts: u32) {
        if !self.engine.is_part() {
            self.trace.run_ended(end, provider, attempts);
        }
    }

    /// Says what its errors mean, before an attempt.
    pub fn classify(&mut self, classify: fn(&E) -> Verdict) {
        self.classify = classify;
    }

    /// Says how its errors are shown, before an attempt: their type may be known only now.
    pub fn show(&mut self, view: View<E>) {
        self.view = view;
    }

    /// How many attempts were made.
    pub(super) fn attempts(&self) -> u32 {
        self.engine.attempts()
    }

    /// Why the run failed.
    pub fn fail(mut self) -> Error<E> {
        let kind = match self.step() {
            Step::Over(kind) => kind,
            Step::Call { .. } | Step::Wait(_) | Step::Queue(_) => ErrorKind::Exhausted,
        };
        if let (Some(frame), Some(now)) = (&self.frame, self.now) {
            let _inside = self.trace.in_run();
            self.engine.end(&frame.live, now, kind.into());
        }
        self.trace_end(kind.into(), None, self.engine.attempts());
        let (errors, view) = (std::mem::take(&mut self.errors), self.view);
        let Some(Frame { live, .. }) = self.frame.take() else {
            return Error::new(kind, Name::from_static(""), Trail::default(), view);
        };
        let engine = &self.engine;
        let mut errors = errors.into_iter();
        let mut trail = Trail::with_capacity(engine.log().len());
        for mark in engine.log() {
            let event = match mark.what() {
                What::Skipped(skip) => Some(Event::Skipped(skip)),
                What::TimedOut { attempt, after } => Some(Event::TimedOut { attempt, after }),
                What::Failed { attempt, took } => errors.next().map(|error| Event::Failed { attempt, took, error }),
                What::Unreconciled { attempt, took, error } => {
                    let error = if error { errors.next() } else { None };
                    Some(Event::Unreconciled { attempt, took, error })
                }
            };
            if let Some(event) = event {
                trail.push(live.name_of(mark.provider()), event, mark.provider() != DEGRADE);
            }
        }
        Error::new(kind, live.plan.tag.clone(), trail, view)
    }
}

impl<E> Host for Run<E> {
    fn polling(&mut self, is_polled: bool) {
        self.polling = is_polled;
    }

    fn around(&mut self) -> (&mut Option<Frame>, &Trace) {
        (&mut self.frame, &self.trace)
    }

    fn until(&self) -> Moment {
        self.frame.as_ref().map_or(Moment::MAX, |frame| frame.until)
    }
}

/// Whoever drops a run ends it: what its attempt holds goes back at once.
impl<E> Drop for Run<E> {
    fn drop(&mut self) {
        if self.engine.under_way()
            && let Some(frame) = &self.frame
        {
            let panicked = (AttemptEnd::Panicked, RunEnd::Panicked);
            let (attempt, run) = if self.polling { panicked } else { (AttemptEnd::Dropped, RunEnd::Dropped) };
            self.trace.block_ended(attempt, None);
            {
                let _inside = self.trace.in_run();
                self.engine.abandon(&frame.live, Moment::now(), self.polling);
            }
            self.trace_end(run, None, self.engine.attempts());
        }
    }
}

#[cfg(all(test, not(loom_models)))]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;
    use crate::moment::READS;
    use crate::plan::{PlanClauses, Provider, ProviderClauses};
    use crate::typing::{ByDisplay as _, Plain as _, Signature};

    static PROVIDERS: [Provider; 2] = [
        ProviderClauses::new("a").retries(2).build(),
        ProviderClauses::new("b").breaker(crate::Breaker::new()).build(),
    ];
    static SITE: Site = Site::new(PlanClauses::fallback("clock", &PROVIDERS).build());

    /// As the attribute writes it; `fails` says whether the first provider does.
    async fn clean(fails: bool) -> crate::Result<u32, String> {
        let form = Signature::<crate::Result<u32, String>>::new().form();
        let mut run = Run::begin(&SITE, &form, (&&&form.error_type()).view(), |_| Verdict::Failover);
        let result = loop {
            let answer = match run.next().await {
                Block::Provider(0) => run.attempt(async { if fails { Err(String::new()) } else { Ok(1) } }).await,
                Block::Provider(1) => run.attempt(async { Ok(2) }).await,
                _ => break Err(run.fail()),
            };
            if let Some(outcome) = answer {
                break Ok(outcome);
            }
        };
        form.lower(result)
    }

    fn reads(fails: bool) -> u32 {
        READS.set(0);
        let mut run = pin!(clean(fails));
        let polled = run.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(polled, Poll::Ready(Ok(_))), "without a runtime: no timer is armed");
        READS.get()
    }

    #[test]
    fn r8_a_clean_run_reads_the_clock_twice() {
        assert_eq!(reads(false), 2);
        assert_eq!(reads(true), 3, "and once more for each failure");
    }
}
