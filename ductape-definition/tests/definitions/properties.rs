//! What holds for everything that can be written.

use std::fs;

use ductape_definition::{Definition, Definitions, Kind, Mapping, Scope, Template};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::seeds;

/// Texts that are templates, nearly templates, or anything.
fn texts() -> impl Strategy<Value = String> {
    const PIECES: [&str; 24] = [
        "$Input",
        "$Response",
        "$Sequence",
        "$Session",
        "$Env",
        "$Product",
        "$Now",
        "$$",
        "$",
        "{",
        "}",
        "{a}",
        "{b c}",
        "{[0]}",
        "{[12]}",
        "{[",
        "]}",
        "[",
        "x",
        " ",
        "ä",
        "Input",
        ".",
        ".a",
    ];
    prop_oneof![
        proptest::collection::vec(select(&PIECES[..]), 0..12).prop_map(|pieces| pieces.concat()),
        any::<String>(),
    ]
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        select(&["2s", "100/s", "20%", "5xx", "ACTION", "feature", "number", "a", "pay"][..]).prop_map(Value::from),
        texts().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::hash_map(keys(), inner, 0..4).prop_map(|entries| entries.into_iter().collect()),
        ]
    })
}

fn keys() -> impl Strategy<Value = String> {
    const KEYS: [&str; 31] = [
        "tag",
        "kind",
        "name",
        "input",
        "output",
        "options",
        "events",
        "type",
        "event",
        "app",
        "provider",
        "weight",
        "retries",
        "timeout",
        "breaker",
        "bulkhead",
        "rateLimit",
        "rate_limit",
        "max",
        "rate",
        "cache",
        "expiry",
        "ttl",
        "interval",
        "envs",
        "slug",
        "deadline",
        "atMostOnce",
        "checkInterval",
        "$schema",
        "x",
    ];
    select(&KEYS[..]).prop_map(str::to_owned)
}

/// The seeds' documents, each with some values replaced, taken away or put elsewhere.
pub(crate) fn damaged() -> impl Strategy<Value = Value> {
    let change = (any::<Index>(), prop_oneof![Just(None), (keys(), values()).prop_map(Some)]);
    (select(&seeds::ALL[..]), proptest::collection::vec(change, 0..4)).prop_map(|(name, changes)| {
        let mut value: Value = serde_json::from_str(&seeds::text(name)).expect("JSON");
        for (at, change) in changes {
            let mut pointers = Vec::new();
            collect(&value, &mut String::new(), &mut pointers);
            let pointer = at.get(&pointers).clone();
            let Some(place) = value.pointer_mut(&pointer) else { continue };
            match (place, change) {
                (Value::Object(entries), Some((key, inner))) => drop(entries.insert(key, inner)),
                (place, Some((_, inner))) => *place = inner,
                (place, None) => *place = Value::Null,
            }
        }
        value
    })
}

fn collect(value: &Value, pointer: &mut String, pointers: &mut Vec<String>) {
    pointers.push(pointer.clone());
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(entries) => {
            entries.iter().map(|(key, inner)| (key.replace('~', "~0").replace('/', "~1"), inner)).collect()
        }
        Value::Array(items) => items.iter().enumerate().map(|(at, inner)| (at.to_string(), inner)).collect(),
        _ => Vec::new(),
    };
    for (key, inner) in inner {
        let length = pointer.len();
        pointer.push('/');
        pointer.push_str(&key);
        collect(inner, pointer, pointers);
        pointer.truncate(length);
    }
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(4_096))]

    #[test]
    fn a_printed_template_parses_to_the_same(text in texts()) {
        match text.parse::<Template>() {
            Ok(template) => {
                prop_assert_eq!(template.to_string().parse::<Template>(), Ok(template.clone()));
                prop_assert_eq!(template.to_string(), text);
            }
            Err(error) => prop_assert!(error.at <= text.len() && text.is_char_boundary(error.at)),
        }
    }

    #[test]
    fn what_parses_fills_or_says_what_is_missing(text in texts(), root in values()) {
        if let Ok(template) = text.parse::<Template>() {
            let root = Some(&root);
            let scope = Scope { input: root, response: root, sequence: root, session: root, ..Scope::default() };
            let _ = template.fill(&scope);
        }
    }

    #[test]
    fn what_reads_a_filled_mapping_reads_what_filling_makes(mapping in values(), root in values()) {
        if let Ok(mapping) = serde_json::from_value::<Mapping>(mapping) {
            let root = Some(&root);
            let scope = Scope { input: root, response: root, sequence: root, session: root, ..Scope::default() };
            let (made, filled) = (mapping.fill(&scope), mapping.filled(&scope));
            let read = filled.as_ref().map(|filled| Value::deserialize(filled).expect("any value is one"));
            prop_assert_eq!(read.map_err(Clone::clone), made);
        }
    }

    #[test]
    fn a_printed_mapping_reads_the_same(value in values()) {
        if let Ok(mapping) = serde_json::from_value::<Mapping>(value) {
            let printed = serde_json::to_value(&mapping).expect("it is data");
            prop_assert_eq!(serde_json::from_value::<Mapping>(printed).ok(), Some(mapping));
        }
    }
}

proptest! {
    #![proptest_config(config(1_024))]

    #[test]
    fn a_printed_definition_reads_the_same(value in damaged()) {
        for kind in Kind::ALL {
            if let Ok(definition) = Definition::of_kind(kind, &value) {
                let printed = definition.to_value();
                prop_assert_eq!(Definition::from_value(&printed), Ok(definition.clone()));
                prop_assert_eq!(Definition::from_json(&printed.to_string()), Ok(definition));
            }
        }
    }

    #[test]
    fn every_refusal_names_a_fault_and_what_to_write(value in values(), text in any::<String>()) {
        for invalid in [Definition::from_value(&value).err(), Definition::all_from_json(&text).err()].into_iter().flatten() {
            prop_assert!(!invalid.faults().is_empty());
            prop_assert!(invalid.faults().iter().all(|fault| !fault.message.is_empty() && !fault.help.is_empty()));
        }
    }

    #[test]
    fn any_set_is_checked_to_the_end(values in proptest::collection::vec(damaged(), 0..6)) {
        let mut set = Definitions::default();
        for definition in values.iter().filter_map(|value| Definition::from_value(value).ok()) {
            let _ = set.insert(definition);
        }
        let complete = set.check_complete(None).is_ok();
        prop_assert!(!complete || set.check(None).is_ok() && set.pending().is_empty());
    }
}

/// The fuzz targets' corpora, each text cut at every place: what a fuzzer would try first.
#[test]
fn the_corpora_cut_anywhere_are_read_or_refused() {
    let folder = format!("{}/fuzz/seeds/template", env!("CARGO_MANIFEST_DIR"));
    let entries = fs::read_dir(folder).expect("the corpus is there");
    let texts: Vec<_> =
        entries.map(|entry| fs::read_to_string(entry.expect("a file").path()).expect("a text")).collect();
    assert!(!texts.is_empty());
    for text in texts {
        for end in 0..=text.len() {
            if let Ok(template) = text[..end].parse::<Template>() {
                assert_eq!(template.to_string(), text[..end]);
            }
        }
    }
    for name in seeds::ALL {
        let text = seeds::text(name);
        let whole = text.trim_end().len();
        for end in 0..=text.len() {
            assert_eq!(Definition::all_from_json(&text[..end]).is_ok(), end >= whole, "{name} {end}");
        }
    }
}
