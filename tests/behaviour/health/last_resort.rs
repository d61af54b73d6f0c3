//! R55: what happens when health leaves no provider.

use std::mem::take;
use std::sync::Mutex;
use std::time::Duration;

use ductape::{ErrorKind, Event, Healthcheck, Runtime, Skip, Verdict, fallback, healthcheck, quota};

use super::{Probe, Try};

#[healthcheck(tag = "last-resort-a", interval = "1h", retries = 0, timeout = "1s")]
async fn a_health(probe: &Probe) -> Result<(), &'static str> {
    probe.ask().await
}

#[healthcheck(tag = "last-resort-b", interval = "1h", retries = 0, timeout = "1s")]
async fn b_health(probe: &Probe) -> Result<(), &'static str> {
    probe.ask().await
}

#[healthcheck(tag = "last-resort-tier", interval = "1h", retries = 0, timeout = "1s")]
async fn tier_health(probe: &Probe) -> Result<(), &'static str> {
    probe.ask().await
}

/// The other side: who is away, what those say that fail, and who was called.
#[derive(Default)]
struct Desk {
    absent: Vec<&'static str>,
    down: Vec<(&'static str, &'static str)>,
    calls: Mutex<Vec<&'static str>>,
}

impl Desk {
    fn failing(down: &[(&'static str, &'static str)]) -> Self {
        Self { down: down.to_vec(), ..Self::default() }
    }

    fn has(&self, name: &str) -> bool {
        !self.absent.contains(&name)
    }

    fn serve(&self, name: &'static str) -> Result<&'static str, &'static str> {
        self.calls.lock().expect("nobody panics while noting").push(name);
        match self.down.iter().find(|(down, _)| *down == name) {
            Some((_, error)) => Err(error),
            None => Ok(name),
        }
    }

    fn calls(&self) -> Vec<&'static str> {
        take(&mut self.calls.lock().expect("nobody panics while noting"))
    }
}

fn verdict(error: &&'static str) -> Verdict {
    if *error == "throttled" { Verdict::Throttled(Duration::from_secs(60)) } else { Verdict::Retry }
}

#[fallback(tag = "last-resort-ordered", classify(verdict))]
async fn ordered(desk: &Desk) -> ductape::Result<&'static str, &'static str> {
    #[primary("a", healthcheck(a_health), when(desk.has("a")))]
    {
        desk.serve("a")
    }

    #[fallback("b", healthcheck(b_health), when(desk.has("b")))]
    {
        desk.serve("b")
    }
}

#[fallback(tag = "last-resort-fail", all_unhealthy = "fail")]
async fn strict(desk: &Desk) -> ductape::Result<&'static str, &'static str> {
    #[primary("a", healthcheck(a_health))]
    {
        desk.serve("a")
    }

    #[fallback("b", healthcheck(b_health))]
    {
        desk.serve("b")
    }
}

#[quota(tag = "last-resort-tiered", all_unhealthy = "try")]
async fn tiered(desk: &Desk) -> ductape::Result<&'static str, &'static str> {
    #[provider("a", weight = 50, healthcheck(a_health))]
    {
        desk.serve("a")
    }

    #[provider("b", weight = 50, healthcheck(b_health))]
    {
        desk.serve("b")
    }

    #[provider("drained", weight = 0)]
    {
        desk.serve("drained")
    }

    #[fallback("tier", healthcheck(tier_health), when(desk.has("tier")))]
    {
        desk.serve("tier")
    }
}

/// A runtime in which these healthchecks are bad, and the others unknown.
async fn with_unhealthy(checks: &[&'static Healthcheck<Probe>]) -> Runtime {
    let bad = || Probe::always(Try::Bad("no"));
    let builder = checks.iter().fold(Runtime::builder().seed(7), |builder, check| builder.bind(check, bad()));
    let runtime = builder.build().expect("building checks nothing that could be wrong");
    for check in checks {
        runtime.scope(check.check()).await;
    }
    runtime
}

fn skips<'a>(error: &'a ductape::Error<&'static str>) -> Vec<(&'a str, Skip)> {
    let skip = |event: &Event<_>| if let Event::Skipped(skip) = event { Some(*skip) } else { None };
    let entries = error.trail().entries().iter();
    entries.filter_map(|entry| Some((entry.provider.as_str(), skip(&entry.event)?))).collect()
}

#[tokio::test(start_paused = true)]
async fn r55_when_all_are_unhealthy_they_are_tried_in_order() {
    let runtime = with_unhealthy(&[&a_health, &b_health]).await;
    let desk = Desk::default();
    assert_eq!(runtime.scope(ordered(&desk)).await.expect("it was not as bad as it seemed"), "a");
    assert_eq!(desk.calls(), ["a"]);

    let desk = Desk::failing(&[("a", "down")]);
    assert_eq!(runtime.scope(ordered(&desk)).await.expect("it was not as bad as it seemed"), "b");
    assert_eq!(desk.calls(), ["a", "b"]);
}

#[tokio::test(start_paused = true)]
async fn r55_one_that_would_be_admitted_is_enough_to_skip_the_others() {
    let runtime = with_unhealthy(&[&a_health]).await;
    let desk = Desk::failing(&[("b", "down")]);
    let error = runtime.scope(ordered(&desk)).await.expect_err("the only healthy one is down");
    assert_eq!(desk.calls(), ["b"]);
    assert_eq!(skips(&error), [("a", Skip::Unhealthy)]);
}

/// It is judged at the start of the run: that the first one fails later changes nothing.
#[tokio::test(start_paused = true)]
async fn r55_a_failure_in_the_run_does_not_bring_the_unhealthy_back() {
    let runtime = with_unhealthy(&[&b_health]).await;
    let desk = Desk::failing(&[("a", "down")]);
    let error = runtime.scope(ordered(&desk)).await.expect_err("the only healthy one is down");
    assert_eq!(desk.calls(), ["a"]);
    assert_eq!(skips(&error), [("b", Skip::Unhealthy)]);
}

#[tokio::test(start_paused = true)]
async fn r55_fail_calls_nobody() {
    let runtime = with_unhealthy(&[&a_health, &b_health]).await;
    let desk = Desk::default();
    let error = runtime.scope(strict(&desk)).await.expect_err("nobody is healthy");
    assert!(desk.calls().is_empty());
    assert_eq!(error.kind(), ErrorKind::Exhausted);
    assert_eq!(skips(&error), [("a", Skip::Unhealthy), ("b", Skip::Unhealthy)]);
    assert_eq!((error.provider(), error.last()), (None, None));
}

#[tokio::test(start_paused = true)]
async fn r55_fail_is_only_for_when_nobody_is_left() {
    let runtime = with_unhealthy(&[&a_health]).await;
    let desk = Desk::default();
    assert_eq!(runtime.scope(strict(&desk)).await.expect("one is left"), "b");
}

#[tokio::test(start_paused = true)]
async fn r55_those_refused_for_another_reason_as_well_are_not_tried() {
    let runtime = with_unhealthy(&[&a_health, &b_health]).await;
    let desk = Desk { absent: vec!["a"], ..Desk::default() };
    assert_eq!(runtime.scope(ordered(&desk)).await.expect("one was refused by health alone"), "b");
    assert_eq!(desk.calls(), ["b"]);

    let desk = Desk { absent: vec!["b"], ..Desk::failing(&[("a", "down")]) };
    let error = runtime.scope(ordered(&desk)).await.expect_err("who takes part is down");
    assert_eq!(desk.calls(), ["a"]);
    assert_eq!(skips(&error), [("b", Skip::When)], "also once health is overridden");

    let desk = Desk { absent: vec!["a", "b"], ..Desk::default() };
    let error = runtime.scope(ordered(&desk)).await.expect_err("nobody was refused by health alone");
    assert!(desk.calls().is_empty());
    assert_eq!(skips(&error), [("a", Skip::When), ("b", Skip::When)]);
}

#[tokio::test(start_paused = true)]
async fn r55_throttles_still_hold() {
    for (throttled, down) in [("a", "b"), ("b", "a")] {
        let runtime = with_unhealthy(&[&a_health, &b_health]).await;
        let desk = Desk::failing(&[(throttled, "throttled"), (down, "down")]);
        runtime.scope(ordered(&desk)).await.expect_err("both fail");
        assert_eq!(desk.calls(), ["a", "b"]);

        let error = runtime.scope(ordered(&desk)).await.expect_err("one is throttled, the other down");
        assert_eq!(desk.calls(), [down]);
        let [(skipped, Skip::Throttled { retry_in })] = skips(&error)[..] else { panic!("one throttle: {error}") };
        assert_eq!((skipped, retry_in), (throttled, Duration::from_secs(60)));
    }
}

/// One that is refused for another reason leaves health as the only hope of the others.
#[tokio::test(start_paused = true)]
async fn r55_a_healthy_one_that_is_refused_otherwise_does_not_count() {
    let runtime = with_unhealthy(&[&a_health]).await;
    let desk = Desk { absent: vec!["b"], ..Desk::default() };
    assert_eq!(runtime.scope(ordered(&desk)).await.expect("a was refused by health alone"), "a");
}

#[tokio::test(start_paused = true)]
async fn r55_a_quota_whose_tier_is_healthy_uses_the_tier() {
    let runtime = with_unhealthy(&[&a_health, &b_health]).await;
    let desk = Desk::failing(&[("tier", "down")]);
    let error = runtime.scope(tiered(&desk)).await.expect_err("the tier is down");
    assert_eq!(desk.calls(), ["tier"], "the tier would be admitted: that is somebody");
    let mut skipped = skips(&error);
    skipped.sort_by_key(|(name, _)| *name);
    assert_eq!(skipped, [("a", Skip::Unhealthy), ("b", Skip::Unhealthy)]);
}

#[tokio::test(start_paused = true)]
async fn r55_a_quota_whose_tier_is_unhealthy_too_tries_them_all() {
    let runtime = with_unhealthy(&[&a_health, &b_health, &tier_health]).await;
    let desk = Desk::failing(&[("a", "down"), ("b", "down")]);
    assert_eq!(runtime.scope(tiered(&desk)).await.expect("the tier is up"), "tier");
    let calls = desk.calls();
    assert!(calls == ["a", "b", "tier"] || calls == ["b", "a", "tier"], "{calls:?}");

    let desk = Desk::default();
    for _ in 0..100 {
        runtime.scope(tiered(&desk)).await.expect("all are up");
    }
    let calls = desk.calls();
    let to = |name| calls.iter().filter(|call| **call == name).count();
    assert_eq!([to("a"), to("b"), to("drained"), to("tier")], [50, 50, 0, 0], "the weights hold all the same");
}

#[tokio::test(start_paused = true)]
async fn r55_a_tier_that_takes_no_part_is_nobody() {
    let runtime = with_unhealthy(&[&a_health, &b_health]).await;
    let desk = Desk { absent: vec!["tier"], ..Desk::default() };
    runtime.scope(tiered(&desk)).await.expect("those that health refused are up");
    assert_eq!(desk.calls().len(), 1);
}
