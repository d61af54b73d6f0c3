//! R31: an ambiguous outcome can be asked after.

use std::cell::RefCell;

use ductape::{ErrorKind, Source, Verdict, attempt, fallback};
use tokio::time::Instant;

use crate::support::{Answer, Script, Scripted, fail, hang, ms, ok, run};

/// What the provider answers when asked; the script before it says when, or that it does not.
type Found = Option<usize>;

/// Up to three tries of a, and of the question what became of one of them; 50 ms each, 100 ms apart.
#[fallback(at_most_once, classify(Scripted::verdict), timeout = "50ms")]
async fn pay(a: &Script, asked: &Script, found: &RefCell<Vec<Found>>, b: &Script) -> Answer {
    #[primary("a", retries = 2, backoff(base = "100ms", factor = 1, jitter = "none"))]
    {
        a.call().await
    }
    #[reconcile]
    {
        asked.call().await?;
        Ok(found.borrow_mut().remove(0))
    }
    #[fallback("b")]
    {
        b.call().await
    }
}

fn finds<const N: usize>(found: [Found; N]) -> RefCell<Vec<Found>> {
    RefCell::new(found.to_vec())
}

#[tokio::test(start_paused = true)]
async fn r31_what_was_found_is_a_success_of_that_provider() {
    for lost in [fail(Verdict::Ambiguous).after(50), hang()] {
        let (a, asked, b) = (Script::of([lost]), Script::of([ok().after(20)]), Script::of([ok()]));
        let outcome = run(pay(&a, &asked, &finds([Some(42)]), &b)).await.expect("it had happened");

        assert_eq!((outcome.value, outcome.provider.as_str(), outcome.source), (42, "a", Source::Provider));
        assert_eq!((outcome.attempts, outcome.elapsed), (1, ms(70)));
        assert_eq!((a.times(), asked.times(), b.calls()), (vec![0], vec![50], 0));
    }
}

#[tokio::test(start_paused = true)]
async fn r31_what_did_not_happen_is_tried_again_like_after_retry() {
    let lost = fail(Verdict::Ambiguous);
    let (a, asked, b) = (Script::of([lost, lost, ok()]), Script::of([ok().after(20)]), Script::of([ok()]));
    let outcome = run(pay(&a, &asked, &finds([None, None]), &b)).await.expect("the third attempt works");

    // The backoff runs from the answer on.
    assert_eq!((a.times(), asked.times()), (vec![0, 120, 240], vec![0, 120]));
    assert_eq!((outcome.value, outcome.provider.as_str(), outcome.attempts), (3, "a", 3));
    assert_eq!(b.calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn r31_what_did_not_happen_goes_on_to_the_next_provider_when_no_try_is_left() {
    let (a, asked, b) = (Script::of([fail(Verdict::Ambiguous)]), Script::of([ok()]), Script::of([ok()]));
    let outcome = run(pay(&a, &asked, &finds([None, None, None]), &b)).await.expect("b works");

    assert_eq!((a.times(), asked.times(), b.times()), (vec![0, 100, 200], vec![0, 100, 200], vec![200]));
    assert_eq!((outcome.provider.as_str(), outcome.attempts), ("b", 4));
}

#[tokio::test(start_paused = true)]
async fn r31_the_question_has_the_providers_timeout_and_retries_and_waits() {
    let a = Script::of([fail(Verdict::Ambiguous)]);
    let asked = Script::of([hang(), fail(Verdict::Retry).after(50), ok().after(50)]);
    let b = Script::of([ok()]);
    let outcome = run(pay(&a, &asked, &finds([Some(1)]), &b)).await.expect("the third question is answered");

    assert_eq!((a.times(), asked.times()), (vec![0], vec![0, 150, 300]));
    assert_eq!((asked.cut(), outcome.provider.as_str(), outcome.elapsed), (1, "a", ms(350)));
}

#[tokio::test(start_paused = true)]
async fn r31_an_unanswered_question_leaves_it_ambiguous() {
    for (silent, last_asked, end) in [(fail(Verdict::Retry), 200, 200), (hang(), 300, 350)] {
        let (a, asked, b) = (Script::of([fail(Verdict::Ambiguous), ok()]), Script::of([silent]), Script::of([ok()]));
        let start = Instant::now();
        let error = run(pay(&a, &asked, &finds([]), &b)).await.expect_err("nobody knows");

        assert_eq!((error.kind(), error.plan(), error.provider()), (ErrorKind::Ambiguous, "pay", Some("a")));
        assert_eq!(error.last(), Some(&Scripted { verdict: Verdict::Ambiguous, call: 1 }));
        assert_eq!((asked.calls(), asked.times()[2], start.elapsed()), (3, last_asked, ms(end)));
        assert_eq!((a.calls(), b.calls()), (1, 0), "a failed question does not mean that nothing happened");
    }
}

#[tokio::test(start_paused = true)]
async fn r31_no_verdict_on_a_failed_question_means_that_nothing_happened() {
    let verdicts = [Verdict::Abort, Verdict::Failover, Verdict::Ambiguous, Verdict::Throttled(ms(10))];
    for verdict in verdicts {
        let (a, b) = (Script::of([fail(Verdict::Ambiguous), ok()]), Script::of([ok()]));
        let asked = Script::of([fail(verdict)]);
        let error = run(pay(&a, &asked, &finds([]), &b)).await.expect_err("nobody knows");
        assert_eq!((error.kind(), a.calls(), b.calls()), (ErrorKind::Ambiguous, 1, 0), "{verdict:?}");

        let asked = Script::of([fail(verdict), ok()]);
        let (a, b) = (Script::of([fail(Verdict::Ambiguous), ok()]), Script::of([ok()]));
        let outcome = run(pay(&a, &asked, &finds([Some(5)]), &b)).await.expect("the second question is answered");
        assert_eq!((outcome.value, asked.calls()), (5, 2), "{verdict:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn r31_only_an_ambiguous_outcome_is_asked_after() {
    let ends =
        [ok(), fail(Verdict::Failover), fail(Verdict::Abort), fail(Verdict::Retry), fail(Verdict::Throttled(ms(9)))];
    for end in ends {
        let (a, asked, b) = (Script::of([end]), Script::of([ok()]), Script::of([ok()]));
        // Who wins is not what is asked here.
        let _ = run(pay(&a, &asked, &finds([]), &b)).await;
        assert_eq!(asked.calls(), 0, "{end:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn r31_a_provider_without_the_block_is_not_asked_by_anothers() {
    let (a, asked, b) = (Script::of([fail(Verdict::Failover)]), Script::of([ok()]), Script::of([hang()]));
    let error = run(pay(&a, &asked, &finds([Some(1)]), &b)).await.expect_err("nobody knows what b did");
    assert_eq!((error.kind(), error.provider(), asked.calls()), (ErrorKind::Ambiguous, Some("b"), 0));
}

#[fallback(at_most_once, classify(Scripted::verdict), timeout = "50ms")]
async fn patient(
    a: &Script,
    asked: &Script,
    b: &Script,
    keys: &RefCell<Vec<String>>,
) -> ductape::Result<usize, Scripted> {
    #[primary("a")]
    {
        let inside = attempt().expect("this is a provider's block");
        keys.borrow_mut().push(inside.idempotency_key());
        a.call().await
    }
    #[reconcile(after = "500ms")]
    {
        let inside = attempt().expect("this is a provider's block as well");
        assert_eq!((inside.plan(), inside.provider().as_str()), ("patient", "a"));
        assert_eq!(inside.remaining(), ms(50));
        keys.borrow_mut().push(inside.idempotency_key());
        asked.call().await.map(Some)
    }
    #[fallback("b")]
    {
        b.call().await
    }
    #[reconcile(after = "30ms")]
    {
        asked.call().await.map(|_| None)
    }
}

#[tokio::test(start_paused = true)]
async fn r31_the_question_waits_for_after() {
    let keys = RefCell::default();
    let (a, asked, b) = (Script::of([hang()]), Script::of([ok()]), Script::of([ok()]));
    run(patient(&a, &asked, &b, &keys)).await.expect("it had happened");
    assert_eq!((a.times(), asked.times()), (vec![0], vec![550]));
}

#[tokio::test(start_paused = true)]
async fn r31_the_question_knows_the_key_of_the_attempts_that_it_is_about() {
    let keys = RefCell::default();
    let (a, asked, b) = (Script::of([fail(Verdict::Ambiguous)]), Script::of([ok()]), Script::of([ok()]));
    run(patient(&a, &asked, &b, &keys)).await.expect("it had happened");

    let keys = keys.into_inner();
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0], keys[1]);
}

#[tokio::test(start_paused = true)]
async fn r31_each_provider_has_its_own_question() {
    let keys = RefCell::default();
    let (a, asked, b) =
        (Script::of([fail(Verdict::Failover)]), Script::of([ok()]), Script::of([fail(Verdict::Ambiguous)]));
    let error = run(patient(&a, &asked, &b, &keys)).await.expect_err("b did nothing, and nobody is left");

    assert_eq!((error.kind(), error.provider()), (ErrorKind::Exhausted, Some("b")));
    assert_eq!((b.times(), asked.times()), (vec![0], vec![30]));
}

#[tokio::test(start_paused = true)]
async fn r31_a_question_is_repeated_only_as_long_as_the_time_allows() {
    #[fallback(deadline = "400ms", at_most_once, classify(Scripted::verdict), timeout = "50ms")]
    async fn hasty(a: &Script, asked: &Script, b: &Script) -> Answer {
        #[primary("a", retries = 99, backoff(base = "100ms", factor = 1, jitter = "none"))]
        {
            a.call().await
        }
        #[reconcile]
        {
            asked.call().await.map(Some)
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    // A third repetition would begin at 300, and end at 350 with b's 50 still to come: it just fits, and a fourth not.
    let (a, b) = (Script::of([fail(Verdict::Ambiguous)]), Script::of([ok()]));
    let asked = Script::of([fail(Verdict::Retry)]);
    let error = run(hasty(&a, &asked, &b)).await.expect_err("nobody knows");
    assert_eq!((error.kind(), asked.times(), b.calls()), (ErrorKind::Ambiguous, vec![0, 100, 200, 300], 0));
}

#[tokio::test(start_paused = true)]
async fn r13_a_question_that_would_come_too_late_is_not_waited_for() {
    #[ductape::action(timeout = "300ms")]
    async fn bounds(a: &Script, asked: &Script) -> ductape::Result<(), ductape::Error<Scripted>> {
        patient(a, asked, asked, &RefCell::default()).await.map(drop)
    }

    // The outer plan leaves 300 ms, and the question is to be asked after 500.
    let (a, asked) = (Script::of([fail(Verdict::Ambiguous).after(20)]), Script::of([ok()]));
    let start = Instant::now();
    let error = run(bounds(&a, &asked)).await.expect_err("nobody knows");
    assert_eq!((asked.calls(), start.elapsed()), (0, ms(20)));
    assert_eq!(error.last().map(ductape::Error::kind), Some(ErrorKind::Ambiguous));
}
