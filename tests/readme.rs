//! The README's tables of clauses are those of the attributes' documentation, which come from the one table.

use std::fs;

/// Sections of the README, and the generated table that stands in each.
const TABLES: [(&str, &str); 14] = [
    ("Of a plan (`app` is an action's alone; `total`, `pick`, `sticky` and `failover` are a quota's)", "quota"),
    ("Of a provider (all but `when`, `cost` and `weight` also on the plan, for all its providers)", "provider"),
    ("Of `backoff(…)`", "backoff"),
    ("Of `breaker(…)`", "breaker"),
    ("Of `bulkhead(…)`", "bulkhead"),
    ("Of `rate_limit(…)`", "rate_limit"),
    ("Of `cache(…)`", "cache"),
    ("Of a `#[reconcile]` block", "reconcile"),
    ("Of a `#[degrade]` block", "degrade"),
    ("Of a healthcheck", "healthcheck"),
    ("Of a workflow (`retries`, `backoff` and `timeout` are the default of its steps)", "workflow"),
    ("Of a partial (`classify`, `retries`, `backoff` and `timeout` are the default of its parts)", "partial"),
    ("Of a `#[step]` and of a `#[part]`", "step"),
    ("Of an `#[undo]` block", "undo"),
];

const BEGIN: &str = "<!-- clauses -->\n";
const END: &str = "<!-- /clauses -->";

#[test]
fn the_readme_shows_the_tables_of_clauses() {
    let readme = fs::read_to_string("README.md").expect("the README stands at the root");
    let (head, rest) = readme.split_once(BEGIN).expect("it has a place for the tables");
    let (_, tail) = rest.split_once(END).expect("and an end of that place");
    let tables = TABLES.map(|(title, file)| {
        let path = format!("ductape-macros/docs/clauses/{file}.md");
        let table = fs::read_to_string(&path).expect("the macro crate writes it");
        format!("**{title}:**\n\n{}\n", table.trim())
    });
    let expected = format!("{head}{BEGIN}\n{}\n{END}{tail}", tables.join("\n"));
    if std::env::var_os("BLESS").is_some() {
        return fs::write("README.md", &expected).expect("the README can be written");
    }
    assert!(readme == expected, "`BLESS=1 cargo test --test readme` takes the tables over into the README");
}

#[test]
fn the_readmes_test_is_one_that_runs() {
    let readme = fs::read_to_string("README.md").expect("the README stands at the root");
    let test = include_str!("testing/readme.rs");
    assert!(readme.contains(test), "the chapter on testing shows `tests/testing/readme.rs`");
}
