//! Patches are judged as the compiler judges attributes, neither more strictly nor less.

use ductape::{fallback, workflow};
use serde_json::json;

use crate::support::{Answer, Script, Scripted, ms, ok, seeded};

#[tokio::test(start_paused = true)]
async fn r90_a_backoff_for_all_is_for_those_that_try_again() {
    #[fallback(tag = "update-waits")]
    async fn none(a: &Script, b: &Script) -> Answer {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }
    let runtime = seeded();
    let (a, b) = (Script::of([ok()]), Script::of([ok()]));
    runtime.scope(none(&a, &b)).await.expect("a works");
    let handle = runtime.plan("update-waits").expect("it is linked");
    let update = |patch: serde_json::Value| {
        let result = handle.update(serde_json::from_value(patch).expect("it is a patch"));
        result.map(|_| ()).map_err(|error| error.to_string())
    };
    let in_vain = update(json!({"backoff": {"base": "5ms"}})).expect_err("nothing retries");
    assert!(
        in_vain.starts_with("update-waits: providers.a.backoff.base: `backoff` waits between tries, but nothing is"),
        "{in_vain}"
    );
    // As the compiler has it: enough that one of them does.
    update(json!({"backoff": {"base": "5ms"}, "providers": {"b": {"retries": 2}}})).expect("b retries");
    assert_eq!(handle.plan().providers()[1].backoff().base, ms(5));
    let own = update(json!({"providers": {"a": {"backoff": {"base": "7ms"}}}})).expect_err("a does not");
    assert!(own.starts_with("update-waits: providers.a.backoff.base: `backoff` waits between tries"), "{own}");
}

#[tokio::test(start_paused = true)]
async fn r90_tries_can_be_taken_away_but_not_by_the_patch_that_gives_waits() {
    let runtime = seeded();
    let handle = super::handle(&runtime, "update-pair");
    let update = |json| handle.update(super::patch(json)).map(drop).map_err(|error| error.to_string());
    let both = json!({"providers": {"a": {"retries": 0, "backoff": {"base": "1ms"}}}});
    let refused = update(both.clone()).expect_err("nothing waits");
    assert!(refused.starts_with("update-pair: providers.a.backoff.base: `backoff` waits between tries"), "{refused}");
    update(json!({"retries": 0, "backoff": {"base": "1ms"}})).expect_err("nothing waits");

    // An operator who has given waits before takes the tries away, and gives them back.
    update(json!({"providers": {"a": {"retries": 3, "backoff": {"base": "1ms"}}}})).expect("it is sound");
    update(json!({"providers": {"a": {"retries": 0}}})).expect("as in an emergency");
    assert_eq!(handle.plan().providers()[0].retries(), 0);
    update(json!({"timeout": "500ms"})).expect("it is sound");
    update(both).expect_err("nothing waits");
    update(json!({"providers": {"a": {"retries": 2}}})).expect("it is sound");
    assert_eq!(handle.plan().providers()[0].backoff().base, ms(1));
}

#[tokio::test(start_paused = true)]
async fn r90_undos_are_judged_like_steps() {
    #[workflow(tag = "update-undos")]
    async fn order() -> ductape::WorkflowResult<(), Scripted> {
        #[step("reserve")]
        let hold = async { Ok::<_, Scripted>(1) }.await?;
        #[undo(retries = 1)]
        {
            assert_eq!(hold, 1);
            Ok(())
        }
        Ok(())
    }
    let runtime = seeded();
    runtime.scope(order()).await.expect("it works");
    let handle = runtime.plan("update-undos").expect("it is linked");
    let patch = json!({"providers": {"reserve.undo": {"backoff": {"base": "5s", "max": "1s"}}}});
    let error =
        handle.update(serde_json::from_value(patch).expect("it is a patch")).expect_err("it is a contradiction");
    assert_eq!(
        error.to_string(),
        "update-undos: providers.\"reserve.undo\".backoff.max = 1s: the longest wait, 1s, is below the first, 5s; give a longer `max`, or a shorter `base`"
    );
}
