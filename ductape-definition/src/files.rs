//! A set of definitions from files: every fault with its file, line and column.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::{self, Display, Formatter};

use serde_json::Value;

use crate::check::Definitions;
use crate::definition::{Definition, Kind};
use crate::fault::{Fault, Faults, Invalid, Path, Problem, Rule};
use crate::limits;
use crate::locate::Position;

/// Why a set of files is refused: every fault there is, by file.
#[derive(Debug, Clone, PartialEq)]
pub struct InvalidFiles {
    faults: Vec<InFile>,
    more: usize,
}

/// A fault, and where it stands.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct InFile {
    /// The name of the file, as it was given.
    pub file: String,
    /// Where in the file.
    pub position: Position,
    /// What is wrong; the path is that within the file.
    pub fault: Fault,
}

/// Where a definition comes from: the place of its file, and that in the file's list if it has one.
type Origin = (usize, Option<usize>);

type Origins = HashMap<(Kind, String), Origin>;

/// From files.
impl Definitions {
    /// Reads and checks the definitions of several files, given as names and texts; each holds one definition or a list
    /// of them. The set must be complete: a healthcheck that is named must be among them.
    ///
    /// # Errors
    ///
    /// Every fault, with its file, line and column. What is wrong among definitions is looked for when each of them is
    /// sound.
    ///
    /// ```
    /// use ductape_definition::Definitions;
    ///
    /// let files = [("caches.json", "[\n  { \"tag\": \"a\", \"expiry\": \"1m\" },\n  { \"tag\": \"b\", \"expiry\": 0 }\n]")];
    /// let invalid = Definitions::from_files(files).expect_err("an expiry of zero");
    /// assert!(invalid.to_string().starts_with("caches.json:3:27: "), "{invalid}");
    /// ```
    pub fn from_files<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, InvalidFiles> {
        let files: Vec<_> = files.into_iter().collect();
        let (mut set, mut origins, mut found) = (Self::default(), Origins::new(), Found::default());
        for (at, (_, text)) in files.iter().enumerate() {
            match Definition::all_from_json(text) {
                Ok(definitions) => {
                    let is_list = text.trim_start().starts_with('[');
                    for (index, definition) in definitions.into_iter().enumerate() {
                        let origin = (at, is_list.then_some(index));
                        if let Err(invalid) = set.insert_first(definition, origin, &mut origins, &files) {
                            found.add(invalid, |_| origin);
                        }
                    }
                }
                Err(invalid) => found.add(invalid, |_| (at, None)),
            }
        }
        if found.faults.is_empty() {
            match set.check_complete(None) {
                Ok(()) => return Ok(set),
                Err(invalid) => found.add(invalid, |fault| {
                    let named = fault.definition.as_ref().map(|named| (named.kind, named.tag.clone()));
                    named.and_then(|named| origins.get(&named).copied()).unwrap_or_default()
                }),
            }
        }
        Err(found.of(&files))
    }

    /// As [`insert`](Self::insert), of what no file has defined yet.
    fn insert_first(
        &mut self,
        definition: Definition,
        origin: Origin,
        origins: &mut Origins,
        files: &[(&str, &str)],
    ) -> Result<(), Invalid> {
        let key = (definition.kind(), definition.tag().to_owned());
        let Some((other, _)) = origins.get(&key) else {
            self.insert(definition)?;
            origins.insert(key, origin);
            return Ok(());
        };
        let message = format!("there is a {} of this tag in `{}`", key.0, files[*other].0);
        let mut faults = Faults::default();
        let problem = Problem::new(Rule::Duplicate, message, "write another tag, or take one of the two away");
        faults.add(&Path::default().key("tag"), &Value::from(definition.tag()), problem);
        faults.none_or(())
    }
}

/// What is wrong, so that it can be read and shown.
impl InvalidFiles {
    /// The faults, in the order in which they stand; up to [`limits::MOST_FAULTS`].
    pub fn faults(&self) -> &[InFile] {
        &self.faults
    }

    /// How many there are beyond those named.
    pub fn more(&self) -> usize {
        self.more
    }
}

/// Faults, each with the definition that it is in, wherever that comes from.
#[derive(Default)]
struct Found {
    faults: Vec<(Origin, Fault)>,
    more: usize,
}

impl Found {
    fn add(&mut self, invalid: Invalid, origin: impl Fn(&Fault) -> Origin) {
        self.more += invalid.more();
        self.faults.extend(invalid.into_faults().into_iter().map(|fault| (origin(&fault), fault)));
    }

    /// In the order in which they are read.
    fn of(self, files: &[(&str, &str)]) -> InvalidFiles {
        let located = self.faults.into_iter().filter_map(|((at, index), fault)| {
            let (file, text) = files.get(at)?;
            let fault = match index {
                Some(index) => fault.below(index),
                None => fault,
            };
            Some((at, InFile { file: (*file).to_owned(), position: fault.position(text), fault }))
        });
        let mut located: Vec<_> = located.collect();
        located.sort_by_key(|(at, in_file)| (*at, in_file.position));
        let more = self.more + located.len().saturating_sub(limits::MOST_FAULTS);
        let faults = located.into_iter().take(limits::MOST_FAULTS).map(|(_, in_file)| in_file).collect();
        InvalidFiles { faults, more }
    }
}

impl Error for InvalidFiles {}

impl Display for InvalidFiles {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (at, in_file) in self.faults.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{in_file}\n  help: {}", in_file.fault.help)?;
        }
        if self.more > 0 {
            write!(f, "\nand {} more", self.more)?;
        }
        Ok(())
    }
}

/// `pay.json:5:18: …`: where it is, and what is wrong, without help.
impl Display for InFile {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Fault { value, rule, message, .. } = &self.fault;
        // The position says that already.
        let place = message.rsplit_once(" at line ").filter(|_| *rule == Rule::Syntax);
        write!(f, "{}:{}: {}", self.file, self.position, place.map_or(message.as_str(), |(what, _)| what))?;
        if !value.is_empty() {
            write!(f, ", here: {value}")?;
        }
        Ok(())
    }
}
