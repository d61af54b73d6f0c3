//! What an error knows, and that it is small and cheap to pass on.

use std::time::Duration;

use ductape::{Error, ErrorKind, Event, Skip, Verdict, action, fallback, healthcheck};
use tokio::time::advance;

use super::{payment, throttled};
use crate::support::{Answer, Script, Scripted, fail, hang, ms, ok, run, seeded};

#[test]
fn error_is_one_word_wide_whatever_it_holds() {
    assert_eq!(size_of::<Error<()>>(), size_of::<usize>());
    assert_eq!(size_of::<Error<[u64; 512]>>(), size_of::<usize>());
    assert_eq!(size_of::<Option<Error<Box<dyn std::error::Error + Send + Sync>>>>(), size_of::<usize>());
}

#[test]
fn error_crosses_threads_when_the_providers_error_does() {
    fn crosses<T: Send + Sync + 'static>() {}
    crosses::<Error<Scripted>>();
    crosses::<Error<anyhow::Error>>();
    crosses::<Error<Box<dyn std::error::Error + Send + Sync>>>();
}

#[tokio::test(start_paused = true)]
async fn error_can_be_cloned_though_its_providers_error_cannot() {
    struct Unique(&'static str);

    #[action]
    async fn plan() -> ductape::Result<(), Unique> {
        Err(Unique("only one"))
    }

    let error = run(plan()).await.expect_err("it always fails");
    let clone = error.clone();
    let (one, other) = (error.last().expect("it failed"), clone.last().expect("it failed"));
    assert_eq!(one.0, "only one");
    assert!(std::ptr::eq(one, other), "both show the same error");
}

#[tokio::test(start_paused = true)]
async fn error_gives_its_last_error_away_only_when_nobody_else_holds_it() {
    let error = run(payment(&Script::of([fail(Verdict::Abort)]), true, &Script::of([ok()]))).await;
    let error = error.expect_err("stripe aborts");

    let clone = error.clone();
    assert_eq!(clone.into_last(), None);
    assert_eq!(error.into_last(), Some(Scripted { verdict: Verdict::Abort, call: 1 }));
}

#[tokio::test(start_paused = true)]
async fn r6_error_knows_its_plan_and_who_failed_last_and_how() {
    let (a, b) = (Script::of([fail(Verdict::Retry)]), Script::of([fail(Verdict::Failover)]));
    let error = run(payment(&a, true, &b)).await.expect_err("nobody works");
    assert_eq!((error.kind(), error.plan(), error.provider()), (ErrorKind::Exhausted, "payment", Some("paypal")));
    assert_eq!(error.last(), Some(&Scripted { verdict: Verdict::Failover, call: 1 }));

    // A skip is no failure.
    let error = run(payment(&a, false, &b)).await.expect_err("nobody works");
    assert_eq!((error.provider(), error.last().map(|last| last.call)), (Some("stripe"), Some(4)));
}

#[tokio::test(start_paused = true)]
async fn r6_a_timeout_has_no_error_and_leaves_the_last_one_that_there_was() {
    let (a, b) = (Script::of([hang()]), Script::of([hang()]));
    let error = run(payment(&a, true, &b)).await.expect_err("both hang");
    assert_eq!((error.provider(), error.last()), (Some("paypal"), None));
    assert_eq!(error.into_last(), None);

    let a = Script::of([fail(Verdict::Retry), hang()]);
    let error = run(payment(&a, true, &b)).await.expect_err("both hang");
    assert_eq!((error.provider(), error.last().map(|last| last.call)), (Some("paypal"), Some(1)));
    assert_eq!(error.into_last().map(|last| last.call), Some(1));
}

#[tokio::test(start_paused = true)]
async fn r6_when_nobody_was_called_there_is_no_provider_and_no_error() {
    #[action(tag = "unwell", healthcheck(sick), all_unhealthy = "fail")]
    async fn plan() -> Answer<()> {
        Ok(())
    }
    #[healthcheck(interval = "1h")]
    async fn sick() -> Result<(), &'static str> {
        Err("down")
    }

    let error = run(async {
        sick.check().await;
        plan().await.expect_err("it is unhealthy")
    })
    .await;
    assert_eq!((error.kind(), error.plan(), error.provider()), (ErrorKind::Exhausted, "unwell", None));
    let [entry] = error.trail().entries() else { panic!("one provider, one entry: {error:?}") };
    assert_eq!(entry.provider, "plan");
    assert!(matches!(entry.event, Event::Skipped(Skip::Unhealthy)));
    assert!(error.last().is_none() && error.into_last().is_none());
}

#[tokio::test(start_paused = true)]
async fn r6_the_trail_tells_how_long_each_attempt_took() {
    let (a, b) = (Script::of([fail(Verdict::Retry).after(20), hang()]), Script::of([fail(Verdict::Retry).after(5)]));
    let error = run(payment(&a, true, &b)).await.expect_err("nobody works");

    let [first, second, third] = error.trail().entries() else { panic!("three attempts: {error:?}") };
    assert!(matches!(first.event, Event::Failed { attempt: 1, took, error } if took == ms(20) && error.call == 1));
    assert!(matches!(second.event, Event::TimedOut { attempt: 2, after } if after == ms(50)));
    assert!(matches!(third.event, Event::Failed { attempt: 1, took, .. } if took == ms(5)));
    assert_eq!([&first.provider, &second.provider, &third.provider], ["stripe", "stripe", "paypal"]);
}

#[tokio::test(start_paused = true)]
async fn error_says_when_to_come_back_if_every_refusal_names_a_time() {
    let (a, b) = (Script::of([fail(throttled(60))]), Script::of([fail(throttled(20))]));
    let runtime = seeded();
    let error = runtime.scope(payment(&a, true, &b)).await.expect_err("both throttle themselves");
    assert_eq!(error.retry_in(), None, "nobody was refused yet");

    let error = runtime.scope(payment(&a, true, &b)).await.expect_err("both are throttled");
    assert_eq!(error.retry_in(), Some(Duration::from_secs(20)), "the first of the two");
    advance(Duration::from_secs(15)).await;
    let error = runtime.scope(payment(&a, true, &b)).await.expect_err("both are throttled");
    assert_eq!(error.retry_in(), Some(Duration::from_secs(5)));

    let error = runtime.scope(payment(&a, false, &b)).await.expect_err("one is throttled, one left out");
    assert_eq!(error.retry_in(), None, "nobody knows when `when` will hold");
}

#[tokio::test(start_paused = true)]
async fn error_names_every_kind_of_end_and_of_skip() {
    let kinds = [ErrorKind::Exhausted, ErrorKind::Aborted, ErrorKind::Deadline, ErrorKind::Ambiguous];
    assert!((1..4).all(|n| !kinds[..n].contains(&kinds[n])));

    let retry_in = ms(5);
    let skips = [
        Skip::Cordoned,
        Skip::When,
        Skip::Unhealthy,
        Skip::BreakerOpen { retry_in },
        Skip::BulkheadFull,
        Skip::RateLimited { retry_in },
        Skip::Throttled { retry_in },
        Skip::OverBudget,
        Skip::NoTime,
    ];
    assert!((1..9).all(|n| !skips[..n].contains(&skips[n])));
}

#[tokio::test(start_paused = true)]
async fn error_stands_between_plans_as_one_of_the_errors_that_they_return() {
    #[fallback(tag = "outer")]
    async fn outer(a: &Script, b: &Script) -> ductape::Result<usize, Error<Scripted>> {
        #[primary("one")]
        {
            Ok(payment(a, true, b).await?.into_inner())
        }
        #[fallback("two")]
        {
            Ok(b.call().await?)
        }
    }

    let (a, b) = (Script::of([fail(Verdict::Abort)]), Script::of([fail(Verdict::Retry)]));
    let error = run(outer(&a, &b)).await.expect_err("nobody works");
    let last = error.into_last().expect("the second provider failed");
    assert_eq!((last.kind(), last.plan()), (ErrorKind::Aborted, ""), "`?` alone makes an error of no plan");
}
