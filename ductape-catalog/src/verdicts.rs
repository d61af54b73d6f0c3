//! What errors mean: what a definition's lists say of them, else what the action says.

use ductape_definition::{ErrorClass, Policies};
use ductape_runtime::Verdict;

/// What the errors of a provider, or an event, mean.
#[derive(Debug)]
pub(crate) struct Verdicts {
    listed: Vec<(ErrorClass, Verdict)>,
    /// Of errors of which nobody says anything.
    unsaid: Verdict,
}

impl Verdicts {
    pub(crate) fn of(policies: &Policies, at_most_once: bool) -> Self {
        let lists = [
            (&policies.retry_on, Verdict::Retry),
            (&policies.failover_on, Verdict::Failover),
            (&policies.abort_on, Verdict::Abort),
            (&policies.ambiguous_on, Verdict::Ambiguous),
        ];
        let listed = lists.into_iter().flat_map(|(list, verdict)| list.iter().map(move |class| (*class, verdict)));
        let unsaid = match (at_most_once, policies.retry_on.is_empty()) {
            (true, _) => Verdict::Ambiguous,
            (false, true) => Verdict::Retry,
            // Who lists what is tried again means that nothing else is.
            (false, false) => Verdict::Failover,
        };
        Self { listed: listed.collect(), unsaid }
    }

    /// Whether any list says anything.
    pub(crate) fn are_listed(&self) -> bool {
        !self.listed.is_empty()
    }

    /// What an error means: what the nearest class says; without any, what the action says.
    pub(crate) fn of_error(&self, class: Option<ErrorClass>, own: Option<Verdict>) -> Verdict {
        let rank = |class: ErrorClass| match class {
            ErrorClass::Any => 0,
            ErrorClass::Hundred(_) => 1,
            _ => 2,
        };
        let class = class.unwrap_or(ErrorClass::Any);
        let covering = self.listed.iter().filter(|(listed, _)| listed.covers(class));
        let nearest = covering.max_by_key(|(listed, _)| rank(*listed));
        nearest.map(|(_, verdict)| *verdict).or(own).unwrap_or(self.unsaid)
    }

    /// What an error of that class means, where there is no action to say anything of it.
    pub(crate) fn of_class(&self, class: ErrorClass) -> Verdict {
        self.of_error(Some(class), None)
    }
}
