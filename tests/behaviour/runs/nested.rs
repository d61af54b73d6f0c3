//! Plans within plans: each is a run of its own. R14 says what they share, the time.

use ductape::{ErrorKind, Outcome, Verdict, attempt, fallback};

use crate::support::{Answer, Script, Scripted, fail, ok, run, trail};

#[fallback(tag = "inner", classify(Scripted::verdict))]
async fn inner(a: &Script, b: &Script) -> Answer {
    #[primary("inner-a")]
    {
        a.call().await
    }
    #[fallback("inner-b")]
    {
        b.call().await
    }
}

#[fallback(tag = "outer")]
async fn outer(a: &Script, b: &Script, last: &Script) -> Answer<Outcome<usize>> {
    #[primary("outer-a", retries = 1)]
    {
        inner(a, b).await.map_err(|error| error.into_last().expect("the error is not shared"))
    }
    #[fallback("outer-b")]
    {
        let value = last.call().await?;
        inner(&Script::of([ok()]), b).await.map_err(|_| Scripted { verdict: Verdict::Retry, call: value })
    }
}

#[tokio::test(start_paused = true)]
async fn r3_a_success_of_the_inner_plan_is_one_of_the_outer_providers() {
    let (a, b, last) = (Script::of([fail(Verdict::Retry)]), Script::of([ok()]), Script::of([ok()]));
    let outcome = run(outer(&a, &b, &last)).await.expect("the inner plan's second provider works");

    assert_eq!((outcome.provider.as_str(), outcome.attempts), ("outer-a", 1));
    assert_eq!((outcome.value.provider.as_str(), outcome.value.attempts), ("inner-b", 2));
    assert_eq!((a.calls(), b.calls(), last.calls()), (1, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn r2_each_attempt_of_the_outer_plan_is_a_whole_run_of_the_inner_one() {
    let failing = || Script::of([fail(Verdict::Retry)]);
    let (a, b, last) = (failing(), failing(), failing());
    let error = run(outer(&a, &b, &last)).await.expect_err("nobody works");

    assert_eq!((a.calls(), b.calls(), last.calls()), (2, 2, 1));
    assert_eq!(error.plan(), "outer");
    assert_eq!(trail(&error), ["outer-a 1 failed: Retry", "outer-a 2 failed: Retry", "outer-b 1 failed: Retry"]);
}

#[tokio::test(start_paused = true)]
async fn r20_an_abort_of_the_inner_plan_is_what_its_error_says_to_the_outer_one() {
    // The outer plan classifies by itself, and so to it every error is `Retry`.
    let (a, b, last) = (Script::of([fail(Verdict::Abort)]), Script::of([ok()]), Script::of([ok()]));
    let outcome = run(outer(&a, &b, &last)).await.expect("the last one works");

    assert_eq!((a.calls(), b.calls()), (2, 0));
    assert_eq!(outcome.provider, "outer-b");
}

#[tokio::test(start_paused = true)]
async fn r6_the_inner_error_keeps_its_own_trail_inside_the_outer_one() {
    #[fallback(tag = "whole")]
    async fn whole(a: &Script, b: &Script) -> ductape::Result<Outcome<usize>, ductape::Error<Scripted>> {
        #[primary("one")]
        {
            inner(a, b).await.map(Outcome::into_inner)
        }
        #[fallback("two")]
        {
            inner(b, a).await.map(Outcome::into_inner)
        }
    }

    let (a, b) = (Script::of([fail(Verdict::Retry)]), Script::of([fail(Verdict::Abort)]));
    let error = run(whole(&a, &b)).await.expect_err("nobody works");

    assert_eq!((error.plan(), error.provider()), ("whole", Some("two")));
    let last = error.last().expect("the second provider failed");
    assert_eq!((last.plan(), last.kind()), ("inner", ErrorKind::Aborted));
    assert_eq!(trail(last), ["inner-a 1 failed: Abort"]);
}

#[tokio::test(start_paused = true)]
async fn r14_attempt_speaks_of_the_innermost_plan_and_of_the_outer_one_again_afterwards() {
    type Seen = Vec<Option<(String, String, u32)>>;

    fn here() -> Option<(String, String, u32)> {
        attempt().map(|attempt| (attempt.plan().to_owned(), attempt.provider().to_string(), attempt.number()))
    }

    #[fallback(tag = "below", timeout = "1s")]
    async fn below(fails: &Script) -> ductape::Result<Seen, Scripted> {
        #[primary("first", retries = 1)]
        {
            fails.call().await.map(|_| Vec::new())
        }
        #[fallback("second", retries = 1)]
        {
            fails.call().await.map(|_| vec![here()])
        }
    }
    #[fallback(tag = "above")]
    async fn above(fails: &Script, below_fails: &Script) -> ductape::Result<Seen, Scripted> {
        #[primary("upper", retries = 1)]
        {
            let before = here();
            fails.call().await?;
            let inside = below(below_fails).await.map_err(|_| Scripted { verdict: Verdict::Retry, call: 0 })?;
            Ok([vec![before], inside, vec![here()]].concat())
        }
        #[fallback("lower")]
        {
            Ok(Vec::new())
        }
    }

    let fails = Script::of([fail(Verdict::Retry), ok()]);
    let below_fails = Script::of([fail(Verdict::Retry), fail(Verdict::Retry), fail(Verdict::Retry), ok()]);
    let seen = run(above(&fails, &below_fails)).await.expect("the second attempts work");

    let expected = [("above", "upper", 2), ("below", "second", 2), ("above", "upper", 2)];
    assert_eq!(seen, expected.map(|(plan, provider, number)| Some((plan.to_owned(), provider.to_owned(), number))));
    assert_eq!(here(), None);
}
