//! R44: the same key, the same provider, while it is available.

use std::collections::HashMap;
use std::hash::Hash;

use ductape::quota;

use super::{Desk, Served, count, seeded};

/// With the names and weights of the published vectors.
#[quota(tag = "sticky-keys", sticky(key))]
async fn by_key<K: Hash + Sync + ?Sized>(desk: &Desk, key: &K) -> Served {
    #[provider("stripe", weight = 50, when(desk.has("stripe")))]
    {
        desk.serve("stripe")
    }

    #[provider("adyen", weight = 30, when(desk.has("adyen")))]
    {
        desk.serve("adyen")
    }

    #[provider("paypal", weight = 20, when(desk.has("paypal")))]
    {
        desk.serve("paypal")
    }
}

/// The same providers in another order, in another plan, and a key that is made before the first provider.
#[quota(tag = "sticky-computed", sticky(account))]
async fn by_account(desk: &Desk, number: u64) -> Served {
    let account = format!("account-{number}");

    #[provider("paypal", weight = 20)]
    {
        desk.serve("paypal")
    }

    #[provider("stripe", weight = 50)]
    {
        desk.serve("stripe")
    }

    #[provider("adyen", weight = 30)]
    {
        desk.serve("adyen")
    }
}

#[quota(tag = "sticky-tier", sticky(key))]
async fn with_tier(desk: &Desk, key: u32) -> Served {
    #[provider("a", weight = 50, when(desk.has("a")))]
    {
        desk.serve("a")
    }

    #[provider("b", weight = 50, when(desk.has("b")))]
    {
        desk.serve("b")
    }

    #[fallback("tier")]
    {
        desk.serve("tier")
    }
}

const NAMES: [&str; 3] = ["stripe", "adyen", "paypal"];

async fn home(desk: &Desk, key: &(impl Hash + Sync + ?Sized)) -> &'static str {
    by_key(desk, key).await.expect("somebody is there").into_inner()
}

/// The provider of each of 2000 keys.
async fn homes(desk: &Desk) -> HashMap<u32, &'static str> {
    let mut homes = HashMap::new();
    for key in 0..2_000_u32 {
        homes.insert(key, home(desk, &key).await);
    }
    homes
}

/// The published vectors: a key's provider, and the one that it goes to while that is out.
#[tokio::test(start_paused = true)]
async fn r44_keys_go_where_the_published_vectors_say() {
    async fn assert_home(key: &(impl Hash + Sync + ?Sized), provider: &'static str, next: &'static str) {
        assert_eq!(home(&Desk::default(), key).await, provider);
        assert_eq!(home(&Desk::without(&[provider]), key).await, next);
    }
    let vectors = async {
        assert_home("", "adyen", "stripe").await;
        assert_home("alice", "adyen", "stripe").await;
        assert_home("bob", "stripe", "paypal").await;
        assert_home("order-4711", "stripe", "adyen").await;
        assert_home("Grüße", "stripe", "adyen").await;
        assert_home(&0_u32, "stripe", "adyen").await;
        assert_home(&42_u64, "paypal", "adyen").await;
        assert_home(&-1_i64, "stripe", "paypal").await;
        assert_home(&4_711_usize, "paypal", "stripe").await;
        assert_home(&(7_u32, "eu"), "stripe", "paypal").await;
    };
    seeded(7).scope(vectors).await;
}

#[tokio::test(start_paused = true)]
async fn r44_the_same_key_gives_the_same_provider_every_time() {
    let desk = Desk::default();
    let runs = async {
        for key in 0..50_u32 {
            let first = home(&desk, &key).await;
            for _ in 0..20 {
                assert_eq!(home(&desk, &key).await, first);
            }
        }
    };
    seeded(7).scope(runs).await;
}

#[tokio::test(start_paused = true)]
async fn r44_neither_seed_nor_runtime_nor_plan_moves_a_key() {
    let desk = Desk::default();
    for number in 0..100 {
        let in_one_plan = seeded(number).scope(home(&desk, &format!("account-{number}"))).await;
        let in_another = seeded(number + 1_000).scope(by_account(&desk, number)).await;
        assert_eq!(in_another.expect("all are up").into_inner(), in_one_plan);
    }
}

#[tokio::test(start_paused = true)]
async fn r44_what_a_key_hashes_is_what_counts() {
    let desk = Desk::default();
    let spellings = async {
        for key in ["alice", "bob", "order-4711", ""] {
            assert_eq!(home(&desk, &String::from(key)).await, home(&desk, key).await);
            assert_eq!(home(&desk, &&key).await, home(&desk, key).await);
        }
    };
    seeded(7).scope(spellings).await;
}

#[tokio::test(start_paused = true)]
async fn r44_keys_are_spread_by_weight() {
    let homes = seeded(7).scope(homes(&Desk::default())).await;
    let providers: Vec<_> = homes.into_values().collect();
    // Five standard deviations of 2000 draws.
    for (name, expected, tolerance) in [("stripe", 1_000, 112), ("adyen", 600, 103), ("paypal", 400, 90)] {
        let keys = count(&providers, name);
        assert!(keys.abs_diff(expected) <= tolerance, "{keys} of 2000 keys belong to {name}");
    }
}

#[tokio::test(start_paused = true)]
async fn r44_a_leaving_provider_moves_only_its_own_keys_and_they_return_with_it() {
    let everybody = Desk::default();
    let leaving_and_returning = async {
        let before = homes(&everybody).await;
        for leaving in NAMES {
            let meanwhile = homes(&Desk::without(&[leaving])).await;
            for (key, provider) in &before {
                let moved = meanwhile[key] != *provider;
                assert_eq!(moved, *provider == leaving, "key {key}, at home at {provider}, while {leaving} is out");
            }
            assert_eq!(homes(&everybody).await, before, "after the return of {leaving}");
        }
    };
    seeded(7).scope(leaving_and_returning).await;
}

#[tokio::test(start_paused = true)]
async fn r44_the_keys_of_one_that_left_are_spread_by_the_weights_of_the_rest() {
    let runs = async {
        let before = homes(&Desk::default()).await;
        let meanwhile = homes(&Desk::without(&["stripe"])).await;
        let moved: Vec<_> =
            before.iter().filter(|(_, home)| **home == "stripe").map(|(key, _)| meanwhile[key]).collect();
        // About 1000 keys, 30 to 20; five standard deviations are 78.
        let to_adyen = count(&moved, "adyen");
        assert!(to_adyen.abs_diff(moved.len() * 3 / 5) <= 78, "{to_adyen} of {}", moved.len());
    };
    seeded(7).scope(runs).await;
}

#[tokio::test(start_paused = true)]
async fn r44_a_key_whose_provider_fails_is_served_by_another_and_returns() {
    let mut desk = Desk::default();
    let runs = async {
        for key in 0..50_u32 {
            desk.down.clear();
            let at_home = home(&desk, &key).await;
            desk.down = vec![at_home];
            desk.calls();
            let meanwhile = home(&desk, &key).await;
            assert_ne!(meanwhile, at_home);
            assert_eq!(desk.calls(), [at_home, meanwhile]);
            desk.down.clear();
            assert_eq!(home(&desk, &key).await, at_home, "it is available again");
        }
    };
    seeded(7).scope(runs).await;
}

#[tokio::test(start_paused = true)]
async fn r44_the_tier_has_no_keys_of_its_own() {
    let runs = async {
        for key in 0..100 {
            let everybody = Desk::default();
            let outcome = with_tier(&everybody, key).await.expect("all are up");
            assert_ne!(outcome.provider, "tier");
            let nobody = Desk::without(&["a", "b"]);
            assert_eq!(with_tier(&nobody, key).await.expect("the tier is up").provider, "tier");
        }
    };
    seeded(7).scope(runs).await;
}
