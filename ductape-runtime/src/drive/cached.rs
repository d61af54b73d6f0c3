//! Runs of plans with a cache: around the run itself, which knows nothing of it.

use std::any::TypeId;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Poll, Waker};
use std::time::Duration;

use super::run::Run;
use crate::cache::{Cache, CacheKey, CachedError, CachedValue, Kept, Landed, Look, Seat, Store};
use crate::engine::{Block, LivePlan};
use crate::moment::Moment;
use crate::observe::RunEnd;
use crate::outcome::Source;
use crate::typing::Form;
use crate::{ErrorKind, Outcome, Result};

/// What a run of a plan with a cache begins with.
pub enum Cached<T, E> {
    /// The result is there: an earlier run's, or that of one which was waited for.
    Known(Result<Outcome<T>, E>),
    /// The run is the caller's to make.
    Lead(Lead<T, E>),
}

/// The right to make the run of a key. Whoever drops it before it has landed leaves it to another one who waits.
pub struct Lead<T, E> {
    flying: Option<Box<dyn Flying<T, E> + Send + Sync>>,
    /// An attempt around the run leaves it less time than it has by itself, and others may have more.
    is_hurried: bool,
}

/// A run that others may wait for, whatever its key.
trait Flying<T, E> {
    fn leads(&self) -> bool;

    /// Ready with what another caller's run came to, or with `None` once the run is this caller's to make.
    fn poll(&mut self, waker: &Waker) -> Poll<Option<Result<Outcome<T>, E>>>;

    /// The value that may stand in for a run which fails now.
    fn stale(&self, now: Moment) -> Option<Kept<T>>;

    /// Another value like it.
    fn copy(&self, kept: &Kept<T>) -> T;

    /// Tells all who wait what came of it.
    fn land(self: Box<Self>, result: &Result<Outcome<T>, E>);
}

struct Flown<K, T, E> {
    seat: Seat<K, T, E>,
    /// A value that is no longer fresh. Nobody else can have brought a newer one meanwhile.
    old: Option<Kept<T>>,
    definition: Cache,
}

impl<K: CacheKey, T: CachedValue, E: CachedError> Flying<T, E> for Flown<K, T, E> {
    fn leads(&self) -> bool {
        self.seat.leads()
    }

    fn poll(&mut self, waker: &Waker) -> Poll<Option<Result<Outcome<T>, E>>> {
        let landed = std::task::ready!(self.seat.poll(waker));
        Poll::Ready(landed.map(|landed| landed.map(|outcome| Outcome::clone(&outcome))))
    }

    fn stale(&self, now: Moment) -> Option<Kept<T>> {
        self.old.clone().filter(|old| old.is_younger(self.definition.lifetime(), now))
    }

    fn copy(&self, kept: &Kept<T>) -> T {
        kept.outcome.value.clone()
    }

    fn land(self: Box<Self>, result: &Result<Outcome<T>, E>) {
        let Self { seat, definition, .. } = *self;
        if !seat.leads() {
            return;
        }
        let landed: Landed<T, E> = match result {
            Ok(outcome) => Ok(Arc::new(outcome.clone())),
            Err(error) => Err(error.clone()),
        };
        let kept = landed.as_ref().ok().filter(|outcome| outcome.source == Source::Provider);
        let kept = kept.map(|outcome| Kept::new(Arc::clone(outcome), Moment::now()));
        seat.land(landed, kept, &definition);
    }
}

/// What is in the store.
enum Opened<T, E> {
    Fresh(T, Kept<T>),
    Flying(Box<dyn Flying<T, E> + Send + Sync>),
}

/// Looks for a key in the store of an instance of the plan's function.
type Open<K, T, E> = fn(&LivePlan, TypeId, K, Moment) -> Option<Opened<T, E>>;

/// A key, and how to look for it.
///
/// All that a cache asks of the types is asked where this is made: everything else goes by the function in it, so that
/// what is missing is said once.
pub struct Caching<K, T, E> {
    key: K,
    open: Open<K, T, E>,
}

impl<T, E, R> Form<T, E, R> {
    /// The key of this run.
    pub fn caching<K: CacheKey>(&self, key: K) -> Caching<K, T, E>
    where
        T: CachedValue,
        E: CachedError,
    {
        let open = |live: &LivePlan, instance, key, now| {
            let (definition, stores) = live.cache()?;
            Some(match stores.of::<K, T, E>(instance).look(&key, definition.ttl, now) {
                Look::Fresh(kept) => Opened::Fresh(kept.outcome.value.clone(), kept),
                Look::Seat(seat, old) => Opened::Flying(Box::new(Flown { seat, old, definition })),
            })
        };
        Caching { key, open }
    }
}

/// A store that several plans may share, whatever their definitions say: that of a cache which is data.
pub(crate) type Shelf<T, E> = Arc<Store<String, T, E>>;

impl<T: CachedValue, E: CachedError> Caching<(Shelf<T, E>, Cache, String), T, E> {
    /// The key of this run, in that store.
    pub(super) fn on_shelf(shelf: Shelf<T, E>, definition: Cache, key: String) -> Self {
        let open: Open<(Shelf<T, E>, Cache, String), T, E> = |_, _, (shelf, definition, key), now| {
            Some(match shelf.look(&key, definition.ttl, now) {
                Look::Fresh(kept) => Opened::Fresh(kept.outcome.value.clone(), kept),
                Look::Seat(seat, old) => Opened::Flying(Box::new(Flown { seat, old, definition })),
            })
        };
        Self { key: (shelf, definition, key), open }
    }
}

impl<K, T, E> Caching<K, T, E> {
    /// A fresh value, the result of a run under way, or the right to make one.
    ///
    /// A wait for another run counts as part of this one: the same deadline bounds it. The type of `instance` is one in
    /// each instance of a generic function.
    pub async fn look<F>(self, run: &mut Run<E>, _instance: &F) -> Cached<T, E> {
        let now = run.core.started();
        let instance = typeid::of::<F>();
        let opened = run.core.frame.as_ref().and_then(|frame| (self.open)(&frame.live, instance, self.key, now));
        let mut flying = match opened {
            None => return Cached::Lead(Lead { flying: None, is_hurried: false }),
            Some(Opened::Fresh(value, kept)) => return Cached::Known(Ok(run.serve(value, &kept, Source::Cache))),
            Some(Opened::Flying(flying)) => flying,
        };
        if !flying.leads() {
            match run.wait_for(poll_fn(|cx| flying.poll(cx.waker()))).await {
                Some(Some(result)) => return Cached::Known(run.share(result)),
                Some(None) => {}
                None => run.give_up(),
            }
        }
        let is_hurried = run.core.frame.as_ref().is_some_and(|frame| run.core.engine.is_hurried(&frame.live));
        Cached::Lead(Lead { flying: Some(flying), is_hurried })
    }
}

impl<E> Run<E> {
    /// The outcome of this run, with the value of another one.
    fn serve<T>(&mut self, value: T, kept: &Kept<T>, source: Source) -> Outcome<T> {
        let elapsed = self.end(source.into(), Some(&kept.outcome.provider));
        Outcome {
            value,
            provider: kept.outcome.provider.clone(),
            attempts: self.core.engine.attempts(),
            elapsed,
            source,
        }
    }

    /// The outcome of this run, which is that of the run it has waited for.
    fn share<T>(&mut self, result: Result<Outcome<T>, E>) -> Result<Outcome<T>, E> {
        match result {
            Ok(outcome) => {
                // To this caller a provider's value is another run's.
                let source = if outcome.source == Source::Provider { Source::Cache } else { outcome.source };
                let elapsed = self.end(source.into(), Some(&outcome.provider));
                Ok(Outcome { attempts: 0, elapsed, source, ..outcome })
            }
            Err(error) => {
                self.end(error.kind().into(), None);
                Err(error)
            }
        }
    }

    fn end(&mut self, end: RunEnd, provider: Option<&str>) -> Duration {
        let now = self.core.started();
        if let Some(frame) = &self.core.frame {
            let _inside = self.core.trace.in_run();
            self.core.engine.end(&frame.live, now, end);
        }
        self.core.trace.run_ended(end, provider, self.core.engine.attempts());
        self.core.engine.elapsed(now)
    }

    /// Waits for another run, as long as this one can: `None` when that is over.
    async fn wait_for<F: Future>(&mut self, other: F) -> Option<F::Output> {
        let patience = self.core.frame.as_ref().map_or(Moment::MAX, |frame| self.core.engine.patience(&frame.live));
        let came = if patience == Moment::MAX {
            Some(other.await)
        } else {
            tokio::time::timeout_at(patience.instant(), other).await.ok()
        };
        self.core.now = Some(Moment::now());
        came
    }

    /// The time is up, and no provider was called.
    fn give_up(&mut self) {
        let now = self.core.started();
        if let Some(frame) = &self.core.frame {
            self.core.engine.give_up(&frame.live, now);
        }
    }
}

impl<T, E> Lead<T, E> {
    /// The block to call next. An old value is served before the `#[degrade]` block is asked.
    pub async fn next(&self, run: &mut Run<E>) -> Block {
        let block = run.next().await;
        if block == Block::Degrade && self.stale(run).is_some() { Block::Over } else { block }
    }

    fn stale(&self, run: &mut Run<E>) -> Option<Kept<T>> {
        self.flying.as_ref()?.stale(run.core.started())
    }

    /// What the run comes to whose providers have failed: an old value, or why there is none.
    ///
    /// # Errors
    ///
    /// Those of the run.
    pub fn fail(&self, mut run: Run<E>) -> Result<Outcome<T>, E> {
        let may_be_stale = matches!(run.core.engine.failing(), Some(ErrorKind::Exhausted | ErrorKind::Deadline));
        match (&self.flying, self.stale(&mut run).filter(|_| may_be_stale)) {
            (Some(flying), Some(kept)) => Ok(run.serve(flying.copy(&kept), &kept, Source::Stale)),
            _ => Err(run.fail()),
        }
    }

    /// Hands the result on to all who wait for it, unless it is this caller's alone: who ran out of time that others have
    /// leaves the run to them.
    ///
    /// # Errors
    ///
    /// Those of the result.
    pub fn land(self, result: Result<Outcome<T>, E>) -> Result<Outcome<T>, E> {
        let is_own = match &result {
            Ok(outcome) => outcome.source != Source::Provider,
            Err(error) => error.kind() == ErrorKind::Deadline,
        };
        if let Some(flying) = self.flying.filter(|_| !(self.is_hurried && is_own)) {
            flying.land(&result);
        }
        result
    }
}
