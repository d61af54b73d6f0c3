//! What changes plans; behind the token.

use axum::Json;
use ductape_runtime::{Changed, Cleared, Forced, Patch, PlanHandle, ProviderSnapshot};
use serde::{Deserialize, Serialize};

use crate::named::{NamedPlan, NamedProvider};
use crate::refusal::Refusal;
use crate::sent::Sent;

/// The longest reason for a cordon, in bytes: it is kept, and told to everybody who looks.
const LONGEST_REASON: usize = 1_000;

#[derive(Serialize)]
pub(crate) struct Updated {
    plan: String,
    changed: Vec<Changed>,
}

pub(crate) async fn update(NamedPlan(plan): NamedPlan, Sent(patch): Sent<Patch>) -> Result<Json<Updated>, Refusal> {
    let changed = plan.update(patch)?;
    Ok(Json(Updated { plan: plan.plan().tag().to_owned(), changed }))
}

pub(crate) async fn reset(NamedPlan(plan): NamedPlan) -> Json<Cleared> {
    Json(plan.reset())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cordon {
    reason: String,
}

pub(crate) async fn cordon(
    NamedProvider { plan, provider }: NamedProvider,
    Sent(Cordon { reason }): Sent<Cordon>,
) -> Result<Json<ProviderSnapshot>, Refusal> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Refusal::wrong("the reason is empty; say why, for those who wonder where the calls are"));
    }
    if reason.len() > LONGEST_REASON {
        return Err(Refusal::wrong(format!(
            "the reason has {} bytes; at most {LONGEST_REASON} are kept",
            reason.len()
        )));
    }
    plan.cordon(&provider, reason.to_owned())?;
    standing(&plan, &provider)
}

pub(crate) async fn uncordon(
    NamedProvider { plan, provider }: NamedProvider,
) -> Result<Json<ProviderSnapshot>, Refusal> {
    plan.uncordon(&provider)?;
    standing(&plan, &provider)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Force {
    /// `null` has to be said: an empty object releases nothing.
    #[serde(deserialize_with = "Option::deserialize")]
    force: Option<Forced>,
}

pub(crate) async fn force_breaker(
    NamedProvider { plan, provider }: NamedProvider,
    Sent(Force { force }): Sent<Force>,
) -> Result<Json<ProviderSnapshot>, Refusal> {
    if plan.force_breaker(&provider, force) { standing(&plan, &provider) } else { Err(no_breaker(&provider)) }
}

pub(crate) async fn reset_breaker(
    NamedProvider { plan, provider }: NamedProvider,
) -> Result<Json<ProviderSnapshot>, Refusal> {
    plan.reset_breaker(&provider).ok_or_else(|| no_breaker(&provider))?;
    standing(&plan, &provider)
}

/// How the provider stands now.
fn standing(plan: &PlanHandle, provider: &str) -> Result<Json<ProviderSnapshot>, Refusal> {
    Ok(Json(plan.provider(provider)?))
}

fn no_breaker(provider: &str) -> Refusal {
    Refusal::absent(format!("`{provider}` has no breaker"))
}
