//! How are clauses documented? In one table per attribute, written from the table of clauses.

#![cfg(test)]

use std::fmt::Write;
use std::path::Path;

use super::table::{Kind, Place, Row};

/// The documentation of the clauses that may stand in any of the places.
fn markdown(places: &[Place]) -> String {
    let mut text = "| clause | meaning | default |\n|---|---|---|\n".to_owned();
    let mut rows: Vec<&Row> = Vec::new();
    for row in places.iter().flat_map(|place| place.rows()) {
        if !rows.iter().any(|known| std::ptr::eq::<Row>(*known, row)) {
            rows.push(row);
        }
    }
    for row in rows {
        let default = match row.kind {
            _ if row.default == "required" => "**required**",
            _ => row.default,
        };
        // In a table of several places, what stands in only one of them.
        let everywhere = places.iter().all(|place| row.places.contains(place));
        let only = if everywhere { "" } else { "; a quota's `#[provider]`s only" };
        let meaning = match row.kind {
            Kind::Count { from, to, .. } => format!("{}; {from} to {}", row.doc, grouped(to)),
            _ => row.doc.to_owned(),
        };
        writeln!(text, "| `{}` | {meaning}{only} | {default} |", row.example).expect("a string takes everything");
    }
    text
}

fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[test]
fn the_documented_tables_are_those_of_the_table() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/clauses");
    for (file, places) in [
        ("fallback.md", &[Place::Fallback][..]),
        ("quota.md", &[Place::Quota]),
        ("action.md", &[Place::Action]),
        ("provider.md", &[Place::Primary, Place::Share]),
        ("backoff.md", &[Place::Backoff]),
        ("breaker.md", &[Place::Breaker]),
        ("bulkhead.md", &[Place::Bulkhead]),
        ("rate_limit.md", &[Place::RateLimit]),
        ("cache.md", &[Place::Cache]),
        ("reconcile.md", &[Place::Reconcile]),
        ("degrade.md", &[Place::Degrade]),
        ("healthcheck.md", &[Place::Healthcheck]),
        ("workflow.md", &[Place::Workflow]),
        ("partial.md", &[Place::Partial]),
        ("step.md", &[Place::Step]),
        ("undo.md", &[Place::Undo]),
    ] {
        let path = folder.join(file);
        let written = markdown(places);
        if std::env::var_os("BLESS").is_some() {
            std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, &written)).expect("the file is ours");
        }
        let documented = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(documented, written, "{file}: `BLESS=1 cargo test -p ductape-macros` writes it anew");
    }
}
