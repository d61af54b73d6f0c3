//! Definitions that can be read: `plans()`, `plan(tag)`, `healthchecks()`, and what a plan says of itself.

use std::time::Duration;

use ductape::{AllUnhealthy, Jitter, Pick, PlanKind, fallback, healthcheck, plan, plans, quota};
use serde_json::json;

#[healthcheck(
    tag = "reading-health",
    interval = "20s",
    retries = 4,
    timeout = "3s",
    fall = 5,
    rise = 6,
    env = "reading"
)]
async fn read_health() -> Result<(), &'static str> {
    Ok(())
}

const ABOVE: u32 = line!();
/// Moves money from here
/// to there.
///
/// Nobody reads the second paragraph.
#[fallback(tag = "reading-ordered")]
async fn ordered() -> ductape::Result<(), &'static str> {
    /// The main road.
    #[primary(
        "main",
        retries = 2,
        timeout = "1s",
        backoff(base = "100ms", factor = 3, max = "250ms", jitter = "equal"),
        healthcheck(read_health),
        cost = 0.5
    )]
    {
        Ok(())
    }

    #[fallback("side", timeout = "2s", when(cfg!(test)))]
    {
        Ok(())
    }
}
const BELOW: u32 = line!();

#[fallback(tag = "reading-named", name = "Money", description = "Moves money", deadline = "4s", all_unhealthy = "fail")]
async fn named() -> ductape::Result<(), &'static str> {
    #[primary("main", retries = 9, timeout = "1s", backoff(base = "100ms", jitter = "none"))]
    {
        Ok(())
    }

    #[fallback("side", timeout = "2s")]
    {
        Ok(())
    }

    #[degrade(timeout = "500ms")]
    {
        Ok(())
    }
}

#[quota(tag = "reading-shared", total = 10, pick = "random", failover = false)]
async fn shared() -> ductape::Result<(), &'static str> {
    #[provider("often", weight = 7, timeout = "1s")]
    {
        Ok(())
    }

    #[provider("seldom", weight = 3, timeout = "1s")]
    {
        Ok(())
    }

    #[provider("drained", weight = 0, timeout = "9s", retries = 5)]
    {
        Ok(())
    }
}

#[quota]
async fn reading_without_clauses() -> ductape::Result<(), &'static str> {
    #[provider("all", weight = 100)]
    {
        Ok(())
    }
}

fn read(tag: &str) -> &'static ductape::Plan {
    plan(tag).expect("it is linked into this program")
}

#[tokio::test(start_paused = true)]
async fn plans_that_can_be_read_can_be_run() {
    ordered().await.expect("it is up");
    named().await.expect("it is up");
    shared().await.expect("it is up");
    reading_without_clauses().await.expect("it is up");
}

#[test]
fn plans_finds_every_plan_and_sorts_them() {
    let tags: Vec<_> = plans().iter().map(|plan| plan.tag()).collect();
    assert!(tags.is_sorted());
    for tag in ["reading-ordered", "reading-named", "reading-shared", "reading-without-clauses"] {
        assert_eq!(tags.iter().filter(|found| **found == tag).count(), 1, "{tag}");
    }
}

#[test]
fn plan_finds_a_plan_by_its_tag() {
    let found = read("reading-ordered");
    assert_eq!(found.tag(), "reading-ordered");
    let listed = plans().iter().find(|plan| plan.tag() == "reading-ordered");
    assert!(std::ptr::eq(found, *listed.expect("it is listed")));
}

#[test]
fn an_unknown_tag_names_the_nearest() {
    let error = plan("reading-orderd").expect_err("there is an e missing");
    assert_eq!((error.tag(), error.nearest()[0].as_str()), ("reading-orderd", "reading-ordered"));
    let message = error.to_string();
    assert!(message.contains("`reading-orderd`") && message.contains("`reading-ordered`"), "{message}");
    assert!(!message.contains('\n'), "{message}");

    let error = plan("").expect_err("a tag is not empty");
    assert!(!error.to_string().is_empty());
}

#[test]
fn healthchecks_finds_every_healthcheck() {
    let checks = ductape::healthchecks();
    assert!(checks.is_sorted_by_key(|check| check.tag()));
    let [found] = checks.iter().filter(|check| check.tag() == "reading-health").collect::<Vec<_>>()[..] else {
        panic!("it is there once")
    };
    assert_eq!((found.interval(), found.timeout()), (Duration::from_secs(20), Duration::from_secs(3)));
    assert_eq!((found.retries(), found.fall(), found.rise()), (4, 5, 6));
    assert!(found.runs_in("reading") && !found.runs_in("elsewhere"));
    assert!(found.place().file.ends_with("reading.rs") && found.place().line < ABOVE);
}

#[test]
fn a_plan_says_what_it_is_and_where_it_stands() {
    let plan = read("reading-ordered");
    assert_eq!(plan.kind(), PlanKind::Fallback);
    assert_eq!(plan.place().file, file!());
    assert!((ABOVE..BELOW).contains(&plan.place().line), "{}", plan.place());
    assert_eq!(plan.place().to_string().split(':').nth(1), Some(plan.place().line.to_string().as_str()));
    assert_eq!(read("reading-shared").kind(), PlanKind::Quota);
    assert_eq!(read("reading-without-clauses").tag(), "reading-without-clauses", "from the function's name");
}

#[test]
fn a_plan_has_a_name_and_a_description_for_people() {
    let plan = read("reading-ordered");
    assert_eq!(plan.name(), "reading-ordered", "the tag, unless said");
    let words: Vec<_> = plan.description().split_whitespace().collect();
    assert_eq!(words.join(" "), "Moves money from here to there.", "the doc comment's first paragraph, unless said");

    let plan = read("reading-named");
    assert_eq!((plan.name(), plan.description()), ("Money", "Moves money"));
}

#[test]
fn a_plan_lists_its_providers_with_their_policies() {
    let [main, side] = read("reading-ordered").providers() else { panic!("there are two") };
    assert_eq!((main.name(), side.name()), ("main", "side"));
    assert_eq!((main.description(), side.description()), ("The main road.", ""));
    assert_eq!((main.retries(), side.retries()), (2, 0));
    assert_eq!((main.timeout(), side.timeout()), (Duration::from_secs(1), Duration::from_secs(2)));
    assert_eq!((main.healthcheck(), side.healthcheck()), (Some("reading-health"), None));
    assert_eq!((main.conditional(), side.conditional()), (false, true));
    assert_eq!((main.weight(), side.weight()), (None, None));
    assert!((main.cost() - 0.5).abs() < f64::EPSILON && side.cost().abs() < f64::EPSILON);

    let backoff = main.backoff();
    assert_eq!((backoff.base, backoff.max), (Duration::from_millis(100), Duration::from_millis(250)));
    assert_eq!(backoff.jitter, Jitter::Equal);
    assert!((backoff.factor - 3.0).abs() < f64::EPSILON);
}

#[test]
fn a_plan_tells_its_own_policies() {
    let plan = read("reading-named");
    assert_eq!(plan.deadline(), Some(Duration::from_secs(4)));
    assert_eq!(plan.all_unhealthy(), AllUnhealthy::Fail);
    assert_eq!(plan.degrade(), Some(Duration::from_millis(500)));

    let plan = read("reading-shared");
    assert_eq!((plan.pick(), plan.failover(), plan.sticky()), (Pick::Random, false, false));
    let weights: Vec<_> = plan.providers().iter().map(ductape::Provider::weight).collect();
    assert_eq!(weights, [Some(7), Some(3), Some(0)]);

    let plan = read("reading-without-clauses");
    assert_eq!((plan.pick(), plan.failover(), plan.deadline()), (Pick::Smooth, true, None));
    assert_eq!(plan.all_unhealthy(), AllUnhealthy::Try);
    let [all] = plan.providers() else { panic!("there is one") };
    assert_eq!((all.timeout(), all.retries()), (Duration::from_secs(10), 0));
}

#[test]
fn the_worst_case_is_every_attempt_at_full_length_and_every_wait() {
    // Three attempts of 1 s with 100 and 250 ms between, then one of 2 s.
    let worst = read("reading-ordered").worst_case();
    assert_eq!((worst.attempts, worst.time), (4, Duration::from_millis(5_350)));

    // A deadline is shorter than ten attempts.
    let worst = read("reading-named").worst_case();
    assert_eq!((worst.attempts, worst.time), (11, Duration::from_secs(4)));

    // Without failover one provider has a turn, and the drained one has none.
    let worst = read("reading-shared").worst_case();
    assert_eq!((worst.attempts, worst.time), (1, Duration::from_secs(1)));
}

#[test]
fn a_plan_is_shown_as_a_tree() {
    let tree = read("reading-ordered").to_string();
    let lines: Vec<_> = tree.lines().collect();
    assert_eq!(lines.len(), 3, "one line for the plan, and one for each provider:\n{tree}");
    assert!(lines[0].contains("reading-ordered") && lines[0].contains("5.35s"), "{tree}");
    assert!(
        lines[1].contains("main") && lines[1].contains("retries 2") && lines[1].contains("reading-health"),
        "{tree}"
    );
    assert!(lines[2].contains("side") && lines[2].contains("2s"), "{tree}");
}

#[test]
fn a_plan_is_shown_as_a_mermaid_chart() {
    let chart = read("reading-shared").to_mermaid();
    assert!(chart.starts_with("flowchart"), "{chart}");
    for text in ["reading-shared", "often", "seldom", "drained", "-->"] {
        assert!(chart.contains(text), "{text} is missing:\n{chart}");
    }
}

#[test]
fn a_plan_is_json_through_serde() {
    let plan = serde_json::to_value(read("reading-named")).expect("a plan has string keys and finite numbers");
    assert_eq!(plan["tag"], "reading-named");
    assert_eq!(plan["name"], "Money");
    assert_eq!(plan["kind"], "fallback");
    assert_eq!(plan["deadline"], "4s");
    assert_eq!(plan["all_unhealthy"], "fail");
    assert_eq!(plan["worst_case"], json!({ "attempts": 11, "time": "4s" }));
    let main = &plan["providers"][0];
    assert_eq!((&main["name"], &main["retries"], &main["timeout"]), (&json!("main"), &json!(9), &json!("1s")));
    assert_eq!(plan["providers"].as_array().map(Vec::len), Some(2));

    let quota = serde_json::to_value(read("reading-shared")).expect("a plan has string keys and finite numbers");
    assert_eq!((&quota["total"], &quota["pick"], &quota["failover"]), (&json!(10), &json!("random"), &json!(false)));
    assert_eq!(quota["providers"][0]["weight"], 7);
}
