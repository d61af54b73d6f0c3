//! Runs of plans whose blocks are known by index only, as boxed futures.

use std::error::Error as StdError;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;

use super::cached::{Cached, Caching, Shelf};
use super::hedged::{Clock, Hedged};
use super::run::Run;
use super::whole::Whole;
use crate::cache::{Cache, CachedError, CachedValue};
use crate::engine::{Block, LivePlan};
use crate::observe::RunEnd;
use crate::typing::View;
use crate::{ErrorKind, Outcome, Result, Verdict};

/// The block of a provider, for one attempt.
pub type BoxedBlock<'a, T, E> = Pin<Box<dyn Future<Output = std::result::Result<T, E>> + Send + 'a>>;

/// Drives one run; `block` makes the block of the provider at an index.
pub(crate) async fn drive<'a, T, E>(
    live: Arc<LivePlan>,
    sticky: Option<&str>,
    cached: Option<(Shelf<T, E>, Cache, String)>,
    classify: fn(&E) -> Verdict,
    block: &(dyn Fn(usize) -> BoxedBlock<'a, T, E> + Sync),
) -> Result<Outcome<T>, E>
where
    T: CachedValue,
    E: StdError + CachedError,
{
    // Switched off, a hedge is still a matter of the lanes.
    let hedged = live.plan.policy.hedge.is_some();
    let lanes = live.plan.all().len();
    let mut run = Run::of(live, View::of_error(), classify);
    if let Some(key) = sticky {
        run.stick(key);
    }
    let lead = match cached {
        None => None,
        Some((shelf, definition, key)) => {
            match Caching::on_shelf(shelf, definition, key).look(&mut run, &drive_marker).await {
                Cached::Known(result) => return result,
                Cached::Lead(lead) => Some(lead),
            }
        }
    };
    let served = if hedged {
        side_by_side(&mut run, lanes, block).await
    } else {
        loop {
            let Block::Provider(provider) = run.next().await else { break None };
            if let Some(outcome) = run.attempt(block(provider)).await {
                break Some(outcome);
            }
        }
    };
    match (served, lead) {
        (Some(outcome), Some(lead)) => lead.land(Ok(outcome)),
        (Some(outcome), None) => Ok(outcome),
        (None, Some(lead)) => {
            let failed = lead.fail(run);
            lead.land(failed)
        }
        (None, None) => Err(run.fail()),
    }
}

/// Stands for the plan's function where a cache asks for its instance.
fn drive_marker() {}

/// With a lane for each provider.
async fn side_by_side<'a, T, E>(
    run: &mut Run<E>,
    lanes: usize,
    block: &(dyn Fn(usize) -> BoxedBlock<'a, T, E> + Sync),
) -> Option<Outcome<T>>
where
    T: Send,
    E: Send,
{
    let hedged = Hedged::new(run);
    let mut clock = pin!(Clock::default());
    let lane = |provider| {
        let hedged = &hedged;
        Box::pin(async move {
            let mut lane = hedged.lane(provider);
            while lane.turn().await {
                lane.attempt(block(provider)).await;
            }
        })
    };
    let mut lanes: Vec<_> = (0..lanes).map(lane).collect();
    poll_fn(|cx| {
        let mut lanes: Vec<Pin<&mut dyn Future<Output = ()>>> =
            lanes.iter_mut().map(|lane| lane.as_mut() as Pin<&mut dyn Future<Output = ()>>).collect();
        hedged.poll(cx, clock.as_mut(), &mut lanes)
    })
    .await
}

/// A run of steps, one after the other, each at its index.
///
/// Dropped before its [`end`](Self::end), it is counted as a run that its caller dropped.
#[derive(Debug)]
pub struct Steps(Whole);

impl Steps {
    pub(crate) fn begin(live: Arc<LivePlan>) -> Self {
        Self(Whole::of(live))
    }

    /// Runs a step by its policies: `block` makes its block, for every attempt.
    ///
    /// # Errors
    ///
    /// That of the step, once its retries are used up.
    pub async fn step<'a, T, E>(
        &self,
        index: usize,
        classify: fn(&E) -> Verdict,
        block: &(dyn Fn() -> BoxedBlock<'a, T, E> + Sync),
    ) -> Result<T, E>
    where
        T: Send,
        E: StdError + Send + 'static,
    {
        let mut run = self.0.part(index, classify, View::of_error());
        while let Block::Provider(_) = run.next().await {
            if let Some(outcome) = run.attempt(block()).await {
                return Ok(self.0.succeeded(outcome));
            }
        }
        Err(run.fail())
    }

    /// How many attempts were made so far.
    pub fn attempts(&self) -> u32 {
        self.0.attempts()
    }

    /// How long it has been under way.
    pub fn elapsed(&self) -> std::time::Duration {
        self.0.elapsed()
    }

    /// The run is over: all is well, or it has failed in this way.
    pub fn end(mut self, failed: Option<ErrorKind>) {
        self.0.end(failed.map_or(RunEnd::Served, RunEnd::from));
    }
}
