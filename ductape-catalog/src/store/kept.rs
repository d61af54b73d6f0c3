//! What is kept, and what changes in it.

use std::collections::{BTreeMap, BTreeSet};

use ductape_definition::{Definition, Kind};
use ductape_runtime::{Name, Patch, dynamic};

/// All that a store keeps, but for the history.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Kept {
    /// Definitions by kind and tag; those of caches are their settings.
    pub definitions: BTreeMap<(Kind, String), Versioned>,
    /// Definitions of the program that are not in force, since somebody has deleted them.
    pub hidden: BTreeSet<(Kind, String)>,
    /// What has been changed in plans while they run, by tag.
    pub overrides: BTreeMap<String, Patch>,
    /// Why a provider is taken out, by tag of the plan and name of the provider.
    pub cordons: BTreeMap<(String, String), String>,
}

/// A definition, and the how-manieth of its tag it is.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Versioned {
    /// The definition.
    pub definition: Definition,
    /// 1 for the first of its tag, and one more with every update.
    pub version: u64,
}

/// A change of what is kept.
#[expect(clippy::large_enum_variant, reason = "changes are few, and nearly all of them define something")]
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// This is the definition of its kind and tag from now on.
    Define(Versioned),
    /// There is no definition of that kind and tag any more.
    Remove {
        /// What it was.
        kind: Kind,
        /// Its tag.
        tag: String,
    },
    /// As [`Remove`](Self::Remove), of a definition that the program brings along: it does not come back when the program
    /// starts again, until it is defined anew.
    Hide {
        /// What it was.
        kind: Kind,
        /// Its tag.
        tag: String,
    },
    /// This is changed in a plan from now on, and nothing else; `None`: nothing is.
    Override {
        /// The tag of the plan.
        plan: String,
        /// All that is changed.
        patch: Option<Patch>,
    },
    /// A provider is taken out for a reason, or let in again: `None`.
    Cordon {
        /// The tag of the plan.
        plan: String,
        /// The provider.
        provider: String,
        /// Why.
        reason: Option<String>,
    },
    /// A provider goes by another name from now on, and what is kept of it with it: what is changed for it in the plan, its
    /// cordon, and its history.
    Rename {
        /// The tag of the plan.
        plan: String,
        /// The name until now.
        from: String,
        /// The name from now on.
        to: String,
    },
}

impl Change {
    /// Whose provider goes by another name: the plan, the name until now, and that from now on.
    pub(crate) fn renamed(&self) -> Option<(Name, Name, Name)> {
        let Self::Rename { plan, from, to } = self else { return None };
        Some((plan.clone().into(), from.clone().into(), to.clone().into()))
    }
}

impl Versioned {
    /// That version of its tag's definition.
    pub fn new(definition: impl Into<Definition>, version: u64) -> Self {
        Self { definition: definition.into(), version }
    }
}

impl Kept {
    /// The definition of that kind and tag.
    pub fn definition(&self, kind: Kind, tag: &str) -> Option<&Versioned> {
        self.definitions.get(&(kind, tag.to_owned()))
    }

    /// Makes a change; of a [`Rename`](Change::Rename), all but what it does to the history.
    pub fn apply(&mut self, change: Change) {
        match change {
            Change::Define(versioned) => {
                let key = (versioned.definition.kind(), versioned.definition.tag().to_owned());
                self.hidden.remove(&key);
                self.definitions.insert(key, versioned);
            }
            Change::Remove { kind, tag } => _ = self.definitions.remove(&(kind, tag)),
            Change::Hide { kind, tag } => {
                let key = (kind, tag);
                self.definitions.remove(&key);
                self.hidden.insert(key);
            }
            Change::Override { plan, patch: Some(patch) } => _ = self.overrides.insert(plan, patch),
            Change::Override { plan, patch: None } => _ = self.overrides.remove(&plan),
            Change::Cordon { plan, provider, reason: Some(reason) } => {
                self.cordons.insert((plan, provider), reason);
            }
            Change::Cordon { plan, provider, reason: None } => _ = self.cordons.remove(&(plan, provider)),
            Change::Rename { plan, from, to } => {
                if let Some(patch) = self.overrides.get_mut(&plan) {
                    *patch = dynamic::renamed(std::mem::take(patch), &from, &to);
                }
                if let Some(reason) = self.cordons.remove(&(plan.clone(), from)) {
                    self.cordons.insert((plan, to), reason);
                }
            }
        }
    }
}
