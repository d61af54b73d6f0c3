//! Every definition linked into the program.

use std::fmt::{self, Display, Formatter};
use std::sync::OnceLock;

use crate::Name;
use crate::health::{AnyHealthcheck, Check};
use crate::plan::{Plan, Site};
use crate::text::nearest;

pub(super) struct Registry {
    pub(super) sites: Vec<&'static Site>,
    pub(super) plans: Vec<&'static Plan>,
    pub(super) healthchecks: Vec<&'static dyn AnyHealthcheck>,
    pub(super) checks: Vec<&'static Check>,
}

/// Read once: sorted by tag and place, since the linker's order is not stable, and with a slot given to each.
pub(super) fn registry() -> &'static Registry {
    static REGISTRY: OnceLock<Registry> = OnceLock::new();
    REGISTRY.get_or_init(|| {
        let mut sites: Vec<&Site> = inventory::iter::<&'static Site>.into_iter().copied().collect();
        sites.sort_by_key(|site| (site.plan.tag(), site.plan.place()));
        for (slot, site) in sites.iter().enumerate() {
            site.slot.set(slot);
        }
        let mut healthchecks: Vec<_> = inventory::iter::<&'static dyn AnyHealthcheck>.into_iter().copied().collect();
        healthchecks.sort_by_key(|check| (check.definition().tag(), check.definition().place()));
        for (slot, check) in healthchecks.iter().enumerate() {
            check.definition().slot.set(slot);
        }
        Registry {
            plans: sites.iter().map(|site| &site.plan).collect(),
            checks: healthchecks.iter().map(|check| check.definition()).collect(),
            sites,
            healthchecks,
        }
    })
}

/// Every plan linked into the program, sorted by tag.
///
/// A crate that the program names nowhere is not linked, and neither are its plans.
pub fn plans() -> &'static [&'static Plan] {
    &registry().plans
}

/// The plan with that tag.
///
/// # Errors
///
/// When no plan linked into the program has the tag; the message names the nearest ones.
pub fn plan(tag: &str) -> Result<&'static Plan, UnknownTag> {
    site(tag).map(Site::plan)
}

/// The site of the plan with that tag.
pub(super) fn site(tag: &str) -> Result<&'static Site, UnknownTag> {
    let found = registry().sites.iter().copied().find(|site| site.plan.tag() == tag);
    found.ok_or_else(|| UnknownTag::of(tag, plans().iter().map(|plan| plan.tag())))
}

/// Every healthcheck linked into the program, sorted by tag.
pub fn healthchecks() -> &'static [&'static Check] {
    &registry().checks
}

/// No plan has this tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownTag {
    tag: String,
    nearest: Vec<Name>,
}

impl UnknownTag {
    pub(super) fn of<'a>(tag: &str, known: impl Iterator<Item = &'a str>) -> Self {
        let nearest = nearest(tag, known).into_iter().map(|nearest| Name::from(nearest.to_owned())).collect();
        Self { tag: tag.to_owned(), nearest }
    }

    /// The tag that no plan has.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// The tags most like it, nearest first; at most three.
    pub fn nearest(&self) -> &[Name] {
        &self.nearest
    }
}

impl Display for UnknownTag {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "no plan has the tag `{}`", self.tag)?;
        for (at, nearest) in self.nearest.iter().enumerate() {
            f.write_str(if at == 0 { "; did you mean " } else { " or " })?;
            write!(f, "`{nearest}`")?;
        }
        if self.nearest.is_empty() {
            f.write_str("; `ductape::plans()` lists those that are linked")?;
        }
        f.write_str(if self.nearest.is_empty() { "" } else { "?" })
    }
}

impl std::error::Error for UnknownTag {}
