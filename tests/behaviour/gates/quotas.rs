//! R40 and R41 while providers leave by their own gates, and return.

use ductape::{Outcome, Runtime, quota};
use tokio::time::sleep;

use crate::quota::{Desk, assert_smooth, count, seeded};
use crate::support::ms;

type Served = ductape::Result<Outcome<&'static str>, &'static str>;

#[quota(tag = "gates-two", total = 100)]
async fn two(desk: &Desk) -> Served {
    #[provider("a", weight = 70, breaker(failures = 1, cooldown = "10s"))]
    {
        desk.serve("a")
    }

    #[provider("b", weight = 30, breaker(failures = 1, cooldown = "10s"))]
    {
        desk.serve("b")
    }
}

#[quota(tag = "gates-three", total = 10)]
async fn three(desk: &Desk) -> Served {
    #[provider("a", weight = 5, breaker(failures = 1, cooldown = "10s"))]
    {
        desk.serve("a")
    }

    #[provider("b", weight = 3, breaker(failures = 1, cooldown = "10s"))]
    {
        desk.serve("b")
    }

    #[provider("c", weight = 2, breaker(failures = 1, cooldown = "10s"))]
    {
        desk.serve("c")
    }
}

/// Who was called first in each of so many runs.
async fn first_picks(runtime: &Runtime, desk: &Desk, runs: usize, run: impl AsyncFn() -> Served) -> Vec<&'static str> {
    let mut first = Vec::with_capacity(runs);
    for _ in 0..runs {
        runtime.scope(run()).await.expect("somebody is up");
        first.push(desk.calls()[0]);
    }
    first
}

/// Makes runs until this provider has failed, which opens its breaker; their first picks, that one included.
async fn until_open(
    runtime: &Runtime,
    desk: &Desk,
    name: &'static str,
    run: impl AsyncFn() -> Served,
) -> Vec<&'static str> {
    let mut first = Vec::new();
    while first.last() != Some(&name) {
        runtime.scope(run()).await.expect("somebody is up");
        let calls = desk.calls();
        assert_eq!(calls.len(), if calls[0] == name { 2 } else { 1 }, "{name} is down, and failed over from at once");
        first.push(calls[0]);
        assert!(first.len() < 200, "{name} has a share");
    }
    first
}

#[tokio::test(start_paused = true)]
async fn r41_seventy_to_thirty_holds_before_a_provider_leaves_and_after_it_has_returned() {
    for leaving in ["a", "b"] {
        let (runtime, mut desk) = (seeded(7), Desk::default());
        let mut with_both = Vec::new();
        for _ in 0..4 {
            desk.down = vec![];
            with_both.extend(first_picks(&runtime, &desk, 77, async || two(&desk).await).await);
            desk.down = vec![leaving];
            with_both.extend(until_open(&runtime, &desk, leaving, async || two(&desk).await).await);

            let alone = first_picks(&runtime, &desk, 33, async || two(&desk).await).await;
            assert_eq!(count(&alone, leaving), 0, "its breaker is open");
            desk.down = vec![];
            sleep(ms(10_000)).await;
        }
        assert_smooth(&with_both, &[("a", 70), ("b", 30)]);
    }
}

#[tokio::test(start_paused = true)]
async fn r41_each_admitted_set_has_its_own_order_and_its_own_place_in_it() {
    let (runtime, mut desk) = (seeded(7), Desk::default());
    let [mut all, mut without_a, mut without_b] = [(); 3].map(|()| Vec::new());
    for round in 1..=9 {
        desk.down = vec![];
        all.extend(first_picks(&runtime, &desk, round, async || three(&desk).await).await);
        for (leaving, rest) in [("a", &mut without_a), ("b", &mut without_b)] {
            desk.down = vec![leaving];
            all.extend(until_open(&runtime, &desk, leaving, async || three(&desk).await).await);
            rest.extend(first_picks(&runtime, &desk, 3 + round, async || three(&desk).await).await);
            desk.down = vec![];
            sleep(ms(10_000)).await;
            // The probe is a pick from all three, as every other.
            all.extend(probe(&runtime, &desk, leaving).await);
        }
    }
    assert_smooth(&all, &[("a", 5), ("b", 3), ("c", 2)]);
    assert_smooth(&without_a, &[("b", 3), ("c", 2)]);
    assert_smooth(&without_b, &[("a", 5), ("c", 2)]);
}

/// Makes runs until this provider has been picked: the probe that closes its breaker.
async fn probe(runtime: &Runtime, desk: &Desk, name: &str) -> Vec<&'static str> {
    let mut first = Vec::new();
    while !first.contains(&name) {
        first.extend(first_picks(runtime, desk, 1, async || three(desk).await).await);
    }
    first
}

#[tokio::test(start_paused = true)]
async fn r40_a_provider_that_left_gets_its_share_back_and_no_more() {
    let (runtime, mut desk) = (seeded(7), Desk::default());
    desk.down = vec!["a"];
    until_open(&runtime, &desk, "a", async || two(&desk).await).await;
    assert_eq!(first_picks(&runtime, &desk, 500, async || two(&desk).await).await, ["b"; 500]);
    desk.down = vec![];
    sleep(ms(10_000)).await;
    // Nothing is made up for.
    let picks = first_picks(&runtime, &desk, 1_000, async || two(&desk).await).await;
    assert_eq!((count(&picks, "a"), count(&picks, "b")), (700, 300));
}
