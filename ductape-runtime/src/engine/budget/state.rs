use std::array;
use std::collections::VecDeque;

use super::RetryBudget;
use crate::moment::Moment;
use crate::sync::{AtomicU64, Mutex, Ordering, lock};

/// The calls of a plan, and its retries and hedges, in the last ten seconds.
///
/// Every run deposits, so that is one exchange of one word. Withdrawals come one at a time: whether there may be
/// another one depends on all the others, and they are rare.
///
/// The window slides in steps of a bucket. A call is forgotten when it is ten seconds old or up to a bucket earlier, a
/// withdrawal then or up to a bucket later: no ten seconds ever hold more of the latter than they allow.
#[derive(Debug)]
pub(crate) struct Account {
    /// A ring: each bucket is a [`Deposits`], and says itself of when it is.
    deposits: [AtomicU64; BUCKETS],
    withdrawals: Mutex<Withdrawals>,
}

/// Each change of a shared word is a place where loom tries other threads: there, few must do.
const BUCKETS: usize = if cfg!(all(test, loom_models)) { 2 } else { 100 };
const WINDOW: u64 = 10_000_000_000;
const BUCKET: u64 = WINDOW / BUCKETS as u64;

/// What is allowed however few calls there are: ten per second.
const FLOOR: u64 = 100;

#[derive(Debug, Default)]
struct Withdrawals {
    /// The latest moment that anyone came with: what was forgotten then must not be missing before.
    now: u64,
    total: u64,
    /// Oldest first: when the last one of the bucket was made, and how many were.
    buckets: VecDeque<(u64, u64)>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "definitions come by reference, as everywhere")]
impl Account {
    /// Without calls or withdrawals.
    pub(crate) fn new() -> Self {
        Self { deposits: array::from_fn(|_| AtomicU64::new(0)), withdrawals: Mutex::new(Withdrawals::default()) }
    }

    /// Counts a call.
    pub(crate) fn deposit(&self, now: Moment) {
        let number = now.0 / BUCKET;
        let add = |word| Deposits::unpack(word).add(number).map(Deposits::pack);
        // Counts are all that is shared, and one that is seen too late only allows less.
        let _ = self.bucket(number).fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }

    /// Whether there may be one more retry or hedge. Takes nothing.
    #[cfg(test)]
    pub(crate) fn look(&self, definition: &RetryBudget, now: Moment) -> bool {
        let mut withdrawals = lock(&self.withdrawals);
        withdrawals.advance(now);
        self.allows(definition, &withdrawals)
    }

    /// Whether there may be one more retry or hedge, which is counted then.
    pub(crate) fn withdraw(&self, definition: &RetryBudget, now: Moment) -> bool {
        let mut withdrawals = lock(&self.withdrawals);
        withdrawals.advance(now);
        let allowed = self.allows(definition, &withdrawals);
        if allowed {
            withdrawals.add();
        }
        allowed
    }

    /// Forgets all of them; answers how many withdrawals counted.
    pub(crate) fn reset(&self, now: Moment) -> u64 {
        let mut withdrawals = lock(&self.withdrawals);
        withdrawals.advance(now);
        for bucket in &self.deposits {
            bucket.store(0, Ordering::Relaxed);
        }
        withdrawals.buckets.clear();
        std::mem::take(&mut withdrawals.total)
    }

    fn allows(&self, definition: &RetryBudget, withdrawals: &Withdrawals) -> bool {
        let most = || definition.of(self.calls(withdrawals.now));
        withdrawals.total < FLOOR || withdrawals.total < most()
    }

    /// The calls of the last ten seconds.
    fn calls(&self, now: u64) -> u64 {
        let number = now / BUCKET;
        let buckets = self.deposits.iter().map(|bucket| Deposits::unpack(bucket.load(Ordering::Relaxed)));
        buckets.filter(|bucket| bucket.number + BUCKETS as u64 > number).map(|bucket| bucket.count).sum()
    }

    #[expect(clippy::cast_possible_truncation, reason = "less than the length of an array")]
    fn bucket(&self, number: u64) -> &AtomicU64 {
        &self.deposits[(number % BUCKETS as u64) as usize]
    }
}

impl Withdrawals {
    /// Forgets what is too old by now.
    fn advance(&mut self, now: Moment) {
        self.now = self.now.max(now.0);
        while let Some(&(last, count)) = self.buckets.front()
            && self.now - last >= WINDOW
        {
            self.buckets.pop_front();
            self.total -= count;
        }
    }

    fn add(&mut self) {
        self.total += 1;
        match self.buckets.back_mut() {
            Some((last, count)) if *last / BUCKET == self.now / BUCKET => {
                *last = self.now;
                *count += 1;
            }
            _ => self.buckets.push_back((self.now, 1)),
        }
    }
}

/// How many calls there were in one bucket of time, as one word: a bucket that is used again cannot be counted half.
#[derive(Debug, Clone, Copy)]
struct Deposits {
    /// Which bucket, counted from moment zero.
    number: u64,
    count: u64,
}

/// The bits of the word that hold the count; the others do for the number.
const COUNT_BITS: u32 = 24;
const MOST: u64 = (1 << COUNT_BITS) - 1;

impl Deposits {
    /// One more in the bucket with this number, if that is not over long since.
    fn add(self, number: u64) -> Option<Self> {
        match self.number {
            same if same == number => Some(Self { number, count: MOST.min(self.count + 1) }),
            older if older < number => Some(Self { number, count: 1 }),
            _ => None,
        }
    }

    fn pack(self) -> u64 {
        self.number << COUNT_BITS | self.count
    }

    fn unpack(word: u64) -> Self {
        Self { number: word >> COUNT_BITS, count: word & MOST }
    }
}
