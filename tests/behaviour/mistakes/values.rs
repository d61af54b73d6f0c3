//! Mistakes in reading what was written, or what came back.

use ductape::{ErrorKind, Verdict, action, fallback, quota};
use tokio::time::Instant;

use crate::support::{Answer, Script, Scripted, fail, ms, ok, run, trail};

#[tokio::test(start_paused = true)]
async fn zero_false_and_empty_are_treated_as_a_missing_value() {
    /// What the first provider answers is an answer, whatever it is.
    macro_rules! first_wins {
        ($name:ident: $type:ty = $nothing:expr, not $other:expr) => {{
            #[fallback]
            async fn $name() -> ductape::Result<$type, &'static str> {
                #[primary("a")]
                {
                    Ok($nothing)
                }
                #[fallback("b")]
                {
                    Ok($other)
                }
            }
            let nothing: $type = $nothing;
            assert_eq!(run($name()).await.expect("the first provider works"), nothing);
        }};
    }

    first_wins!(number: u32 = 0, not 1);
    first_wins!(truth: bool = false, not true);
    first_wins!(text: &'static str = "", not "something");
    first_wins!(list: Vec<u8> = Vec::new(), not vec![1]);
    first_wins!(option: Option<u8> = None, not Some(1));
}

#[tokio::test(start_paused = true)]
async fn zero_false_and_empty_are_treated_as_missing_clauses() {
    #[quota(retries = 3, sticky(key), failover = false)]
    async fn plan(key: &str, a: &Script, drained: &Script) -> Answer {
        #[provider("a", weight = 100, retries = 0, when(!key.is_empty() || a.calls() == 0))]
        {
            a.call().await
        }
        #[provider("drained", weight = 0)]
        {
            drained.call().await
        }
    }

    // `retries = 0`, `weight = 0`, `failover = false`, a `when` that is false, and the key "".
    let (a, drained) = (Script::of([fail(Verdict::Retry)]), Script::of([ok()]));
    let error = run(plan("", &a, &drained)).await.expect_err("a fails");
    assert_eq!(trail(&error), ["a 1 failed: Retry"]);
    let error = run(plan("", &a, &drained)).await.expect_err("a takes no part");
    assert!(trail(&error).contains(&"a skipped: When".to_owned()), "{error}");
    assert_eq!((a.calls(), drained.calls()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn retries_zero_cannot_be_expressed() {
    #[fallback(retries = 5)]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a", retries = 0)]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    let (a, b) = (Script::of([fail(Verdict::Retry)]), Script::of([fail(Verdict::Retry)]));
    run(plan(&a, &b)).await.expect_err("both fail");
    assert_eq!((a.calls(), b.calls()), (1, 6));
}

#[tokio::test(start_paused = true)]
async fn a_failed_did_it_happen_is_read_as_it_did_not() {
    #[fallback(at_most_once, classify(Scripted::verdict))]
    async fn plan(a: &Script, asked: &Script, b: &Script) -> Answer {
        #[primary("a", retries = 3)]
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

    let (a, b) = (Script::of([fail(Verdict::Ambiguous)]), Script::of([ok()]));
    let asked = Script::of([fail(Verdict::Retry)]);
    let error = run(plan(&a, &asked, &b)).await.expect_err("nobody knows whether it happened");
    assert_eq!((error.kind(), a.calls(), b.calls()), (ErrorKind::Ambiguous, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_retry_after_beyond_the_deadline_is_slept_through() {
    #[action(app = "a", deadline = "11s", retries = 3, classify(Scripted::verdict))]
    async fn plan(a: &Script) -> Answer {
        a.call().await
    }

    let (a, start) = (Script::of([fail(Verdict::RetryAfter(ms(60_000)))]), Instant::now());
    let error = run(plan(&a)).await.expect_err("a wants to be asked in a minute");
    assert_eq!((start.elapsed(), a.calls(), error.kind()), (ms(0), 1, ErrorKind::Deadline));
}
