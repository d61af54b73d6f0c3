use std::hash::Hash;
use std::sync::Arc;

use super::call::{Call, Host, Polled, polled};
use super::core::Core;
use super::frame::Frame;
use crate::engine::{Block, DEGRADE, Lanes, LivePlan, Reply, What, key_hash};
use crate::moment::Moment;
use crate::observe::Trace;
use crate::plan::Site;
use crate::trail::{Event, Trail};
use crate::typing::{Form, View};
use crate::{Error, Name, Outcome, Source, Verdict};

/// One run of a plan, as generated code drives it.
///
/// The code asks for the [`next`](Self::next) block and hands that block to [`attempt`](Self::attempt),
/// [`reconcile`](Self::reconcile) or [`degrade`](Self::degrade), until one of them yields an outcome or nothing is
/// left.
pub struct Run<E> {
    pub(super) core: Core,
    /// The errors of the engine's log, in its order.
    errors: Vec<E>,
    classify: fn(&E) -> Verdict,
    view: View<E>,
}

impl<E> Run<E> {
    /// A run of the plan in the runtime in force here. It begins with the first [`next`](Self::next).
    pub fn begin<T, R>(site: &'static Site, _form: &Form<T, E, R>, view: View<E>, classify: fn(&E) -> Verdict) -> Self {
        Self { core: Core::new(site), errors: Vec::new(), classify, view }
    }

    /// A run of a plan as it is in force.
    pub(super) fn of(live: Arc<LivePlan>, view: View<E>, classify: fn(&E) -> Verdict) -> Self {
        Self { core: Core::of(live), errors: Vec::new(), classify, view }
    }

    /// A run of one provider alone, as a part of a larger run.
    pub(super) fn part(
        live: Arc<LivePlan>,
        trace: Trace,
        (provider, deadline): (usize, Moment),
        classify: fn(&E) -> Verdict,
        view: View<E>,
    ) -> Self {
        Self { core: Core::part(live, trace, provider, deadline), errors: Vec::new(), classify, view }
    }

    /// Says whether the provider takes part: its `when(…)`.
    pub fn when(&mut self, provider: usize, holds: bool) {
        if !holds {
            self.core.engine.leave_out(provider);
        }
    }

    /// Gives the key that decides which provider is chosen: `sticky(…)`.
    pub fn stick<K: Hash + ?Sized>(&mut self, key: &K) {
        self.core.engine.stick(key_hash(key));
    }

    /// The block to call next; waits before it where the plan says so.
    pub async fn next(&mut self) -> Block {
        loop {
            if let Some(block) = self.core.block() {
                return block;
            }
            self.core.wait().await;
        }
    }

    /// Polls a provider's block in place.
    pub fn attempt<F, T>(&mut self, block: F) -> impl Future<Output = Option<Outcome<T>>>
    where
        F: Future<Output = Result<T, E>>,
    {
        let block = self.polled(Block::Provider, block);
        Call::new(self, block, |run: &mut Self, result: Option<F::Output>| {
            run.settle(result.map(|result| result.map(Some)))
        })
    }

    /// Polls a `#[reconcile]` block in place.
    pub fn reconcile<F, T>(&mut self, block: F) -> impl Future<Output = Option<Outcome<T>>>
    where
        F: Future<Output = Result<Option<T>, E>>,
    {
        let block = self.polled(Block::Reconcile, block);
        Call::new(self, block, Self::settle)
    }

    /// Polls the `#[degrade]` block in place.
    pub fn degrade<F, T>(&mut self, block: F) -> impl Future<Output = Option<Outcome<T>>>
    where
        F: Future<Output = Result<T, E>>,
    {
        self.core.degrade_begins();
        let block = self.polled(|_| Block::Degrade, block);
        Call::new(self, block, |run: &mut Self, result: Option<F::Output>| {
            run.settle(result.map(|result| result.map(Some)))
        })
    }

    fn polled<F, V>(&self, which: fn(usize) -> Block, block: F) -> Polled<F>
    where
        F: Future<Output = Result<V, E>>,
    {
        polled(self.core.frame.as_ref(), which, || self.view, block)
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
        let core = &mut self.core;
        let now = *core.now.insert(Moment::now());
        self.errors.extend(error);
        let frame = core.frame.as_ref()?;
        let served = {
            let _inside = core.trace.in_run();
            core.engine.settle_lane(lanes, &frame.live, now, (provider, reply))?
        };
        Some(self.served((), served))
    }

    fn served<T>(&mut self, value: T, (provider, source): (usize, Source)) -> Outcome<T> {
        let Core { engine, now, .. } = &self.core;
        let (attempts, elapsed) = (engine.attempts(), engine.elapsed(now.unwrap_or(Moment::ZERO)));
        Outcome { value, provider: self.core.served(provider, source), attempts, elapsed, source }
    }

    /// Takes what came of a block: its result, or `None` when its time was up.
    fn settle<T>(&mut self, result: Option<Result<Option<T>, E>>) -> Option<Outcome<T>> {
        let reply = match result {
            Some(Ok(Some(value))) => {
                let served = self.core.settle(Reply::Value, None)?;
                return Some(self.served(value, served));
            }
            Some(Ok(None)) => Reply::Nothing,
            None => Reply::TimedOut,
            Some(Err(error)) => {
                // A panic in it is one of the attempt.
                self.core.polling = true;
                let verdict = {
                    let _inside = self.core.trace.in_run();
                    (self.classify)(&error)
                };
                self.core.polling = false;
                self.core.settle(Reply::Failed(verdict), Some(&self.view.of(&error)));
                self.errors.push(error);
                return None;
            }
        };
        self.core.settle(reply, None);
        None
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
        self.core.engine.attempts()
    }

    /// Why the run failed.
    pub fn fail(mut self) -> Error<E> {
        self.failure()
    }

    /// The same; asked for once, at the end.
    pub(super) fn failure(&mut self) -> Error<E> {
        let kind = self.core.fail();
        let (errors, view) = (std::mem::take(&mut self.errors), self.view);
        let Some(Frame { live, .. }) = self.core.frame.take() else {
            return Error::new(kind, Name::from_static(""), Trail::default(), view);
        };
        let engine = &self.core.engine;
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
        self.core.polling = is_polled;
    }

    fn around(&mut self) -> (&mut Option<Frame>, &Trace) {
        (&mut self.core.frame, &self.core.trace)
    }

    fn until(&self) -> Moment {
        self.core.frame.as_ref().map_or(Moment::MAX, |frame| frame.until)
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
