//! R43: what a quota does when the provider that it chose fails.

use std::collections::HashSet;

use ductape::{ErrorKind, Event, Skip, quota};

use super::{Desk, Served, count, is_uneven, seeded, served};

#[quota(tag = "failover-tiered")]
async fn tiered(desk: &Desk) -> Served {
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

    #[fallback("first", when(desk.has("first")))]
    {
        desk.serve("first")
    }

    #[fallback("second")]
    {
        desk.serve("second")
    }
}

#[quota(tag = "failover-retries")]
async fn retrying(desk: &Desk) -> Served {
    #[provider("a", weight = 50, retries = 2, backoff(base = "10ms", jitter = "none"))]
    {
        desk.serve("a")
    }

    #[provider("b", weight = 50, retries = 1, backoff(base = "10ms", jitter = "none"))]
    {
        desk.serve("b")
    }
}

#[quota(tag = "failover-timeouts", timeout = "100ms")]
async fn hanging() -> Served {
    #[provider("hangs", weight = 99)]
    {
        std::future::pending().await
    }

    #[provider("answers", weight = 1)]
    {
        Ok("answers")
    }
}

#[quota(tag = "failover-off", failover = false)]
async fn alone(desk: &Desk) -> Served {
    #[provider("a", weight = 60, retries = 1, backoff(base = "10ms", jitter = "none"), when(desk.has("a")))]
    {
        desk.serve("a")
    }

    #[provider("b", weight = 40, retries = 1, backoff(base = "10ms", jitter = "none"), when(desk.has("b")))]
    {
        desk.serve("b")
    }

    #[fallback("tier")]
    {
        desk.serve("tier")
    }
}

#[tokio::test(start_paused = true)]
async fn r43_each_provider_has_one_turn_and_then_the_tier_follows_in_order() {
    let desk = Desk::failing(&["a", "b", "c", "first", "second"]);
    let mut orders = HashSet::new();
    let many = async {
        for _ in 0..200 {
            let error = tiered(&desk).await.expect_err("all are down");
            assert_eq!(error.kind(), ErrorKind::Exhausted);
            let calls = desk.calls();
            let trail: Vec<_> = error.trail().entries().iter().map(|entry| entry.provider.as_str()).collect();
            assert_eq!(trail, calls);
            let (quota, tier) = calls.split_at(3);
            assert_eq!(quota.iter().collect::<HashSet<_>>().len(), 3, "a second turn in one run: {quota:?}");
            assert_eq!(tier, ["first", "second"]);
            orders.insert(calls);
        }
    };
    seeded(7).scope(many).await;
    assert_eq!(orders.len(), 6, "every order of three providers comes up in 200 runs");
}

#[tokio::test(start_paused = true)]
async fn r43_the_next_is_picked_by_weight_among_those_without_a_turn() {
    let desk = Desk::failing(&["a"]);
    let mut after_a = Vec::new();
    let many = async {
        for _ in 0..4_000 {
            tiered(&desk).await.expect("two of the quota are up");
            after_a.extend(desk.calls().get(1).copied());
        }
    };
    seeded(7).scope(many).await;
    // 2000 runs begin with `a`, then 30 to 20. Five standard deviations are 110.
    assert_eq!(after_a.len(), 2_000);
    assert_eq!(count(&after_a, "b") + count(&after_a, "c"), 2_000, "the tier is for when nobody is left");
    let to_b = count(&after_a, "b");
    assert!(to_b.abs_diff(1_200) <= 110, "{to_b} of 2000 went to b");
    assert!(is_uneven(&after_a, "b", 3, 5));
}

#[tokio::test(start_paused = true)]
async fn r43_the_next_is_admitted_like_the_first() {
    let mut desk = Desk::without(&["b"]);
    desk.down = vec!["a"];
    let picks = seeded(7).scope(served(200, async || tiered(&desk).await)).await;
    assert_eq!(picks, ["c"; 200]);
    assert_eq!(count(&desk.calls(), "b"), 0);
}

#[tokio::test(start_paused = true)]
async fn r43_the_tier_is_not_touched_while_somebody_of_the_quota_serves() {
    let desk = Desk::failing(&["a", "b"]);
    let picks = seeded(7).scope(served(200, async || tiered(&desk).await)).await;
    assert_eq!(picks, ["c"; 200]);
    let calls = desk.calls();
    assert_eq!((count(&calls, "first"), count(&calls, "second")), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn r43_the_tier_serves_when_nobody_of_the_quota_is_admitted() {
    let mut desk = Desk::without(&["a", "b", "c"]);
    let outcome = seeded(7).scope(tiered(&desk)).await.expect("the tier is up");
    assert_eq!((outcome.provider.as_str(), outcome.attempts), ("first", 1));
    assert_eq!(desk.calls(), ["first"]);

    desk.down = vec!["first"];
    let outcome = seeded(7).scope(tiered(&desk)).await.expect("half of the tier is up");
    assert_eq!((outcome.provider.as_str(), outcome.attempts), ("second", 2));
    assert_eq!(desk.calls(), ["first", "second"]);
}

#[tokio::test(start_paused = true)]
async fn r43_the_tier_goes_through_admission_too() {
    let desk = Desk::without(&["a", "b", "c", "first"]);
    let outcome = seeded(7).scope(tiered(&desk)).await.expect("the second of the tier is up");
    assert_eq!(outcome.provider, "second");
    assert_eq!(desk.calls(), ["second"]);
}

#[tokio::test(start_paused = true)]
async fn r43_a_turn_includes_its_retries() {
    let desk = Desk::failing(&["a", "b"]);
    for seed in 0..16 {
        seeded(seed).scope(retrying(&desk)).await.expect_err("both are down");
        let calls = desk.calls();
        assert!(calls == ["a", "a", "a", "b", "b"] || calls == ["b", "b", "a", "a", "a"], "{calls:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn r43_a_timeout_is_a_failure_too() {
    let mut attempts = 0;
    let hundred = async {
        for _ in 0..100 {
            let outcome = hanging().await.expect("one answers");
            assert_eq!(outcome.provider, "answers");
            assert_eq!(outcome.elapsed.as_millis(), 100 * u128::from(outcome.attempts - 1));
            attempts += outcome.attempts;
        }
    };
    seeded(7).scope(hundred).await;
    assert_eq!(attempts, 199, "99 runs begin with the one that hangs");
}

#[tokio::test(start_paused = true)]
async fn r43_the_next_run_begins_anew() {
    let mut desk = Desk::failing(&["a", "b"]);
    let runtime = seeded(7);
    runtime.scope(served(10, async || tiered(&desk).await)).await;
    desk.down.clear();
    let picks = runtime.scope(served(100, async || tiered(&desk).await)).await;
    assert_eq!([count(&picks, "a"), count(&picks, "b"), count(&picks, "c")], [50, 30, 20]);
}

#[tokio::test(start_paused = true)]
async fn r43_without_failover_the_run_ends_with_the_chosen_provider() {
    let desk = Desk::failing(&["a"]);
    let (mut served_by_b, mut failed) = (0, 0);
    let hundred = async {
        for _ in 0..100 {
            match alone(&desk).await {
                Ok(outcome) => {
                    assert_eq!(desk.calls(), [outcome.into_inner()]);
                    served_by_b += 1;
                }
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Exhausted);
                    assert_eq!(error.provider(), Some("a"));
                    assert_eq!(desk.calls(), ["a", "a"], "its own retries, and nobody else");
                    failed += 1;
                }
            }
        }
    };
    seeded(7).scope(hundred).await;
    assert_eq!((failed, served_by_b), (60, 40));
}

#[tokio::test(start_paused = true)]
async fn r43_without_failover_a_refused_provider_still_makes_room_for_others() {
    // Nobody was chosen and failed: `failover` has no say in who is admitted.
    let desk = Desk::without(&["a"]);
    let picks = seeded(7).scope(served(20, async || alone(&desk).await)).await;
    assert_eq!(picks, ["b"; 20]);

    let desk = Desk::without(&["a", "b"]);
    let outcome = seeded(7).scope(alone(&desk)).await.expect("the tier is up");
    assert_eq!(outcome.provider, "tier");
}

#[tokio::test(start_paused = true)]
async fn r43_skips_and_failures_stand_in_the_trail() {
    let mut desk = Desk::without(&["b"]);
    desk.down = vec!["a", "c", "first", "second"];
    let error = seeded(7).scope(tiered(&desk)).await.expect_err("who is not away is down");
    let entries = error.trail().entries();
    let skips: Vec<_> = entries.iter().filter(|entry| matches!(entry.event, Event::Skipped(_))).collect();
    assert_eq!(skips.len(), 1);
    assert_eq!(skips[0].provider, "b");
    assert!(matches!(skips[0].event, Event::Skipped(Skip::When)));
    let failed = entries.iter().filter(|entry| matches!(entry.event, Event::Failed { attempt: 1, error: "down", .. }));
    assert_eq!(failed.count(), 4);
}
