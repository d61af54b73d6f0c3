//! What is wrong with a definition: all of it, each fault with its place, its value and what to write.

use std::error::Error;
use std::fmt::{self, Display, Formatter};

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::definition::Kind;
use crate::limits;
use crate::literal::tag;
use crate::words::shortened;

/// Why a definition, a set of them or an input is refused: every fault there is.
///
/// One error names up to [`limits::MOST_FAULTS`] faults, and counts the others. `Display` gives each a line, and one
/// for its help.
///
/// ```
/// use ductape_definition::Fallback;
///
/// let error = Fallback::from_json(r#"{ "tag": "pay", "options": [{ "app": "a", "event": "b", "retrys": 2 }] }"#)
///     .expect_err("`retrys` is no key");
/// assert_eq!(error.faults()[0].path.to_string(), "$.options[0].retrys");
/// assert!(error.to_string().contains("did you mean `retries`?"));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Invalid {
    faults: Vec<Fault>,
    #[serde(rename = "more")]
    more: usize,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Fault {
    /// The definition it is in, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definition: Option<Named>,
    /// Where it is.
    pub path: Path,
    /// What stands there, shortened; empty where nothing does.
    pub value: String,
    /// The kind of rule that is broken.
    pub rule: Rule,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

/// A definition's kind and tag.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub struct Named {
    /// What it is.
    pub kind: Kind,
    /// Its tag.
    pub tag: String,
}

/// Kinds of rules, for programs that treat them differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Rule {
    /// The text is JSON, and a key stands once in an object.
    Syntax,
    /// Only known keys.
    UnknownKey,
    /// What is required is there.
    Missing,
    /// A value has its type and notation.
    Form,
    /// A value is in its range.
    Range,
    /// A text's references are sound, and each finds something.
    Reference,
    /// What is named exists.
    Unknown,
    /// Names are unique.
    Duplicate,
    /// Weights add up, and deadlines leave everyone a full attempt.
    Sum,
    /// Nothing runs itself.
    Cycle,
    /// Clauses that belong together, or exclude each other.
    Together,
    /// Nothing is larger than the stated limits.
    Limit,
}

/// A place in a JSON document, shown as `$.options[0].retries`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Path(Vec<Step>);

/// One step of a [`Path`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "JSON has objects and lists, and nothing else to step into")]
pub enum Step {
    /// Into an object.
    Key(String),
    /// Into a list, from 0.
    Index(usize),
}

/// What is wrong, so that it can be read and shown.
impl Invalid {
    /// The faults: those of form first, by key, and then those of what goes together.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// How many there are beyond those named.
    pub fn more(&self) -> usize {
        self.more
    }

    /// With another text for each that may have come from what is refused: paths, values, messages and helps. For those
    /// who keep secrets out of errors.
    #[must_use]
    pub fn redacted(mut self, redact: impl Fn(&str) -> String) -> Self {
        for Fault { path, value, message, help, .. } in &mut self.faults {
            let keys = path.0.iter_mut().filter_map(|step| if let Step::Key(key) = step { Some(key) } else { None });
            for text in keys.chain([value, message, help]) {
                *text = redact(text);
            }
        }
        self
    }

    /// These and others, told in one.
    #[must_use]
    pub fn and(self, others: Self) -> Self {
        let mut faults = Faults::default();
        faults.extend(self);
        faults.extend(others);
        Self { faults: faults.found, more: faults.more }
    }

    /// The faults, for those who say more about each.
    pub(crate) fn into_faults(self) -> Vec<Fault> {
        self.faults
    }

    /// In a list, at this place of it.
    pub(crate) fn below(self, index: usize) -> Self {
        Self { faults: self.faults.into_iter().map(|fault| fault.below(index)).collect(), ..self }
    }
}

impl Fault {
    /// In a list, at this place of it.
    pub(crate) fn below(mut self, index: usize) -> Self {
        self.path.0.insert(0, Step::Index(index));
        self
    }
}

impl Error for Invalid {}

impl Display for Invalid {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{fault}")?;
        }
        if self.more > 0 {
            write!(f, "\nand {} more", self.more)?;
        }
        Ok(())
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(Named { kind, tag }) = &self.definition {
            write!(f, "{kind} `{tag}` ")?;
        }
        write!(f, "{}: {}", self.path, self.message)?;
        if !self.value.is_empty() {
            write!(f, ", here: {}", self.value)?;
        }
        write!(f, "\n  help: {}", self.help)
    }
}

/// Steps, one after the other.
impl Path {
    /// The steps from the document's root.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    pub(crate) fn key(&self, key: &str) -> Self {
        self.with(Step::Key(key.to_owned()))
    }

    pub(crate) fn index(&self, index: usize) -> Self {
        self.with(Step::Index(index))
    }

    fn with(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }
}

impl FromIterator<Step> for Path {
    fn from_iter<I: IntoIterator<Item = Step>>(steps: I) -> Self {
        Self(steps.into_iter().collect())
    }
}

impl Display for Path {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        for step in &self.0 {
            let plain =
                |key: &str| !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
            match step {
                Step::Key(key) if plain(key) => write!(f, ".{key}")?,
                Step::Key(key) => write!(f, "[{:?}]", shortened(key, 64))?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

impl Serialize for Path {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What is wrong with a value, before it is known where the value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) rule: Rule,
    pub(crate) message: String,
    pub(crate) help: String,
}

impl Problem {
    pub(crate) fn new(rule: Rule, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { rule, message: message.into(), help: help.into() }
    }

    /// A key stands in an object in two spellings.
    pub(crate) fn twice(key: &str) -> Self {
        let message = format!("`{key}` is given twice, in two spellings");
        Self::new(Rule::Duplicate, message, format!("write `{key}` once"))
    }
}

/// Collects faults.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    found: Vec<Fault>,
    more: usize,
    /// Where something sound stands in for what is wrong.
    stand_ins: Vec<Path>,
}

impl Faults {
    /// Whether another fault would only be counted.
    pub(crate) fn is_full(&self) -> bool {
        self.found.len() >= limits::MOST_FAULTS
    }

    /// Whether nothing is wrong so far.
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Something is wrong with what stands at `path`.
    pub(crate) fn add(&mut self, path: &Path, value: &Value, problem: Problem) {
        self.push(path, shown(value), problem);
    }

    /// Something is missing at `path`, or wrong with all of it.
    pub(crate) fn add_whole(&mut self, path: &Path, problem: Problem) {
        self.push(path, String::new(), problem);
    }

    fn push(&mut self, path: &Path, value: String, Problem { rule, message, help }: Problem) {
        self.push_fault(Fault { definition: None, path: path.clone(), value, rule, message, help });
    }

    pub(crate) fn push_fault(&mut self, fault: Fault) {
        if self.is_full() {
            self.more += 1;
        } else {
            self.found.push(fault);
        }
    }

    /// Whether there is a fault at the path or below it: what follows from it is not said again.
    pub(crate) fn touch(&self, path: &Path) -> bool {
        let mut wrong = self.found.iter().map(|fault| &fault.path).chain(&self.stand_ins);
        wrong.any(|wrong| wrong.steps().starts_with(path.steps())) || self.stand_in_at(path)
    }

    /// What is at the path was wrong: whatever is read from there was never written.
    pub(crate) fn stands_in(&mut self, path: Path) {
        self.stand_ins.push(path);
    }

    /// Whether what is at the path was never written.
    pub(crate) fn stand_in_at(&self, path: &Path) -> bool {
        self.stand_ins.iter().any(|wrong| path.steps().starts_with(wrong.steps()))
    }

    /// The definition that all the faults are in that are in none yet.
    pub(crate) fn belong_to(&mut self, kind: Kind, tag: &str) {
        if tag::valid(tag) {
            for fault in &mut self.found {
                fault.definition.get_or_insert_with(|| Named { kind, tag: tag.to_owned() });
            }
        }
    }

    pub(crate) fn extend(&mut self, invalid: Invalid) {
        for fault in invalid.faults {
            self.push_fault(fault);
        }
        self.more += invalid.more;
    }

    /// Those of another place.
    pub(crate) fn merge(&mut self, other: Self) {
        self.extend(Invalid { faults: other.found, more: other.more });
    }

    /// Has those of another place come first.
    pub(crate) fn precede(&mut self, first: Self) {
        let later = std::mem::take(&mut self.found);
        self.merge(first);
        for fault in later {
            self.push_fault(fault);
        }
    }

    /// The value, if there is one and nothing was wrong with it.
    pub(crate) fn some_or<T>(self, value: Option<T>) -> Result<T, Invalid> {
        match value {
            Some(value) if self.found.is_empty() => Ok(value),
            _ => Err(Invalid { faults: self.found, more: self.more }),
        }
    }

    /// The value, if nothing was wrong.
    pub(crate) fn none_or<T>(self, value: T) -> Result<T, Invalid> {
        self.some_or(Some(value))
    }
}

/// A value for a message: as JSON if it is short, else what it is.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if text.len() > 60 => format!("{:?}", shortened(text, 60)),
        Value::Array(items) if !items.is_empty() => format!("a list of {}", items.len()),
        Value::Object(keys) if !keys.is_empty() => format!("an object of {} keys", keys.len()),
        short => short.to_string(),
    }
}
