//! Runs of plans with a cache: around the run itself, which knows nothing of it.

use std::any::TypeId;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::run::Run;
use crate::cache::{Cache, CacheKey, CachedError, CachedValue, Found, Kept, Member};
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

/// The right to make the run of a key. Whoever drops it before it has landed leaves it to the next one who waits.
pub struct Lead<T, E> {
    flying: Option<Box<dyn Flying<T, E> + Send + Sync>>,
    /// An attempt around the run leaves it less time than it has by itself, and others may have more.
    is_hurried: bool,
}

/// A run that others may wait for, whatever its key.
trait Flying<T, E> {
    /// Where its members wait for their turn.
    fn turn(&self) -> Option<Arc<Semaphore>>;

    /// The turn has come to this member.
    fn take(&mut self, permit: OwnedSemaphorePermit);

    /// What the run of another member came to.
    fn landed(&self) -> Option<Result<Outcome<T>, E>>;

    /// The value that may stand in for a run which fails now.
    fn stale(&self, now: Moment) -> Option<Arc<Kept<T>>>;

    /// Another value like it.
    fn copy(&self, kept: &Kept<T>) -> T;

    /// Tells all who wait what came of it.
    fn land(self: Box<Self>, result: &Result<Outcome<T>, E>);
}

struct Flown<K: CacheKey, T, E> {
    member: Member<K, T, E>,
    definition: Cache,
    /// `None` until the turn has come.
    permit: Option<OwnedSemaphorePermit>,
}

impl<K: CacheKey, T: CachedValue, E: CachedError> Flying<T, E> for Flown<K, T, E> {
    fn turn(&self) -> Option<Arc<Semaphore>> {
        self.member.turn()
    }

    fn take(&mut self, permit: OwnedSemaphorePermit) {
        self.permit = Some(permit);
    }

    fn landed(&self) -> Option<Result<Outcome<T>, E>> {
        self.member.landed()
    }

    fn stale(&self, now: Moment) -> Option<Arc<Kept<T>>> {
        self.member.shelf.stale(&self.member.key, &self.definition, now)
    }

    fn copy(&self, kept: &Kept<T>) -> T {
        kept.value.clone()
    }

    fn land(self: Box<Self>, result: &Result<Outcome<T>, E>) {
        let Self { member, permit, .. } = *self;
        if let Some(permit) = permit {
            member.land(permit, result, Moment::now());
        }
    }
}

/// What is on the shelf.
enum Opened<T, E> {
    Fresh(T, Arc<Kept<T>>),
    Flying(Box<dyn Flying<T, E> + Send + Sync>),
}

/// Looks for a key on the shelf of an instance of the plan's function.
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
            let (definition, shelves) = live.cache()?;
            Some(match shelves.of::<K, T, E>(instance, &definition).look(key, &definition, now) {
                Found::Fresh(kept) => Opened::Fresh(kept.value.clone(), kept),
                Found::Flight(member) => Opened::Flying(Box::new(Flown { member, definition, permit: None })),
            })
        };
        Caching { key, open }
    }
}

impl<K, T, E> Caching<K, T, E> {
    /// A fresh value, the result of a run under way, or the right to make one.
    ///
    /// A wait for another run counts as part of this one: the same deadline bounds it. The type of `instance` is one in
    /// each instance of a generic function.
    pub async fn look<F>(self, run: &mut Run<E>, _instance: &F) -> Cached<T, E> {
        let now = run.started();
        let instance = typeid::of::<F>();
        let opened = run.frame.as_ref().and_then(|frame| (self.open)(&frame.live, instance, self.key, now));
        let mut flying = match opened {
            None => return Cached::Lead(Lead { flying: None, is_hurried: false }),
            Some(Opened::Fresh(value, kept)) => return Cached::Known(Ok(run.serve(value, &kept, Source::Cache))),
            Some(Opened::Flying(flying)) => flying,
        };
        if let Some(turn) = flying.turn() {
            let came = match Arc::clone(&turn).try_acquire_owned() {
                Ok(permit) => Some(Ok(permit)),
                Err(_) => run.wait_for(turn.acquire_owned()).await,
            };
            match came {
                Some(Ok(permit)) => flying.take(permit),
                Some(Err(_)) => {
                    if let Some(result) = flying.landed() {
                        return Cached::Known(run.share(result));
                    }
                }
                None => run.give_up(),
            }
        }
        let is_hurried = run.frame.as_ref().is_some_and(|frame| run.engine.is_hurried(&frame.live));
        Cached::Lead(Lead { flying: Some(flying), is_hurried })
    }
}

impl<E> Run<E> {
    /// The outcome of this run, with the value of another one.
    fn serve<T>(&mut self, value: T, kept: &Kept<T>, source: Source) -> Outcome<T> {
        let elapsed = self.end(source.into(), Some(&kept.provider));
        Outcome { value, provider: kept.provider.clone(), attempts: self.engine.attempts(), elapsed, source }
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
        let now = self.started();
        if let Some(frame) = &self.frame {
            let _inside = self.trace.in_run();
            self.engine.end(&frame.live, now, end);
        }
        self.trace.run_ended(end, provider, self.engine.attempts());
        self.engine.elapsed(now)
    }

    /// Waits for another run, as long as this one can: `None` when that is over.
    async fn wait_for<F: Future>(&mut self, other: F) -> Option<F::Output> {
        let patience = self.frame.as_ref().map_or(Moment::MAX, |frame| self.engine.patience(&frame.live));
        let came = if patience == Moment::MAX {
            Some(other.await)
        } else {
            tokio::time::timeout_at(patience.instant(), other).await.ok()
        };
        self.now = Some(Moment::now());
        came
    }

    /// The time is up, and no provider was called.
    fn give_up(&mut self) {
        let now = self.started();
        if let Some(frame) = &self.frame {
            self.engine.give_up(&frame.live, now);
        }
    }
}

impl<T, E> Lead<T, E> {
    /// The block to call next. An old value is served before the `#[degrade]` block is asked.
    pub async fn next(&self, run: &mut Run<E>) -> Block {
        let block = run.next().await;
        if block == Block::Degrade && self.stale(run).is_some() { Block::Over } else { block }
    }

    fn stale(&self, run: &mut Run<E>) -> Option<Arc<Kept<T>>> {
        self.flying.as_ref()?.stale(run.started())
    }

    /// What the run comes to whose providers have failed: an old value, or why there is none.
    ///
    /// # Errors
    ///
    /// Those of the run.
    pub fn fail(&self, mut run: Run<E>) -> Result<Outcome<T>, E> {
        let may_be_stale = matches!(run.engine.failing(), Some(ErrorKind::Exhausted | ErrorKind::Deadline));
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
