//! A workflow or a partial for people and programs: as a tree, as a mermaid diagram, as data.

use std::fmt::{self, Formatter, Write};

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::{Plan, PlanKind, Provider};
use crate::text::Span;

impl Plan {
    /// Whether it consists of steps or parts, and not of providers.
    pub(crate) fn has_steps(&self) -> bool {
        matches!(self.kind(), PlanKind::Workflow | PlanKind::Partial)
    }

    /// A line for each step, and one for what undoes it.
    pub(super) fn write_steps(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let noun = if self.kind() == PlanKind::Workflow { "step" } else { "part" };
        if let Some(deadline) = self.deadline() {
            write!(f, " (deadline {})", Span(deadline))?;
        }
        let steps = self.providers();
        // At least as wide as it takes for an `undo` below a step.
        let width = steps.iter().map(|step| step.name().len()).fold(2, usize::max);
        for (index, step) in steps.iter().enumerate() {
            let (branch, trunk) = if index + 1 == steps.len() { ("└─", "  ") } else { ("├─", "│ ") };
            write!(f, "\n{branch} {noun} {:<width$}  {}", step.name(), described(step))?;
            if let Some(undo) = self.undo_of(index) {
                // As wide as what stands before the policies of a step.
                write!(f, "\n{trunk} └─ {:<1$}  {2}", "undo", width + 2, undo.policies().join(", "))?;
            }
        }
        Ok(())
    }

    pub(super) fn write_steps_mermaid(&self, chart: &mut String) -> fmt::Result {
        let steps = self.providers();
        for (index, step) in steps.iter().enumerate() {
            writeln!(chart, "    s{index}[\"{}<br/>{}\"]", step.name(), step.policies().join("<br/>"))?;
            if let Some(undo) = self.undo_of(index) {
                writeln!(chart, "    u{index}[\"undo {}<br/>{}\"]", step.name(), undo.policies().join("<br/>"))?;
            }
        }
        if self.kind() == PlanKind::Partial {
            for (index, part) in steps.iter().enumerate() {
                writeln!(chart, "    start --> s{index}")?;
                writeln!(chart, "    s{index} -- {} --> done", if part.required() { "ok" } else { "ok or failed" })?;
                if part.required() {
                    writeln!(chart, "    s{index} -- failed --> failed")?;
                }
            }
            return Ok(());
        }
        writeln!(chart, "    start --> s0")?;
        // Where a failure leads: to the newest of the undos, and through the older ones to the end.
        let mut undo = "failed".to_owned();
        for (index, step) in steps.iter().enumerate() {
            let next = if index + 1 == steps.len() { "done".to_owned() } else { format!("s{}", index + 1) };
            writeln!(chart, "    s{index} -- {} --> {next}", if step.required() { "ok" } else { "ok or failed" })?;
            if step.required() {
                writeln!(chart, "    s{index} -- failed --> {undo}")?;
            }
            if self.undo_of(index).is_some() {
                writeln!(chart, "    s{index} -. undone by .-> u{index}")?;
                writeln!(chart, "    u{index} --> {undo}")?;
                undo = format!("u{index}");
            }
        }
        Ok(())
    }

    pub(super) fn serialize_steps<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut plan = serializer.serialize_struct("Plan", 8)?;
        plan.serialize_field("kind", &self.kind())?;
        plan.serialize_field("tag", self.tag())?;
        plan.serialize_field("name", self.name())?;
        plan.serialize_field("description", self.description())?;
        plan.serialize_field("place", &self.place().to_string())?;
        plan.serialize_field("deadline", &self.deadline().map(Span))?;
        plan.serialize_field("classified", &self.classified())?;
        let steps = self.providers().iter().enumerate();
        let steps: Vec<_> = steps.map(|(index, step)| Shown { step, undo: self.undo_of(index) }).collect();
        plan.serialize_field(if self.kind() == PlanKind::Workflow { "steps" } else { "parts" }, &steps)?;
        plan.end()
    }
}

fn described(step: &Provider) -> String {
    let mut policies = step.policies();
    if !step.required() {
        policies.push("optional".to_owned());
    }
    policies.join(", ")
}

/// A step or a part with its undo.
struct Shown<'a> {
    step: &'a Provider,
    undo: Option<&'a Provider>,
}

/// The policies of an undo.
struct ShownUndo<'a>(&'a Provider);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut step = serializer.serialize_struct("Step", 7)?;
        step.serialize_field("name", self.step.name())?;
        step.serialize_field("description", self.step.description())?;
        step.serialize_field("required", &self.step.required())?;
        step.serialize_field("retries", &self.step.retries())?;
        step.serialize_field("backoff", &self.step.backoff())?;
        step.serialize_field("timeout", &Span(self.step.timeout()))?;
        step.serialize_field("undo", &self.undo.map(ShownUndo))?;
        step.end()
    }
}

impl Serialize for ShownUndo<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut undo = serializer.serialize_struct("Undo", 3)?;
        undo.serialize_field("retries", &self.0.retries())?;
        undo.serialize_field("backoff", &self.0.backoff())?;
        undo.serialize_field("timeout", &Span(self.0.timeout()))?;
        undo.end()
    }
}

#[cfg(test)]
mod tests {
    use crate::plan::{Plan, PlanClauses, Provider, ProviderClauses};

    static STEPS: [Provider; 3] = [
        ProviderClauses::new("a").required().build(),
        ProviderClauses::new("b").retries(1).build(),
        ProviderClauses::new("a.undo").undoes(0).build(),
    ];

    fn plans() -> [Plan; 2] {
        [PlanClauses::workflow("plan", &STEPS).build(), PlanClauses::partial("plan", STEPS.split_at(2).0).build()]
    }

    #[test]
    fn a_workflow_lists_its_steps_and_knows_their_undos() {
        let [workflow, _] = plans();
        assert_eq!(workflow.providers().iter().map(Provider::name).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(workflow.undo("a").map(Provider::name), Some("a.undo"));
        assert!(workflow.undo("b").is_none() && workflow.undo("a.undo").is_none());
        assert!(workflow.provider("a.undo").is_none());
    }

    /// Formats that write the number of fields first would be corrupt.
    #[test]
    fn it_announces_as_many_fields_as_it_has() {
        for plan in plans() {
            let packed = rmp_serde::to_vec_named(&plan).expect("it is data");
            let read: serde_json::Value = rmp_serde::from_slice(&packed).expect("it is whole");
            assert_eq!(read, serde_json::to_value(&plan).expect("it is data"));
        }
    }

    #[test]
    fn a_diagram_shows_how_a_failure_leads_through_the_undos() {
        let [workflow, partial] = plans();
        let chart = workflow.to_mermaid();
        for line in ["s0 -- ok --> s1", "s0 -. undone by .-> u0", "s0 -- failed --> failed", "u0 --> failed"] {
            assert!(chart.lines().any(|shown| shown.trim() == line), "{line}: {chart}");
        }
        assert!(chart.contains("s1 -- ok or failed --> done"), "{chart}");
        let chart = partial.to_mermaid();
        assert!(chart.contains("s0 -- failed --> failed") && chart.contains("s1 -- ok or failed --> done"), "{chart}");
    }
}
