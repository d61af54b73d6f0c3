use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use rand::rngs::{SmallRng, SysRng};
use rand::{SeedableRng, TryRng};

/// Where a runtime's randomness comes from: one seed, and a number for each decision that needs any.
///
/// Each decision takes a generator of its own, so no lock is held, and a seeded test repeats exactly.
#[derive(Debug)]
pub(crate) struct Seeds {
    seed: u64,
    taken: AtomicU64,
}

impl Seeds {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, taken: AtomicU64::new(0) }
    }

    /// Seeded by the system.
    pub(crate) fn from_system() -> Self {
        let [seed, _] = system_random();
        Self::new(seed)
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
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
