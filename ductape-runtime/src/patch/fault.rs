use std::error::Error;
use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use super::Origin;
use crate::Name;

/// Why a patch, or overrides, were refused: every fault, one a line. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct PatchError(Vec<PatchFault>);

/// One thing that is wrong with a patch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PatchFault {
    /// The plan that it concerns; `None` where it is not known.
    pub plan: Option<Name>,
    /// Where it is in the patch: `providers.twilio.weight`.
    pub path: String,
    /// What stands there.
    pub value: Option<String>,
    /// What is wrong.
    pub rule: String,
    /// What to do.
    pub help: String,
    /// Where the value comes from.
    pub origin: Origin,
}

impl PatchError {
    /// `Err` when there is any fault.
    pub(crate) fn unless_none(faults: Vec<PatchFault>) -> Result<(), Self> {
        if faults.is_empty() { Ok(()) } else { Err(Self(faults)) }
    }

    pub(crate) fn into_faults(self) -> Vec<PatchFault> {
        self.0
    }

    /// Every fault, at least one.
    pub fn faults(&self) -> &[PatchFault] {
        &self.0
    }
}

/// In one line: where, what stands there, what is wrong, what to do.
impl Display for PatchFault {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.origin.is_place() {
            write!(f, "{}", self.origin)?;
            if let (Some(value), true) = (&self.value, self.path.is_empty()) {
                write!(f, " = {value}")?;
            }
            f.write_str(": ")?;
        }
        if let Some(plan) = &self.plan {
            write!(f, "{plan}: ")?;
        }
        match &self.value {
            _ if self.path.is_empty() => {}
            Some(value) => write!(f, "{} = {value}: ", self.path)?,
            None => write!(f, "{}: ", self.path)?,
        }
        write!(f, "{}; {}", self.rule, self.help)
    }
}

impl Display for PatchError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            Display::fmt(fault, f)?;
        }
        Ok(())
    }
}

impl Error for PatchError {}
