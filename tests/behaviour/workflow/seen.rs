//! A workflow can be read like a plan, and its steps are seen like providers.

use ductape::{Happened, PlanKind, RunEnd, Verdict, WorkflowResult, workflow};

use crate::support::{Script, Scripted, fail, ok, poll_once, seeded};

/// Ships an order.
///
/// Or does not.
#[workflow(tag = "seen", deadline = "30s", retries = 1)]
async fn seen(a: &Script, b: &Script) -> WorkflowResult<usize, Scripted> {
    /// Sets the goods aside.
    #[step("a", timeout = "2s")]
    let first = a.call().await?;
    #[undo(retries = 3, timeout = "1s")]
    {
        Ok(())
    }
    #[step("b", retries = 0)]
    let second = b.call().await;
    #[step("c", retries = 0)]
    let third = b.call().await?;
    Ok(first + usize::from(second.is_ok()) + third)
}

#[test]
fn plans_list_a_workflow_with_its_steps() {
    let plan = ductape::plan("seen").expect("it is linked");
    assert!(ductape::plans().iter().any(|known| known.tag() == "seen"));
    assert_eq!((plan.kind(), plan.description()), (PlanKind::Workflow, "Ships an order."));
    let steps: Vec<_> = plan.providers().iter().map(|step| (step.name(), step.required(), step.retries())).collect();
    assert_eq!(steps, [("a", true, 1), ("b", false, 0), ("c", true, 0)]);
    assert_eq!(plan.providers()[0].description(), "Sets the goods aside.");
    assert_eq!(plan.undo("a").map(ductape::Provider::retries), Some(3));
    assert!(plan.undo("b").is_none());
}

#[test]
fn a_workflow_prints_as_a_tree_draws_its_undos_and_serializes() {
    let plan = ductape::plan("seen").expect("it is linked");
    let backoff = "backoff from 100ms × 2 up to 10s, jitter full";
    assert_eq!(
        plan.to_string(),
        format!(
            "workflow seen (deadline 30s)\n\
             ├─ step a   timeout 2s, retries 1, {backoff}\n\
             │  └─ undo  timeout 1s, retries 3, {backoff}\n\
             ├─ step b   timeout 10s, optional\n\
             └─ step c   timeout 10s"
        )
    );
    assert!(plan.to_mermaid().contains("s0 -. undone by .-> u0"), "{}", plan.to_mermaid());
    assert!(plan.to_mermaid().contains("s2 -- failed --> u0"), "{}", plan.to_mermaid());
    let shown = serde_json::to_value(plan).expect("it is data");
    assert_eq!(shown["steps"][0]["undo"]["timeout"], "1s");
    assert_eq!(shown["steps"][1]["required"], false);
}

#[tokio::test(start_paused = true)]
async fn steps_and_undos_have_statistics_and_the_workflow_counts_as_one_run() {
    let runtime = seeded();
    let (a, b) = (Script::of([ok()]), Script::of([ok(), ok(), fail(Verdict::Retry)]));
    runtime.scope(seen(&a, &b)).await.expect("all work");
    runtime.scope(seen(&a, &b)).await.expect_err("b fails");

    let stats = runtime.plan("seen").expect("it is linked").stats();
    let runs = &stats.since_start;
    assert_eq!((runs.calls, runs.successes, runs.failures, stats.in_flight), (2, 1, 1, 0));
    let counted = stats.providers.iter().map(|step| {
        let counts = &step.since_start;
        (step.provider.as_str(), counts.calls, counts.successes, counts.failures)
    });
    assert_eq!(counted.collect::<Vec<_>>(), [("a", 2, 2, 0), ("b", 2, 1, 1), ("c", 2, 1, 1), ("a.undo", 1, 1, 0)]);

    let events: Vec<_> = runtime.recent_events().into_iter().map(|event| (event.provider, event.happened)).collect();
    assert!(events.contains(&(Some("a".into()), Happened::Undone)), "{events:?}");
    let finished = |(_, happened): &(_, Happened)| match happened {
        Happened::RunFinished { end, attempts, .. } => Some((*end, *attempts)),
        _ => None,
    };
    assert_eq!(events.iter().filter_map(finished).collect::<Vec<_>>(), [(RunEnd::Exhausted, 4)]);
}

#[test]
fn r8_a_workflow_whose_steps_are_ready_at_once_needs_no_timer_and_is_send() {
    fn is_send<F: Send>(future: F) -> F {
        future
    }
    let (a, b) = (async { 1 }, async { 2 });
    drop((a, b));
    let mut workflow = std::pin::pin!(is_send(ready()));
    assert!(poll_once(workflow.as_mut()).is_ready(), "without a runtime: no timer is armed");
}

#[workflow(tag = "ready", deadline = "1s")]
async fn ready() -> WorkflowResult<u32, Scripted> {
    #[step("one")]
    let one = async { Ok::<_, Scripted>(1) }.await?;
    #[undo]
    {
        Ok(())
    }
    #[step("two")]
    let two = async { Ok::<_, Scripted>(2) }.await;
    Ok(one + two.unwrap_or(0))
}

#[tokio::test(start_paused = true)]
async fn r90_the_policies_of_steps_and_undos_can_be_updated() {
    let runtime = seeded();
    let plan = runtime.plan("seen").expect("it is linked");
    let update = |patch| plan.update(serde_json::from_value(patch).expect("it is a patch"));
    let undo = serde_json::json!({ "a.undo": { "retries": 7 } });
    update(serde_json::json!({ "deadline": "2s", "retries": 0, "providers": undo })).expect("it breaks no rule");
    let refused = update(serde_json::json!({ "deadline": "1s" })).expect_err("a try of `a` may take 2s");
    assert!(refused.to_string().contains("a try of `a` may take 2s, but the deadline is 1s"), "{refused}");
    let refused = update(serde_json::json!({ "providers": { "a": { "retries": 1 } } })).expect_err("2s are all of it");
    assert!(refused.to_string().contains("all of the deadline, 2s, so that no other follows"), "{refused}");

    let (a, b) = (Script::of([fail(Verdict::Retry), ok()]), Script::of([ok()]));
    runtime.scope(seen(&a, &b)).await.expect_err("a is not tried again");
    assert_eq!((a.calls(), b.calls()), (1, 0));
}
