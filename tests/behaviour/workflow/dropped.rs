//! R106, R80, R82: a workflow that is dropped or panics undoes nothing, and says so.

use std::pin::pin;
use std::sync::Arc;

use ductape::{Happened, RunEnd, Runtime, Verdict, WorkflowResult, workflow};
use tokio::time::sleep;

use super::Ledger;
use crate::support::{Script, Scripted, begin, fail, hang, ms, ok, panics, seeded};

#[workflow(tag = "left-behind")]
async fn left_behind(ledger: &Ledger, last: &Script, undo: &Script) -> WorkflowResult<(), Scripted> {
    #[step("a")]
    ledger.play("a", &Script::of([ok()])).await?;
    #[undo]
    {
        ledger.write("undo a");
        Ok(())
    }
    #[step("b")]
    ledger.play("b", &Script::of([ok()])).await?;
    #[undo]
    {
        ledger.play("undo b", undo).await.map(drop)
    }
    #[step("last")]
    last.call().await?;
    Ok(())
}

fn abandoned(runtime: &Runtime) -> Vec<(Vec<String>, Vec<String>)> {
    let names = |names: &[ductape::Name]| names.iter().map(ToString::to_string).collect();
    let of = |event: &ductape::RuntimeEvent| match &event.happened {
        Happened::Abandoned { done, undone } => Some((names(done), names(undone))),
        _ => None,
    };
    runtime.recent_events().iter().filter_map(of).collect()
}

fn owned(names: [&[&str]; 2]) -> (Vec<String>, Vec<String>) {
    let [done, undone] = names.map(|names| names.iter().map(ToString::to_string).collect());
    (done, undone)
}

#[tokio::test(start_paused = true)]
async fn r106_a_dropped_workflow_undoes_nothing_and_tells_what_was_done() {
    let (runtime, ledger) = (seeded(), Ledger::default());
    let (last, undo) = (Script::of([hang()]), Script::of([ok()]));
    {
        let mut workflow = pin!(runtime.scope(left_behind(&ledger, &last, &undo)));
        begin(workflow.as_mut()).await;
    }
    assert_eq!(ledger.entries(), ["a", "b"]);
    assert_eq!(abandoned(&runtime), [owned([&["a", "b"], &[]])]);
    assert_eq!((last.running(), last.cut()), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn r106_dropped_among_its_undos_it_tells_which_are_done() {
    let (runtime, ledger) = (seeded(), Ledger::default());
    let (last, undo) = (Script::of([fail(Verdict::Retry)]), Script::of([hang()]));
    {
        let mut workflow = pin!(runtime.scope(left_behind(&ledger, &last, &undo)));
        begin(workflow.as_mut()).await;
    }
    assert_eq!(abandoned(&runtime), [owned([&["a", "b"], &[]])]);
    assert_eq!((ledger.entries(), undo.cut()), (vec!["a".to_owned(), "b".to_owned()], 1));
}

#[tokio::test(start_paused = true)]
async fn r106_dropped_before_its_first_poll_nothing_has_happened() {
    let runtime = seeded();
    let (ledger, script) = (Ledger::default(), Script::of([ok()]));
    drop(runtime.scope(left_behind(&ledger, &script, &script)));
    assert!(ledger.entries().is_empty() && runtime.recent_events().is_empty());
}

#[tokio::test(start_paused = true)]
async fn r106_a_workflow_that_has_done_nothing_leaves_nothing_behind() {
    #[workflow(tag = "nothing-done")]
    async fn nothing_done(first: &Script) -> WorkflowResult<(), Scripted> {
        #[step("first")]
        first.call().await?;
        Ok(())
    }
    let (runtime, first) = (seeded(), Script::of([hang()]));
    {
        let mut workflow = pin!(runtime.scope(nothing_done(&first)));
        begin(workflow.as_mut()).await;
    }
    assert_eq!((abandoned(&runtime), first.cut()), (vec![], 1));
}

fn finished(runtime: &Runtime) -> Option<(RunEnd, u32)> {
    runtime.recent_events().iter().rev().find_map(|event| match event.happened {
        Happened::RunFinished { end, attempts, .. } => Some((end, attempts)),
        _ => None,
    })
}

#[tokio::test(start_paused = true)]
async fn r83_attempts_under_way_when_a_workflow_is_dropped_or_panics_are_counted() {
    #[workflow(tag = "counted", retries = 1, backoff(base = "10ms", jitter = "none"))]
    async fn counted(a: &Script, b: &Script) -> WorkflowResult<(), Scripted> {
        #[step("a")]
        a.call().await?;
        #[step("b")]
        b.call().await?;
        Ok(())
    }
    let (runtime, a) = (seeded(), Script::of([ok()]));
    {
        let (first, then) = (Script::of([fail(Verdict::Retry), ok()]), Script::of([hang()]));
        let mut workflow = pin!(runtime.scope(counted(&first, &then)));
        begin(workflow.as_mut()).await;
        tokio::select! {
            _ = workflow.as_mut() => unreachable!("b hangs"),
            () = sleep(ms(20)) => {}
        }
    }
    assert_eq!(finished(&runtime), Some((RunEnd::Dropped, 3)));

    let scoped = runtime.clone();
    let task = tokio::spawn(async move { scoped.scope(counted(&a, &Script::of([panics()]))).await });
    assert!(task.await.expect_err("b panics").is_panic());
    assert_eq!(finished(&runtime), Some((RunEnd::Panicked, 2)));
}

#[tokio::test(start_paused = true)]
async fn r106_a_panicking_workflow_tells_it_too() {
    let (runtime, ledger) = (seeded(), Arc::new(Ledger::default()));
    let task = {
        let (ledger, inner) = (Arc::clone(&ledger), runtime.clone());
        tokio::spawn(async move {
            let (last, undo) = (Script::of([panics()]), Script::of([ok()]));
            inner.scope(left_behind(&ledger, &last, &undo)).await
        })
    };
    assert!(task.await.expect_err("the last step panics").is_panic());
    assert_eq!((ledger.entries().len(), abandoned(&runtime).len()), (2, 1));
    let stats = runtime.plan("left-behind").expect("it is linked").stats();
    assert_eq!((stats.in_flight, stats.since_start.failures), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn r106_a_spawned_workflow_outlives_its_caller_and_undoes() {
    let (ledger, last) = (Arc::new(Ledger::default()), Arc::new(Script::of([fail(Verdict::Retry).after(30)])));
    let task = {
        let (ledger, last) = (Arc::clone(&ledger), Arc::clone(&last));
        tokio::spawn(async move { left_behind(&ledger, &last, &Script::of([ok()])).await })
    };
    drop(task);
    sleep(ms(40)).await;
    assert_eq!(ledger.entries(), ["a", "b", "undo b", "undo a"]);
}
