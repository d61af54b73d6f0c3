//! A set of definitions from files: every fault with its file, line and column.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::{self, Display, Formatter};

use serde_json::Value;

use crate::check::{Definitions, Draft, Drafts, Judged};
use crate::definition::Kind;
use crate::fault::{Fault, Invalid, Path, Problem, Rule};
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
    /// of them. The set must be complete: a healthcheck that is named must be among them. So must be whatever else is named,
    /// but for fallbacks and quotas that may be plans in code; see [`check`](Self::check).
    ///
    /// # Errors
    ///
    /// Every fault, with its file, line and column. Names of definitions are looked for once it is known of each definition
    /// what it is and which tag it has.
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
        // Where one cannot be named, nobody knows whether it is the one that others name.
        let (mut drafts, mut is_whole) = (Drafts::new(), true);
        for (at, (_, text)) in files.iter().enumerate() {
            match Draft::all_from_json(text) {
                Ok(read) => {
                    let is_list = text.trim_start().starts_with('[');
                    for (index, draft) in read.into_iter().enumerate() {
                        let origin = (at, is_list.then_some(index));
                        is_whole &= draft.has_a_name();
                        if let Err(invalid) = set.insert_first(draft, origin, &mut origins, &mut drafts, &files) {
                            found.add(invalid, origin);
                        }
                    }
                }
                Err(invalid) => {
                    is_whole = false;
                    found.add(invalid, (at, None));
                }
            }
        }
        let Judged { each, among } = set.judge(None, &|_| false, drafts, is_whole);
        let origin_of = |kind: Kind, tag: &str| origins.get(&(kind, tag.to_owned())).copied().unwrap_or_default();
        for (kind, tag, faults) in each {
            if let Err(invalid) = faults.none_or(()) {
                found.add(invalid, origin_of(kind, tag));
            }
        }
        if let Err(invalid) = among.none_or(()) {
            found.add_each(invalid, |fault| {
                fault.definition.as_ref().map(|named| origin_of(named.kind, &named.tag)).unwrap_or_default()
            });
        }
        if found.faults.is_empty() { Ok(set) } else { Err(found.of(&files)) }
    }

    /// As [`insert`](Self::insert), of what no file has defined yet; what is wrong with it alone is put with the drafts.
    fn insert_first(
        &mut self,
        draft: Draft,
        origin: Origin,
        origins: &mut Origins,
        drafts: &mut Drafts,
        files: &[(&str, &str)],
    ) -> Result<(), Invalid> {
        let has_a_name = draft.has_a_name();
        let Draft { definition, mut faults } = draft;
        let Some(mut definition) = definition else { return faults.none_or(()) };
        if !has_a_name {
            // A tag of its own that no definition can have.
            definition.set_tag(format!("#{}", origins.len()));
        }
        let key = (definition.kind(), definition.tag().to_owned());
        if let Some((other, _)) = origins.get(&key) {
            let message = format!("there is a {} of this tag in `{}`", key.0, files[*other].0);
            let problem = Problem::new(Rule::Duplicate, message, "write another tag, or take one of the two away");
            faults.add(&Path::default().key("tag"), &Value::from(definition.tag()), problem);
            return faults.none_or(());
        }
        if let Err(invalid) = self.insert(definition) {
            faults.extend(invalid);
            return faults.none_or(());
        }
        origins.insert(key.clone(), origin);
        drafts.insert(key, faults);
        Ok(())
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
    fn add(&mut self, invalid: Invalid, origin: Origin) {
        self.add_each(invalid, |_| origin);
    }

    fn add_each(&mut self, invalid: Invalid, origin: impl Fn(&Fault) -> Origin) {
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
