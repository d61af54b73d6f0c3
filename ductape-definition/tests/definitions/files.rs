//! Sets from files: every fault with its file, line and column.

use ductape_definition::{Definitions, Kind};

fn faults(files: &[(&str, &str)]) -> Vec<String> {
    let invalid = Definitions::from_files(files.iter().copied()).expect_err("something is wrong");
    invalid.faults().iter().map(ToString::to_string).collect()
}

#[test]
fn files_hold_one_definition_or_several() -> Result<(), Box<dyn std::error::Error>> {
    let files = [
        ("one.json", r#"{ "tag": "a", "expiry": "1m" }"#),
        ("two.json", r#" [{ "tag": "b", "expiry": "1m" }, { "tag": "c", "expiry": "1m" }]"#),
        ("none.json", "[]"),
    ];
    let set = Definitions::from_files(files)?;
    assert_eq!(set.len(), 3);
    assert!(set.get(Kind::Cache, "c").is_some());
    Ok(())
}

#[test]
fn every_fault_of_every_file_is_told() {
    let files = [
        ("a.json", "{ \"tag\": \"a\",\n  \"expiry\": 0, \"stael\": \"1m\" }"),
        ("b.json", "[{ \"tag\": \"b\", \"expiry\": \"1m\" },\n { \"tag\": \"ü\", \"expiry\": \"1m\" }]"),
        ("c.json", "{ \"tag\": \"c\",\n  \"expiry\": \"1m\",, }"),
        ("d.json", ""),
    ];
    let faults = faults(&files);
    let places: Vec<_> = faults.iter().map(|fault| fault.split(": ").next().unwrap_or_default()).collect();
    assert_eq!(places, ["a.json:2:13", "a.json:2:16", "b.json:2:11", "c.json:2:18", "d.json:1:1"], "{faults:#?}");
    assert!(!faults[3].contains("at line"), "{}", faults[3]);
}

#[test]
fn what_is_wrong_among_files_is_told_where_it_stands() {
    let pay = "[\n  { \"tag\": \"cards\", \"expiry\": \"1m\" },\n  { \"tag\": \"pay\", \"cache\": \"card\", \"options\": [\n    \
               { \"app\": \"stripe\", \"event\": \"charge\", \"healthcheck\": \"stripe-health\" }\n  ] }\n]";
    let found = faults(&[("pay.json", pay)]);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found.iter().any(|fault| fault.starts_with("pay.json:3:")), "{found:#?}");
    assert!(found.iter().any(|fault| fault.starts_with("pay.json:4:")), "{found:#?}");
}

#[test]
fn what_is_defined_twice_is_told_at_the_second() {
    let a = r#"{ "tag": "a", "expiry": "1m" }"#;
    let found = faults(&[("a.json", a), ("b.json", a)]);
    assert_eq!(found, ["b.json:1:10: there is a cache of this tag in `a.json`, here: \"a\""]);
    let fallback = r#"{ "tag": "x", "options": [{ "app": "b", "event": "c" }] }"#;
    let feature = r#"{ "tag": "x", "events": [{ "type": "action", "app": "b", "event": "c" }] }"#;
    let found = faults(&[("a.json", fallback), ("b.json", feature)]);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with("b.json:1:10: there is a fallback of this tag"), "{found:#?}");
}

#[test]
fn faults_beyond_the_limit_are_counted() {
    let cache = |at: usize| format!(r#"{{ "tag": "a{at}", "expiry": 0 }}"#);
    let many = format!("[{}]", (0..70).map(cache).collect::<Vec<_>>().join(","));
    let invalid = Definitions::from_files([("many.json", many.as_str())]).expect_err("70 faults");
    assert_eq!((invalid.faults().len(), invalid.more()), (50, 20));
    assert!(invalid.to_string().ends_with("\nand 20 more"), "{invalid}");
}

#[test]
fn faults_among_files_are_told_with_those_of_each() {
    let a = "{ \"tag\": \"a\", \"expiry\": 0 }";
    let b = "[{ \"tag\": \"b\", \"options\": [{ \"app\": \"x\", \"event\": \"y\", \"healthcheck\": \"h\" }], \"cache\": \"a\" },\n \
             { \"tag\": \"f\", \"events\": [{ \"type\": \"feature\", \"event\": \"bb\" }] }]";
    let places = |files: &[(&str, &str)]| -> Vec<String> {
        let faults = faults(files);
        faults.iter().map(|fault| fault.split(": ").next().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(places(&[("a.json", a), ("b.json", b)]), ["a.json:1:25", "b.json:1:71", "b.json:2:57"]);
    // Of a file that cannot be read, or a tag that is none, nobody knows what it would have defined.
    assert_eq!(places(&[("a.json", "{"), ("b.json", b)]), ["a.json:1:1"]);
    assert_eq!(places(&[("a.json", r#"{ "tag": "Ä", "expiry": "1m" }"#), ("b.json", b)]), ["a.json:1:10"]);
    let twice = r#"[{ "tag": "Ä", "expiry": "1m" }, { "tag": "Ü", "expiry": 0 }]"#;
    assert_eq!(places(&[("a.json", twice)]), ["a.json:1:11", "a.json:1:43", "a.json:1:58"]);
}

#[test]
fn a_byte_order_mark_is_called_by_its_name() {
    let found = faults(&[("a.json", "\u{feff}{ \"tag\": \"a\", \"expiry\": \"1m\" }")]);
    assert_eq!(found, ["a.json:1:1: this begins with a byte order mark"]);
}
