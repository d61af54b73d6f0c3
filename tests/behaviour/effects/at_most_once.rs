//! R30: in an `at_most_once` plan an ambiguous outcome ends the run.

use ductape::{ErrorKind, Verdict, action, fallback, quota};
use tokio::time::Instant;

use crate::support::{Answer, Script, Scripted, fail, hang, ms, ok, panics, run, trail};

#[fallback(at_most_once, classify(Scripted::verdict), timeout = "50ms")]
async fn pay(a: &Script, b: &Script) -> Answer {
    #[primary("a", retries = 2, backoff(base = "100ms", factor = 1, jitter = "none"))]
    {
        a.call().await
    }
    #[fallback("b", retries = 2)]
    {
        b.call().await
    }
}

#[tokio::test(start_paused = true)]
async fn r30_an_ambiguous_verdict_ends_the_run_without_a_retry_or_another_provider() {
    let (a, b) = (Script::of([fail(Verdict::Ambiguous), ok()]), Script::of([ok()]));
    let start = Instant::now();
    let error = run(pay(&a, &b)).await.expect_err("nobody knows what a did");

    assert_eq!((error.kind(), error.provider()), (ErrorKind::Ambiguous, Some("a")));
    assert_eq!(error.last(), Some(&Scripted { verdict: Verdict::Ambiguous, call: 1 }));
    assert_eq!((a.calls(), b.calls(), start.elapsed()), (1, 0, ms(0)));
}

#[tokio::test(start_paused = true)]
async fn r30_a_timeout_of_a_polled_block_ends_the_run_too() {
    let (a, b) = (Script::of([hang(), ok()]), Script::of([ok()]));
    let start = Instant::now();
    let error = run(pay(&a, &b)).await.expect_err("nobody knows what a did");

    assert_eq!((error.kind(), error.provider(), error.last()), (ErrorKind::Ambiguous, Some("a"), None));
    assert_eq!(trail(&error), ["a 1 timed out after 50ms"]);
    assert_eq!((a.calls(), b.calls(), start.elapsed()), (1, 0, ms(50)));
}

#[tokio::test(start_paused = true)]
async fn r30_it_holds_for_every_attempt_and_every_provider() {
    let (a, b) = (Script::of([fail(Verdict::Retry), fail(Verdict::Ambiguous), ok()]), Script::of([ok()]));
    let error = run(pay(&a, &b)).await.expect_err("nobody knows what the second attempt did");
    assert_eq!((error.kind(), a.calls(), b.calls()), (ErrorKind::Ambiguous, 2, 0));

    let (a, b) = (Script::of([fail(Verdict::Failover)]), Script::of([hang()]));
    let error = run(pay(&a, &b)).await.expect_err("nobody knows what b did");
    assert_eq!((error.kind(), a.calls(), b.calls()), (ErrorKind::Ambiguous, 1, 1));
}

#[tokio::test(start_paused = true)]
async fn r30_every_other_verdict_goes_on_as_usual() {
    let served = async |steps: &[crate::support::Step]| {
        let (a, b) = (Script::of(steps.iter().copied()), Script::of([ok()]));
        let provider = run(pay(&a, &b)).await.map(|outcome| outcome.provider);
        (provider.map_err(|error| error.kind()), a.times(), b.times())
    };

    let retry = fail(Verdict::Retry);
    assert_eq!(served(&[retry, ok()]).await, (Ok("a".into()), vec![0, 100], vec![]));
    assert_eq!(served(&[retry]).await, (Ok("b".into()), vec![0, 100, 200], vec![200]));
    assert_eq!(served(&[fail(Verdict::RetryAfter(ms(9))), ok()]).await, (Ok("a".into()), vec![0, 9], vec![]));
    assert_eq!(served(&[fail(Verdict::Failover)]).await, (Ok("b".into()), vec![0], vec![0]));
    assert_eq!(served(&[fail(Verdict::Throttled(ms(9)))]).await, (Ok("b".into()), vec![0], vec![0]));
    assert_eq!(served(&[fail(Verdict::Abort)]).await, (Err(ErrorKind::Aborted), vec![0], vec![]));
}

#[tokio::test(start_paused = true)]
async fn r30_refusals_go_on_as_usual() {
    #[fallback(at_most_once, classify(Scripted::verdict))]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a", when(false))]
        {
            a.call().await
        }
        #[fallback("b", when(b.calls() > 0))]
        {
            b.call().await
        }
    }

    let (a, b) = (Script::of([ok()]), Script::of([ok()]));
    let error = run(plan(&a, &b)).await.expect_err("nobody takes part");
    assert_eq!(
        (error.kind(), trail(&error)),
        (ErrorKind::Exhausted, vec!["a skipped: When".into(), "b skipped: When".into()])
    );

    b.call().await.expect("b works");
    assert_eq!(run(plan(&a, &b)).await.expect("b takes part now").provider, "b");
    assert_eq!(a.calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn r30_a_provider_that_got_no_time_did_nothing() {
    #[action(tag = "bounds", timeout = "30ms")]
    async fn bounds(a: &Script, b: &Script) -> ductape::Result<(), ductape::Error<Scripted>> {
        let told = pay(a, b).await;
        told.map(drop)
    }

    // a says in the very last moment that nothing happened, and b gets no time to begin.
    let (a, b) = (Script::of([fail(Verdict::Failover).after(30)]), Script::of([ok()]));
    let error = run(bounds(&a, &b)).await.expect_err("there is no time for b");
    let inner = error.last().expect("the inner plan's answer comes in time");
    assert_eq!(inner.kind(), ErrorKind::Deadline);
    assert_eq!(trail(inner), ["a 1 failed: Failover", "b skipped: NoTime"]);
    assert_eq!(b.calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn r30_quotas_and_actions_keep_to_it_as_well() {
    #[quota(at_most_once, classify(Scripted::verdict))]
    async fn shares(left: &Script, right: &Script, tier: &Script) -> Answer {
        #[provider("left", weight = 50)]
        {
            left.call().await
        }
        #[provider("right", weight = 50)]
        {
            right.call().await
        }
        #[fallback("tier")]
        {
            tier.call().await
        }
    }
    #[action(at_most_once, classify(Scripted::verdict), retries = 5)]
    async fn single(a: &Script) -> Answer {
        a.call().await
    }

    let lost = || Script::of([fail(Verdict::Ambiguous)]);
    let (left, right, tier) = (lost(), lost(), lost());
    for runs in 1..=10 {
        let error = run(shares(&left, &right, &tier)).await.expect_err("nobody knows");
        assert_eq!(error.kind(), ErrorKind::Ambiguous);
        assert_eq!((left.calls() + right.calls(), tier.calls()), (runs, 0));
    }

    let a = lost();
    assert_eq!(run(single(&a)).await.expect_err("nobody knows").kind(), ErrorKind::Ambiguous);
    assert_eq!(a.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn r30_without_at_most_once_the_same_outcomes_are_tried_again() {
    #[action(classify(Scripted::verdict), timeout = "50ms", retries = 2)]
    async fn careless(a: &Script) -> Answer {
        a.call().await
    }

    let a = Script::of([fail(Verdict::Ambiguous), hang(), ok()]);
    assert_eq!(run(careless(&a)).await.expect("the third attempt works").attempts, 3);
}

#[tokio::test(start_paused = true)]
async fn r30_a_panic_repeats_nothing_either() {
    let scripts = std::sync::Arc::new((Script::of([panics()]), Script::of([ok()])));
    let task = tokio::spawn({
        let scripts = std::sync::Arc::clone(&scripts);
        async move { run(pay(&scripts.0, &scripts.1)).await.map(drop) }
    });
    assert!(task.await.expect_err("the panic reaches the caller").is_panic());
    assert_eq!((scripts.0.calls(), scripts.1.calls()), (1, 0));
}
