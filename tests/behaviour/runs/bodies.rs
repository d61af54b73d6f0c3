//! What stands in a plan's function: the statements before the first provider, and the blocks.

use std::cell::Cell;
use std::time::Duration;

use ductape::{ErrorKind, Verdict, action, attempt, fallback, quota};
use tokio::time::{Instant, sleep};

use crate::support::{Answer, Script, Scripted, fail, ms, ok, run, trail};

#[tokio::test(start_paused = true)]
async fn r2_statements_before_the_first_provider_run_once() {
    #[fallback]
    async fn plan(prepared: &Cell<u32>, a: &Script, b: &Script) -> ductape::Result<String, Scripted> {
        prepared.set(prepared.get() + 1);
        let mut key = String::from("key");
        key.push_str("-1");
        let key = key;

        #[primary("a", retries = 2)]
        {
            a.call().await.map(|call| format!("{key} by a, call {call}"))
        }
        #[fallback("b", retries = 1)]
        {
            b.call().await.map(|call| format!("{key} by b, call {call}"))
        }
    }

    let prepared = Cell::new(0);
    let (a, b) = (Script::of([fail(Verdict::Retry)]), Script::of([fail(Verdict::Retry), ok()]));
    let answer = run(plan(&prepared, &a, &b)).await.expect("b works at its second attempt");

    assert_eq!(answer, "key-1 by b, call 2");
    assert_eq!((prepared.get(), a.calls(), b.calls()), (1, 3, 2));
}

#[tokio::test(start_paused = true)]
async fn r1_when_is_evaluated_once_with_the_arguments_and_the_bindings_before_the_providers() {
    #[fallback]
    async fn plan(asked: &Cell<u32>, amount: u32, a: &Script, b: &Script) -> Answer {
        let limit = 100;
        let small = |amount: u32| {
            asked.set(asked.get() + 1);
            amount < limit
        };

        #[primary("a", retries = 2, when(small(amount)))]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    let asked = Cell::new(0);
    let (a, b) = (Script::of([fail(Verdict::Retry), fail(Verdict::Retry), ok()]), Script::of([ok()]));
    let small = run(plan(&asked, 99, &a, &b)).await.expect("a works at its third attempt");
    assert_eq!((small.provider.as_str(), asked.get()), ("a", 1));

    let large = run(plan(&asked, 100, &a, &b)).await.expect("b works");
    assert_eq!((large.provider.as_str(), asked.get(), a.calls()), ("b", 2, 3));
}

#[tokio::test(start_paused = true)]
async fn r6_a_question_mark_before_the_first_provider_aborts_with_an_empty_trail() {
    #[fallback(tag = "early")]
    async fn plan(input: Result<u32, Scripted>, a: &Script, b: &Script) -> Answer {
        let _valid = input?;

        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    let bad = Scripted { verdict: Verdict::Retry, call: 9 };
    let (a, b) = (Script::of([ok()]), Script::of([ok()]));
    let error = run(plan(Err(bad), &a, &b)).await.expect_err("the input is bad");

    assert_eq!((error.kind(), error.plan(), error.provider()), (ErrorKind::Aborted, "early", None));
    assert_eq!((error.last(), error.trail().entries().len()), (Some(&bad), 0));
    assert_eq!((a.calls(), b.calls()), (0, 0));
    run(plan(Ok(1), &a, &b)).await.expect("good input goes on to the providers");
}

#[tokio::test(start_paused = true)]
async fn r11_statements_before_the_first_provider_lie_outside_the_run_and_its_deadline() {
    #[fallback(deadline = "200ms", timeout = "100ms")]
    async fn plan(a: &Script, b: &Script) -> Answer {
        sleep(Duration::from_secs(5)).await;
        let outside = attempt().is_none();

        #[primary("a", when(outside))]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    let (a, b) = (Script::of([ok().after(60)]), Script::of([ok()]));
    let start = Instant::now();
    let outcome = run(plan(&a, &b)).await.expect("a works in time");

    assert_eq!((outcome.provider.as_str(), outcome.elapsed), ("a", ms(60)));
    assert_eq!(start.elapsed(), ms(5_060));
}

#[tokio::test(start_paused = true)]
async fn r2_question_mark_and_return_leave_the_block_and_not_the_function() {
    #[fallback]
    async fn plan(a: &Script, b: &Script) -> ductape::Result<&'static str, Scripted> {
        #[primary("a", retries = 1)]
        {
            if a.calls() == 1 {
                return Err(a.call().await.expect_err("a never works"));
            }
            a.call().await?;
            Ok("a")
        }
        #[fallback("b")]
        {
            if b.call().await.is_ok() {
                return Ok("b, early");
            }
            Ok("b, late")
        }
    }

    let (a, b) = (Script::of([fail(Verdict::Retry)]), Script::of([ok()]));
    assert_eq!(run(plan(&a, &b)).await.expect("b works"), "b, early");
    assert_eq!((a.calls(), b.calls()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn r2_an_action_is_one_provider_named_by_app_or_like_the_function() {
    #[action(app = "stripe", retries = 1)]
    async fn charge(a: &Script) -> Answer {
        let before = a.calls();
        let call = a.call().await?;
        assert_eq!(call, before + 1);
        Ok(call)
    }
    #[action]
    async fn send_receipt(a: &Script) -> Answer {
        a.call().await
    }

    let a = Script::of([fail(Verdict::Retry), ok(), fail(Verdict::Retry)]);
    let outcome = run(charge(&a)).await.expect("the second attempt works");
    assert_eq!((outcome.provider.as_str(), outcome.attempts), ("stripe", 2));

    let error = run(send_receipt(&a)).await.expect_err("it fails now");
    assert_eq!((error.plan(), error.provider()), ("send-receipt", Some("send-receipt")));
    assert_eq!(trail(&error), ["send-receipt 1 failed: Retry"]);
}

#[tokio::test(start_paused = true)]
async fn r2_the_whole_body_of_an_action_is_its_block_and_runs_for_every_attempt() {
    #[action(retries = 2)]
    async fn plan(begun: &Cell<u32>, a: &Script) -> Answer {
        begun.set(begun.get() + 1);
        let inside = attempt().expect("the body is a provider's block");
        assert_eq!(inside.number(), begun.get());
        a.call().await
    }

    let begun = Cell::new(0);
    let a = Script::of([fail(Verdict::Retry), fail(Verdict::Retry), ok()]);
    run(plan(&begun, &a)).await.expect("the third attempt works");

    assert_eq!((begun.get(), a.calls()), (3, 3));
}

#[tokio::test(start_paused = true)]
async fn r1_blocks_may_hold_loops_matches_and_bindings_of_their_own() {
    #[quota(total = 1)]
    async fn plan(words: &[&str]) -> ductape::Result<String, Scripted> {
        let separator = "-";

        #[provider("only", weight = 1)]
        {
            let mut text = String::new();
            for word in words {
                if word.is_empty() {
                    continue;
                }
                match text.as_str() {
                    "" => {}
                    _ => text.push_str(separator),
                }
                text += word;
                if text.len() > 8 {
                    break;
                }
            }
            Ok(text)
        }
    }

    assert_eq!(run(plan(&["one", "", "two", "three", "four"])).await.expect("it works"), "one-two-three");
}
