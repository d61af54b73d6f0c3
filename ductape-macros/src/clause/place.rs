//! Where can clauses stand? On functions and blocks, and inside of other clauses.

use Place::{
    Action, Backoff, Breaker, Bulkhead, Cache, Degrade, Fallback, Healthcheck, Part, Partial, Primary, Quota,
    RateLimit, Reconcile, Share, Step, Tier, Undo, Workflow,
};

use super::row::Row;
use super::table::TABLE;

/// Where clauses can stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Fallback,
    Quota,
    Action,
    /// A provider of a fallback.
    Primary,
    /// A provider of a quota with a share of its traffic.
    Share,
    /// A provider of a quota's fallback tier.
    Tier,
    Reconcile,
    Degrade,
    Healthcheck,
    Workflow,
    Partial,
    /// A step of a workflow.
    Step,
    /// What undoes a step.
    Undo,
    /// A part of a partial.
    Part,
    /// Inside `backoff(…)`.
    Backoff,
    /// Inside `breaker(…)`.
    Breaker,
    /// Inside `bulkhead(…)`.
    Bulkhead,
    /// Inside `rate_limit(…)`.
    RateLimit,
    /// Inside `cache(…)`.
    Cache,
}

pub(super) const PLANS: &[Place] = &[Fallback, Quota, Action];
/// Functions that consist of steps or parts.
pub(super) const WHOLES: &[Place] = &[Workflow, Partial];
/// All that has a tag among the plans.
pub(super) const TAGGED: &[Place] = &[Fallback, Quota, Action, Workflow, Partial];
pub(super) const CLASSIFIED: &[Place] = &[Fallback, Quota, Action, Workflow, Partial, Step, Part];
pub(super) const PROVIDERS: &[Place] = &[Primary, Share, Tier];
/// On a provider, or on a plan for every provider that does not say it itself.
pub(super) const POLICIES: &[Place] = &[Primary, Share, Tier, Fallback, Quota, Action];
/// Policies of a single call, of whatever kind.
pub(super) const CALLS: &[Place] =
    &[Primary, Share, Tier, Fallback, Quota, Action, Workflow, Partial, Step, Undo, Part];
/// What can decide without enforcing it.
pub(super) const LIMITS: &[Place] = &[Breaker, Bulkhead, RateLimit];
pub(super) const NESTED: &[Place] = &[Backoff, Breaker, Bulkhead, RateLimit, Cache];

impl Place {
    /// The clauses that may stand here.
    pub(crate) fn rows(self) -> impl Iterator<Item = &'static Row> {
        TABLE.iter().filter(move |row| row.places.contains(&self))
    }

    /// For messages: what stands there.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Fallback => "a `#[fallback]` function",
            Quota => "a `#[quota]` function",
            Action => "an `#[action]`",
            Primary => "a provider of a fallback",
            Share => "a `#[provider]` of a `#[quota]`",
            Tier => "a `#[fallback]` block of a quota",
            Reconcile => "a `#[reconcile]` block",
            Degrade => "a `#[degrade]` block",
            Healthcheck => "a `#[healthcheck]`",
            Workflow => "a `#[workflow]`",
            Partial => "a `#[partial]`",
            Step => "a `#[step]`",
            Undo => "an `#[undo]`",
            Part => "a `#[part]`",
            Backoff => "a `backoff(…)`",
            Breaker => "a `breaker(…)`",
            Bulkhead => "a `bulkhead(…)`",
            RateLimit => "a `rate_limit(…)`",
            Cache => "a `cache(…)`",
        }
    }
}

/// For messages: where the clauses of a name may stand.
pub(crate) fn belongs(name: &proc_macro2::Ident) -> String {
    let places: Vec<Place> = TABLE.iter().filter(|row| name == row.name).flat_map(|row| row.places).copied().collect();
    let all = |group: &[Place]| group.iter().all(|place| places.contains(place));
    let groups = [(PROVIDERS, "a provider"), (PLANS, "a plan")];
    let mut nouns: Vec<_> = groups.iter().filter(|(group, _)| all(group)).map(|(_, noun)| *noun).collect();
    let grouped = |place: &&Place| groups.iter().any(|(group, _)| all(group) && group.contains(place));
    nouns.extend(places.iter().filter(|place| !grouped(place)).map(|place| place.noun()));
    let preposition = if places.iter().all(|place| NESTED.contains(place)) { "in" } else { "on" };
    match nouns.split_last() {
        Some((last, [])) => format!("{preposition} {last}"),
        Some((last, rest)) => format!("{preposition} {} or {last}", rest.join(", ")),
        None => String::new(),
    }
}
