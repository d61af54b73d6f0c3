use std::fmt::{self, Display, Formatter};

use serde::Serialize;

use super::Runtime;
use super::plan_handle::PlanHandle;
use crate::Name;
use crate::patch::Setting;

/// The values of every plan's definition that are in force, and where each comes from; from [`Runtime::effective`].
///
/// `Display` prints one plan after the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Effective {
    /// Every plan, as [`Runtime::plans`] has them; workflows and partials as well.
    pub plans: Vec<EffectivePlan>,
}

impl Effective {
    /// The plan with that tag.
    pub fn plan(&self, tag: &str) -> Option<&EffectivePlan> {
        self.plans.iter().find(|effective| effective.plan == tag)
    }
}

/// The values of a plan's definition that are in force, and where each comes from; from [`PlanHandle::effective`].
///
/// `Display` prints a line for each: `providers.twilio.weight = 50 (update)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct EffectivePlan {
    /// The tag of the plan.
    pub plan: Name,
    /// Every value that a patch can change, and that is there; under the path at which a patch would give it.
    pub settings: Vec<Setting>,
}

impl EffectivePlan {
    /// The value at that path: `providers.twilio.weight`.
    pub fn setting(&self, path: &str) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.path == path)
    }
}

impl PlanHandle {
    /// The values of the definition that are in force, and where each comes from.
    ///
    /// ```
    /// # extern crate ductape_runtime as ductape;
    /// # fn show() -> Result<(), ductape::UnknownTag> {
    /// println!("{}", ductape::runtime().plan("sms-quota")?.effective());
    /// # Ok(())
    /// # }
    /// ```
    pub fn effective(&self) -> EffectivePlan {
        EffectivePlan { plan: self.live().plan.tag.clone(), settings: self.0.settings() }
    }
}

impl Runtime {
    /// The values of every plan that are in force, and where each comes from.
    ///
    /// ```
    /// # extern crate ductape_runtime as ductape;
    /// println!("{}", ductape::runtime().effective());
    /// ```
    pub fn effective(&self) -> Effective {
        Effective { plans: self.plans().iter().map(PlanHandle::effective).collect() }
    }
}

impl Display for Effective {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (at, plan) in self.plans.iter().enumerate() {
            write!(f, "{}{plan}", if at > 0 { "\n" } else { "" })?;
        }
        Ok(())
    }
}

impl Display for EffectivePlan {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.plan)?;
        self.settings.iter().try_for_each(|setting| write!(f, "\n  {setting}"))
    }
}
