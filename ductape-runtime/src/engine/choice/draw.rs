use rand::{Rng, RngExt};

use super::Set;

/// Draws one of the set by weight; none when the weights are all 0.
pub(crate) fn by_weight(set: Set, weight: impl Fn(usize) -> u32, random: &mut impl Rng) -> Option<usize> {
    let total: u64 = set.iter().map(|index| u64::from(weight(index))).sum();
    if total == 0 {
        return None;
    }
    let mut drawn = random.random_range(0..total);
    set.iter().find(|&index| match drawn.checked_sub(u64::from(weight(index))) {
        Some(beyond) => {
            drawn = beyond;
            false
        }
        None => true,
    })
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::SmallRng;

    use super::*;

    const DRAWS: u32 = if cfg!(miri) { 1_000 } else { 100_000 };

    #[test]
    fn r40_draws_follow_the_weights() {
        let weights = [5, 70, 0, 25];
        let mut random = SmallRng::seed_from_u64(40);
        let mut counts = [0_u32; 4];
        for _ in 0..DRAWS {
            let drawn = by_weight((0..4).collect(), |index| weights[index], &mut random);
            counts[drawn.expect("there are weights")] += 1;
        }
        for (count, weight) in counts.into_iter().zip(weights) {
            let off = f64::from(count) - f64::from(DRAWS) * f64::from(weight) / 100.0;
            // Five standard deviations, at most.
            assert!(off.abs() <= 5.0 * f64::from(DRAWS * weight / 100).sqrt(), "{counts:?}");
        }
    }

    #[test]
    fn r42_draws_repeat_under_a_seed() {
        let draws = || {
            let mut random = SmallRng::seed_from_u64(42);
            (0..100).map(|_| by_weight((0..9).collect(), |_| 7, &mut random)).collect::<Vec<_>>()
        };
        assert_eq!(draws(), draws());
    }

    #[test]
    fn r45_weight_zero_is_never_picked() {
        let mut random = SmallRng::seed_from_u64(45);
        let weights = [0, 1, 0, 3, 0];
        for _ in 0..1_000 {
            let drawn = by_weight((0..5).collect(), |index| weights[index], &mut random);
            assert!(drawn == Some(1) || drawn == Some(3));
        }
        assert_eq!(by_weight((0..5).collect(), |_| 0, &mut random), None);
        assert_eq!(by_weight(Set::EMPTY, |_| 1, &mut random), None);
    }
}
