//! What is in the file: one table for each thing that is kept, values as JSON.

use std::time::SystemTime;

use ductape_definition::{Definition, Kind};
use ductape_runtime::{Patch, Totals, dynamic};
use redb::{
    Database, Durability, ReadTransaction, ReadableTable, Table, TableDefinition, TableError, WriteTransaction,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Failure;
use crate::store::{Change, Hour, Kept, Versioned};

/// The format that is written, and the newest that is read. Another table or another notation is another format.
pub(super) const FORMAT: u64 = 1;

pub(super) const FORMATS: TableDefinition<'_, &str, u64> = TableDefinition::new("ductape");
/// By kind and tag.
const DEFINITIONS: TableDefinition<'_, (&str, &str), &[u8]> = TableDefinition::new("definitions");
/// The program's own that are not in force, by kind and tag. A file that an earlier version made has no such table.
const HIDDEN: TableDefinition<'_, (&str, &str), ()> = TableDefinition::new("hidden");
/// By plan.
const OVERRIDES: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("overrides");
/// The reason, by plan and provider.
const CORDONS: TableDefinition<'_, (&str, &str), &str> = TableDefinition::new("cordons");
/// By plan, hour and provider.
const HISTORY: TableDefinition<'_, (&str, u64, &str), &[u8]> = TableDefinition::new("history");

/// A definition as it is kept.
#[derive(Serialize, Deserialize)]
struct Written {
    version: u64,
    definition: Value,
}

pub(super) fn begin(database: &Database) -> Result<ReadTransaction, Failure> {
    Ok(database.begin_read()?)
}

/// All or nothing, and on the disk before it answers.
fn write(database: &Database, work: impl FnOnce(&WriteTransaction) -> Result<(), Failure>) -> Result<(), Failure> {
    let mut transaction = database.begin_write()?;
    transaction.set_durability(Durability::Immediate);
    transaction.set_two_phase_commit(true);

    work(&transaction)?;
    Ok(transaction.commit()?)
}

/// Makes a new database a store.
pub(super) fn prepare(database: &Database) -> Result<(), Failure> {
    write(database, |transaction| {
        transaction.open_table(DEFINITIONS)?;
        transaction.open_table(HIDDEN)?;
        transaction.open_table(OVERRIDES)?;
        transaction.open_table(CORDONS)?;
        transaction.open_table(HISTORY)?;
        transaction.open_table(FORMATS)?.insert("format", FORMAT)?;
        Ok(())
    })
}

pub(super) fn load(database: &Database) -> Result<Kept, Failure> {
    let (transaction, mut kept) = (begin(database)?, Kept::default());
    for entry in transaction.open_table(DEFINITIONS)?.iter()? {
        let (key, bytes) = entry?;
        let (kind, tag) = key.value();
        let written: Written = read(bytes.value(), || format!("{kind} `{tag}`"))?;
        let kind = kind_of(kind)?;
        let definition = Definition::of_kind(kind, &written.definition)
            .map_err(|invalid| Failure::Found(format!("{kind} `{tag}` is not sound:\n{invalid}")))?;
        kept.apply(Change::Define(Versioned::new(definition, written.version)));
    }
    match transaction.open_table(HIDDEN) {
        Ok(hidden) => {
            for entry in hidden.iter()? {
                let (key, _) = entry?;
                let (kind, tag) = key.value();
                kept.hidden.insert((kind_of(kind)?, tag.to_owned()));
            }
        }
        Err(TableError::TableDoesNotExist(_)) => {}
        Err(error) => return Err(error.into()),
    }
    for entry in transaction.open_table(OVERRIDES)?.iter()? {
        let (plan, bytes) = entry?;
        kept.overrides.insert(plan.value().to_owned(), read_patch(plan.value(), bytes.value())?);
    }
    for entry in transaction.open_table(CORDONS)?.iter()? {
        let (key, reason) = entry?;
        let (plan, provider) = key.value();
        kept.cordons.insert((plan.to_owned(), provider.to_owned()), reason.value().to_owned());
    }
    Ok(kept)
}

fn kind_of(written: &str) -> Result<Kind, Failure> {
    let known = Kind::ALL.into_iter().find(|known| known.as_str() == written);
    known.ok_or_else(|| Failure::Found(format!("`{written}` is no kind of definition")))
}

pub(super) fn commit(database: &Database, changes: &[Change]) -> Result<(), Failure> {
    write(database, |transaction| {
        let mut definitions = transaction.open_table(DEFINITIONS)?;
        let mut hidden = transaction.open_table(HIDDEN)?;
        let mut overrides = transaction.open_table(OVERRIDES)?;
        let mut cordons = transaction.open_table(CORDONS)?;
        for change in changes {
            match change {
                Change::Define(Versioned { definition, version }) => {
                    let written = Written { version: *version, definition: definition.to_value() };
                    let key = (definition.kind().as_str(), definition.tag());
                    definitions.insert(key, &*bytes(&written)?)?;
                    hidden.remove(key)?;
                }
                Change::Remove { kind, tag } => _ = definitions.remove((kind.as_str(), tag.as_str()))?,
                Change::Hide { kind, tag } => {
                    definitions.remove((kind.as_str(), tag.as_str()))?;
                    hidden.insert((kind.as_str(), tag.as_str()), ())?;
                }
                Change::Override { plan, patch: Some(patch) } => {
                    overrides.insert(plan.as_str(), &*bytes(patch)?)?;
                }
                Change::Override { plan, patch: None } => _ = overrides.remove(plan.as_str())?,
                Change::Cordon { plan, provider, reason: Some(reason) } => {
                    cordons.insert((plan.as_str(), provider.as_str()), reason.as_str())?;
                }
                Change::Cordon { plan, provider, reason: None } => {
                    cordons.remove((plan.as_str(), provider.as_str()))?;
                }
                Change::Rename { plan, from, to } => {
                    let patch =
                        overrides.get(plan.as_str())?.map(|patch| read_patch(plan, patch.value())).transpose()?;
                    if let Some(patch) = patch {
                        overrides.insert(plan.as_str(), &*bytes(&dynamic::renamed(patch, from, to))?)?;
                    }
                    let reason =
                        cordons.remove((plan.as_str(), from.as_str()))?.map(|reason| reason.value().to_owned());
                    if let Some(reason) = reason {
                        cordons.insert((plan.as_str(), to.as_str()), reason.as_str())?;
                    }
                    rename(&mut transaction.open_table(HISTORY)?, plan, from, to)?;
                }
            }
        }
        Ok(())
    })
}

type Histories<'a> = Table<'a, (&'static str, u64, &'static str), &'static [u8]>;

/// What a provider did, it has done under its other name.
fn rename(history: &mut Histories<'_>, plan: &str, from: &str, to: &str) -> Result<(), Failure> {
    let mut numbers = Vec::new();
    for entry in history.range((plan, 0, "")..=(plan, u64::MAX, from))? {
        let (key, _) = entry?;
        let (_, number, provider) = key.value();
        if provider == from {
            numbers.push(number);
        }
    }
    for number in numbers {
        let Some(totals) =
            history.remove((plan, number, from))?.map(|bytes| totals(plan, bytes.value())).transpose()?
        else {
            continue;
        };
        add(history, &Hour { plan: plan.to_owned(), provider: to.to_owned(), number, totals })?;
    }
    Ok(())
}

/// Answers whether there was nothing of that hour yet.
fn add(history: &mut Histories<'_>, Hour { plan, provider, number, totals: more }: &Hour) -> Result<bool, Failure> {
    let key = (plan.as_str(), *number, provider.as_str());
    let before = history.get(key)?.map(|before| totals(plan, before.value())).transpose()?.unwrap_or_default();
    history.insert(key, &*bytes(&before.and(more))?)?;
    Ok(before.is_zero())
}

pub(super) fn record(database: &Database, hours: &[Hour], oldest: u64) -> Result<(), Failure> {
    write(database, |transaction| {
        let mut history = transaction.open_table(HISTORY)?;
        let mut is_new_hour = false;
        for hour in hours {
            is_new_hour |= add(&mut history, hour)?;
        }
        if is_new_hour {
            history.retain(|(_, number, _), _| number >= oldest)?;
        }
        Ok(())
    })
}

pub(super) fn history(database: &Database, plan: &str, from: u64, end: SystemTime) -> Result<Vec<Hour>, Failure> {
    let table = begin(database)?.open_table(HISTORY)?;
    let mut hours = Vec::new();
    for entry in table.range((plan, from, "")..)? {
        let (key, bytes) = entry?;
        let (of, number, provider) = key.value();
        let totals = totals(of, bytes.value())?;
        let hour = Hour { plan: of.to_owned(), provider: provider.to_owned(), number, totals };
        if of != plan || hour.began() >= end {
            break;
        }
        hours.push(hour);
    }
    Ok(hours)
}

fn read_patch(plan: &str, bytes: &[u8]) -> Result<Patch, Failure> {
    read(bytes, || format!("what is changed in `{plan}`"))
}

fn totals(plan: &str, bytes: &[u8]) -> Result<Totals, Failure> {
    read(bytes, || format!("the history of `{plan}`"))
}

fn bytes(value: &impl Serialize) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(value).map_err(|error| Failure::Found(format!("it cannot be written as JSON: {error}")))
}

fn read<T: DeserializeOwned>(bytes: &[u8], what: impl FnOnce() -> String) -> Result<T, Failure> {
    serde_json::from_slice(bytes).map_err(|error| Failure::Found(format!("{} cannot be read: {error}", what())))
}
