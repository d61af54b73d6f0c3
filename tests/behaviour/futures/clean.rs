//! R8: what a clean run does without.

use std::pin::pin;
use std::task::Poll;

use ductape::{Outcome, action, fallback, quota};
use tokio::runtime::Handle;

use crate::support::{Answer, Script, Scripted, ok, poll_once, run, seeded};

#[fallback(deadline = "25s", at_most_once, classify(Scripted::verdict))]
async fn ordered(a: &Script) -> Answer {
    let wanted = a.calls() < 100;

    #[primary("a", retries = 2, timeout = "2s", when(wanted))]
    {
        a.call().await
    }
    #[reconcile(after = "1s")]
    {
        Ok(None)
    }
    #[fallback("b")]
    {
        Ok(0)
    }
    #[degrade]
    {
        Ok(0)
    }
}

#[quota(sticky(key))]
async fn sticky(key: &str, a: &Script) -> ductape::Result<usize, Scripted> {
    #[provider("a", weight = 60)]
    {
        a.call().await
    }
    #[provider("b", weight = 40)]
    {
        a.call().await
    }
}

#[quota(pick = "random", total = 2)]
async fn random(a: &Script) -> ductape::Result<usize, Scripted> {
    #[provider("a", weight = 1)]
    {
        a.call().await
    }
    #[provider("b", weight = 1)]
    {
        a.call().await
    }
}

#[action(retries = 3)]
async fn single(a: &Script) -> ductape::Result<usize, Scripted> {
    a.call().await
}

/// There is no tokio runtime here: a timer could not be made, and nothing be spawned.
#[test]
fn r8_a_clean_run_arms_no_timer_when_its_block_is_ready_at_once() {
    assert!(Handle::try_current().is_err());
    let a = Script::of([ok()]);
    let runtime = seeded();

    let answer = poll_once(pin!(runtime.scope(ordered(&a)))).map(|result| result.map(Outcome::into_inner));
    assert!(matches!(answer, Poll::Ready(Ok(1))), "{answer:?}");
    let answer = poll_once(pin!(runtime.scope(sticky("key", &a))));
    assert!(matches!(answer, Poll::Ready(Ok(2))), "{answer:?}");
    let answer = poll_once(pin!(runtime.scope(random(&a))));
    assert!(matches!(answer, Poll::Ready(Ok(3))), "{answer:?}");
    let answer = poll_once(pin!(single(&a)));
    assert!(matches!(answer, Poll::Ready(Ok(4))), "{answer:?}");
}

#[tokio::test(start_paused = true)]
async fn r8_a_clean_run_spawns_nothing() {
    #[action]
    async fn counts(slow: &Script) -> ductape::Result<[usize; 2], Scripted> {
        let tasks = || Handle::current().metrics().num_alive_tasks();
        let before = tasks();
        slow.call().await?;
        Ok([before, tasks()])
    }

    let tasks = Handle::current().metrics().num_alive_tasks();
    let slow = Script::of([ok().after(100)]);
    assert_eq!(run(counts(&slow)).await.expect("it works"), [tasks; 2]);
    run(ordered(&slow)).await.expect("a works");
    assert_eq!(Handle::current().metrics().num_alive_tasks(), tasks);
}
