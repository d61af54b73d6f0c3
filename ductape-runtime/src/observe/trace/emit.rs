use tracing::level_filters::LevelFilter;
use tracing::{Level, debug, error, info, warn};

use crate::engine::Forced;
use crate::observe::{Happened, RuntimeEvent, quietly};
use crate::text::in_millis;
use crate::trail::Skip;

/// Whether anyone wants to hear what clean runs tell.
pub(in crate::observe) fn hears_routine() -> bool {
    LevelFilter::current() >= Level::DEBUG
}

/// Tells what happened, within the span that is the thread's: that of the run, or of whoever changed something.
pub(in crate::observe) fn emit(event: &RuntimeEvent) {
    if LevelFilter::current() >= Level::WARN {
        quietly(|| tell(event));
    }
}

/// An event with the fields that all have, and its own.
macro_rules! told {
    ($level:ident, $event:expr, $name:literal $(, $($field:ident).+ = $value:expr)*) => {
        $level!(
            target: "ductape",
            {
                ductape.event = $name,
                ductape.plan = $event.plan.as_deref(),
                ductape.provider = $event.provider.as_deref(),
                $($($field).+ = $value,)*
            },
            $name
        )
    };
}

fn tell(event: &RuntimeEvent) {
    match &event.happened {
        Happened::RunFinished { end, attempts, elapsed } => {
            let (end, attempts, elapsed) = (*end, *attempts, in_millis(*elapsed));
            if end.is_error() {
                told!(
                    warn,
                    event,
                    "run_finished",
                    ductape.outcome = end.as_str(),
                    ductape.attempts = attempts,
                    ductape.elapsed_ms = elapsed
                );
            } else {
                told!(
                    debug,
                    event,
                    "run_finished",
                    ductape.outcome = end.as_str(),
                    ductape.attempts = attempts,
                    ductape.elapsed_ms = elapsed
                );
            }
        }
        Happened::Retry { attempt, wait } => {
            told!(info, event, "retry", ductape.attempt = *attempt, ductape.wait_ms = in_millis(*wait));
        }
        Happened::Failover { from } => told!(info, event, "failover", ductape.from = &**from),
        Happened::Hedge => told!(info, event, "hedge"),
        Happened::Skipped { reason: Skip::When } => {
            told!(debug, event, "skipped", ductape.reason = Skip::When.as_str());
        }
        Happened::Skipped { reason } => {
            told!(
                info,
                event,
                "skipped",
                ductape.reason = reason.as_str(),
                ductape.retry_in_ms = reason.retry_in().map(in_millis)
            );
        }
        Happened::Shadowed { policy } => told!(info, event, "shadowed", ductape.policy = policy.as_str()),
        Happened::Masked { by } => told!(warn, event, "masked", ductape.by = &**by),
        Happened::Degraded => told!(warn, event, "degraded"),
        Happened::BreakerChanged { from, to } => {
            told!(warn, event, "breaker_changed", ductape.from = from.as_str(), ductape.to = to.as_str());
        }
        Happened::BreakerForced { forced } => {
            told!(warn, event, "breaker_forced", ductape.to = forced.map_or("free", Forced::as_str));
        }
        Happened::Abandoned { done, undone } => {
            let (done, undone) = (done.join(", "), undone.join(", "));
            told!(warn, event, "abandoned", ductape.done = done, ductape.undone = undone);
        }
        Happened::Undone => told!(warn, event, "undone"),
        Happened::NotUndone => told!(error, event, "not_undone"),
        Happened::StatisticsReset => told!(info, event, "statistics_reset"),
        Happened::Reset => told!(warn, event, "reset"),
        Happened::Updated { changes } => {
            let changes = changes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            told!(warn, event, "updated", ductape.changes = changes.as_str());
        }
        Happened::Reloaded { plans } => {
            let plans = plans.iter().map(|plan| &**plan).collect::<Vec<_>>().join(", ");
            told!(warn, event, "reloaded", ductape.changes = plans.as_str());
        }
        Happened::ReloadRefused { faults } => {
            let faults = faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
            told!(warn, event, "reload_refused", error.message = faults.as_str());
        }
        Happened::StoreFailed { error } => told!(error, event, "store_failed", error.message = &**error),
        Happened::StoreRecovered => told!(warn, event, "store_recovered"),
        Happened::Cordoned { reason } => told!(warn, event, "cordoned", ductape.reason = &**reason),
        Happened::Uncordoned => told!(warn, event, "uncordoned"),
        Happened::HealthChanged { healthcheck, from, to } => {
            told!(
                warn,
                event,
                "health_changed",
                ductape.healthcheck = &**healthcheck,
                ductape.from = from.as_str(),
                ductape.to = to.as_str()
            );
        }
        // The one is told within the span of the attempt, with its error; the other to the reader of a stream alone.
        Happened::AttemptFailed { .. } | Happened::Lost { .. } => {}
    }
}
