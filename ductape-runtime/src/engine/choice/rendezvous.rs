#![doc = include_str!("../../../docs/sticky.md")]

use std::hash::Hasher;

use super::hasher::StableHasher;

/// The provider of a sticky key: the one with the least −log₂(u) / weight, where u is its hash with the key, as a
/// fraction of 2^64. None when no weight is above 0.
///
/// Members are index, name and weight. This is rendezvous hashing (D. G. Thaler, C. V. Ravishankar, "Using name-based
/// mappings to increase hit rates", 1998) with the weights of C. Schindelhauer and G. Schomaker, "Weighted distributed
/// hash tables", 2005: of exponential variables, each is the least with a probability in proportion to its rate. Nobody's
/// score depends on who else is there, so a member that leaves moves its own keys and no others.
///
/// The result depends on names, weights and key alone, to the last bit: integers only, since floating-point logarithms
/// differ between platforms.
pub(crate) fn rendezvous<'a>(key: u64, members: impl Iterator<Item = (usize, &'a str, u32)>) -> Option<usize> {
    let mut keyed = StableHasher::new();
    keyed.write_u64(key);
    let mut best: Option<Member<'_>> = None;
    for (index, name, weight) in members.filter(|&(_, _, weight)| weight > 0) {
        let mut hasher = keyed.clone();
        hasher.write(name.as_bytes());
        let hash = hasher.finish() | 1;
        let member = |score| Member { index, name, weight, score };
        // Most cannot win whatever the rest of their logarithm is, which takes the time.
        if best.as_ref().is_some_and(|best| best.comes_before(&member(least_score(hash)))) {
            continue;
        }
        let member = member(score(hash));
        if best.as_ref().is_none_or(|best| member.comes_before(best)) {
            best = Some(member);
        }
    }
    best.map(|member| member.index)
}

struct Member<'a> {
    index: usize,
    name: &'a str,
    weight: u32,
    score: u64,
}

impl Member<'_> {
    /// By score over weight; in a tie, by name.
    fn comes_before(&self, other: &Self) -> bool {
        let own = u128::from(self.score) * u128::from(other.weight);
        let others = u128::from(other.score) * u128::from(self.weight);
        own.cmp(&others).then_with(|| self.name.cmp(other.name)).is_lt()
    }
}

/// With so many bits, even a provider with one share among 64 · 64000 is told apart at 26 bits.
const FRACTION_BITS: u32 = 48;

/// Enough to see of most members that they do not win.
const COARSE_BITS: u32 = 6;

/// −log₂ of the member's hash, over 2^64, in fixed point: above 0, and at most 64.
fn score(hash: u64) -> u64 {
    (64 << FRACTION_BITS) - log2(hash, FRACTION_BITS)
}

/// What the score is not below.
fn least_score(hash: u64) -> u64 {
    (64 << FRACTION_BITS) - ((log2(hash, COARSE_BITS) + 1) << (FRACTION_BITS - COARSE_BITS))
}

/// The logarithm of what is not 0, with so many bits of fraction, rounded down: its whole part is the place of the highest
/// bit; each squaring of the rest, which lies in [1, 2), gives one bit more.
fn log2(value: u64, bits: u32) -> u64 {
    let mut log = u64::from(value.ilog2());
    // 63 bits of fraction.
    let mut rest = value << value.leading_zeros();
    for _ in 0..bits {
        let square = ((u128::from(rest) * u128::from(rest)) >> 64) as u64;
        let bit = square >> 63;
        rest = square << (1 - bit);
        log = log << 1 | bit;
    }
    log
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::hash::Hash;

    use super::super::key_hash;
    use super::*;

    const KEYS: u32 = if cfg!(miri) { 1_000 } else { 100_000 };
    const PROVIDERS: [(&str, u32); 3] = [("stripe", 50), ("adyen", 30), ("paypal", 20)];

    fn choose<'a>(key: &(impl Hash + ?Sized), providers: &[(&'a str, u32)]) -> Option<&'a str> {
        let members = (0..).zip(providers).map(|(index, &(name, weight))| (index, name, weight));
        rendezvous(key_hash(key), members).map(|index| providers[index].0)
    }

    fn assert_shares(keys: u32, providers: &[(&str, u32)]) {
        let sum: u32 = providers.iter().map(|(_, weight)| weight).sum();
        let mut counts: HashMap<&str, u32> = HashMap::new();
        for key in 0..keys {
            *counts.entry(choose(&key, providers).expect("somebody is there")).or_default() += 1;
        }
        for &(name, weight) in providers {
            let share = f64::from(weight) / f64::from(sum);
            let off = f64::from(counts[name]) - f64::from(keys) * share;
            let deviation = (f64::from(keys) * share * (1.0 - share)).sqrt();
            assert!(off.abs() <= 4.0 * deviation, "{name} of {providers:?}: off by {off}, {deviation} is usual");
        }
    }

    /// The table of the documentation. It was computed by an independent program, from its text and with 60 decimal digits.
    #[test]
    fn r44_vectors() {
        let vectors = [
            (key_hash(""), 0xb0bf_a361_e9c4_dcf1, "adyen", "stripe"),
            (key_hash("alice"), 0x0a37_996b_0b75_c43e, "adyen", "stripe"),
            (key_hash("bob"), 0x373a_74ab_7e64_1671, "stripe", "paypal"),
            (key_hash("order-4711"), 0xc6ac_f5a1_6c77_6286, "stripe", "adyen"),
            (key_hash("Grüße"), 0xb81b_b379_3cdd_1655, "stripe", "adyen"),
            (key_hash(&0_u32), 0xf437_7ea6_439b_5ed9, "stripe", "adyen"),
            (key_hash(&42_u64), 0x8091_99f9_f2fe_5509, "paypal", "adyen"),
            (key_hash(&-1_i64), 0x1e2c_40ce_63e7_522d, "stripe", "paypal"),
            (key_hash(&4711_usize), 0xa6f7_3771_18d6_74dd, "paypal", "stripe"),
            (key_hash(&(7_u32, "eu")), 0x5e3e_c613_ea86_d884, "stripe", "paypal"),
        ];
        for (hash, published, provider, next) in vectors {
            let members = (0..).zip(PROVIDERS).map(|(index, (name, weight))| (index, name, weight));
            let chosen = |without: &str| {
                let index = rendezvous(hash, members.clone().filter(|(_, name, _)| *name != without));
                PROVIDERS[index.expect("somebody is there")].0
            };
            assert_eq!(hash, published);
            assert_eq!((chosen(""), chosen(provider)), (provider, next));
        }
    }

    #[test]
    fn r44_shares_follow_the_weights() {
        assert_shares(KEYS, &PROVIDERS);
        assert_shares(KEYS / 10, &[("a", 1), ("b", 1)]);
        assert_shares(KEYS / 10, &[("a", 64_000), ("b", 640)]);
        assert_shares(KEYS / 10, &[("a", 1), ("ab", 2), ("b", 3), ("ba", 4), ("c", 5), ("", 6)]);
    }

    #[test]
    fn r44_a_leaving_provider_moves_only_its_own_keys() {
        for key in 0..KEYS {
            let before = choose(&key, &PROVIDERS);
            for leaving in 0..PROVIDERS.len() {
                let mut others = PROVIDERS.to_vec();
                let (name, _) = others.remove(leaving);
                let meanwhile = choose(&key, &others);
                assert_eq!(meanwhile == before, before != Some(name));
            }
            let mut reversed = PROVIDERS;
            reversed.reverse();
            assert_eq!(choose(&key, &reversed), before, "it matters who is there, not in which order");
        }
    }

    #[test]
    fn r44_more_weight_only_draws_keys() {
        for key in 0..KEYS {
            let after = choose(&key, &[("stripe", 50), ("adyen", 45), ("paypal", 20)]);
            assert!(after == choose(&key, &PROVIDERS) || after == Some("adyen"));
        }
    }

    #[test]
    fn r44_a_tie_goes_to_the_first_name() {
        // Found by search: for this key the weights are to each other as the scores are.
        let (a, b) = ((0, "a", 108_110_494), (1, "b", 2_052_451_575));
        let key = 3_405_378;
        let of = |name: &str| {
            let mut hasher = StableHasher::new();
            hasher.write_u64(key);
            hasher.write(name.as_bytes());
            u128::from(score(hasher.finish() | 1))
        };
        assert_eq!(of("a") * u128::from(b.2), of("b") * u128::from(a.2));
        assert_eq!(rendezvous(key, [a, b].into_iter()), Some(0));
        assert_eq!(rendezvous(key, [b, a].into_iter()), Some(0));
    }

    #[test]
    fn r44_logarithms_are_right_to_the_last_bit() {
        for power in 0..64 {
            assert_eq!(log2(1 << power, FRACTION_BITS), power << FRACTION_BITS);
        }
        assert_eq!(log2(3, FRACTION_BITS), 446_127_282_977_750);
        assert_eq!(log2(10, FRACTION_BITS), 935_039_633_142_894);
        assert_eq!(log2(0x9e37_79b9_7f4a_7c15, FRACTION_BITS), 17_818_986_783_011_244);
        assert_eq!(log2(u64::MAX, FRACTION_BITS), (64 << FRACTION_BITS) - 1);
    }

    #[test]
    fn r44_the_coarse_score_is_a_lower_bound_and_a_close_one() {
        for hash in (0..u64::from(KEYS)).map(|step| step.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1).chain([1, u64::MAX]) {
            let (least, whole) = (least_score(hash), score(hash));
            assert!(least <= whole && whole - least <= 1 << (FRACTION_BITS - COARSE_BITS), "{hash}");
        }
    }

    #[test]
    fn r45_weight_zero_is_never_picked() {
        for key in 0..1_000 {
            assert_eq!(choose(&key, &[("a", 0), ("b", 1), ("c", 0)]), Some("b"));
            assert_eq!(choose(&key, &[("a", 0), ("c", 0)]), None);
        }
        assert_eq!(choose("key", &[]), None);
    }
}
