//! R100, R101, R105: what a step is, where it may stand, and what bounds it.

use ductape::{ErrorKind, Outcome, Skip, Verdict, WorkflowResult, action, attempt, workflow};
use tokio::time::{Instant, sleep};

use super::Ledger;
use crate::support::{Answer, Script, Scripted, fail, hang, ms, ok, run, trail};

#[workflow(tag = "two-steps")]
async fn two_steps(a: &Script, b: &Script) -> WorkflowResult<usize, Scripted> {
    #[step("a", retries = 2, timeout = "50ms", backoff(base = "10ms", factor = 1, jitter = "none"))]
    let first = a.call().await?;
    #[step("b")]
    let second = b.call().await?;
    Ok(first * 10 + second)
}

#[tokio::test(start_paused = true)]
async fn r100_steps_run_in_the_order_of_the_body() {
    let (a, b) = (Script::of([ok().after(20)]), Script::of([ok()]));
    assert_eq!(run(two_steps(&a, &b)).await.ok(), Some(11));
    assert_eq!((a.times(), b.times()), (vec![0], vec![20]));
}

#[tokio::test(start_paused = true)]
async fn r100_a_steps_expression_is_evaluated_anew_for_every_try() {
    let (a, b) = (Script::of([fail(Verdict::Retry), hang(), ok()]), Script::of([ok()]));
    assert_eq!(run(two_steps(&a, &b)).await.ok(), Some(31));
    assert_eq!((a.times(), a.cut()), (vec![0, 10, 70], 1));
}

#[tokio::test(start_paused = true)]
async fn r100_a_required_step_that_fails_ends_the_workflow() {
    let (a, b) = (Script::of([fail(Verdict::Retry)]), Script::of([ok()]));
    let error = run(two_steps(&a, &b)).await.expect_err("a never works");
    assert_eq!((a.calls(), b.calls()), (3, 0));
    assert_eq!((error.step(), error.kind()), (Some("a"), ErrorKind::Exhausted));
    assert_eq!(trail(error.error()), ["a 1 failed: Retry", "a 2 failed: Retry", "a 3 failed: Retry"]);
}

#[tokio::test(start_paused = true)]
async fn r100_a_step_without_a_question_mark_is_optional_and_binds_its_result() {
    #[workflow(tag = "optional-step")]
    async fn optional(a: &Script, b: &Script) -> WorkflowResult<(bool, usize), Scripted> {
        #[step("a", timeout = "30ms")]
        let first: Result<usize, ductape::Error<Scripted>> = a.call().await;
        #[step("b")]
        let second = b.call().await?;
        Ok((first.is_ok(), second))
    }

    let b = Script::of([ok()]);
    assert_eq!(run(optional(&Script::of([fail(Verdict::Retry)]), &b)).await.ok(), Some((false, 1)));
    assert_eq!(run(optional(&Script::of([hang()]), &b)).await.ok(), Some((false, 2)));
    assert_eq!(run(optional(&Script::of([ok()]), &b)).await.ok(), Some((true, 3)));
}

#[tokio::test(start_paused = true)]
async fn r100_an_optional_step_that_calls_a_plan_binds_the_plans_own_error() {
    #[action(tag = "called", retries = 1, backoff(base = "1ms", jitter = "none"))]
    async fn called(script: &Script) -> Answer {
        script.call().await
    }
    #[workflow(tag = "calls-a-plan")]
    async fn calls(script: &Script) -> WorkflowResult<Vec<String>, Scripted> {
        #[step("call", timeout = "1s")]
        let result: Result<Outcome<usize>, ductape::Error<Scripted>> = called(script).await;
        Ok(trail(&result.expect_err("it never works")))
    }

    let lines = run(calls(&Script::of([fail(Verdict::Failover)]))).await.expect("the step is optional");
    assert_eq!(lines, ["called 1 failed: Failover"]);
    let lines = run(calls(&Script::of([hang()]))).await.expect("the step is optional");
    assert_eq!(lines, ["called 1 timed out after 1s"], "the plan ends with the step around it");
}

#[tokio::test(start_paused = true)]
async fn r100_a_question_mark_in_parentheses_or_braces_is_one_as_well() {
    #[expect(unused_must_use, reason = "a step may fail, and nobody asks")]
    #[workflow(tag = "wf-wrapped")]
    async fn wrapped(a: &Script) -> WorkflowResult<usize, Scripted> {
        #[step("a")]
        #[allow(unused_parens)]
        let one = (a.call().await?);
        #[step("b")]
        let two = { a.call().await? };
        let mut sum = one + two;
        #[step("c")]
        sum += a.call().await?;
        #[step("d")]
        {
            a.call().await?
        }
        #[step("e")]
        if one > 9 {
            a.call().await.map(drop)
        } else {
            Ok(())
        }
        Ok(sum)
    }

    let a = Script::of([ok()]);
    assert_eq!(run(wrapped(&a)).await.ok(), Some(6));
    let down = Script::of([ok(), ok(), fail(Verdict::Failover)]);
    assert_eq!(run(wrapped(&down)).await.expect_err("the third one fails").step(), Some("c"));
}

#[tokio::test(start_paused = true)]
async fn r100_classify_says_what_an_error_of_a_step_means() {
    #[workflow(tag = "classified", classify(Scripted::verdict), retries = 5, backoff(base = "10ms", jitter = "none"))]
    async fn classified(a: &Script) -> WorkflowResult<usize, Scripted> {
        #[step("a")]
        let value = a.call().await?;
        Ok(value)
    }
    #[workflow(tag = "classified-step")]
    async fn of_step(a: &Script) -> WorkflowResult<bool, Scripted> {
        #[step("a", classify(Scripted::verdict), retries = 5)]
        let value = a.call().await;
        Ok(value.is_err_and(|error| error.kind() == ErrorKind::Aborted))
    }

    let a = Script::of([fail(Verdict::RetryAfter(ms(70))), fail(Verdict::Abort)]);
    let error = run(classified(&a)).await.expect_err("the second error ends it");
    assert_eq!((error.kind(), a.times()), (ErrorKind::Aborted, vec![0, 70]));

    let a = Script::of([fail(Verdict::Abort)]);
    assert_eq!((run(of_step(&a)).await.ok(), a.calls()), (Some(true), 1));
}

#[tokio::test(start_paused = true)]
async fn r100_policies_of_the_workflow_are_the_default_of_its_steps() {
    #[workflow(tag = "defaults", retries = 1, timeout = "20ms", backoff(base = "5ms", jitter = "none"))]
    async fn defaults(a: &Script, b: &Script) -> WorkflowResult<(), Scripted> {
        #[step("a")]
        let _ignored = a.call().await;
        #[step("b", retries = 0, timeout = "40ms")]
        b.call().await?;
        Ok(())
    }

    let (a, b) = (Script::of([hang()]), Script::of([hang()]));
    run(defaults(&a, &b)).await.expect_err("both hang");
    assert_eq!((a.times(), b.times()), (vec![0, 25], vec![45]));
}

#[tokio::test(start_paused = true)]
async fn r100_inside_a_step_attempt_tells_of_it() {
    #[workflow(tag = "tells")]
    async fn tells() -> WorkflowResult<(String, u32), Scripted> {
        #[step("tell", timeout = "30ms", retries = 1)]
        let told = async {
            let attempt = attempt().expect("this is a step");
            if attempt.number() == 1 {
                return Err(Scripted { verdict: Verdict::Retry, call: 0 });
            }
            Ok((format!("{} of {}", attempt.provider(), attempt.plan()), attempt.number()))
        }
        .await?;
        assert!(attempt().is_none(), "between steps there is none");
        Ok(told)
    }

    assert_eq!(run(tells()).await.ok(), Some(("tell of tells".to_owned(), 2)));
}

#[tokio::test(start_paused = true)]
async fn r101_steps_stand_in_branches_loops_matches_and_blocks() {
    #[workflow(tag = "everywhere")]
    async fn everywhere(ledger: &Ledger, script: &Script, large: bool) -> WorkflowResult<usize, Scripted> {
        let mut last = 0;
        if large {
            #[step("in-if")]
            ledger.play("if", script).await?;
        } else {
            #[step("in-else")]
            ledger.play("else", script).await?;
        }
        for _ in 0..2 {
            #[step("in-for")]
            last = ledger.play("for", script).await?;
        }
        match last {
            0 => {}
            _ => {
                #[step("in-match")]
                ledger.play("match", script).await?;
            }
        }
        let value = {
            #[step("in-block")]
            ledger.play("block", script).await?
        };
        'outer: loop {
            while last > 0 {
                #[step("in-while")]
                ledger.play("while", script).await?;
                last = 0;
                if script.calls() > 5 {
                    break 'outer;
                }
            }
        }
        Ok(value)
    }

    let (ledger, script) = (Ledger::default(), Script::of([ok()]));
    assert_eq!(run(everywhere(&ledger, &script, true)).await.ok(), Some(5));
    assert_eq!(ledger.entries(), ["if", "for", "for", "match", "block", "while"]);
    let ledger = Ledger::default();
    run(everywhere(&ledger, &script, false)).await.expect("it works");
    assert_eq!(ledger.entries()[0], "else");
}

#[tokio::test(start_paused = true)]
async fn r100_what_a_step_binds_is_coerced_like_any_other_value() {
    #[workflow(tag = "coerced")]
    async fn coerced() -> WorkflowResult<String, Scripted> {
        #[step("text")]
        let text: Box<dyn std::fmt::Display + Send> = async { Ok::<_, Scripted>(Box::new("text")) }.await?;
        #[step("list")]
        let list: &[u32] = async { Ok::<_, Scripted>(&[1, 2]) }.await?;
        Ok(format!("{text} {list:?}"))
    }
    assert_eq!(run(coerced()).await.ok().as_deref(), Some("text [1, 2]"));
}

#[tokio::test(start_paused = true)]
async fn r101_patterns_and_let_else_bind_what_a_step_gives() {
    async fn pair() -> Result<(u32, Option<u32>), Scripted> {
        sleep(ms(1)).await;
        Ok((3, Some(4)))
    }
    #[workflow(tag = "patterns")]
    async fn patterns() -> WorkflowResult<u32, Scripted> {
        #[step("pair")]
        let (three, Some(four)) = pair().await? else {
            return Ok(0);
        };
        #[step("optional")]
        let Ok((_, Some(other))) = pair().await else {
            return Ok(1);
        };
        Ok(three * 100 + four * 10 + other)
    }

    assert_eq!(run(patterns()).await.ok(), Some(344));
}

#[workflow(tag = "hurries", deadline = "100ms")]
async fn hurries(a: &Script, between: u64, b: &Script) -> WorkflowResult<(usize, u128), Scripted> {
    let began = Instant::now();
    #[step("a")]
    let value = a.call().await?;
    sleep(ms(between)).await;
    #[step("b", retries = 3, backoff(base = "200ms", jitter = "none"))]
    b.call().await?;
    Ok((value, began.elapsed().as_millis()))
}

#[tokio::test(start_paused = true)]
async fn r105_the_deadline_cuts_a_step() {
    let (a, b) = (Script::of([ok().after(40)]), Script::of([hang()]));
    let (began, error) = (Instant::now(), run(hurries(&a, 20, &b)).await.expect_err("b hangs"));
    assert_eq!((error.step(), error.kind(), began.elapsed()), (Some("b"), ErrorKind::Deadline, ms(100)));
    assert_eq!(trail(error.error()), ["b 1 timed out after 40ms"]);
}

#[tokio::test(start_paused = true)]
async fn r105_a_step_for_which_no_time_is_left_is_not_called() {
    let (a, b) = (Script::of([ok()]), Script::of([ok()]));
    let error = run(hurries(&a, 150, &b)).await.expect_err("the time is up");
    assert_eq!((error.kind(), b.calls()), (ErrorKind::Deadline, 0));
    assert_eq!(trail(error.error()), [format!("b skipped: {:?}", Skip::NoTime)]);
}

#[tokio::test(start_paused = true)]
async fn r105_a_timeout_that_is_not_given_keeps_no_retry_from_its_time() {
    #[workflow(tag = "untimed", deadline = "100ms")]
    async fn untimed(a: &Script) -> WorkflowResult<usize, Scripted> {
        #[step("a", retries = 3, backoff(base = "40ms", factor = 1, jitter = "none"))]
        let value = a.call().await?;
        Ok(value)
    }
    let a = Script::of([fail(Verdict::Retry), ok()]);
    assert_eq!(run(untimed(&a)).await.ok(), Some(2));
    let a = Script::of([fail(Verdict::Retry)]);
    let error = run(untimed(&a)).await.expect_err("a fails");
    assert_eq!((error.kind(), a.times()), (ErrorKind::Deadline, vec![0, 40, 80]), "the next wait ends too late");
}

#[tokio::test(start_paused = true)]
async fn r105_a_retry_leaves_time_for_a_full_try_of_the_length_that_is_given() {
    #[workflow(tag = "timed", deadline = "100ms")]
    async fn timed(a: &Script) -> WorkflowResult<usize, Scripted> {
        #[step("a", retries = 3, timeout = "70ms", backoff(base = "40ms", factor = 1, jitter = "none"))]
        let value = a.call().await?;
        Ok(value)
    }
    let a = Script::of([fail(Verdict::Retry)]);
    run(timed(&a)).await.expect_err("a fails");
    assert_eq!(a.times(), [0], "a full try, as long as it may be, would not fit");
}

#[tokio::test(start_paused = true)]
async fn r105_a_wait_that_ends_past_the_deadline_is_not_begun() {
    let (a, b) = (Script::of([ok()]), Script::of([fail(Verdict::Retry)]));
    let (began, error) = (Instant::now(), run(hurries(&a, 0, &b)).await.expect_err("b fails"));
    assert_eq!((error.kind(), b.calls(), began.elapsed()), (ErrorKind::Deadline, 1, ms(0)));
}

#[tokio::test(start_paused = true)]
async fn r105_what_stands_between_steps_is_not_bounded() {
    #[workflow(tag = "idles", deadline = "100ms")]
    async fn idles(a: &Script) -> WorkflowResult<u128, Scripted> {
        let began = Instant::now();
        #[step("a")]
        a.call().await?;
        sleep(ms(5_000)).await;
        Ok(began.elapsed().as_millis())
    }
    assert_eq!(run(idles(&Script::of([ok()]))).await.ok(), Some(5_000));
}

#[tokio::test(start_paused = true)]
async fn r105_an_attempt_around_the_workflow_bounds_its_steps_too() {
    #[workflow(tag = "inner-workflow")]
    async fn inner(a: &Script) -> WorkflowResult<usize, Scripted> {
        #[step("a", retries = 9, timeout = "20ms", backoff(base = "40ms", factor = 1, jitter = "none"))]
        let value = a.call().await?;
        Ok(value)
    }
    #[action(tag = "around-a-workflow", timeout = "100ms")]
    async fn outer(a: &Script) -> ductape::Result<ErrorKind, Scripted> {
        Ok(inner(a).await.expect_err("it never works").kind())
    }

    // A fourth try would begin at 120.
    let a = Script::of([fail(Verdict::Retry)]);
    assert_eq!(run(outer(&a)).await.ok(), Some(ErrorKind::Deadline));
    assert_eq!(a.times(), [0, 40, 80]);
}

#[test]
fn r105_the_worst_case_is_the_deadline_and_every_undo_behind_it() {
    #[workflow(tag = "wf-worst", deadline = "100ms")]
    async fn worst(a: &Script) -> WorkflowResult<usize, Scripted> {
        #[step("a")]
        let one = a.call().await?;
        #[undo(timeout = "1s", retries = 1, backoff(base = "50ms", jitter = "none"))]
        {
            a.call().await.map(drop)
        }
        Ok(one)
    }

    drop(worst(&Script::of([ok()])));
    let worst = ductape::plan("wf-worst").expect("it is in this program").worst_case();
    assert_eq!((worst.attempts, worst.time), (3, ms(100 + 1_000 + 50 + 1_000)));
}
