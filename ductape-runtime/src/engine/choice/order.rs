use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The smooth order of providers with weights of at least 1: as many slots as the weights say, divided by what they
/// have in common. Repeated for ever, its first n slots hold each provider n · weight / sum times, give or take less
/// than one, so any n in a row are off by less than two.
///
/// This is the algorithm of R. Tijdeman, "The chairman assignment problem", Discrete Mathematics 32 (1980), for which
/// he proves that no prefix is off by more than 1 − 1 / (2n − 2) with n providers. The bound gives each turn of a
/// provider a first and a last slot; among the turns that may be taken, the one whose last slot comes first is. He
/// compares the exact times; whole slots do as well, since earliest deadline first keeps all the deadlines of turns of
/// equal length that any order keeps (W. A. Horn, "Some simple scheduling algorithms", Naval Research Logistics
/// Quarterly 21, 1974).
///
/// It takes some 15 to 50 ns per slot: 5 µs for weights that add up to 100, 0.2 s for 64 weights near 64000 that have
/// nothing in common (4 million slots).
pub(super) fn smooth(weights: impl Iterator<Item = (u8, u32)>) -> Box<[u8]> {
    let mut shares: Vec<Share> =
        weights.map(|(index, weight)| Share { index, weight: weight.into(), taken: 0 }).collect();
    let unit = shares.iter().fold(0, |unit, share| gcd(share.weight, unit));
    for share in &mut shares {
        share.weight /= unit;
    }
    let sum = shares.iter().map(|share| share.weight).sum();
    let parts = (2 * shares.len() as u64).saturating_sub(2).max(1);

    let mut waiting: BinaryHeap<_> =
        shares.iter().enumerate().map(|(at, share)| Reverse((share.first(sum, parts), at))).collect();
    let mut ready = BinaryHeap::with_capacity(shares.len());
    let take = |slot| {
        while let Some(&Reverse((first, at))) = waiting.peek()
            && first <= slot
        {
            waiting.pop();
            ready.push(Reverse((shares[at].last(sum, parts), at)));
        }
        // One is ready in every slot: that is Tijdeman's theorem.
        let Reverse((_, at)) = ready.pop()?;
        let share = &mut shares[at];
        share.taken += 1;
        waiting.push(Reverse((share.first(sum, parts), at)));
        Some(share.index)
    };
    (1..=sum).filter_map(take).collect()
}

struct Share {
    index: u8,
    weight: u64,
    taken: u64,
}

/// When the next turn is: between 1 / `parts` of a turn after it falls due, and as much before the one after it does.
/// At most 126 · 64000 · 64 · 64000 is multiplied here.
impl Share {
    /// The first slot in which it may be taken.
    fn first(&self, sum: u64, parts: u64) -> u64 {
        (sum * (parts * self.taken + 1)).div_ceil(parts * self.weight)
    }

    /// The last slot in which it may be taken.
    fn last(&self, sum: u64, parts: u64) -> u64 {
        sum * (parts * (self.taken + 1) - 1) / (parts * self.weight) + 1
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
pub(super) mod tests {
    use rand::rngs::SmallRng;
    use rand::{RngExt, SeedableRng};

    use super::*;

    /// Weights by index: some that are hard on other algorithms, and 300 at random, from equal ones to far apart.
    pub(in super::super) fn weight_sets() -> Vec<Vec<u32>> {
        let fibonacci = || std::iter::successors(Some((1, 2)), |&(a, b)| Some((b, a + b))).map(|(a, _)| a);
        let mut sets = vec![
            vec![70, 30],
            vec![1, 1],
            vec![1, 999],
            vec![5, 1, 1],
            vec![50, 22, 13, 10, 5],
            vec![64_000; 64],
            [vec![63], vec![1; 63]].concat(),
            [vec![100; 32], vec![1; 32]].concat(),
            fibonacci().take(9).collect(),
            fibonacci().take(16).collect(),
            (0..11).map(|power| 1 << power).collect(),
            (1..=64).collect(),
            (0..64).map(|index| 1_000 - index % 2).collect(),
        ];
        if !cfg!(miri) {
            sets.push(vec![1, 64_000]);
            sets.push(vec![64_000, 63_999, 1]);
            sets.push(fibonacci().take(20).collect());
        }
        let mut random = SmallRng::seed_from_u64(41);
        for number in 0..if cfg!(miri) { 3 } else { 300 } {
            let most = [2, 5, 20, 100, 300][number % 5];
            let members = random.random_range(2..=64);
            sets.push((0..members).map(|_| random.random_range(1..=most)).collect());
        }
        sets
    }

    fn order_of(weights: &[u32]) -> Box<[u8]> {
        smooth((0..).zip(weights.iter().copied()))
    }

    /// For each provider, by how many sums of the weights the prefixes of the order are off: at least, and at most.
    fn deviations(weights: &[u32], order: &[u8]) -> Vec<(i64, i64)> {
        let sum: i64 = weights.iter().copied().map(i64::from).sum();
        let mut off = vec![0; weights.len()];
        let mut extremes = vec![(0, 0); weights.len()];
        for &taken in order {
            off[usize::from(taken)] += sum;
            for ((off, (least, most)), &weight) in off.iter_mut().zip(&mut extremes).zip(weights) {
                *off -= i64::from(weight);
                *least = (*least).min(*off);
                *most = (*most).max(*off);
            }
        }
        extremes
    }

    #[test]
    fn r41_an_order_gives_each_exactly_its_weight() {
        for weights in weight_sets() {
            let order = order_of(&weights);
            let sum: usize = weights.iter().map(|&weight| weight as usize).sum();
            let rounds = sum / order.len();
            assert_eq!(rounds * order.len(), sum, "{weights:?}");
            for (index, weight) in weights.iter().enumerate() {
                let slots = order.iter().filter(|&&taken| usize::from(taken) == index).count();
                assert_eq!(slots * rounds, *weight as usize, "{index} of {weights:?}");
            }
        }
    }

    /// No window of any length can be off by more than the best prefix is above the worst: the order repeats, and
    /// every window is one prefix without another. So this looks at all windows.
    #[test]
    fn r41_any_window_is_within_two() {
        for weights in weight_sets() {
            let sum: i64 = weights.iter().copied().map(i64::from).sum();
            let parts = 2 * i64::try_from(weights.len()).unwrap() - 2;
            for (least, most) in deviations(&weights, &order_of(&weights)) {
                assert!(most - least < 2 * sum, "{weights:?}");
                assert!(parts * most.max(-least) <= (parts - 1) * sum, "beyond Tijdeman's bound: {weights:?}");
            }
        }
    }

    #[test]
    fn r41_any_window_is_within_two_when_counted_one_by_one() {
        for weights in weight_sets() {
            let order = order_of(&weights);
            let sum = i64::from(weights.iter().sum::<u32>());
            if order.len() > 60 {
                continue;
            }
            for start in 0..order.len() {
                let mut counts = vec![0; weights.len()];
                for (length, &taken) in (1..).zip(order.iter().cycle().skip(start).take(2 * order.len())) {
                    counts[usize::from(taken)] += 1;
                    let off = |(count, &weight): (&i64, &u32)| (count * sum - length * i64::from(weight)).abs();
                    assert!(counts.iter().zip(&weights).map(off).all(|off| off < 2 * sum), "{weights:?}");
                }
            }
        }
    }

    #[test]
    fn r41_seventy_to_thirty_is_never_a_burst() {
        assert_eq!(*order_of(&[70, 30]), [0, 1, 0, 0, 0, 1, 0, 0, 1, 0]);
    }

    #[test]
    #[cfg_attr(miri, ignore = "millions of slots")]
    fn r41_the_largest_weights_stay_within_the_bound() {
        let weights: Vec<u32> = (0..64).map(|index| if index % 8 == 0 { 64_000 - index } else { 1 + index }).collect();
        let order = order_of(&weights);
        let sum: i64 = weights.iter().copied().map(i64::from).sum();
        assert_eq!(i64::try_from(order.len()).unwrap(), sum);
        for (least, most) in deviations(&weights, &order) {
            assert!(126 * most.max(-least) <= 125 * sum);
        }
    }
}
