//! Definitions: what the attributes write and the engine reads.
//!
//! Everything here is immutable. Attributes build it in const context, through the builders in `clauses`.

mod backoff;
mod clauses;
mod dependency;
mod given;
mod limits;
mod provider;
mod show;
mod show_steps;
mod site;
mod switch;
mod worst_case;

use std::borrow::Cow;
use std::time::Duration;

use serde::Serialize;

pub use backoff::{Backoff, Jitter};
pub use clauses::{PlanClauses, ProviderClauses};
pub use dependency::Dependency;
pub(crate) use given::{Clause, Given};
pub(crate) use limits::range;
pub use limits::{Need, check};
pub(crate) use provider::ProviderPolicy;
pub use provider::{Provider, Reconcile};
pub(crate) use site::Slot;
pub use site::{Place, Site};
pub(crate) use switch::Off;
pub use switch::Policy;
pub use worst_case::WorstCase;

use crate::Name;
use crate::cache::Cache;
use crate::engine::RetryBudget;

/// How many providers a plan may have: sets of providers fit into one word.
pub(crate) const MAX_PROVIDERS: usize = 64;

/// The timeout of an attempt, a degrade block and a reconcile block where none is given.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// A definition: its providers, and what holds for all of them.
///
/// Made by `#[fallback]`, `#[quota]`, `#[action]`, `#[workflow]` and `#[partial]`, found by [`plans`](crate::plans) and [`plan`](crate::plan), shown
/// as a tree by `Display`, as a diagram by [`to_mermaid`](Self::to_mermaid), and as JSON through serde.
#[derive(Debug, Clone)]
pub struct Plan {
    pub(crate) kind: PlanKind,
    pub(crate) tag: Name,
    pub(crate) name: Option<Name>,
    pub(crate) description: Option<Name>,
    pub(crate) place: Place,
    /// A workflow's steps, and then their undos.
    pub(crate) providers: Cow<'static, [Provider]>,
    pub(crate) policy: PlanPolicy,
}

/// What holds for all providers of a plan.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a clause of its own")]
pub(crate) struct PlanPolicy {
    pub(crate) deadline: Option<Duration>,
    pub(crate) at_most_once: bool,
    pub(crate) classified: bool,
    pub(crate) all_unhealthy: AllUnhealthy,
    pub(crate) total: u32,
    pub(crate) pick: Pick,
    pub(crate) sticky: bool,
    pub(crate) failover: bool,
    pub(crate) degrade: Option<Duration>,
    pub(crate) retry_budget: Option<RetryBudget>,
    pub(crate) cache: Option<Cache>,
    pub(crate) hedge: Option<Duration>,
    pub(crate) off: Off,
    pub(crate) given: Given,
}

/// Which attribute made a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum PlanKind {
    /// Ordered failover.
    Fallback,
    /// Distribution by weight.
    Quota,
    /// One protected call.
    Action,
    /// Steps in the order of a function's body, undone when a later one fails.
    Workflow,
    /// Parts side by side, each of which can fail alone.
    Partial,
}

/// What happens when health leaves no provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum AllUnhealthy {
    /// The unhealthy ones are tried all the same.
    #[default]
    Try,
    /// The run fails.
    Fail,
}

/// How a quota picks a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Pick {
    /// In an order that keeps the weights exactly, over every stretch of calls.
    #[default]
    Smooth,
    /// By independent draws.
    Random,
}

/// What a plan says of itself.
impl Plan {
    /// The unique name among the program's plans.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// Which attribute made it.
    pub fn kind(&self) -> PlanKind {
        self.kind
    }

    /// The name for people; the tag unless said.
    pub fn name(&self) -> &str {
        self.name.as_ref().unwrap_or(&self.tag)
    }

    /// The description for people; empty where there is none.
    pub fn description(&self) -> &str {
        self.description.as_deref().unwrap_or_default()
    }

    /// Where the definition stands.
    pub fn place(&self) -> Place {
        self.place
    }

    /// The providers, in the order of their blocks; of a workflow its steps, of a partial its parts.
    pub fn providers(&self) -> &[Provider] {
        let undos = self.providers.iter().rev().take_while(|provider| provider.policy.undoes.is_some()).count();
        &self.providers[..self.providers.len() - undos]
    }

    /// The provider, step or part of that name.
    pub fn provider(&self, name: &str) -> Option<&Provider> {
        self.providers().iter().find(|provider| provider.name == name)
    }

    /// How the step of that name is undone; `None` where it is not. Its name is that of the step with `.undo` behind it.
    pub fn undo(&self, step: &str) -> Option<&Provider> {
        let step = self.providers().iter().position(|provider| provider.name == step)?;
        self.undo_of(step)
    }

    pub(crate) fn undo_of(&self, step: usize) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.policy.undoes == u8::try_from(step).ok())
    }

    /// The providers, and a workflow's undos behind them: all that attempts are made at.
    pub(crate) fn all(&self) -> &[Provider] {
        &self.providers
    }

    /// The deadline; `None` where the worst case is the only bound.
    pub fn deadline(&self) -> Option<Duration> {
        self.policy.deadline
    }

    /// Whether the work must not happen twice.
    pub fn at_most_once(&self) -> bool {
        self.policy.at_most_once
    }

    /// Whether a `classify(…)` says what errors mean; else every error is worth another try.
    pub fn classified(&self) -> bool {
        self.policy.classified
    }

    /// What happens when health leaves no provider.
    pub fn all_unhealthy(&self) -> AllUnhealthy {
        self.policy.all_unhealthy
    }

    /// How a quota picks a provider.
    pub fn pick(&self) -> Pick {
        self.policy.pick
    }

    /// Whether a key decides which provider a quota picks.
    pub fn sticky(&self) -> bool {
        self.policy.sticky
    }

    /// Whether another provider is tried when the chosen one fails.
    pub fn failover(&self) -> bool {
        self.policy.failover
    }

    /// How many retries there may be for the calls of the plan; `None` also while it is switched off.
    pub fn retry_budget(&self) -> Option<RetryBudget> {
        self.policy.retry_budget.filter(|_| !self.policy.off.has(Policy::RetryBudget))
    }

    /// After which time the next provider starts beside those that have not answered; `None` also while that is
    /// switched off.
    pub fn hedge(&self) -> Option<Duration> {
        self.policy.hedge.filter(|_| !self.policy.off.has(Policy::Hedge))
    }

    /// How long values are kept, and how many; `None` also while it is switched off.
    pub fn cache(&self) -> Option<Cache> {
        self.policy.cache.filter(|_| !self.policy.off.has(Policy::Cache))
    }

    /// The timeout of the `#[degrade]` block, where there is one.
    pub fn degrade(&self) -> Option<Duration> {
        self.policy.degrade
    }
}
