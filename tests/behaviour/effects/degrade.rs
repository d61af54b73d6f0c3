//! R32: what is used when nothing else is left.

use ductape::{ErrorKind, Event, Outcome, Source, Verdict, action, attempt, fallback, plans, quota};
use tokio::time::Instant;

use crate::support::{Answer, Script, Scripted, fail, hang, ms, ok, run, seeded, trail};

#[fallback(tag = "recommend", classify(Scripted::verdict), timeout = "50ms")]
async fn recommend(a: &Script, b: &Script, poor: &Script) -> Answer {
    #[primary("a")]
    {
        a.call().await
    }
    #[fallback("b")]
    {
        b.call().await
    }
    #[degrade(timeout = "80ms")]
    {
        poor.call().await
    }
}

fn failing() -> Script {
    Script::of([fail(Verdict::Retry)])
}

#[tokio::test(start_paused = true)]
async fn r32_degrade_runs_when_the_run_would_be_exhausted_and_marks_its_value() {
    let (a, b, poor) = (failing(), Script::of([hang()]), Script::of([ok().after(70)]));
    let outcome = run(recommend(&a, &b, &poor)).await.expect("the degrade block works");

    assert_eq!((outcome.source, outcome.provider.as_str()), (Source::Degraded, "degrade"));
    assert_eq!((outcome.value, outcome.attempts, outcome.elapsed), (1, 2, ms(120)));
    assert_eq!((a.times(), b.times(), poor.times()), (vec![0], vec![0], vec![50]));
}

#[tokio::test(start_paused = true)]
async fn r32_degrade_runs_when_everyone_was_skipped() {
    #[quota]
    async fn plan(poor: &Script) -> Answer {
        #[provider("a", weight = 100, when(false))]
        {
            Ok(0)
        }
        #[degrade]
        {
            poor.call().await
        }
    }

    let outcome = run(plan(&Script::of([ok()]))).await.expect("the degrade block works");
    assert_eq!((outcome.source, outcome.attempts), (Source::Degraded, 0));
}

#[tokio::test(start_paused = true)]
async fn r32_degrade_runs_when_the_run_would_end_by_its_deadline() {
    #[fallback(deadline = "200ms", timeout = "50ms")]
    async fn plan(a: &Script, b: &Script, poor: &Script) -> Answer {
        #[primary("a", retries = 1, backoff(base = "201ms", jitter = "none"))]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
        #[degrade(timeout = "80ms")]
        {
            poor.call().await
        }
    }

    // The wait that the deadline forbids is what makes it the deadline's fault.
    let (a, b, poor) = (failing(), Script::of([hang()]), Script::of([ok()]));
    let outcome = run(plan(&a, &b, &poor)).await.expect("the degrade block works");
    assert_eq!((outcome.source, a.calls()), (Source::Degraded, 1));

    let (a, b, poor) = (failing(), Script::of([hang()]), failing());
    let error = run(plan(&a, &b, &poor)).await.expect_err("not even the degrade block works");
    assert_eq!(error.kind(), ErrorKind::Deadline);
}

#[tokio::test(start_paused = true)]
async fn r32_degrade_does_not_run_after_a_success_or_an_abort() {
    let poor = Script::of([ok()]);
    let outcome = run(recommend(&failing(), &Script::of([ok()]), &poor)).await.expect("b works");
    assert_eq!(outcome.source, Source::Provider);

    let error = run(recommend(&Script::of([fail(Verdict::Abort)]), &failing(), &poor)).await.expect_err("a aborts");
    assert_eq!((error.kind(), poor.calls()), (ErrorKind::Aborted, 0));
}

#[tokio::test(start_paused = true)]
async fn r32_degrade_does_not_run_after_an_ambiguous_end() {
    #[action(at_most_once, classify(Scripted::verdict), timeout = "50ms")]
    async fn charge(a: &Script, poor: &Script) -> Answer {
        return a.call().await;
        #[degrade]
        {
            poor.call().await
        }
    }

    let poor = Script::of([ok()]);
    for lost in [fail(Verdict::Ambiguous), hang()] {
        let error = run(charge(&Script::of([lost]), &poor)).await.expect_err("nobody knows");
        assert_eq!((error.kind(), poor.calls()), (ErrorKind::Ambiguous, 0));
    }
    let outcome = run(charge(&failing(), &poor)).await.expect("nothing happened, and so the degrade block is used");
    assert_eq!(outcome.source, Source::Degraded);
}

#[tokio::test(start_paused = true)]
async fn r32_degrade_has_its_whole_timeout_inside_an_explicit_deadline() {
    #[fallback(deadline = "250ms", timeout = "50ms", retries = 99, backoff(base = "1ms", factor = 1, jitter = "none"))]
    async fn plan(a: &Script, b: &Script, poor: &Script) -> Answer {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
        #[degrade(timeout = "80ms")]
        {
            poor.call().await
        }
    }

    // a may try until 120 and b until 170.
    let (a, b, poor) = (Script::of([hang()]), Script::of([hang()]), Script::of([hang()]));
    let start = Instant::now();
    let error = run(plan(&a, &b, &poor)).await.expect_err("everything hangs");

    assert_eq!((a.times(), b.times(), poor.times()), (vec![0, 51], vec![101], vec![151]));
    assert_eq!(start.elapsed(), ms(231));
    assert_eq!(trail(&error).last().map(String::as_str), Some("degrade 1 timed out after 80ms"));
}

#[tokio::test(start_paused = true)]
async fn r32_degrades_timeout_is_ten_seconds_unless_said_and_added_to_the_worst_case() {
    #[fallback(tag = "with-degrade", timeout = "50ms")]
    async fn with(a: &Script, b: &Script, poor: &Script) -> Answer {
        #[primary("a", retries = 1, backoff(base = "100ms", jitter = "none"))]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
        #[degrade]
        {
            poor.call().await
        }
    }

    let start = Instant::now();
    let error = run(with(&Script::of([hang()]), &Script::of([hang()]), &Script::of([hang()]))).await;
    let error = error.expect_err("everything hangs");
    assert_eq!(trail(&error).last().map(String::as_str), Some("degrade 1 timed out after 10s"));
    assert_eq!(start.elapsed(), ms(50 + 100 + 50 + 50 + 10_000));

    let worst = |tag: &str| plans().iter().find(|plan| plan.tag() == tag).expect("it is in this program").worst_case();
    assert_eq!((worst("with-degrade").attempts, worst("with-degrade").time), (3, start.elapsed()));
    assert_eq!((worst("recommend").attempts, worst("recommend").time), (2, ms(50 + 50 + 80)));
}

#[tokio::test(start_paused = true)]
async fn r32_when_degrade_fails_the_error_is_the_runs_with_that_failure_in_the_trail() {
    let (a, b) = (failing(), Script::of([fail(Verdict::Failover)]));
    let poor = Script::of([fail(Verdict::Abort).after(30)]);
    let error = run(recommend(&a, &b, &poor)).await.expect_err("not even the degrade block works");

    assert_eq!((error.kind(), error.provider()), (ErrorKind::Exhausted, Some("b")));
    assert_eq!(error.last(), Some(&Scripted { verdict: Verdict::Failover, call: 1 }));
    assert_eq!(trail(&error), ["a 1 failed: Retry", "b 1 failed: Failover", "degrade 1 failed: Abort"]);
    let last = &error.trail().entries()[2];
    assert!(matches!(last.event, Event::Failed { took, .. } if took == ms(30)), "{last:?}");
    assert_eq!(poor.calls(), 1, "it has no retries");
}

#[tokio::test(start_paused = true)]
async fn r32_a_bare_value_is_degraded_without_a_mark() {
    #[fallback]
    async fn names() -> ductape::Result<Vec<String>, Scripted> {
        #[primary("a", when(false))]
        {
            Ok(vec!["fresh".to_owned()])
        }
        #[fallback("b", when(false))]
        {
            Ok(Vec::new())
        }
        #[degrade]
        {
            let inside = attempt().expect("this is a block of the plan");
            Ok(vec![inside.plan().to_owned(), inside.provider().to_string()])
        }
    }

    assert_eq!(run(names()).await.expect("the degrade block works"), ["names", "degrade"]);
}

#[tokio::test(start_paused = true)]
async fn r32_degrade_is_used_anew_in_every_run() {
    let (a, b, poor) = (Script::of([fail(Verdict::Retry), ok()]), failing(), Script::of([ok()]));
    let runtime = seeded();
    let mut sources = Vec::new();
    for _ in 0..2 {
        let outcome: Outcome<usize> = runtime.scope(recommend(&a, &b, &poor)).await.expect("somebody works");
        sources.push(outcome.source);
    }
    assert_eq!(sources, [Source::Degraded, Source::Provider]);
}
