use std::fmt::{self, Display, Formatter};

use serde::{Serialize, Serializer};

use crate::engine::Percent;

/// How many retries and hedges there may be for the calls of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryBudget {
    /// How many for each hundred calls.
    pub share: Percent,
}

impl RetryBudget {
    /// Of a hedged plan that says nothing: a tenth.
    pub(crate) const HEDGED: Self = Self::new(Percent::hundredths(1_000));

    /// So many for each hundred calls: 20 % is one for every five.
    pub const fn new(share: Percent) -> Self {
        Self { share }
    }

    /// How many retries and hedges so many calls allow.
    pub(super) fn of(self, calls: u64) -> u64 {
        self.share.of_all(calls)
    }
}

impl Display for RetryBudget {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "retry budget {}", self.share)
    }
}

impl Serialize for RetryBudget {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.share.serialize(serializer)
    }
}
