//! Plans in code as a catalogue shows them: each as the definition that it would be.

use ductape_definition::{Choice, Definition, Kind, limits};
use ductape_runtime::{Health, Plan, Provider};
use serde_json::{Value, json};

use crate::collection::{Tracked, choices};
use crate::json::JsonPlan;

/// The definition that the plan would be. A provider is the app, and the plan its action.
pub(crate) fn definition(plan: &JsonPlan) -> Option<Definition> {
    let code = ductape_runtime::plan(plan.tag()).ok()?;
    Definition::of_kind(plan.kind(), &written(plan.kind(), code)).ok()
}

fn written(kind: Kind, plan: &Plan) -> Value {
    let tier = |of_tier: bool| -> Vec<Value> {
        let is_tier = |provider: &&Provider| kind == Kind::Quota && provider.weight().is_none();
        plan.providers().iter().filter(|it| is_tier(it) == of_tier).map(|it| option(plan.tag(), it)).collect()
    };
    // What is empty is not said.
    let shortened = |text: &str| -> Option<String> {
        (!text.is_empty()).then(|| text.chars().take(limits::MOST_CHARACTERS).collect())
    };
    let mut whole = json!({
        "tag": plan.tag(),
        "name": shortened(plan.name()),
        "description": shortened(plan.description()),
        "deadline": plan.deadline().map(micros),
        "at_most_once": plan.at_most_once(),
        "options": tier(false),
    });
    if kind == Kind::Quota {
        whole["fallbacks"] = tier(true).into();
        whole["total"] = plan.providers().iter().filter_map(Provider::weight).sum::<u32>().into();
        whole["failover"] = plan.failover().into();
    }
    whole
}

fn option(tag: &str, provider: &Provider) -> Value {
    let mut option = json!({
        "app": provider.name(),
        "event": tag,
        "retries": provider.retries(),
        "timeout": micros(provider.timeout()),
        "healthcheck": provider.healthcheck(),
    });
    if let Some(weight) = provider.weight() {
        option["weight"] = weight.into();
    }
    if provider.cost() > 0.0 {
        option["cost"] = provider.cost().into();
    }
    option
}

/// As definitions write durations, to the microsecond.
fn micros(duration: std::time::Duration) -> String {
    format!("{}us", duration.as_micros())
}

/// What its providers' healthchecks know, in the runtime of the program.
pub(crate) fn tracked(plan: &JsonPlan, definition: &Definition, health: &Health) -> Vec<Tracked> {
    let Ok(code) = ductape_runtime::plan(plan.tag()) else { return Vec::new() };
    let (weighted, tier): (Vec<_>, Vec<_>) =
        code.providers().iter().partition(|provider| plan.kind() != Kind::Quota || provider.weight().is_some());
    let tracked = |(provider, (choice, _)): (&Provider, (&Choice, String))| {
        let report = provider.healthcheck().and_then(|tag| health.checks.get(tag));
        Tracked {
            choice: choice.clone(),
            provider: provider.name().to_owned(),
            provider_status: report.map(|report| report.status).unwrap_or_default(),
            last_available: report.and_then(|report| report.last_available),
            last_available_at: report.and_then(|report| report.last_available_at),
            last_checked: report.and_then(|report| report.last_checked),
            pending: false,
        }
    };
    weighted.into_iter().chain(tier).zip(choices(definition)).map(tracked).collect()
}
