//! R40, R42 and R45: shares, draws, and providers that are drained.

use std::sync::Mutex;

use ductape::{Event, Skip, quota};

use super::{Desk, Served, assert_smooth, count, is_uneven, seeded, served};

#[quota(tag = "sharing-draws", pick = "random")]
async fn draws(desk: &Desk) -> Served {
    #[provider("a", weight = 50, when(desk.has("a")))]
    {
        desk.serve("a")
    }

    #[provider("b", weight = 30, when(desk.has("b")))]
    {
        desk.serve("b")
    }

    #[provider("c", weight = 20, when(desk.has("c")))]
    {
        desk.serve("c")
    }
}

#[quota(tag = "sharing-another-total", total = 3)]
async fn of_three(desk: &Desk) -> Served {
    #[provider("often", weight = 2)]
    {
        desk.serve("often")
    }

    #[provider("seldom", weight = 1)]
    {
        desk.serve("seldom")
    }
}

#[quota(tag = "sharing-large-total", total = 64_010)]
async fn far_apart(desk: &Desk) -> Served {
    #[provider("nearly-all", weight = 64_000)]
    {
        desk.serve("nearly-all")
    }

    #[provider("hardly-any", weight = 10)]
    {
        desk.serve("hardly-any")
    }
}

#[quota(tag = "sharing-drained")]
async fn drained(desk: &Desk) -> Served {
    #[provider("a", weight = 60, when(desk.has("a")))]
    {
        desk.serve("a")
    }

    #[provider("drained", weight = 0)]
    {
        desk.serve("drained")
    }

    #[provider("b", weight = 40, when(desk.has("b")))]
    {
        desk.serve("b")
    }
}

#[quota(tag = "sharing-drained-draws", pick = "random")]
async fn drained_draws(desk: &Desk) -> Served {
    #[provider("drained", weight = 0)]
    {
        desk.serve("drained")
    }

    #[provider("only", weight = 100)]
    {
        desk.serve("only")
    }

    #[fallback("tier")]
    {
        desk.serve("tier")
    }
}

#[quota(tag = "sharing-drained-keys", sticky(key))]
async fn drained_keys(desk: &Desk, key: u32) -> Served {
    #[provider("drained", weight = 0)]
    {
        desk.serve("drained")
    }

    #[provider("a", weight = 50)]
    {
        desk.serve("a")
    }

    #[provider("b", weight = 50)]
    {
        desk.serve("b")
    }
}

/// Counts how often it is asked who takes part, and for which key.
#[quota(tag = "sharing-asked", sticky(asked.key("key")))]
async fn asking(desk: &Desk, asked: &Asked) -> Served {
    #[provider("a", weight = 50, retries = 2, backoff(base = "10ms", jitter = "none"), when(asked.whether("a")))]
    {
        desk.serve("a")
    }

    #[provider("b", weight = 50, when(asked.whether("b")))]
    {
        desk.serve("b")
    }
}

#[derive(Default)]
struct Asked(Mutex<Vec<&'static str>>);

impl Asked {
    fn whether(&self, name: &'static str) -> bool {
        self.key(name);
        true
    }

    fn key(&self, name: &'static str) -> &'static str {
        self.0.lock().expect("nobody panics while noting").push(name);
        name
    }
}

/// Within five standard deviations.
fn assert_share(picks: &[&str], name: &str, expected: usize, tolerance: usize) {
    let counted = count(picks, name);
    assert!(counted.abs_diff(expected) <= tolerance, "{counted} to {name}, where {expected} were due");
}

#[tokio::test(start_paused = true)]
async fn r40_every_call_goes_to_one_provider() {
    let desk = Desk::default();
    let picks = seeded(7).scope(served(500, async || draws(&desk).await)).await;
    assert_eq!(desk.calls(), picks, "one call for one run, and of the provider that the outcome names");
}

#[tokio::test(start_paused = true)]
async fn r40_shares_are_in_proportion_to_the_weights() {
    let desk = Desk::default();
    let picks = seeded(7).scope(served(10_000, async || draws(&desk).await)).await;
    assert_share(&picks, "a", 5_000, 250);
    assert_share(&picks, "b", 3_000, 230);
    assert_share(&picks, "c", 2_000, 200);
}

#[tokio::test(start_paused = true)]
async fn r40_shares_are_those_among_the_admitted() {
    let desk = Desk::without(&["a"]);
    let picks = seeded(7).scope(served(10_000, async || draws(&desk).await)).await;
    assert_eq!(count(&picks, "a"), 0, "its `when` is false");
    assert_share(&picks, "b", 6_000, 245);
    assert_share(&picks, "c", 4_000, 245);
}

#[tokio::test(start_paused = true)]
async fn r40_the_only_one_admitted_gets_every_call() {
    let desk = Desk::without(&["a", "b"]);
    let picks = seeded(7).scope(served(50, async || draws(&desk).await)).await;
    assert_eq!(picks, ["c"; 50]);
}

#[tokio::test(start_paused = true)]
async fn r40_when_nobody_is_admitted_the_trail_says_why() {
    let desk = Desk::without(&["a", "b", "c"]);
    let error = seeded(7).scope(draws(&desk)).await.expect_err("every `when` is false");
    let mut skipped: Vec<_> = error.trail().entries().iter().map(|entry| entry.provider.as_str()).collect();
    skipped.sort_unstable();
    assert_eq!(skipped, ["a", "b", "c"]);
    let for_when = |event: &Event<_>| matches!(event, Event::Skipped(Skip::When));
    assert!(error.trail().entries().iter().all(|entry| for_when(&entry.event)));
    assert!(desk.calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn r40_who_takes_part_is_asked_once_per_run() {
    let (desk, asked) = (Desk::failing(&["a", "b"]), Asked::default());
    seeded(7).scope(asking(&desk, &asked)).await.expect_err("both are down");
    assert_eq!(desk.calls().len(), 4);
    let mut asked = asked.0.into_inner().expect("nobody panics while noting");
    asked.sort_unstable();
    assert_eq!(asked, ["a", "b", "key"]);
}

#[tokio::test(start_paused = true)]
async fn r40_weights_may_add_up_to_another_total() {
    let desk = Desk::default();
    let picks = seeded(7).scope(served(60, async || of_three(&desk).await)).await;
    assert_smooth(&picks, &[("often", 2), ("seldom", 1)]);

    let picks = seeded(7).scope(served(64_010, async || far_apart(&desk).await)).await;
    assert_eq!((count(&picks, "nearly-all"), count(&picks, "hardly-any")), (64_000, 10));
}

#[tokio::test(start_paused = true)]
async fn r42_draws_are_independent() {
    let desk = Desk::default();
    let picks = seeded(7).scope(served(10_000, async || draws(&desk).await)).await;
    assert!(is_uneven(&picks, "a", 50, 100), "an order, where draws were promised");
    // After an `a`, half of the picks are `a` again: 0.5 · 0.5 of all pairs. An order would avoid the repetition.
    let again = picks.windows(2).filter(|pair| pair[0] == "a" && pair[1] == "a").count();
    assert!(again.abs_diff(2_500) <= 280, "{again} of 9999 pairs are a and a");
}

#[tokio::test(start_paused = true)]
async fn r42_draws_use_the_seed_of_the_runtime() {
    let desk = Desk::default();
    let sequence = async |seed| seeded(seed).scope(served(100, async || draws(&desk).await)).await;
    assert_eq!(sequence(7).await, sequence(7).await);
    assert_ne!(sequence(7).await, sequence(8).await);
}

#[tokio::test(start_paused = true)]
async fn r42_draws_without_a_seed_do_not_repeat() {
    let desk = Desk::default();
    let sequence = async || {
        let runtime = ductape::Runtime::builder().build().expect("building checks nothing that could be wrong");
        runtime.scope(served(200, async || draws(&desk).await)).await
    };
    // Two sequences of 200 draws are equal once in 10^84 times.
    assert_ne!(sequence().await, sequence().await);
}

#[tokio::test(start_paused = true)]
async fn r45_a_drained_provider_gets_no_traffic() {
    let desk = Desk::default();
    let picks = seeded(7).scope(served(300, async || drained(&desk).await)).await;
    assert_smooth(&picks, &[("a", 60), ("b", 40)]);

    seeded(7).scope(served(300, async || drained_draws(&desk).await)).await;
    for key in 0..300 {
        seeded(7).scope(served(1, async || drained_keys(&desk, key).await)).await;
    }
    assert_eq!(count(&desk.calls(), "drained"), 0);
}

#[tokio::test(start_paused = true)]
async fn r45_a_drained_provider_is_no_help_when_the_others_fail() {
    let desk = Desk::failing(&["a", "b"]);
    let error = seeded(7).scope(drained(&desk)).await.expect_err("all that get traffic are down");
    let mut calls = desk.calls();
    calls.sort_unstable();
    assert_eq!(calls, ["a", "b"]);
    assert_eq!(error.kind(), ductape::ErrorKind::Exhausted);

    let desk = Desk::failing(&["a", "b"]);
    seeded(7).scope(drained_keys(&desk, 7)).await.expect_err("all that get traffic are down");
    assert_eq!(count(&desk.calls(), "drained"), 0);
}

#[tokio::test(start_paused = true)]
async fn r45_a_drained_provider_is_no_help_when_the_others_are_refused() {
    let desk = Desk::without(&["a", "b"]);
    seeded(7).scope(drained(&desk)).await.expect_err("nobody who gets traffic is admitted");
    assert!(desk.calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn r45_the_fallback_tier_follows_without_the_drained() {
    let desk = Desk::failing(&["only"]);
    let outcome = seeded(7).scope(drained_draws(&desk)).await.expect("the tier is up");
    assert_eq!(outcome.provider, "tier");
    assert_eq!(desk.calls(), ["only", "tier"]);
}
