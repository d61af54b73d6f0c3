//! What is said of a clause? A row: its name, its kind of value, where it may stand, what holds without it.

use super::place::Place;

/// A clause.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) places: &'static [Place],
    /// The clause as somebody would write it.
    pub(crate) example: &'static str,
    pub(crate) default: &'static str,
    pub(crate) doc: &'static str,
    /// May be given several times.
    pub(crate) repeats: bool,
}

/// The kind of value that a clause takes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Text,
    Tag,
    Duration,
    /// A duration of up to thirty days.
    Age,
    /// A whole number; `check` is the check of one that only the compiler knows.
    Count {
        from: u32,
        to: u32,
        check: &'static str,
    },
    /// A whole number or a fraction.
    Number {
        from: f64,
        to: f64,
        check: &'static str,
    },
    /// So many per second, minute or hour.
    Rate,
    /// More than nothing, and at most the whole; for the builder `of`, where it is not taken as it is.
    Percent {
        of: Option<&'static str>,
    },
    Flag,
    Switch,
    /// One of some words, each a variant of the type `of`.
    Choice {
        of: &'static str,
        words: &'static [&'static str],
    },
    /// The path of a static.
    Static,
    /// An expression that is evaluated by the run.
    Expression,
    Type,
    /// Clauses of its own, for the builder `of`.
    Nested {
        of: &'static str,
        place: Place,
        short: Short,
        /// The one of them that must be there.
        needs: Option<&'static str>,
    },
}

impl Kind {
    /// Whether a `const` may give the value.
    pub(crate) fn may_be_constant(self) -> bool {
        matches!(
            self,
            Self::Duration
                | Self::Age
                | Self::Rate
                | Self::Percent { .. }
                | Self::Count { .. }
                | Self::Number { .. }
                | Self::Flag
        )
    }
}

/// How a clause with clauses of its own may be written without them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Short {
    /// Not at all.
    Never,
    /// By its name alone.
    Bare,
    /// By the value of the one of them that must be there: `bulkhead = 10` is `bulkhead(max = 10)`.
    Value,
}

pub(super) const fn row(name: &'static str, kind: Kind, places: &'static [Place], example: &'static str) -> Row {
    Row { name, kind, places, example, default: "", doc: "", repeats: false }
}

impl Row {
    pub(super) const fn says(mut self, doc: &'static str, default: &'static str) -> Self {
        self.doc = doc;
        self.default = default;
        self
    }

    pub(super) const fn repeats(mut self) -> Self {
        self.repeats = true;
        self
    }

    /// Whether a plan's clause is the default of its providers.
    pub(crate) fn is_policy(&self) -> bool {
        self.places.contains(&Place::Primary) && self.places.contains(&Place::Fallback)
    }

    /// Whether the clause of a workflow or a partial is the default of its steps or parts.
    pub(crate) fn is_of_steps(&self) -> bool {
        self.places.contains(&Place::Step) && self.places.contains(&Place::Workflow)
    }

    /// The inner clause that must be there.
    pub(crate) fn needs(&self) -> Option<&'static Row> {
        match self.kind {
            Kind::Nested { place, needs: Some(name), .. } => place.rows().find(|inner| inner.name == name),
            _ => None,
        }
    }

    /// The inner clause whose value alone may stand for all of them.
    pub(crate) fn stands_for(&self) -> Option<&'static Row> {
        self.needs().filter(|_| matches!(self.kind, Kind::Nested { short: Short::Value, .. }))
    }
}
