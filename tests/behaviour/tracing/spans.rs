use std::fmt::{self, Display, Formatter};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};

use ductape::{Verdict, action, fallback};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::ear::listen;
use super::{Ear, pair};
use crate::support::{Answer, Script, Scripted, begin, fail, hang, ms, ok, panics, poll_once, seeded};

#[tokio::test(start_paused = true)]
async fn r92_every_run_and_every_attempt_has_a_span() {
    let (ear, runtime) = (Ear::default(), seeded());
    let _listening = ear.listen();
    let (a, b) = (Script::of([fail(Verdict::Retry), hang()]), Script::of([ok()]));
    let outer = tracing::info_span!("request");
    {
        // As `Instrument` does it; the clock runs on only while the test waits.
        let mut run = pin!(runtime.scope(pair(&a, &b)));
        std::future::poll_fn(|cx| outer.in_scope(|| run.as_mut().poll(cx))).await.expect("b works");
    }
    drop(outer);
    let attempt = |of: &str, number: u32, end: &str| {
        format!("    ductape.attempt attempt={number} outcome={end} plan=trace-pair provider={of}")
    };
    let failed = |line: String, kind: &str| format!("{line} error.type={kind} otel.name=a otel.status_code=ERROR");
    assert_eq!(
        ear.spans(),
        [
            "request".to_owned(),
            "  ductape.run attempts=3 kind=fallback outcome=served plan=trace-pair provider=b otel.name=trace-pair"
                .to_owned(),
            failed(attempt("a", 1, "failed") + " error.message=Retry", "failed"),
            failed(attempt("a", 2, "timed_out"), "timed_out"),
            attempt("b", 1, "served") + " otel.name=b",
            "      http".to_owned(),
        ]
    );
    let own: Vec<_> = ear.events().into_iter().filter(|event| event.contains(": in ")).collect();
    assert_eq!(own, ["ductape.attempt INFO: in a", "ductape.attempt INFO: in a", "http INFO: in b"]);
    assert!(ear.is_silent());
}

#[tokio::test(start_paused = true)]
async fn r92_reconcile_and_degrade_have_spans_of_their_own() {
    #[fallback(tag = "trace-once", at_most_once, classify(Scripted::verdict))]
    async fn plan(a: &Script, asked: &Script) -> Answer {
        #[primary("a")]
        {
            a.call().await
        }
        #[reconcile]
        {
            asked.call().await.map(|_| None)
        }
        #[fallback("b")]
        {
            a.call().await
        }
        #[degrade]
        {
            Ok(0)
        }
    }

    let (ear, runtime) = (Ear::default(), seeded());
    let _listening = ear.listen();
    let (a, asked) = (Script::of([fail(Verdict::Ambiguous), fail(Verdict::Failover)]), Script::of([ok()]));
    runtime.scope(plan(&a, &asked)).await.expect("it is degraded");
    let names: Vec<_> =
        ear.spans().iter().map(|span| span.split(" plan=").next().unwrap_or_default().to_owned()).collect();
    assert_eq!(
        names,
        [
            "ductape.run attempts=2 kind=fallback outcome=degraded",
            "  ductape.attempt attempt=1 outcome=failed",
            "  ductape.reconcile attempt=1 outcome=served",
            "  ductape.attempt attempt=1 outcome=failed",
            "  ductape.degrade attempt=1 outcome=served",
        ]
    );
    assert!(ear.is_silent());
}

#[tokio::test(start_paused = true)]
async fn r92_runs_that_fail_are_dropped_or_panic_say_so() {
    let (ear, runtime) = (Ear::default(), seeded());
    let _listening = ear.listen();
    let bad = Script::of([fail(Verdict::Abort)]);
    runtime.scope(pair(&bad, &bad)).await.expect_err("it fails");
    {
        let hanging = Script::of([hang()]);
        let mut dropped = pin!(runtime.scope(pair(&hanging, &bad)));
        begin(dropped.as_mut()).await;
    }
    let panicking = Script::of([panics()]);
    catch_unwind(AssertUnwindSafe(|| poll_once(pin!(runtime.scope(pair(&panicking, &bad)))))).expect_err("it panics");
    let ends: Vec<_> =
        ear.spans().iter().map(|span| span.split(" plan=").next().unwrap_or_default().to_owned()).collect();
    assert_eq!(
        ends,
        [
            "ductape.run attempts=1 kind=fallback outcome=aborted",
            "  ductape.attempt attempt=1 outcome=aborted",
            "ductape.run attempts=1 kind=fallback outcome=dropped",
            "  ductape.attempt attempt=1 outcome=dropped",
            "ductape.run attempts=1 kind=fallback outcome=panicked",
            "  ductape.attempt attempt=1 outcome=panicked",
        ]
    );
    assert!(ear.spans()[0].ends_with("error.type=aborted otel.name=trace-pair otel.status_code=ERROR"));
    assert!(ear.spans()[2].ends_with("otel.name=trace-pair"), "who drops a run has not been failed by it");
    assert!(ear.is_silent());
}

#[tokio::test(start_paused = true)]
async fn r92_a_plan_in_a_block_has_its_span_under_the_attempt() {
    #[action(tag = "trace-outer", app = "outer")]
    async fn outer(a: &Script) -> ductape::Result<usize, ductape::Error<Scripted>> {
        Ok(pair(a, a).await?.into_inner())
    }

    let (ear, runtime, a) = (Ear::default(), seeded(), Script::of([ok().after(5)]));
    let _listening = ear.listen();
    let both = runtime.scope(async { tokio::join!(outer(&a), outer(&a)) }).await;
    assert!(both.0.is_ok() && both.1.is_ok());
    let names: Vec<_> = ear
        .spans()
        .iter()
        .map(|span| {
            span.replace("ductape.", "").split(' ').filter(|word| !word.contains('=')).collect::<Vec<_>>().join(" ")
        })
        .collect();
    let one = ["run", "  attempt", "    run", "      attempt"];
    assert_eq!(names, [one, one].concat());
    assert!(ear.is_silent());
}

#[tokio::test(start_paused = true)]
async fn r92_what_a_dropped_block_says_is_said_in_its_span() {
    struct Guard;

    impl Drop for Guard {
        fn drop(&mut self) {
            tracing::info!("the block ends");
        }
    }

    #[action(tag = "trace-dropped", timeout = "10ms")]
    async fn plan() -> ductape::Result<(), Scripted> {
        let _guard = Guard;
        std::future::pending().await
    }

    let (ear, runtime) = (Ear::default(), seeded());
    let _listening = ear.listen();
    runtime.scope(plan()).await.expect_err("it hangs");
    {
        let mut dropped = pin!(runtime.scope(plan()));
        begin(dropped.as_mut()).await;
    }
    let own: Vec<_> = ear.events().into_iter().filter(|event| event.contains("the block ends")).collect();
    assert_eq!(own, ["ductape.attempt INFO: the block ends"; 2]);
    assert!(ear.is_silent());
}

#[tokio::test(start_paused = true)]
async fn r33_r92_kept_values_are_no_attempts_and_no_failures() {
    #[fallback(tag = "trace-cache", cache(ttl = "1s", stale = "1m", key(1)), classify(Scripted::verdict))]
    async fn plan(a: &Script) -> Answer {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            a.call().await
        }
        #[degrade]
        {
            Ok(0)
        }
    }

    let (ear, runtime) = (Ear::default(), seeded());
    let _listening = ear.listen();
    let a = Script::of([ok(), fail(Verdict::Failover)]);
    for _ in 0..2 {
        runtime.scope(plan(&a)).await.expect("it works, and is kept");
    }
    tokio::time::advance(ms(2_000)).await;
    runtime.scope(plan(&a)).await.expect("it is old");
    let names: Vec<_> =
        ear.spans().iter().map(|span| span.split(" plan=").next().unwrap_or_default().to_owned()).collect();
    assert_eq!(
        names,
        [
            "ductape.run attempts=1 kind=fallback outcome=served",
            "  ductape.attempt attempt=1 outcome=served",
            "ductape.run attempts=0 kind=fallback outcome=cached",
            "ductape.run attempts=2 kind=fallback outcome=stale",
            "  ductape.attempt attempt=1 outcome=failed",
            "  ductape.attempt attempt=1 outcome=failed",
        ]
    );
    let finished = ear.events().into_iter().filter(|event| event.contains("event=run_finished"));
    assert!(finished.into_iter().all(|event| event.starts_with("ductape.run DEBUG")));
    assert!(ear.is_silent());
}

/// An error that counts how often it is shown.
#[derive(Debug)]
struct Counted<'a>(&'a AtomicU32);

impl Display for Counted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.fetch_add(1, Ordering::Relaxed);
        f.write_str("counted")
    }
}

#[tokio::test(start_paused = true)]
async fn r92_nothing_is_formatted_when_nobody_listens() {
    #[action(tag = "trace-quiet", retries = 1, backoff(base = "1ms", jitter = "none"))]
    async fn plan<'a>(shown: &'a AtomicU32) -> ductape::Result<(), Counted<'a>> {
        Err(Counted(shown))
    }

    let (shown, runtime, ear) = (AtomicU32::new(0), seeded(), Ear::default());
    runtime.scope(plan(&shown)).await.expect_err("it fails");
    assert_eq!(shown.load(Ordering::Relaxed), 0);
    let _listening = ear.listen();
    runtime.scope(plan(&shown)).await.expect_err("it fails");
    assert_eq!(shown.load(Ordering::Relaxed), 4, "for each attempt, in its span and in an event, when somebody does");
}

/// A subscriber that is of no use at all.
struct Broken;

impl Subscriber for Broken {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {
        panic!("an observer panics");
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        assert_ne!(event.metadata().target(), "ductape", "an observer panics");
    }

    fn enter(&self, _: &Id) {
        panic!("an observer panics");
    }

    fn exit(&self, _: &Id) {
        panic!("an observer panics");
    }

    fn try_close(&self, _: Id) -> bool {
        panic!("an observer panics");
    }
}

#[tokio::test(start_paused = true)]
async fn r95_a_subscriber_that_panics_harms_no_run() {
    #[action(tag = "trace-broken", app = "a", retries = 1, backoff(base = "10ms", factor = 1, jitter = "none"))]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let runtime = seeded();
    let _listening = listen(Broken);
    let a = Script::of([fail(Verdict::Retry), ok().after(3)]);
    let outcome = runtime.scope(plan(&a)).await.expect("it works the second time");
    assert_eq!((outcome.attempts, outcome.elapsed), (2, ms(13)));
    drop(runtime.scope(plan(&a)));
    let panicking = Script::of([panics()]);
    catch_unwind(AssertUnwindSafe(|| poll_once(pin!(runtime.scope(plan(&panicking)))))).expect_err("its own panic");
    let stats = runtime.plan("trace-broken").expect("it is linked").stats();
    assert_eq!((stats.in_flight, stats.since_start.successes, stats.since_start.failures), (0, 1, 1));
}

#[tokio::test(start_paused = true)]
async fn r92_turns_side_by_side_have_spans_side_by_side_that_say_how_they_ended() {
    #[fallback(tag = "trace-hedged", classify(Scripted::verdict), hedge = "20ms", timeout = "1s")]
    async fn hedged(a: &Script, b: &Script, c: &Script) -> Answer {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
        #[fallback("c")]
        {
            c.call().await
        }
    }

    let (ear, runtime) = (Ear::default(), seeded());
    let _listening = ear.listen();
    let (slow, down) = (Script::of([hang()]), Script::of([fail(Verdict::Failover)]));
    let good = Script::of([ok()]);
    runtime.scope(hedged(&slow, &down, &good)).await.expect("c serves");
    {
        let mut dropped = pin!(runtime.scope(hedged(&slow, &good, &good)));
        begin(dropped.as_mut()).await;
    }
    let panicking = tokio::spawn(async move {
        let (slow, panicking) = (Script::of([hang()]), Script::of([panics()]));
        runtime.scope(hedged(&slow, &panicking, &slow)).await.is_ok()
    });
    assert!(panicking.await.expect_err("it panics").is_panic());
    let ends: Vec<_> =
        ear.spans().iter().map(|span| span.split(" plan=").next().unwrap_or_default().to_owned()).collect();
    assert_eq!(
        ends,
        [
            "ductape.run attempts=3 kind=fallback outcome=served",
            "  ductape.attempt attempt=1 outcome=dropped",
            "  ductape.attempt attempt=1 outcome=failed",
            "  ductape.attempt attempt=1 outcome=served",
            "ductape.run attempts=1 kind=fallback outcome=dropped",
            "  ductape.attempt attempt=1 outcome=dropped",
            "ductape.run attempts=2 kind=fallback outcome=panicked",
            "  ductape.attempt attempt=1 outcome=dropped",
            "  ductape.attempt attempt=1 outcome=panicked",
        ]
    );
    assert!(ear.is_silent());
}
