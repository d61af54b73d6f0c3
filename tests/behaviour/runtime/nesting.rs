//! Plans inside plans: whose attempt it is, and how long it may take.

use std::time::Duration;

use ductape::{action, attempt, fallback};
use tokio::time::sleep;

use super::attempts::Notebook;

#[action(tag = "nesting-inner", app = "inner", timeout = "10s")]
async fn inner(book: &Notebook) -> ductape::Result<(), &'static str> {
    book.note();
    sleep(Duration::from_millis(100)).await;
    book.note();
    Ok(())
}

#[fallback(tag = "nesting-outer", timeout = "1s")]
async fn outer(book: &Notebook) -> ductape::Result<(), &'static str> {
    #[primary("wrapped", retries = 1, backoff(base = "10ms", jitter = "none"))]
    {
        book.note();
        inner(book).await.map_err(|_| "the inner plan failed")?;
        book.note();
        Err("once more")
    }

    #[fallback("plain")]
    {
        Ok(())
    }
}

#[action(tag = "nesting-brief", app = "brief", timeout = "2s")]
async fn brief(book: &Notebook) -> ductape::Result<(), &'static str> {
    book.note();
    Ok(())
}

/// Calls a plan that would bound itself more tightly, and one in a task of its own.
#[action(tag = "nesting-spawner", app = "spawner", timeout = "5s")]
async fn spawner() -> ductape::Result<[Duration; 2], &'static str> {
    let here = Notebook::default();
    brief(&here).await.map_err(|_| "the inner plan failed")?;
    let spawned = tokio::spawn(async {
        let there = Notebook::default();
        inner(&there).await.expect("it is up");
        there.seen()[0].remaining
    });
    Ok([here.seen()[0].remaining, spawned.await.expect("it does not panic")])
}

/// Two inner runs at once, in one task.
#[action(tag = "nesting-side-by-side", app = "outside", timeout = "5s")]
async fn side_by_side(one: &Notebook, other: &Notebook) -> ductape::Result<(), &'static str> {
    let (first, second) = tokio::join!(inner(one), brief(other));
    first.and(second).map_err(|_| "an inner plan failed")?;
    let around = attempt().expect("a block runs in an attempt");
    assert_eq!(around.provider(), "outside", "the inner attempts are over");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_innermost_attempt_is_the_one_that_is_seen() {
    let book = Notebook::default();
    outer(&book).await.expect("the plain one is up");
    let seen = book.seen();
    let calls: Vec<_> = seen.iter().map(|seen| (seen.plan.as_str(), seen.provider.as_str(), seen.number)).collect();
    let round = |number| {
        [
            ("nesting-outer", "wrapped", number),
            ("nesting-inner", "inner", 1),
            ("nesting-inner", "inner", 1),
            ("nesting-outer", "wrapped", number),
        ]
    };
    assert_eq!(calls, [round(1), round(2)].concat());
}

#[tokio::test(start_paused = true)]
async fn keys_of_inner_runs_are_their_own() {
    let book = Notebook::default();
    outer(&book).await.expect("the plain one is up");
    let keys = book.keys();
    let [outer, inner, inner_too, outer_too] = &keys[..4] else { panic!("four notes in the first round") };
    assert_eq!((outer, inner), (outer_too, inner_too));
    assert_ne!(outer, inner);
    assert_eq!(&keys[4], outer, "the outer run goes on");
    assert_ne!(&keys[5], inner, "the second inner run is another one");
}

#[tokio::test(start_paused = true)]
async fn r14_an_inner_attempt_has_what_the_outer_one_leaves() {
    let book = Notebook::default();
    outer(&book).await.expect("the plain one is up");
    let remaining: Vec<_> = book.seen().iter().map(|seen| seen.remaining.as_millis()).collect();
    assert_eq!(remaining[..4], [1_000, 1_000, 900, 900]);
}

#[tokio::test(start_paused = true)]
async fn r14_an_inner_plan_that_is_tighter_keeps_its_own_bound_and_a_spawned_one_is_not_bounded() {
    let [tighter, spawned] = spawner().await.expect("all are up");
    assert_eq!(tighter, Duration::from_secs(2));
    assert_eq!(spawned, Duration::from_secs(10), "outer deadlines stop at a spawn");
}

#[tokio::test(start_paused = true)]
async fn attempts_side_by_side_do_not_mix() {
    let (one, other) = (Notebook::default(), Notebook::default());
    side_by_side(&one, &other).await.expect("both are up");
    assert!(one.seen().iter().all(|seen| seen.plan == "nesting-inner"));
    assert!(other.seen().iter().all(|seen| seen.plan == "nesting-brief"));
}
