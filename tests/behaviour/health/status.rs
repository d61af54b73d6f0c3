//! R50, R51, R53 and R54: what is known, and for how long.

use ductape::{Healthcheck, Report, Runtime, Status, healthcheck};
use tokio::time::advance;

use super::{Probe, Try, millis, seconds};

#[healthcheck(tag = "status-plain", interval = "10s", retries = 0, timeout = "1s")]
async fn plain(probe: &Probe) -> Result<(), &'static str> {
    probe.ask().await
}

#[healthcheck(tag = "status-slow-to-turn", interval = "10s", retries = 0, timeout = "1s", fall = 3, rise = 2)]
async fn slow_to_turn(probe: &Probe) -> Result<(), &'static str> {
    probe.ask().await
}

#[healthcheck(tag = "status-retrying", interval = "10s", retries = 2, timeout = "1s")]
async fn retrying(probe: &Probe) -> Result<(), &'static str> {
    probe.ask().await
}

const BAD: Try = Try::Bad("no");

fn with(check: &'static Healthcheck<Probe>, probe: Probe) -> Runtime {
    Runtime::builder().bind(check, probe).build().expect("building checks nothing that could be wrong")
}

/// The status after each of these checks.
async fn after_each<const N: usize>(check: &'static Healthcheck<Probe>, steps: [Try; N]) -> Vec<Status> {
    let runtime = with(check, Probe::script(steps, Try::Hang));
    let mut statuses = Vec::new();
    for _ in steps {
        let report = runtime.scope(check.check()).await;
        assert_eq!(report.status, runtime.scope(async { check.status() }).await);
        statuses.push(report.status);
    }
    statuses
}

#[tokio::test(start_paused = true)]
async fn r50_a_status_is_unknown_until_the_first_check() {
    let runtime = with(&plain, Probe::always(Try::Good));
    runtime.scope(async { assert_eq!(plain.status(), Status::Unknown) }).await;
    advance(seconds(3_600)).await;
    runtime.scope(async { assert_eq!(plain.status(), Status::Unknown) }).await;
}

#[tokio::test(start_paused = true)]
async fn r50_a_status_is_healthy_or_unhealthy_after_a_check() {
    assert_eq!(
        after_each(&plain, [Try::Good, BAD, Try::Good]).await,
        [Status::Healthy, Status::Unhealthy, Status::Healthy]
    );
}

#[tokio::test(start_paused = true)]
async fn r51_the_very_first_check_decides_at_once() {
    assert_eq!(after_each(&slow_to_turn, [BAD]).await, [Status::Unhealthy], "whatever `fall` says");
    assert_eq!(after_each(&slow_to_turn, [Try::Good]).await, [Status::Healthy], "whatever `rise` says");
}

#[tokio::test(start_paused = true)]
async fn r51_fall_bad_checks_in_a_row_make_it_unhealthy() {
    use Status::{Healthy, Unhealthy};
    let statuses = after_each(&slow_to_turn, [Try::Good, BAD, BAD, BAD, BAD]).await;
    assert_eq!(statuses, [Healthy, Healthy, Healthy, Unhealthy, Unhealthy]);
}

#[tokio::test(start_paused = true)]
async fn r51_a_good_check_breaks_the_row_of_bad_ones() {
    let statuses = after_each(&slow_to_turn, [Try::Good, BAD, BAD, Try::Good, BAD, BAD]).await;
    assert_eq!(statuses, [Status::Healthy; 6]);
}

#[tokio::test(start_paused = true)]
async fn r51_rise_good_checks_in_a_row_make_it_healthy() {
    use Status::{Healthy, Unhealthy};
    let statuses = after_each(&slow_to_turn, [BAD, Try::Good, Try::Good, Try::Good]).await;
    assert_eq!(statuses, [Unhealthy, Unhealthy, Healthy, Healthy]);
}

#[tokio::test(start_paused = true)]
async fn r51_a_bad_check_breaks_the_row_of_good_ones() {
    let statuses = after_each(&slow_to_turn, [BAD, Try::Good, BAD, Try::Good, BAD]).await;
    assert_eq!(statuses, [Status::Unhealthy; 5]);
}

#[tokio::test(start_paused = true)]
async fn r51_a_timeout_and_a_panic_count_as_bad_checks() {
    use Status::{Healthy, Unhealthy};
    let statuses = after_each(&slow_to_turn, [Try::Good, Try::Hang, Try::Panic, BAD]).await;
    assert_eq!(statuses, [Healthy, Healthy, Healthy, Unhealthy]);
}

/// The status just before and just after the age at which it is too old.
async fn around(check: &'static Healthcheck<Probe>, answer: Try, age: u64) -> [Status; 2] {
    let checking = async {
        check.check().await;
        advance(millis(age - 1)).await;
        let before = check.status();
        advance(millis(2)).await;
        assert_eq!(check.report().status, check.status());
        [before, check.status()]
    };
    with(check, Probe::always(answer)).scope(checking).await
}

#[tokio::test(start_paused = true)]
async fn r53_a_status_is_stale_after_two_intervals_and_the_longest_check() {
    // 2 · 10 s + 1 s; with retries 2 · 10 s + 3 · 1 s + 100 ms + 200 ms.
    assert_eq!(around(&plain, Try::Good, 21_000).await, [Status::Healthy, Status::Unknown]);
    assert_eq!(around(&plain, BAD, 21_000).await, [Status::Unhealthy, Status::Unknown]);
    assert_eq!(around(&retrying, Try::Good, 23_300).await, [Status::Healthy, Status::Unknown]);
    assert_eq!(around(&slow_to_turn, BAD, 21_000).await, [Status::Unhealthy, Status::Unknown]);
}

#[tokio::test(start_paused = true)]
async fn r53_every_check_makes_the_status_new_again() {
    let checking = async {
        for _ in 0..5 {
            slow_to_turn.check().await;
            advance(seconds(20)).await;
            assert_ne!(slow_to_turn.status(), Status::Unknown);
        }
        advance(seconds(2)).await;
        assert_eq!(slow_to_turn.status(), Status::Unknown);
    };
    // Also one that does not change it.
    with(&slow_to_turn, Probe::script([Try::Good, BAD, BAD], Try::Good)).scope(checking).await;
}

#[tokio::test(start_paused = true)]
async fn r53_a_check_after_a_long_silence_is_heard() {
    let checking = async {
        plain.check().await;
        advance(seconds(100)).await;
        assert_eq!(plain.status(), Status::Unknown);
        plain.check().await;
        assert_eq!(plain.status(), Status::Unhealthy);
    };
    with(&plain, Probe::script([Try::Good], BAD)).scope(checking).await;
}

#[tokio::test(start_paused = true)]
async fn r54_nothing_is_recorded_before_the_first_check() {
    let report = with(&plain, Probe::always(Try::Good)).scope(async { plain.report() }).await;
    let Report {
        tag, status, last_checked, last_available, last_available_at, latency, mean_latency, failures, ..
    } = report;
    assert_eq!((tag.as_str(), status, failures), ("status-plain", Status::Unknown, 0));
    assert_eq!((last_checked, last_available, last_available_at), (None, None, None));
    assert_eq!((latency, mean_latency, report.last_error), (None, None, None));
}

#[tokio::test(start_paused = true)]
async fn r54_latency_is_that_of_the_last_check_and_the_mean_that_of_all() {
    let checking = async {
        let first = plain.check().await;
        assert_eq!((first.latency, first.mean_latency), (Some(millis(100)), Some(millis(100))));
        let second = plain.check().await;
        assert_eq!((second.latency, second.mean_latency), (Some(millis(500)), Some(millis(300))));
        let third = plain.check().await;
        assert_eq!((third.latency, third.mean_latency), (Some(millis(0)), Some(millis(200))));
    };
    with(&plain, Probe::script([Try::Slow(100), Try::Slow(500)], Try::Good)).scope(checking).await;
}

#[tokio::test(start_paused = true)]
async fn r54_times_failures_and_the_last_error_are_recorded() {
    let script = [Try::Good, Try::Bad("first"), Try::Bad("second"), Try::Good];
    let checking = async {
        let good = plain.check().await;
        let began = good.last_checked.expect("it was checked");
        assert_eq!((good.last_available, good.last_available_at), (Some(true), Some(began)));
        assert_eq!((good.failures, good.last_error), (0, None));

        advance(seconds(10)).await;
        let bad = plain.check().await;
        assert_eq!(bad.last_checked, Some(began + seconds(10)));
        assert_eq!((bad.last_available, bad.last_available_at), (Some(false), Some(began)));
        assert_eq!((bad.failures, bad.last_error.as_deref()), (1, Some("first")));

        advance(seconds(10)).await;
        let worse = plain.check().await;
        assert_eq!((worse.failures, worse.last_error.as_deref()), (2, Some("second")));

        advance(seconds(10)).await;
        let better = plain.check().await;
        let now = Some(began + seconds(30));
        assert_eq!((better.last_checked, better.last_available_at), (now, now));
        assert_eq!((better.last_available, better.failures), (Some(true), 0));
        assert_eq!(better.last_error.as_deref(), Some("second"), "it is still the last error there was");
    };
    with(&plain, Probe::script(script, Try::Good)).scope(checking).await;
}

#[tokio::test(start_paused = true)]
async fn r54_failures_are_checks_and_not_tries() {
    let report = with(&retrying, Probe::always(BAD)).scope(retrying.check()).await;
    assert_eq!(report.failures, 1);
}

#[tokio::test(start_paused = true)]
async fn r54_a_check_without_an_answer_says_so() {
    let report = with(&plain, Probe::always(Try::Hang)).scope(plain.check()).await;
    assert_eq!((report.last_available, report.latency), (Some(false), Some(seconds(1))));
    let error = report.last_error.expect("silence is an error too");
    assert!(error.contains("1s"), "the time that was waited for: {error}");
}

#[tokio::test(start_paused = true)]
async fn r54_what_is_recorded_outlives_the_status() {
    let checking = async {
        plain.check().await;
        advance(seconds(100)).await;
        plain.report()
    };
    let report = with(&plain, Probe::always(BAD)).scope(checking).await;
    assert_eq!((report.status, report.failures), (Status::Unknown, 1));
    assert_eq!(report.last_error.as_deref(), Some("no"));
}
