use std::time::Duration;

use super::admission::Pass;
use super::machine::Machine;
use super::{Admission, Breaker, Change, Forced, Reading, Settled, Trip};
use crate::moment::Moment;
use crate::sync::{AtomicU64, Mutex, MutexGuard, Ordering, lock};

/// What runs share of a breaker.
///
/// The machine decides under a lock that is held for some nanoseconds, and never while anything else runs. While it is
/// closed, one word says so without the lock: then admission is a load, and so is a success in form 1 after which there
/// is nothing to change. The word is written under the lock only, and says all that is taken from it: that is why
/// relaxed loads will do. Who reads an old one comes before the change, as he might have.
#[derive(Debug)]
pub(crate) struct BreakerState {
    word: AtomicU64,
    machine: Mutex<Machine>,
}

/// In the word's low half: everything is admitted.
const ADMITS_ALL: u64 = 0b01;
/// In the word's low half: there is no failure that a success would clear.
const CLEAN: u64 = 0b10;

impl BreakerState {
    /// Closed.
    pub(crate) fn new() -> Self {
        let machine = Machine::new();
        Self { word: AtomicU64::new(word_of(&machine)), machine: Mutex::new(machine) }
    }

    /// Whether it would admit an attempt; if not, the time until it may. Takes nothing.
    pub(crate) fn look(&self, breaker: &Breaker, now: Moment) -> Result<(), Duration> {
        if self.word() & ADMITS_ALL != 0 {
            return Ok(());
        }
        self.lock().look(breaker, now)
    }

    /// Admits an attempt that is over at `until` at the latest, or says in what time it may.
    ///
    /// A probe that is long overdue is given up, so that it need not come back for others to go on (R63).
    pub(crate) fn admit(&self, breaker: &Breaker, now: Moment, until: Moment) -> Result<Admission, Duration> {
        let word = self.word();
        if word & ADMITS_ALL != 0 {
            return Ok(Admission::new(generation_of(word), Pass::Regular));
        }
        self.change(|machine| machine.admit(breaker, now, until))
    }

    /// The attempt has come to its end, after so long.
    #[expect(clippy::needless_pass_by_value, reason = "an admission goes back once")]
    pub(crate) fn settle(
        &self,
        breaker: &Breaker,
        admission: Admission,
        settled: Settled,
        took: Duration,
        now: Moment,
    ) -> Option<Change> {
        // The word is no older than the admission: so this is no probe, unless one whose generation is over. What was
        // admitted in an earlier generation decides nothing either.
        let nothing_to_clear = || self.word() & (ADMITS_ALL | CLEAN) == ADMITS_ALL | CLEAN;
        if settled == Settled::Success && matches!(breaker.trip(), Trip::InARow { .. }) && nothing_to_clear() {
            return None;
        }
        self.change(|machine| machine.settle(breaker, &admission, settled, took, now))
    }

    /// The attempt was dropped by its caller, after it had run for so long of its `timeout`.
    #[expect(clippy::needless_pass_by_value, reason = "an admission goes back once")]
    pub(crate) fn abandon(
        &self,
        breaker: &Breaker,
        admission: Admission,
        ran_for: Duration,
        timeout: Duration,
        now: Moment,
    ) -> Option<Change> {
        self.change(|machine| machine.abandon(breaker, &admission, ran_for, timeout, now))
    }

    /// Closes it, with fresh counts; answers with what was cleared. What an operator forces stays.
    pub(crate) fn reset(&self, breaker: &Breaker, now: Moment) -> Reading {
        self.change(|machine| machine.reset(breaker, now))
    }

    /// Makes it answer the same to all until it is told `None`; answers with what was forced before. It goes on
    /// deciding underneath.
    pub(crate) fn force(&self, forced: Option<Forced>) -> Option<Forced> {
        self.change(|machine| machine.force(forced))
    }

    /// Where it stands, for people.
    pub(crate) fn read(&self, breaker: &Breaker, now: Moment) -> Reading {
        self.lock().read(breaker, now)
    }

    fn word(&self) -> u64 {
        self.word.load(Ordering::Relaxed)
    }

    fn change<R>(&self, change: impl FnOnce(&mut Machine) -> R) -> R {
        let mut machine = self.lock();
        let result = change(&mut machine);
        self.word.store(word_of(&machine), Ordering::Relaxed);
        result
    }

    /// Nothing that is done under the lock can panic.
    fn lock(&self) -> MutexGuard<'_, Machine> {
        lock(&self.machine)
    }
}

fn word_of(machine: &Machine) -> u64 {
    let flag = |holds, flag| if holds { flag } else { 0 };
    u64::from(machine.generation()) << u32::BITS
        | flag(machine.admits_all(), ADMITS_ALL)
        | flag(machine.is_clean(), CLEAN)
}

const fn generation_of(word: u64) -> u32 {
    (word >> u32::BITS) as u32
}
