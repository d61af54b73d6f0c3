//! Definitions that are not sound yet: what is wrong with them alone is told together with what is wrong among others.

use std::collections::BTreeMap;

use serde_json::Value;

use super::set::{Apps, Definitions};
use crate::definition::{Definition, Kind};
use crate::fault::{Faults, Invalid, Path, Problem, Rule, Step};
use crate::json;

/// A definition as far as it can be read, with all that is wrong with it alone.
///
/// ```
/// use ductape_definition::{Apps, Definitions, Draft, Kind};
/// use serde_json::json;
///
/// let draft = Draft::of_kind(Kind::Feature, &json!({ "tag": "f", "evens": 1, "events": [{ "type": "feature", "event": "sms" }] }));
/// let refused = Definitions::default().with(draft, None).expect_err("an unknown key, and an unknown feature");
/// assert_eq!(refused.faults().len(), 2);
/// ```
#[derive(Debug)]
pub struct Draft {
    pub(crate) definition: Option<Definition>,
    pub(crate) faults: Faults,
}

/// What is wrong with each draft alone.
pub(crate) type Drafts = BTreeMap<(Kind, String), Faults>;

/// What is wrong with the definitions of a set.
pub(crate) struct Judged<'a> {
    /// With each that is not sound, by kind and tag.
    pub(crate) each: Vec<(Kind, &'a str, Faults)>,
    /// With several: each fault says of which definition it is.
    pub(crate) among: Faults,
}

impl Judged<'_> {
    pub(crate) fn together(self) -> Faults {
        let mut faults = Faults::default();
        for (.., own) in self.each {
            faults.merge(own);
        }
        faults.merge(self.among);
        faults
    }
}

impl Draft {
    /// Reads a definition of which it is known what it defines.
    pub fn of_kind(kind: Kind, value: &Value) -> Self {
        Definition::draft(kind, value)
    }

    /// The definition of other values for some of its keys; see [`Definition::patched`].
    pub fn patched(definition: &Definition, patch: &Value) -> Self {
        definition.patched_draft(patch)
    }

    /// With one more fault, of which whoever has made the value knows.
    #[must_use]
    pub fn with_fault(
        mut self,
        path: impl IntoIterator<Item = Step>,
        rule: Rule,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        self.faults.add_whole(&path.into_iter().collect(), Problem::new(rule, message, help));
        self
    }

    /// Its tag; empty where it has none that can be one.
    pub fn tag(&self) -> &str {
        self.definition.as_ref().map(Definition::tag).unwrap_or_default()
    }

    /// The definition.
    ///
    /// # Errors
    ///
    /// All that is wrong with it alone.
    pub fn finish(self) -> Result<Definition, Invalid> {
        self.faults.some_or(self.definition)
    }

    /// The drafts of a text that holds one definition or a list of them.
    pub(crate) fn all_from_json(text: &str) -> Result<Vec<Self>, Invalid> {
        Ok(match json::read(text)? {
            Value::Array(items) => items.iter().map(Definition::draft_of).collect(),
            one => vec![Definition::draft_of(&one)],
        })
    }

    /// Whether others can name it: it is known what it is, and by which tag.
    pub(crate) fn has_a_name(&self) -> bool {
        self.definition.is_some() && !self.faults.touch(&Path::default().key("tag"))
    }
}

/// As it is, with nothing wrong.
impl From<Definition> for Draft {
    fn from(definition: Definition) -> Self {
        Self { definition: Some(definition), faults: Faults::default() }
    }
}

impl Definitions {
    /// The set with one more definition, or another one in the place of that of its kind and tag; and that definition. The
    /// whole is checked as [`check`](Self::check) does.
    ///
    /// # Errors
    ///
    /// Those of [`insert`](Self::insert), those of [`check`](Self::check), and what is wrong with the definition alone: all
    /// of it together.
    pub fn with(&self, draft: Draft, apps: Option<&Apps>) -> Result<(Self, Definition), Invalid> {
        let Draft { definition, mut faults } = draft;
        let Some(definition) = definition else { return faults.some_or(None) };
        let mut set = self.clone();
        if let Err(invalid) = set.insert(definition.clone()) {
            faults.extend(invalid);
            // What else is wrong is told, too.
            set.put(definition.clone());
        }
        let drafts = Drafts::from([((definition.kind(), definition.tag().to_owned()), faults)]);
        let faults = set.judge(apps, &|_| true, drafts, true).together();
        faults.none_or((set, definition))
    }
}
