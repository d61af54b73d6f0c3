//! R41: the orders of `pick = "smooth"`.

use std::collections::HashSet;

use ductape::quota;

use super::{Desk, Served, assert_smooth, count, is_uneven, seeded, served};

#[quota(tag = "orders-of-two")]
async fn two(desk: &Desk) -> Served {
    #[provider("twilio", weight = 70)]
    {
        desk.serve("twilio")
    }

    #[provider("nexmo", weight = 30)]
    {
        desk.serve("nexmo")
    }
}

#[quota(tag = "orders-of-three", pick = "smooth")]
async fn three(desk: &Desk) -> Served {
    #[provider("a", weight = 50, when(desk.has("a")))]
    {
        desk.serve("a")
    }

    #[provider("b", weight = 33, when(desk.has("b")))]
    {
        desk.serve("b")
    }

    #[provider("c", weight = 17, when(desk.has("c")))]
    {
        desk.serve("c")
    }
}

/// Without a desk, whose lock would make tasks take turns.
#[quota(tag = "orders-bare")]
async fn bare() -> ductape::Result<u32, &'static str> {
    #[provider("twilio", weight = 70)]
    {
        Ok(1)
    }

    #[provider("nexmo", weight = 30)]
    {
        Ok(0)
    }
}

type Weights = &'static [(&'static str, usize)];

/// The sets that come up when one of the three is away, with what is left of the weights.
const SETS: [(&[&str], Weights); 4] = [
    (&[], &[("a", 50), ("b", 33), ("c", 17)]),
    (&["c"], &[("a", 50), ("b", 33)]),
    (&["b"], &[("a", 50), ("c", 17)]),
    (&["a"], &[("b", 33), ("c", 17)]),
];

#[tokio::test(start_paused = true)]
async fn r41_any_hundred_in_a_row_are_exact_and_any_stretch_is_within_two() {
    for seed in 0..8 {
        let desk = Desk::default();
        let picks = seeded(seed).scope(served(300, async || two(&desk).await)).await;
        assert_smooth(&picks, &[("twilio", 70), ("nexmo", 30)]);

        let picks = seeded(seed).scope(served(300, async || three(&desk).await)).await;
        assert_smooth(&picks, SETS[0].1);
    }
}

#[tokio::test(start_paused = true)]
async fn r41_seventy_to_thirty_is_never_a_burst_of_seventy() {
    let desk = Desk::default();
    let picks = seeded(7).scope(served(200, async || two(&desk).await)).await;
    // Within ±2 of n · 0.7, and never fewer than all n: n is at most 6.
    let longest = picks.chunk_by(|one, next| one == next).map(<[_]>::len).max();
    assert!(longest <= Some(6), "{longest:?} calls in a row went to one provider");
}

#[tokio::test(start_paused = true)]
async fn r41_each_admitted_set_has_its_own_order() {
    for (absent, weights) in SETS {
        let desk = Desk::without(absent);
        let picks = seeded(7).scope(served(300, async || three(&desk).await)).await;
        assert_smooth(&picks, weights);
    }
}

#[tokio::test(start_paused = true)]
async fn r41_each_admitted_set_has_its_own_place() {
    let desks = SETS.map(|(absent, _)| Desk::without(absent));
    let mut picks = [const { Vec::new() }; 4];
    let taking_turns = async {
        for _ in 0..250 {
            for (desk, picks) in desks.iter().zip(&mut picks) {
                picks.extend(served(1, async || three(desk).await).await);
            }
        }
    };
    seeded(7).scope(taking_turns).await;
    for (picks, (_, weights)) in picks.iter().zip(SETS) {
        assert_smooth(picks, weights);
    }
}

#[tokio::test(start_paused = true)]
async fn r41_an_order_goes_on_where_it_was_when_its_set_returns() {
    let (all, without_a) = (Desk::default(), Desk::without(&["a"]));
    let mut picks = Vec::new();
    let leaving_and_returning = async {
        for stretch in [37, 1, 120, 64, 78] {
            picks.extend(served(stretch, async || three(&all).await).await);
            served(stretch / 2, async || three(&without_a).await).await;
        }
    };
    seeded(7).scope(leaving_and_returning).await;
    assert_smooth(&picks, SETS[0].1);
}

#[tokio::test(start_paused = true)]
async fn r41_a_seed_repeats_the_order() {
    let desk = Desk::default();
    let first = seeded(7).scope(served(100, async || three(&desk).await)).await;
    let again = seeded(7).scope(served(100, async || three(&desk).await)).await;
    assert_eq!(first, again);
}

#[tokio::test(start_paused = true)]
async fn r41_an_order_starts_at_a_place_that_depends_on_the_seed() {
    let desk = Desk::default();
    let mut starts = HashSet::new();
    for seed in 0..64 {
        starts.insert(seeded(seed).scope(served(10, async || two(&desk).await)).await);
    }
    // Ten picks tell the places apart, as far as they can be: 70 to 30 repeats after ten.
    assert!(starts.len() >= 5, "64 seeds found only {} places to start from", starts.len());
}

#[tokio::test(start_paused = true)]
async fn r41_a_fleet_without_seeds_does_not_start_in_step() {
    let desk = Desk::default();
    let mut starts = HashSet::new();
    for _ in 0..64 {
        let instance = ductape::Runtime::builder().build().expect("building checks nothing that could be wrong");
        starts.insert(instance.scope(served(10, async || two(&desk).await)).await);
    }
    assert!(starts.len() > 1, "64 instances started at the same place");
}

#[tokio::test(start_paused = true)]
async fn r41_picks_for_failover_disturb_no_order() {
    let mut desk = Desk::default();
    let mut first_picks = Vec::new();
    let now_and_then_down = async {
        for run in 0..300 {
            desk.down = [vec![], vec!["a"], vec!["a", "b"], vec!["b", "c"], vec!["a"]][run % 5].clone();
            three(&desk).await.expect("one of the three is up");
            first_picks.push(desk.calls()[0]);
        }
    };
    seeded(7).scope(now_and_then_down).await;
    assert_smooth(&first_picks, SETS[0].1);
}

/// The set in which a failover picks has an order too, for runs that begin with it: it is not touched either.
#[tokio::test(start_paused = true)]
async fn r41_picks_for_failover_do_not_disturb_the_order_of_the_rest() {
    let mut desk = Desk::default();
    let mut first_picks = Vec::new();
    let taking_turns = async {
        for _ in 0..200 {
            desk.absent = vec![];
            desk.down = vec!["a"];
            three(&desk).await.expect("two are up");
            desk.absent = vec!["a"];
            desk.down = vec![];
            desk.calls();
            three(&desk).await.expect("two are up");
            first_picks.push(desk.calls()[0]);
        }
    };
    seeded(7).scope(taking_turns).await;
    assert_smooth(&first_picks, SETS[3].1);
}

#[tokio::test(start_paused = true)]
async fn r41_picks_for_failover_are_random_by_weight() {
    let desk = Desk::failing(&["a"]);
    let mut second_picks = Vec::new();
    let many = async {
        for _ in 0..4_000 {
            three(&desk).await.expect("two are up");
            second_picks.extend(desk.calls().get(1).copied());
        }
    };
    seeded(7).scope(many).await;
    // Every second run begins with `a`; 33 and 17 are left. Five standard deviations of 2000 draws are 106.
    assert_eq!(second_picks.len(), 2_000);
    let to_b = count(&second_picks, "b");
    assert!(to_b.abs_diff(1_320) <= 106, "{to_b} of 2000 went to b");
    assert!(is_uneven(&second_picks, "b", 33, 50), "an order, where draws were promised");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r41_tasks_that_call_at_once_share_one_order() {
    let runtime = seeded(7);
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            tokio::spawn(runtime.scope(async {
                let mut to_twilio = 0;
                for _ in 0..25_000 {
                    to_twilio += bare().await.expect("both are up");
                }
                to_twilio
            }))
        })
        .collect();
    let mut to_twilio = 0;
    for task in tasks {
        to_twilio += task.await.expect("no task panics");
    }
    assert_eq!(to_twilio, 140_000, "of 200 000 in a row");
}
