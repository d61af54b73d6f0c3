use std::fmt::{self, Display, Formatter};

use serde::{Serialize, Serializer};

use crate::Name;

/// Where a value of a definition comes from. Later ones take precedence.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// Nothing was said: it is the clause's default.
    Default,
    /// A clause of the attribute.
    Code,
    /// A clause of the plan's attribute, for all its providers.
    PlanDefault,
    /// A file of overrides.
    File {
        /// Its path.
        file: Name,
        /// The line, from 1; 0 for the file as a whole.
        line: usize,
        /// The column, from 1, in characters.
        column: usize,
    },
    /// A variable of the environment.
    Environment {
        /// Its name.
        variable: Name,
    },
    /// An [`update`](crate::PlanHandle::update).
    Update,
}

impl Origin {
    /// Whether it says more than which kind it is: a place to look at.
    pub(super) fn is_place(&self) -> bool {
        matches!(self, Self::File { .. } | Self::Environment { .. })
    }
}

impl Display for Origin {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Code => f.write_str("code"),
            Self::PlanDefault => f.write_str("plan default"),
            // Of the file as a whole.
            Self::File { file, line: 0, .. } => f.write_str(file),
            Self::File { file, line, column } => write!(f, "{file}:{line}:{column}"),
            Self::Environment { variable } => f.write_str(variable),
            Self::Update => f.write_str("update"),
        }
    }
}

/// As it is shown.
impl Serialize for Origin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
