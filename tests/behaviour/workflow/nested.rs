//! R105, R14: a workflow within an attempt fails when that attempt's time is up, and is undone: the attempt waits for it.

use std::pin::pin;

use ductape::{Happened, Runtime, Verdict, WorkflowError, WorkflowResult, action, fallback, workflow};
use tokio::time::{Instant, sleep};

use super::Ledger;
use crate::support::{Answer, Script, Scripted, begin, fail, hang, ms, ok, run, seeded, trail};

/// Does something, and then what the script says; undoing it takes 300 ms, or what the other script says.
#[workflow(tag = "within")]
async fn within(ledger: &Ledger, last: &Script, undo: &Script) -> WorkflowResult<usize, Scripted> {
    #[step("first")]
    ledger.play("first", &Script::of([ok()])).await?;
    #[undo(timeout = "500ms")]
    {
        ledger.play("undo first", undo).await.map(drop)
    }
    #[step("last")]
    let last = last.call().await?;
    Ok(last)
}

fn slow() -> Script {
    Script::of([ok().after(300)])
}

/// Its provider's error, or one that stands for a timeout.
fn own(error: &WorkflowError<Scripted>) -> Scripted {
    error.last().copied().unwrap_or(Scripted { verdict: Verdict::Failover, call: 0 })
}

fn abandoned(runtime: &Runtime) -> usize {
    runtime.recent_events().iter().filter(|event| matches!(event.happened, Happened::Abandoned { .. })).count()
}

#[workflow(tag = "around-it", deadline = "10s")]
async fn around(ledger: &Ledger, last: &Script, undo: &Script) -> WorkflowResult<usize, Scripted> {
    #[step("before")]
    ledger.play("before", &Script::of([ok()])).await?;
    #[undo]
    {
        ledger.write("undo before");
        Ok(())
    }
    #[step("within", timeout = "1s", retries = 1, backoff(base = "50ms", jitter = "none"))]
    let value = within(ledger, last, undo).await.map_err(|error| own(&error))?;
    Ok(value)
}

#[tokio::test(start_paused = true)]
async fn r105_a_workflow_in_a_step_whose_time_is_up_is_undone_before_the_next_try() {
    let (runtime, ledger, last) = (seeded(), Ledger::default(), Script::of([hang(), ok()]));
    let began = Instant::now();
    assert_eq!(runtime.scope(around(&ledger, &last, &slow())).await.ok(), Some(2));
    assert_eq!(ledger.entries(), ["before", "first", "undo first", "first"]);
    assert_eq!((last.times(), began.elapsed()), (vec![0, 1350], ms(1350)), "1s, an undo, and a wait");
    assert_eq!(abandoned(&runtime), 0);
}

#[tokio::test(start_paused = true)]
async fn r105_the_undos_within_come_before_those_around() {
    let (ledger, last) = (Ledger::default(), Script::of([hang()]));
    let error = run(around(&ledger, &last, &slow())).await.expect_err("nothing answers");
    assert_eq!(ledger.entries(), ["before", "first", "undo first", "first", "undo first", "undo before"]);
    assert_eq!((error.step(), error.undone().len()), (Some("within"), 1));
}

#[tokio::test(start_paused = true)]
async fn r105_an_undo_that_hangs_keeps_the_attempt_around_it_for_its_own_timeout() {
    let (ledger, last, undo) = (Ledger::default(), Script::of([hang()]), Script::of([hang()]));
    let began = Instant::now();
    run(around(&ledger, &last, &undo)).await.expect_err("nothing answers");
    assert_eq!((began.elapsed(), undo.cut()), (ms(2 * (1000 + 500) + 50), 2));
}

#[tokio::test(start_paused = true)]
async fn r14_every_attempt_around_an_undo_waits_for_it_and_fails_over_then() {
    #[action(tag = "between-them", app = "between", timeout = "800ms")]
    async fn between(ledger: &Ledger, last: &Script, undo: &Script) -> Answer {
        within(ledger, last, undo).await.map_err(|error| own(&error))
    }
    #[fallback(tag = "outermost", timeout = "600ms")]
    async fn outermost(ledger: &Ledger, last: &Script, undo: &Script) -> Answer {
        #[primary("deep")]
        {
            match between(ledger, last, undo).await {
                Ok(outcome) => Ok(outcome.into_inner()),
                Err(error) => Err(error.last().copied().unwrap_or(Scripted { verdict: Verdict::Failover, call: 0 })),
            }
        }
        #[fallback("other")]
        {
            ledger.write("other");
            Ok(7)
        }
    }
    let (runtime, ledger, last) = (seeded(), Ledger::default(), Script::of([hang()]));
    let began = Instant::now();
    let outcome = runtime.scope(outermost(&ledger, &last, &slow())).await.expect("the other one works");
    assert_eq!((outcome.value, began.elapsed()), (7, ms(900)));
    assert_eq!(ledger.entries(), ["first", "undo first", "other"]);
    assert_eq!(abandoned(&runtime), 0);
}

#[tokio::test(start_paused = true)]
async fn r105_what_follows_the_undos_is_cut_as_soon_as_they_are_over() {
    #[action(tag = "goes-on-behind", app = "behind", timeout = "1s")]
    async fn goes_on(ledger: &Ledger, last: &Script, undo: &Script) -> Answer<()> {
        drop(within(ledger, last, undo).await);
        ledger.write("behind");
        sleep(ms(100)).await;
        ledger.write("never");
        Ok(())
    }
    let (ledger, last) = (Ledger::default(), Script::of([hang()]));
    let began = Instant::now();
    let error = run(goes_on(&ledger, &last, &slow())).await.expect_err("the time is up");
    assert_eq!(ledger.entries(), ["first", "undo first", "behind"]);
    assert_eq!((began.elapsed(), trail(&error)), (ms(1300), vec!["behind 1 timed out after 1s".to_owned()]));
}

#[tokio::test(start_paused = true)]
async fn r105_an_undo_that_is_over_in_time_changes_nothing() {
    #[action(tag = "in-time", app = "in-time", timeout = "1s")]
    async fn in_time(ledger: &Ledger, last: &Script, undo: &Script) -> Answer<()> {
        drop(within(ledger, last, undo).await);
        std::future::pending().await
    }
    let (ledger, last) = (Ledger::default(), Script::of([fail(Verdict::Retry)]));
    let began = Instant::now();
    run(in_time(&ledger, &last, &slow())).await.expect_err("it hangs");
    assert_eq!((ledger.entries().len(), began.elapsed()), (2, ms(1000)));
}

#[tokio::test(start_paused = true)]
async fn r105_several_workflows_in_one_attempt_are_all_undone() {
    #[action(tag = "side-by-side", app = "both", timeout = "1s")]
    async fn both(ledger: &Ledger, last: &Script, undos: &[Script; 2]) -> Answer<()> {
        let [a, b] = undos;
        let both = tokio::join!(within(ledger, last, a), within(ledger, last, b));
        Err(own(&both.0.expect_err("it hangs")))
    }
    let (ledger, last) = (Ledger::default(), Script::of([hang()]));
    let began = Instant::now();
    let undos = [Script::of([ok().after(100)]), Script::of([ok().after(400)])];
    run(both(&ledger, &last, &undos)).await.expect_err("both hang");
    assert_eq!(ledger.entries(), ["first", "first", "undo first", "undo first"]);
    assert_eq!(began.elapsed(), ms(1400));
}

#[tokio::test(start_paused = true)]
async fn r106_dropped_while_an_attempt_waits_for_its_undo_it_is_abandoned() {
    let (runtime, ledger, last, undo) = (seeded(), Ledger::default(), Script::of([hang()]), Script::of([hang()]));
    {
        let mut workflow = pin!(runtime.scope(around(&ledger, &last, &undo)));
        begin(workflow.as_mut()).await;
        tokio::select! {
            biased;
            _ = workflow.as_mut() => unreachable!("the undo hangs"),
            () = sleep(ms(1200)) => {}
        }
        assert_eq!(undo.running(), 1);
    }
    assert_eq!((undo.running(), abandoned(&runtime)), (0, 2));
}

#[tokio::test(start_paused = true)]
async fn r106_a_workflow_that_waits_between_its_steps_when_the_time_is_up_is_abandoned() {
    #[workflow(tag = "waits-between")]
    async fn waits(ledger: &Ledger) -> WorkflowResult<(), Scripted> {
        #[step("first")]
        ledger.play("first", &Script::of([ok()])).await?;
        #[undo]
        {
            ledger.write("undo");
            Ok(())
        }
        sleep(ms(5000)).await;
        Ok(())
    }
    #[action(tag = "around-waits", app = "waits", timeout = "1s")]
    async fn around_waits(ledger: &Ledger) -> Answer<()> {
        waits(ledger).await.map_err(|error| own(&error))
    }
    let (runtime, ledger, began) = (seeded(), Ledger::default(), Instant::now());
    runtime.scope(around_waits(&ledger)).await.expect_err("the time is up");
    assert_eq!((ledger.entries(), abandoned(&runtime), began.elapsed()), (vec!["first".to_owned()], 1, ms(1000)));
}
