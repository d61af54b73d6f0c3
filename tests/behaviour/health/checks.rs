//! R51 and the handle: what one check is.

use std::sync::Arc;

use ductape::{Healthcheck, Runtime, Status, healthcheck};
use tokio::time::{Instant, timeout};

use super::{Probe, Try, millis, seconds};

#[healthcheck(tag = "checks-patient", interval = "60s", retries = 3, timeout = "1s")]
async fn patient(probe: &Probe) -> Result<(), &'static str> {
    probe.ask().await
}

#[healthcheck(tag = "checks-once", interval = "60s", retries = 0, timeout = "2s")]
async fn once(probe: &Probe) -> Result<(), &'static str> {
    probe.ask().await
}

#[healthcheck(interval = "2s", retries = 0)]
async fn short_interval(probe: &Probe) -> Result<(), &'static str> {
    probe.ask().await
}

#[healthcheck(interval = "60s", retries = 0)]
async fn long_interval(probe: &Probe) -> Result<(), &'static str> {
    probe.ask().await
}

/// Without an argument, it has to find out for itself where it runs.
#[healthcheck(tag = "checks-alone", interval = "60s", retries = 0, env = "checks-alone")]
async fn alone() -> Result<u32, String> {
    match ductape::runtime().product() {
        "broken" => Err("the product is broken".to_owned()),
        _ => Ok(7),
    }
}

/// An error of which nothing is asked: neither text nor anything else.
struct Mute;

#[healthcheck(tag = "checks-mute", interval = "60s", retries = 0, env = "checks-mute")]
async fn mute() -> Result<(), Mute> {
    Err(Mute)
}

/// What a client can be that does not bear to be cut off.
struct Fragile;

impl Drop for Fragile {
    fn drop(&mut self) {
        panic!("cut off");
    }
}

#[healthcheck(tag = "checks-fragile", interval = "60s", retries = 1, timeout = "1s")]
async fn fragile(probe: &Probe) -> Result<(), &'static str> {
    let _fragile = Fragile;
    probe.ask().await
}

fn with(check: &'static Healthcheck<Probe>, probe: &Arc<Probe>) -> Runtime {
    Runtime::builder().bind(check, Arc::clone(probe)).build().expect("building checks nothing that could be wrong")
}

fn alone_in(product: &'static str) -> Runtime {
    let builder = Runtime::builder().product(product).env("checks-alone");
    builder.build().expect("building checks nothing that could be wrong")
}

#[tokio::test(start_paused = true)]
async fn r51_a_check_is_up_to_one_and_retries_tries_100_ms_apart_and_doubling() {
    let probe = Arc::new(Probe::always(Try::Bad("no")));
    let report = with(&patient, &probe).scope(patient.check()).await;
    assert_eq!(probe.asked_at(), [0, 100, 300, 700]);
    assert_eq!(report.status, Status::Unhealthy);
}

#[tokio::test(start_paused = true)]
async fn r51_retries_zero_is_exactly_one_try() {
    let probe = Arc::new(Probe::always(Try::Bad("no")));
    let report = with(&once, &probe).scope(once.check()).await;
    assert_eq!(probe.asked_at(), [0]);
    assert_eq!(report.status, Status::Unhealthy);
}

#[tokio::test(start_paused = true)]
async fn r51_the_first_success_makes_it_good() {
    let probe = Arc::new(Probe::always(Try::Good));
    let runtime = with(&patient, &probe);
    assert_eq!(runtime.scope(patient.check()).await.status, Status::Healthy);
    assert_eq!(probe.asked_at(), [0]);

    let probe = Arc::new(Probe::script([Try::Bad("no"), Try::Bad("no"), Try::Good], Try::Bad("no")));
    let runtime = with(&patient, &probe);
    assert_eq!(runtime.scope(patient.check()).await.status, Status::Healthy);
    assert_eq!(probe.asked_at(), [0, 100, 300], "nobody asks again after a success");
}

#[tokio::test(start_paused = true)]
async fn r51_each_try_is_bounded_by_the_timeout() {
    let probe = Arc::new(Probe::always(Try::Hang));
    let began = Instant::now();
    let report = with(&patient, &probe).scope(patient.check()).await;
    assert_eq!(probe.asked_at(), [0, 1_100, 2_300, 3_700], "a second each, and the waits between");
    assert_eq!(began.elapsed(), millis(4_700));
    assert_eq!(report.status, Status::Unhealthy);
    assert_eq!(probe.under_way(), 0, "no try outlives its timeout");
}

#[tokio::test(start_paused = true)]
async fn r51_a_slow_try_within_the_timeout_is_good() {
    let probe = Arc::new(Probe::always(Try::Slow(999)));
    let report = with(&patient, &probe).scope(patient.check()).await;
    assert_eq!((report.status, probe.asked_at()), (Status::Healthy, vec![0]));
}

#[tokio::test(start_paused = true)]
async fn r51_a_try_may_take_the_interval_but_at_most_five_seconds_unless_said() {
    let probe = Arc::new(Probe::always(Try::Hang));
    let began = Instant::now();
    with(&short_interval, &probe).scope(short_interval.check()).await;
    assert_eq!(began.elapsed(), seconds(2));

    let began = Instant::now();
    with(&long_interval, &probe).scope(long_interval.check()).await;
    assert_eq!(began.elapsed(), seconds(5));
}

#[tokio::test(start_paused = true)]
async fn r51_a_check_starts_its_tries_afresh() {
    let probe = Arc::new(Probe::always(Try::Bad("no")));
    let runtime = with(&patient, &probe);
    runtime.scope(patient.check()).await;
    runtime.scope(patient.check()).await;
    assert_eq!(probe.asked_at(), [0, 100, 300, 700, 700, 800, 1_000, 1_400]);
}

#[tokio::test(start_paused = true)]
async fn r52_a_panic_in_a_probe_is_a_failed_try() {
    let probe = Arc::new(Probe::script([Try::Panic], Try::Good));
    let report = with(&patient, &probe).scope(patient.check()).await;
    assert_eq!(probe.asked_at(), [0, 100]);
    assert_eq!(report.status, Status::Healthy);

    let probe = Arc::new(Probe::always(Try::Panic));
    let report = with(&once, &probe).scope(once.check()).await;
    assert_eq!(report.status, Status::Unhealthy);
    let error = report.last_error.expect("a panic leaves an error");
    assert!(error.contains("the probe broke"), "{error}");
}

/// The try is dropped at its timeout, and panics then: that must not end the check, nor the monitor.
#[tokio::test(start_paused = true)]
async fn r52_a_panic_of_a_probe_that_is_cut_off_is_a_failed_try() {
    let probe = Arc::new(Probe::always(Try::Hang));
    let report = with(&fragile, &probe).scope(fragile.check()).await;
    assert_eq!(probe.asked_at(), [0, 1_100]);
    assert_eq!(report.status, Status::Unhealthy);
}

#[tokio::test(start_paused = true)]
async fn r52_checks_that_are_asked_for_at_once_run_one_after_the_other() {
    let probe = Arc::new(Probe::always(Try::Slow(500)));
    let runtime = with(&once, &probe);
    runtime.scope(async { tokio::join!(once.check(), once.check(), once.check()) }).await;
    assert_eq!(probe.most_at_once(), 1);
    assert_eq!(probe.asked_at(), [0, 500, 1_000]);
}

/// A caller who gives up must not leave the healthcheck locked for everybody else.
#[tokio::test(start_paused = true)]
async fn r52_a_check_that_is_dropped_makes_room_for_the_next() {
    let probe = Arc::new(Probe::script([Try::Hang], Try::Good));
    let runtime = with(&once, &probe);
    let given_up = timeout(millis(300), runtime.scope(once.check())).await;
    given_up.expect_err("the probe hangs for longer");
    assert_eq!(probe.under_way(), 0);
    let next = timeout(seconds(10), runtime.scope(once.check())).await;
    assert_eq!(next.expect("nobody holds the healthcheck any more").status, Status::Healthy);
    assert_eq!(probe.asked_at(), [0, 300]);
}

#[tokio::test(start_paused = true)]
async fn a_handle_has_a_tag_a_status_and_a_report() {
    let probe = Arc::new(Probe::script([Try::Good], Try::Bad("no")));
    let handle: &'static Healthcheck<Probe> = &once;
    let asking = async {
        assert_eq!(handle.tag(), "checks-once");
        assert_eq!(handle.status(), Status::Unknown);
        assert_eq!(handle.report().tag, "checks-once");

        let report = handle.check().await;
        assert_eq!(report, handle.report(), "a check tells what is known afterwards");
        assert_eq!(handle.status(), Status::Healthy);

        handle.check().await;
        assert_eq!(handle.status(), Status::Unhealthy);
    };
    with(&once, &probe).scope(asking).await;
}

#[tokio::test(start_paused = true)]
async fn a_tag_is_the_name_of_the_function_unless_said() {
    assert_eq!(short_interval.tag(), "short-interval");
    assert_eq!(long_interval.tag(), "long-interval");
}

#[tokio::test(start_paused = true)]
async fn a_probe_without_an_argument_needs_no_client() {
    let handle: &'static Healthcheck = &alone;
    let report = alone_in("whole").scope(handle.check()).await;
    assert_eq!((report.status, report.last_error), (Status::Healthy, None));

    let report = alone_in("broken").scope(handle.check()).await;
    assert_eq!(report.status, Status::Unhealthy);
    assert_eq!(report.last_error.as_deref(), Some("the product is broken"));
}

#[tokio::test(start_paused = true)]
async fn a_probe_may_fail_with_any_error() {
    let runtime = Runtime::builder().env("checks-mute").build().expect("building checks nothing that could be wrong");
    let report = runtime.scope(mute.check()).await;
    assert_eq!(report.status, Status::Unhealthy);
    assert!(report.last_error.is_some_and(|error| !error.is_empty()), "something is said all the same");
}

#[tokio::test(start_paused = true)]
async fn a_client_is_bound_as_it_is_or_shared() {
    let whole = Runtime::builder().bind(&once, Probe::always(Try::Bad("no")));
    let whole = whole.build().expect("building checks nothing that could be wrong");
    assert_eq!(whole.scope(once.check()).await.status, Status::Unhealthy);

    let probe = Arc::new(Probe::always(Try::Good));
    assert_eq!(with(&once, &probe).scope(once.check()).await.status, Status::Healthy);
    assert_eq!(probe.asked_at().len(), 1, "the very client that was given, and not a copy");
}
