use std::array;
use std::cell::Cell;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use super::latency::{BUCKETS, bucket_of};
use crate::moment::Moment;
use crate::sync::{AtomicU64, Mutex, Ordering, lock};

/// Counters that only go up, and now and then a copy of them: what a window holds is what they have gone up by since.
///
/// So nothing that is counted is ever moved or cleared, and nothing can get lost on the way. Whoever is the first to
/// count something in a new period makes its copy, before anything is counted in it: others that come in these few
/// hundred nanoseconds wait for it. At all other times counting is one addition.
#[derive(Debug)]
pub(super) struct Recorder<const N: usize> {
    /// In several parts, so that threads seldom add to the same: a cache line that two of them write to costs more than
    /// all the rest.
    now: [Cells<N>; PARTS],
    /// The number of the period that the newest copy was made in.
    period: AtomicU64,
    past: Mutex<Past<N>>,
}

/// Two cache lines: processors fetch them in pairs.
#[derive(Debug)]
#[repr(align(128))]
struct Cells<const N: usize> {
    counts: [AtomicU64; N],
    latency: [AtomicU64; BUCKETS],
    /// The bits of an `f64`.
    cost: AtomicU64,
}

/// What was counted, up to some moment or within a window.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sums<const N: usize> {
    pub(super) counts: [u64; N],
    pub(super) latency: [u64; BUCKETS],
    pub(super) cost: f64,
}

/// What a recorder tells.
#[derive(Debug)]
pub(super) struct Windows<const N: usize> {
    pub(super) last_minute: Sums<N>,
    pub(super) last_hour: Sums<N>,
    pub(super) since_start: Sums<N>,
    /// What was counted at all, resets notwithstanding.
    pub(super) ever: Sums<N>,
}

#[derive(Debug)]
struct Past<const N: usize> {
    minute: Ring<N>,
    hour: Ring<N>,
    /// What had been counted when the counting began anew.
    reset: Option<Box<Sums<N>>>,
}

/// The newest copies, each made at the beginning of a period of its own.
#[derive(Debug)]
struct Ring<const N: usize> {
    /// How many periods of the recorder make one of this ring.
    periods: u64,
    copies: Box<[Copy<N>]>,
}

/// The low halves of the counters: what a window holds is less than 2³², and the difference of the halves.
#[derive(Debug)]
struct Copy<const N: usize> {
    /// That of its ring; `None` until it is made.
    period: Option<u64>,
    counts: [u32; N],
    latency: [u32; BUCKETS],
    cost: f64,
}

const PARTS: usize = if cfg!(all(test, loom_models)) { 1 } else { 4 };

/// A window is the period under way and the seven before it: the last minute is 52.5 to 60 seconds.
const COPIES: u64 = if cfg!(all(test, loom_models)) { 2 } else { 8 };
/// How often reading is tried again while something begins: under a load in which this is not enough, in flight is
/// more than it was by what began meanwhile.
const READS: u32 = 100;
const PERIOD: u64 = 60_000_000_000 / 8;
const PERIODS_OF_AN_HOUR: u64 = 60;

impl<const N: usize> Recorder<N> {
    pub(super) fn new() -> Self {
        let past = Past { minute: Ring::new(1), hour: Ring::new(PERIODS_OF_AN_HOUR), reset: None };
        Self { now: array::from_fn(|_| Cells::new()), period: AtomicU64::new(0), past: Mutex::new(past) }
    }

    /// Counts one more, of what began.
    #[inline]
    pub(super) fn count(&self, now: Moment, what: usize) {
        self.keep_up(now);
        // Release, as below: who sees that something has ended also sees that it began.
        self.part().counts[what].fetch_add(1, Ordering::Release);
    }

    /// Counts a success that took so long.
    #[inline]
    pub(super) fn count_latency(&self, now: Moment, took: Duration) {
        self.keep_up(now);
        self.part().latency[bucket_of(took)].fetch_add(1, Ordering::Release);
    }

    /// Adds to the cost.
    pub(super) fn add_cost(&self, now: Moment, cost: f64) {
        self.keep_up(now);
        let add = |bits| Some((f64::from_bits(bits) + cost).to_bits());
        let _ = self.part().cost.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }

    /// That of this thread.
    #[inline]
    fn part(&self) -> &Cells<N> {
        &self.now[thread_number() % PARTS]
    }

    /// What was counted up to now.
    pub(super) fn read(&self, now: Moment) -> Windows<N> {
        lock(&self.past).windows(Sums::read(&self.now), now)
    }

    /// Begins to count anew; answers with what was counted until this very moment.
    pub(super) fn reset(&self, now: Moment) -> Windows<N> {
        let mut past = lock(&self.past);
        let windows = past.windows(Sums::read(&self.now), now);
        past.restart(&windows.ever);
        windows
    }

    /// Makes the copies of a period that begins.
    #[inline]
    fn keep_up(&self, now: Moment) {
        let period = now.0 / PERIOD;
        if period > self.period.load(Ordering::Relaxed) {
            self.copy(period);
        }
    }

    #[cold]
    fn copy(&self, period: u64) {
        let mut past = lock(&self.past);
        if period > self.period.load(Ordering::Relaxed) {
            let sums = Sums::read_once(&self.now);
            past.minute.copy(&sums, period);
            past.hour.copy(&sums, period);
            self.period.store(period, Ordering::Relaxed);
        }
    }
}

impl<const N: usize> Cells<N> {
    fn new() -> Self {
        let zero = |_| AtomicU64::new(0);
        Self { counts: array::from_fn(zero), latency: array::from_fn(zero), cost: AtomicU64::new(0) }
    }
}

impl<const N: usize> Sums<N> {
    const NONE: Self = Self { counts: [0; N], latency: [0; BUCKETS], cost: 0.0 };

    /// The first count is that of what began. If nothing begins while the others are read, they belong together: what
    /// is in flight by them was so at some moment.
    fn read(parts: &[Cells<N>]) -> Self {
        let mut sums = Self::read_once(parts);
        for _ in 0..READS {
            let before = sums.counts[0];
            sums = Self::read_once(parts);
            if sums.counts[0] == before {
                break;
            }
        }
        sums
    }

    /// Ends are counted after beginnings, and read before them: so none is seen without its beginning.
    fn read_once(parts: &[Cells<N>]) -> Self {
        let mut sums = Self::NONE;
        for part in parts {
            add(&mut sums.latency, &part.latency);
            add(&mut sums.counts[1..], &part.counts[1..]);
            sums.cost += f64::from_bits(part.cost.load(Ordering::Relaxed));
        }
        for part in parts {
            add(&mut sums.counts[..1], &part.counts[..1]);
        }
        sums
    }

    fn since(&self, before: &Self) -> Self {
        Self {
            counts: array::from_fn(|at| self.counts[at].saturating_sub(before.counts[at])),
            latency: array::from_fn(|at| self.latency[at].saturating_sub(before.latency[at])),
            cost: self.cost - before.cost,
        }
    }
}

impl<const N: usize> Past<N> {
    fn windows(&self, sums: Sums<N>, now: Moment) -> Windows<N> {
        Windows {
            last_minute: self.minute.window(&sums, now),
            last_hour: self.hour.window(&sums, now),
            since_start: self.reset.as_ref().map_or_else(|| sums.clone(), |reset| sums.since(reset)),
            ever: sums,
        }
    }

    fn restart(&mut self, sums: &Sums<N>) {
        self.minute.restart(sums);
        self.hour.restart(sums);
        self.reset = Some(Box::new(sums.clone()));
    }
}

impl<const N: usize> Ring<N> {
    fn new(periods: u64) -> Self {
        let none = |_| Copy { period: None, counts: [0; N], latency: [0; BUCKETS], cost: 0.0 };
        Self { periods, copies: (0..COPIES).map(none).collect() }
    }

    /// Keeps the counters as they are at the beginning of the period, if that is not yet kept.
    fn copy(&mut self, sums: &Sums<N>, period: u64) {
        let period = period / self.periods;
        let copy = &mut self.copies[(period % COPIES) as usize];
        if copy.period == Some(period) {
            return;
        }
        copy.period = Some(period);
        copy.keep(sums);
    }

    /// Everything that is kept was so at this point.
    fn restart(&mut self, sums: &Sums<N>) {
        self.copies.iter_mut().for_each(|copy| copy.keep(sums));
    }

    /// What has been counted since the beginning of the oldest period that still counts. In periods without a copy
    /// nothing was counted.
    fn window(&self, sums: &Sums<N>, now: Moment) -> Sums<N> {
        let period = now.0 / PERIOD / self.periods;
        let counts = |copy: &&Copy<N>| copy.period.is_some_and(|made| made + COPIES > period);
        match self.copies.iter().filter(counts).min_by_key(|copy| copy.period) {
            Some(copy) => Sums {
                counts: array::from_fn(|at| low_half(sums.counts[at]).wrapping_sub(copy.counts[at]).into()),
                latency: array::from_fn(|at| low_half(sums.latency[at]).wrapping_sub(copy.latency[at]).into()),
                cost: sums.cost - copy.cost,
            },
            None => Sums::NONE,
        }
    }
}

impl<const N: usize> Copy<N> {
    fn keep(&mut self, sums: &Sums<N>) {
        self.counts = sums.counts.map(low_half);
        self.latency = sums.latency.map(low_half);
        self.cost = sums.cost;
    }
}

fn add(sums: &mut [u64], counts: &[AtomicU64]) {
    for (sum, count) in sums.iter_mut().zip(counts) {
        *sum += count.load(Ordering::Acquire);
    }
}

/// Threads are numbered in the order in which they first count something.
#[inline]
fn thread_number() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);

    thread_local! {
        static NUMBER: Cell<Option<usize>> = const { Cell::new(None) };
    }

    // Fails only while the thread ends.
    let number = NUMBER.try_with(|number| {
        number.get().unwrap_or_else(|| {
            let next = NEXT.fetch_add(1, Ordering::Relaxed);
            number.set(Some(next));
            next
        })
    });
    number.unwrap_or(0)
}

#[expect(clippy::cast_possible_truncation, reason = "the low half")]
const fn low_half(count: u64) -> u32 {
    count as u32
}

#[cfg(all(test, not(loom_models)))]
impl<const N: usize> Recorder<N> {
    /// The bytes of the copies.
    pub(super) fn heap(&self) -> usize {
        let past = lock(&self.past);
        size_of_val(&*past.minute.copies) + size_of_val(&*past.hour.copies)
    }
}
