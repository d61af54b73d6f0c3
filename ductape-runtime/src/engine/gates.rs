//! Admission: may this provider be called now?

use super::live::{LivePlan, Status};
use crate::moment::Moment;
use crate::trail::Skip;

/// What a run brings to the gates of a provider.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub(super) now: Moment,
    /// Its `when(…)` is false in this run.
    pub(super) absent: bool,
    /// Health leaves no provider, and the plan tries them all the same.
    pub(super) whatever_health: bool,
}

/// Asks the gates in their fixed order (R1); the first refusal is the reason of the skip. Takes nothing.
pub(super) fn look(live: &LivePlan, provider: usize, asked: Asked) -> Result<(), Skip> {
    let (_, state) = live.provider(provider);
    if asked.absent {
        return Err(Skip::When);
    }
    if let Some(retry_in) = state.throttled(asked.now) {
        return Err(Skip::Throttled { retry_in });
    }
    let unhealthy = || state.health.as_ref().is_some_and(|cell| cell.status(asked.now) == Status::Unhealthy);
    if !asked.whatever_health && unhealthy() {
        return Err(Skip::Unhealthy);
    }
    Ok(())
}
