use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use rand::rngs::{SmallRng, SysRng};
use rand::{SeedableRng, TryRng};

use super::choice::key_hash;

/// Where a runtime's randomness comes from: one seed, and a number for each decision that needs any.
///
/// Each decision takes a generator of its own, so no lock is held; under a seed, runs that follow one another repeat
/// exactly.
#[derive(Debug)]
pub(crate) struct Seeds {
    seed: u64,
    taken: AtomicU64,
}

impl Seeds {
    pub(crate) fn new(seed: u64) -> Self {
        // Neighbouring seeds must not be one sequence, shifted by one.
        Self { seed: key_hash(&seed), taken: AtomicU64::new(0) }
    }

    /// Seeded by the system.
    pub(crate) fn from_system() -> Self {
        let [seed, _] = system_random();
        Self::new(seed)
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// A generator that does not depend on what plans draw.
    pub(crate) fn generator_of(&self, name: &str) -> SmallRng {
        SmallRng::seed_from_u64(self.seed ^ key_hash(name))
    }

    /// The generator of one decision.
    pub(crate) fn generator(&self) -> SmallRng {
        SmallRng::seed_from_u64(self.seed.wrapping_add(self.taken.fetch_add(1, Ordering::Relaxed)))
    }
}

/// Bits from the system, for what must not repeat however a runtime is seeded.
pub(crate) fn system_random() -> [u64; 2] {
    // A system without a source of randomness still has the keys that std found for its hash maps.
    [(); 2].map(|()| SysRng.try_next_u64().unwrap_or_else(|_| RandomState::new().hash_one(0)))
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;

    #[test]
    fn r42_neighbouring_seeds_are_no_neighbours() {
        let drawn = |seed| {
            let seeds = Seeds::new(seed);
            (0..20).map(|_| seeds.generator().random::<u64>()).collect::<Vec<_>>()
        };
        assert_eq!(drawn(7), drawn(7));
        assert!(drawn(7).iter().all(|number| !drawn(8).contains(number)));
    }
}
