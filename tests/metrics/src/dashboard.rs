use std::collections::BTreeSet;

use serde_json::Value;

use crate::documentation::documented;

/// Every query of the dashboard.
fn queries() -> Vec<String> {
    let text = include_str!("../../../examples/operate/dashboard.json");
    let dashboard: Value = serde_json::from_str(text).expect("it is JSON");
    let panels = dashboard["panels"].as_array().expect("it has panels");
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().expect("each asks for something"));
    let mut queries: Vec<_> = targets.map(|target| target["expr"].as_str().expect("a query").to_owned()).collect();
    let variables = dashboard["templating"]["list"].as_array().expect("it has variables");
    queries.extend(variables.iter().filter_map(|variable| variable["definition"].as_str().map(str::to_owned)));
    queries
}

/// The names that a query asks for, as they are documented: a histogram is asked for by its parts.
fn names(query: &str) -> impl Iterator<Item = &str> {
    let words = query.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let names = words.filter(|word| word.starts_with("ductape_"));
    names.map(|name| ["_bucket", "_sum", "_count"].iter().find_map(|part| name.strip_suffix(part)).unwrap_or(name))
}

#[test]
fn the_dashboard_asks_for_every_metric_and_for_no_other() {
    let queries = queries();
    let asked: BTreeSet<_> = queries.iter().flat_map(|query| names(query)).collect();
    let documented: BTreeSet<_> = documented().into_iter().map(|(name, _)| name).collect();
    assert_eq!(asked, documented);
}

#[test]
fn the_dashboards_panels_do_not_overlap() {
    let dashboard: Value =
        serde_json::from_str(include_str!("../../../examples/operate/dashboard.json")).expect("JSON");
    let mut taken = BTreeSet::new();
    for panel in dashboard["panels"].as_array().expect("it has panels") {
        let of = |side: &str| panel["gridPos"][side].as_u64().expect("a number");
        for (x, y) in (0..of("w")).flat_map(|x| (0..of("h")).map(move |y| (x, y))) {
            assert!(of("x") + x < 24, "{}", panel["title"]);
            assert!(taken.insert((of("x") + x, of("y") + y)), "{} lies over another one", panel["title"]);
        }
    }
}
