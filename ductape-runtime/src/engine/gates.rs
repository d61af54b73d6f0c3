//! Admission: may this provider be called now?

use std::time::Duration;

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
    if state.is_cordoned() {
        return Err(Skip::Cordoned);
    }
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
    look_at_breaker(live, provider, asked.now)?;
    let mut longest_line = Duration::ZERO;
    if let Some((definition, places)) = live.bulkhead(provider)
        && !definition.shadow
        && !places.look()
    {
        if definition.wait.is_zero() {
            return Err(Skip::BulkheadFull);
        }
        longest_line = definition.wait;
    }
    if let Some((definition, tokens)) = live.rate_limit(provider)
        && !definition.shadow
        && let Err(retry_in) = tokens.look(definition, asked.now)
        && retry_in > longest_line + definition.wait
    {
        return Err(Skip::RateLimited { retry_in });
    }
    Ok(())
}

/// The gates that are asked before the wait for another try, too (R4).
pub(super) fn look_before_wait(live: &LivePlan, provider: usize, now: Moment) -> Result<(), Skip> {
    if live.provider(provider).1.is_cordoned() {
        return Err(Skip::Cordoned);
    }
    look_at_breaker(live, provider, now)
}

fn look_at_breaker(live: &LivePlan, provider: usize, now: Moment) -> Result<(), Skip> {
    match live.breaker(provider) {
        Some((definition, breaker)) => breaker.look(definition, now).map_err(|retry_in| Skip::BreakerOpen { retry_in }),
        None => Ok(()),
    }
}
