//! A plan for people and programs: as a tree, as a mermaid diagram, as data.

use std::fmt::{self, Display, Formatter, Write};
use std::time::Duration;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::{AllUnhealthy, Backoff, Dependency, Jitter, Pick, Plan, PlanKind, Provider};
use crate::text::Span;

impl Display for PlanKind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl PlanKind {
    /// The name of the attribute.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fallback => "fallback",
            Self::Quota => "quota",
            Self::Action => "action",
            Self::Workflow => "workflow",
            Self::Partial => "partial",
        }
    }
}

impl Display for Jitter {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Full => "full",
            Self::Equal => "equal",
            Self::None => "none",
        })
    }
}

impl AllUnhealthy {
    /// As the clause takes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Try => "try",
            Self::Fail => "fail",
        }
    }
}

impl Display for AllUnhealthy {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Pick {
    /// As the clause takes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Smooth => "smooth",
            Self::Random => "random",
        }
    }
}

impl Display for Pick {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Display for Backoff {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { base, factor, max, jitter } = self;
        write!(f, "from {} × {factor} up to {}, jitter {jitter}", Span(*base), Span(*max))
    }
}

impl Provider {
    /// The part that it plays in its plan.
    fn role(&self, kind: PlanKind, index: usize) -> &'static str {
        match (kind, self.weight(), index) {
            (PlanKind::Action, ..) => "call",
            (PlanKind::Fallback, _, 0) => "primary",
            (PlanKind::Quota, Some(_), _) => "provider",
            _ => "fallback",
        }
    }

    /// Its policies, those that say something, in the order of the clauses' table.
    pub(super) fn policies(&self) -> Vec<String> {
        let mut policies = Vec::new();
        if let Some(weight) = self.weight() {
            policies.push(format!("weight {weight}"));
        }
        policies.push(format!("timeout {}", Span(self.timeout())));
        if self.retries() > 0 {
            policies.push(format!("retries {}", self.retries()));
            policies.push(format!("backoff {}", self.backoff()));
        }
        if let Some(healthcheck) = self.healthcheck() {
            policies.push(format!("healthcheck {healthcheck}"));
        }
        policies.extend(self.breaker().map(|breaker| breaker.to_string()));
        policies.extend(self.bulkhead().map(|bulkhead| bulkhead.to_string()));
        policies.extend(self.rate_limit().map(|rate_limit| rate_limit.to_string()));
        if let Some(dependency) = self.dependency() {
            policies.push(format!("shared as {}", dependency.name()));
        }
        if self.conditional() {
            policies.push("conditional".to_owned());
        }
        match self.reconcile() {
            Some(reconcile) if reconcile.after > Duration::ZERO => {
                policies.push(format!("reconcile after {}", Span(reconcile.after)));
            }
            Some(_) => policies.push("reconcile".to_owned()),
            None => {}
        }
        if self.cost() > 0.0 {
            policies.push(format!("cost {}", self.cost()));
        }
        policies
    }
}

impl Plan {
    /// What holds for the whole run.
    fn traits(&self) -> Vec<String> {
        let worst = self.worst_case();
        let mut traits = Vec::new();
        if let Some(deadline) = self.deadline() {
            traits.push(format!("deadline {}", Span(deadline)));
        }
        if self.at_most_once() {
            traits.push("at most once".to_owned());
        }
        traits.extend(self.retry_budget().map(|budget| budget.to_string()));
        traits.extend(self.hedge().map(|delay| format!("hedged after {}", Span(delay))));
        traits.extend(self.cache().map(|cache| cache.to_string()));
        if self.kind() == PlanKind::Quota {
            traits.push(match (self.sticky(), self.pick()) {
                (true, _) => "picks by key".to_owned(),
                (false, Pick::Smooth) => "picks smoothly".to_owned(),
                (false, Pick::Random) => "picks at random".to_owned(),
            });
        }
        if !self.failover() {
            traits.push("no failover".to_owned());
        }
        if self.all_unhealthy() == AllUnhealthy::Fail {
            traits.push("fails when all are unhealthy".to_owned());
        }
        let attempts = if worst.attempts == 1 { "attempt" } else { "attempts" };
        traits.push(format!("at most {} {attempts} in {}", worst.attempts, Span(worst.time)));
        traits
    }

    /// The plan as a mermaid flowchart: success to the right, failure downwards.
    ///
    /// ```
    /// # extern crate ductape_runtime as ductape;
    /// for plan in ductape::plans() {
    ///     println!("```mermaid\n{}```", plan.to_mermaid());
    /// }
    /// ```
    pub fn to_mermaid(&self) -> String {
        let mut chart = String::from("flowchart TD\n");
        // Writing to a string cannot fail.
        let _ = self.write_mermaid(&mut chart);
        chart
    }

    fn write_mermaid(&self, chart: &mut String) -> fmt::Result {
        writeln!(chart, "    start([\"{}\"])", self.tag())?;
        writeln!(chart, "    done([\"outcome\"])")?;
        writeln!(chart, "    failed([\"error\"])")?;
        if self.has_steps() {
            return self.write_steps_mermaid(chart);
        }
        for (index, provider) in self.providers().iter().enumerate() {
            writeln!(chart, "    p{index}[\"{}<br/>{}\"]", provider.name(), provider.policies().join("<br/>"))?;
            writeln!(chart, "    p{index} -- ok --> done")?;
            if self.at_most_once() {
                match provider.reconcile() {
                    Some(_) => {
                        writeln!(chart, "    r{index}{{\"{}: did it happen?\"}}", provider.name())?;
                        writeln!(chart, "    p{index} -- ambiguous --> r{index}")?;
                        writeln!(chart, "    r{index} -- yes --> done")?;
                        writeln!(chart, "    r{index} -- no --> p{index}")?;
                        writeln!(chart, "    r{index} -- nobody knows --> failed")?;
                    }
                    None => writeln!(chart, "    p{index} -- ambiguous --> failed")?,
                }
            }
        }
        let last = if self.degrade().is_some() { "degrade" } else { "failed" };
        let (start, end) = match self.cache() {
            Some(cache) => {
                writeln!(chart, "    cached{{\"{cache}\"}}")?;
                writeln!(chart, "    start --> cached")?;
                writeln!(chart, "    cached -- fresh --> done")?;
                if cache.stale.is_zero() {
                    ("cached -- missing", last)
                } else {
                    writeln!(chart, "    stale{{\"an old value?\"}}")?;
                    writeln!(chart, "    stale -- yes --> done")?;
                    writeln!(chart, "    stale -- no --> {last}")?;
                    ("cached -- missing", "stale")
                }
            }
            None => ("start", last),
        };
        let (picked, tier): (Vec<_>, Vec<_>) =
            (0..self.providers().len()).partition(|&index| self.providers()[index].weight().is_some());
        let first_of_tier = tier.first().map_or_else(|| end.to_owned(), |index| format!("p{index}"));
        for &index in &picked {
            let weight = self.providers()[index].weight().unwrap_or_default();
            let edge = if self.cache().is_some() {
                format!("cached -- \"missing, {weight}\"")
            } else {
                format!("start -- \"{weight}\"")
            };
            writeln!(chart, "    {edge} --> p{index}")?;
            let next = if self.failover() { first_of_tier.as_str() } else { end };
            let others = self.failover() && picked.len() > 1;
            let label = if others { "all failed" } else { "failed" };
            self.write_failure(chart, index, label, (next, !tier.is_empty()))?;
            if let Some(delay) = self.hedge().filter(|_| others) {
                let from = if self.cache().is_some() { "cached" } else { "start" };
                writeln!(chart, "    p{index} -. slow for {} .-> {from}", Span(delay))?;
            }
        }
        if picked.is_empty() {
            writeln!(chart, "    {start} --> {first_of_tier}")?;
        }
        for (at, &index) in tier.iter().enumerate() {
            let next = tier.get(at + 1).filter(|_| self.failover());
            let to = next.map_or_else(|| end.to_owned(), |next| format!("p{next}"));
            self.write_failure(chart, index, "failed", (&to, next.is_some()))?;
        }
        if let Some(timeout) = self.degrade() {
            writeln!(chart, "    degrade[\"degrade<br/>timeout {}\"]", Span(timeout))?;
            writeln!(chart, "    degrade -- ok --> done")?;
            writeln!(chart, "    degrade -- failed --> failed")?;
        }
        Ok(())
    }
}

impl Plan {
    /// The way on from a provider that has failed; in a hedged plan also from one that is slow, if there is another.
    fn write_failure(
        &self,
        chart: &mut String,
        from: usize,
        label: &str,
        (to, is_provider): (&str, bool),
    ) -> fmt::Result {
        match self.hedge() {
            Some(delay) if is_provider => {
                writeln!(chart, "    p{from} -- {label}, or slow for {} --> {to}", Span(delay))
            }
            _ => writeln!(chart, "    p{from} -- {label} --> {to}"),
        }
    }
}

/// As a tree: the plan, then a line for each provider.
impl Display for Plan {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind(), self.tag())?;
        if self.has_steps() {
            return self.write_steps(f);
        }
        write!(f, " ({})", self.traits().join(", "))?;
        let width = self.providers().iter().map(|provider| provider.name().len()).max().unwrap_or(0);
        for (index, provider) in self.providers().iter().enumerate() {
            let last = index + 1 == self.providers().len() && self.degrade().is_none();
            let branch = if last { "└─" } else { "├─" };
            let role = provider.role(self.kind(), index);
            write!(f, "\n{branch} {role:<8} {:<width$}  {}", provider.name(), provider.policies().join(", "))?;
        }
        if let Some(timeout) = self.degrade() {
            write!(f, "\n└─ degrade  {:<width$}  timeout {}", "", Span(timeout))?;
        }
        Ok(())
    }
}

impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.has_steps() {
            return self.serialize_steps(serializer);
        }
        let mut plan = serializer.serialize_struct("Plan", if self.kind() == PlanKind::Quota { 19 } else { 15 })?;
        plan.serialize_field("kind", &self.kind())?;
        plan.serialize_field("tag", self.tag())?;
        plan.serialize_field("name", self.name())?;
        plan.serialize_field("description", self.description())?;
        plan.serialize_field("place", &self.place().to_string())?;
        plan.serialize_field("deadline", &self.deadline().map(Span))?;
        plan.serialize_field("at_most_once", &self.at_most_once())?;
        plan.serialize_field("classified", &self.classified())?;
        plan.serialize_field("all_unhealthy", &self.all_unhealthy())?;
        if self.kind() == PlanKind::Quota {
            plan.serialize_field("total", &self.policy.total)?;
            plan.serialize_field("pick", &self.pick())?;
            plan.serialize_field("sticky", &self.sticky())?;
            plan.serialize_field("failover", &self.failover())?;
        }
        plan.serialize_field("providers", self.providers())?;
        plan.serialize_field("retry_budget", &self.retry_budget())?;
        plan.serialize_field("hedge", &self.hedge().map(Span))?;
        plan.serialize_field("cache", &self.cache())?;
        plan.serialize_field("degrade", &self.degrade().map(Span))?;
        plan.serialize_field("worst_case", &self.worst_case())?;
        plan.end()
    }
}

impl Serialize for Provider {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut provider = serializer.serialize_struct("Provider", 14)?;
        provider.serialize_field("name", self.name())?;
        provider.serialize_field("description", self.description())?;
        provider.serialize_field("weight", &self.weight())?;
        provider.serialize_field("retries", &self.retries())?;
        provider.serialize_field("backoff", &self.backoff())?;
        provider.serialize_field("timeout", &Span(self.timeout()))?;
        provider.serialize_field("healthcheck", &self.healthcheck())?;
        provider.serialize_field("breaker", &self.breaker())?;
        provider.serialize_field("bulkhead", &self.bulkhead())?;
        provider.serialize_field("rate_limit", &self.rate_limit())?;
        provider.serialize_field("dependency", &self.dependency().map(Dependency::name))?;
        provider.serialize_field("conditional", &self.conditional())?;
        provider.serialize_field("reconcile", &self.reconcile())?;
        provider.serialize_field("cost", &self.cost())?;
        provider.end()
    }
}

#[cfg(test)]
mod tests {
    use crate::plan::{Plan, PlanClauses, Provider, ProviderClauses};

    static PROVIDERS: [Provider; 2] = [ProviderClauses::new("a").weight(70).build(), ProviderClauses::new("b").build()];

    fn plans() -> [Plan; 3] {
        [PlanClauses::fallback, PlanClauses::quota, PlanClauses::action].map(|of| of("plan", &PROVIDERS).build())
    }

    /// Formats that write the number of fields first would be corrupt.
    #[test]
    fn a_plan_announces_as_many_fields_as_it_has() {
        for plan in plans() {
            let packed = rmp_serde::to_vec_named(&plan).expect("it is data");
            let read: serde_json::Value = rmp_serde::from_slice(&packed).expect("it is whole");
            assert_eq!(read, serde_json::to_value(&plan).expect("it is data"));
        }
    }

    /// Words that mermaid reads as its own, where a line begins.
    #[test]
    fn no_line_of_a_diagram_begins_with_a_word_of_mermaid() {
        for plan in plans() {
            for line in plan.to_mermaid().lines().skip(1) {
                let first = line.trim_start().split([' ', '[', '(', '{']).next().unwrap_or_default();
                assert!(!["call", "end", "graph", "style", "click", "class", "subgraph"].contains(&first), "{line}");
            }
        }
    }
}
