//! `ductape::attempt()`: what a provider's block can learn of itself.

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

use ductape::{Runtime, action, attempt, fallback};
use tokio::time::sleep;

/// What the blocks here saw, call by call.
#[derive(Default)]
pub(super) struct Notebook(Mutex<Vec<Seen>>);

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Seen {
    pub(super) plan: String,
    pub(super) provider: String,
    pub(super) number: u32,
    pub(super) remaining: Duration,
    pub(super) key: String,
}

impl Notebook {
    /// For blocks.
    pub(super) fn note(&self) {
        let attempt = attempt().expect("a block runs in an attempt");
        self.0.lock().expect("nobody panics while noting").push(Seen {
            plan: attempt.plan().to_owned(),
            provider: attempt.provider().to_string(),
            number: attempt.number(),
            remaining: attempt.remaining(),
            key: attempt.idempotency_key(),
        });
    }

    pub(super) fn seen(self) -> Vec<Seen> {
        self.0.into_inner().expect("nobody panics while noting")
    }

    pub(super) fn keys(self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.key).collect()
    }
}

#[fallback(tag = "attempts-of-two", timeout = "2s")]
async fn two(book: &Notebook) -> ductape::Result<(), &'static str> {
    #[primary("first", retries = 2, backoff(base = "10ms", jitter = "none"))]
    {
        book.note();
        Err("busy")
    }

    #[fallback("second", timeout = "3s")]
    {
        book.note();
        Ok(())
    }
}

#[action(tag = "attempts-slow", app = "slow", timeout = "2s", retries = 1, backoff(base = "10ms", jitter = "none"))]
async fn slow(book: &Notebook) -> ductape::Result<(), &'static str> {
    book.note();
    sleep(Duration::from_millis(500)).await;
    book.note();
    Err("busy")
}

#[action(tag = "attempts-bounded", app = "bounded", deadline = "1s", timeout = "1s")]
async fn bounded(book: &Notebook) -> ductape::Result<(), &'static str> {
    book.note();
    Ok(())
}

#[fallback(tag = "attempts-cut", deadline = "3500ms", timeout = "2s")]
async fn cut(book: &Notebook) -> ductape::Result<(), &'static str> {
    #[primary("hanging", timeout = "1s")]
    {
        book.note();
        std::future::pending().await
    }

    #[fallback("next")]
    {
        book.note();
        Ok(())
    }
}

/// Whether there was an attempt before the first provider, and in a task that a block spawned.
#[action(tag = "attempts-elsewhere", app = "elsewhere")]
async fn elsewhere() -> ductape::Result<bool, &'static str> {
    let spawned = tokio::spawn(async { attempt().is_some() });
    let in_task = spawned.await.expect("it does not panic");
    assert!(attempt().is_some(), "after the await, it is still this block");
    Ok(in_task)
}

#[fallback(tag = "attempts-before")]
async fn before() -> ductape::Result<bool, &'static str> {
    let before = attempt().is_some();

    #[primary("first")]
    {
        Ok(before)
    }

    #[fallback("second")]
    {
        Ok(before)
    }
}

async fn keys() -> Vec<String> {
    let book = Notebook::default();
    two(&book).await.expect("the second is up");
    book.keys()
}

#[tokio::test(start_paused = true)]
async fn there_is_no_attempt_outside_blocks() {
    assert!(attempt().is_none());
    assert!(!before().await.expect("it is up"), "statements before the first provider are no attempt");
    assert!(attempt().is_none());
}

#[tokio::test(start_paused = true)]
async fn there_is_no_attempt_in_a_spawned_task() {
    assert!(!elsewhere().await.expect("it is up"));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_knows_its_plan_its_provider_and_its_number() {
    let book = Notebook::default();
    two(&book).await.expect("the second is up");
    let seen = book.seen();
    assert!(seen.iter().all(|seen| seen.plan == "attempts-of-two"));
    let calls: Vec<_> = seen.iter().map(|seen| (seen.provider.as_str(), seen.number)).collect();
    assert_eq!(calls, [("first", 1), ("first", 2), ("first", 3), ("second", 1)]);
}

#[tokio::test(start_paused = true)]
async fn what_remains_is_the_timeout_and_shrinks() {
    let book = Notebook::default();
    slow(&book).await.expect_err("it is busy");
    let remaining: Vec<_> = book.seen().iter().map(|seen| seen.remaining.as_millis()).collect();
    assert_eq!(remaining, [2_000, 1_500, 2_000, 1_500], "each attempt begins with the whole timeout");
}

#[tokio::test(start_paused = true)]
async fn what_remains_is_that_of_the_provider() {
    let book = Notebook::default();
    two(&book).await.expect("the second is up");
    let remaining: Vec<_> = book.seen().iter().map(|seen| seen.remaining.as_secs()).collect();
    assert_eq!(remaining, [2, 2, 2, 3]);

    let book = Notebook::default();
    bounded(&book).await.expect("it is up");
    assert_eq!(book.seen()[0].remaining, Duration::from_secs(1));

    let book = Notebook::default();
    cut(&book).await.expect("the next is up");
    let remaining: Vec<_> = book.seen().iter().map(|seen| seen.remaining.as_millis()).collect();
    assert_eq!(remaining, [1_000, 2_000]);
}

#[tokio::test(start_paused = true)]
async fn every_attempt_of_a_run_at_a_provider_has_one_key() {
    let keys = keys().await;
    assert_eq!(keys.len(), 4);
    assert!(!keys[0].is_empty());
    assert_eq!(keys[..3], [keys[0].as_str(); 3]);
}

#[tokio::test(start_paused = true)]
async fn keys_differ_from_provider_to_provider() {
    let keys = keys().await;
    assert_ne!(keys[2], keys[3]);
}

#[tokio::test(start_paused = true)]
async fn keys_differ_from_run_to_run() {
    let mut all = HashSet::new();
    for _ in 0..1_000 {
        all.extend(keys().await);
    }
    assert_eq!(all.len(), 2_000, "two providers in each of 1000 runs");
}

/// A seed makes choices repeatable, and must not make two payments look like one.
#[tokio::test(start_paused = true)]
async fn keys_differ_in_runtimes_with_the_same_seed() {
    let runtime = || Runtime::builder().seed(7).build().expect("building checks nothing that could be wrong");
    let one = runtime().scope(keys()).await;
    let other = runtime().scope(keys()).await;
    let distinct: HashSet<_> = one.iter().chain(&other).collect();
    assert_eq!(distinct.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_can_be_carried_out_of_its_block() {
    let carried = Mutex::new(None);
    let book = Notebook::default();
    let carrying = async {
        carrier(&carried, &book).await.expect("it is up");
    };
    carrying.await;
    let carried = carried.into_inner().expect("nobody panics while noting").expect("the block put it there");
    assert_eq!(carried.plan(), "attempts-carried");
    assert_eq!((carried.provider().as_str(), carried.number()), ("carrier", 1));
    assert_eq!(carried.idempotency_key(), book.keys()[0]);
}

#[action(tag = "attempts-carried", app = "carrier")]
async fn carrier(carried: &Mutex<Option<ductape::Attempt>>, book: &Notebook) -> ductape::Result<(), &'static str> {
    book.note();
    *carried.lock().expect("nobody panics while noting") = attempt();
    Ok(())
}
