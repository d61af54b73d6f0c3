//! R107: what the error of a workflow tells.

use std::error::Error;

use ductape::{ErrorKind, Verdict, WorkflowError, WorkflowResult, workflow};
use serde_json::json;

use crate::support::{Script, Scripted, Step, fail, hang, ok, run};

#[workflow(tag = "order")]
async fn order(ship: &Script, undo: &Script, early: bool) -> WorkflowResult<(), Scripted> {
    #[step("reserve")]
    async { Ok::<_, Scripted>(()) }.await?;
    #[undo]
    {
        Ok(())
    }
    #[step("charge")]
    async { Ok::<_, Scripted>(()) }.await?;
    #[undo]
    {
        undo.call().await.map(drop)
    }
    if early {
        return Err(Scripted { verdict: Verdict::Failover, call: 7 });
    }
    #[step("ship", timeout = "2s")]
    ship.call().await?;
    Ok(())
}

async fn fails(ship: Step, undo: Step, early: bool) -> WorkflowError<Scripted> {
    run(order(&Script::of([ship]), &Script::of([undo]), early)).await.expect_err("it fails")
}

#[tokio::test(start_paused = true)]
async fn r107_it_says_in_one_line_what_failed_and_what_was_undone() {
    let error = fails(fail(Verdict::Abort), ok(), false).await;
    assert_eq!(error.to_string(), "workflow `order` failed: ship failed, Abort; undone: charge, reserve");
    let error = fails(hang(), fail(Verdict::Retry), false).await;
    assert_eq!(
        error.to_string(),
        "workflow `order` failed: ship failed, timed out after 2s; undone: reserve; \
         not undone: charge (charge.undo failed, Retry)"
    );
    let error = fails(ok(), ok(), true).await;
    assert_eq!(error.to_string(), "workflow `order` aborted: Failover; undone: charge, reserve");
}

#[tokio::test(start_paused = true)]
async fn r107_its_source_is_the_steps_error() {
    let error = fails(fail(Verdict::Abort), ok(), false).await;
    let source = error.source().and_then(|source| source.downcast_ref::<Scripted>()).expect("the step returned it");
    assert_eq!((source, error.last()), (&Scripted { verdict: Verdict::Abort, call: 1 }, Some(source)));
    assert_eq!((error.workflow(), error.step(), error.kind()), ("order", Some("ship"), ErrorKind::Exhausted));
    assert_eq!(error.error().provider(), Some("ship"));

    let error = fails(hang(), ok(), false).await;
    assert!(error.source().is_none() && error.last().is_none(), "a timeout is no error of the step's");
    let error = fails(ok(), ok(), true).await;
    assert_eq!((error.step(), error.source().is_some()), (None, true));
    assert_eq!(error.into_last(), Some(Scripted { verdict: Verdict::Failover, call: 7 }));
}

#[tokio::test(start_paused = true)]
async fn r107_it_serializes_whatever_the_error_type_is() {
    let error = fails(fail(Verdict::Abort), fail(Verdict::Retry), false).await;
    let shown = serde_json::to_value(&error).expect("it is data");
    assert_eq!(
        shown,
        json!({
            "workflow": "order",
            "step": "ship",
            "kind": "exhausted",
            "error": "ship failed, Abort",
            "done": ["reserve", "charge"],
            "undone": ["reserve"],
            "not_undone": [{ "step": "charge", "error": "charge.undo failed, Retry" }],
        })
    );
}

#[tokio::test(start_paused = true)]
async fn r107_it_goes_into_boxed_errors_and_anyhow_and_is_cheap_to_clone() {
    async fn boxed() -> Result<(), Box<dyn Error + Send + Sync>> {
        Err(fails(fail(Verdict::Abort), ok(), false).await)?;
        Ok(())
    }
    async fn any() -> anyhow::Result<()> {
        Err(fails(fail(Verdict::Abort), ok(), false).await)?;
        Ok(())
    }
    assert!(boxed().await.expect_err("it fails").to_string().starts_with("workflow `order`"));
    assert!(any().await.expect_err("it fails").to_string().starts_with("workflow `order`"));

    let error = fails(ok(), ok(), true).await;
    assert_eq!(size_of_val(&error), size_of::<usize>());
    let other = error.clone();
    assert_eq!(error.into_last(), None, "the clone still holds it");
    assert_eq!(other.into_last().map(|error| error.call), Some(7));
}
