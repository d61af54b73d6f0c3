use std::collections::VecDeque;
use std::mem;
use std::sync::Arc;
use std::task::{Poll, Waker};

use smallvec::SmallVec;

use super::Bulkhead;
use crate::sync::{AtomicU64, Mutex, MutexGuard, Ordering, lock};

/// The places of one bulkhead, and the line of those who wait for one.
///
/// As long as nobody waits, entering and leaving exchange one word. Once somebody does, the word says so, and whoever
/// leaves locks the line: the place goes straight to whoever is first, without being free in between. So there is a
/// line only while there is no room, and nobody can pass it.
#[derive(Debug)]
pub(crate) struct Places {
    /// A [`Count`].
    count: AtomicU64,
    line: Mutex<Line>,
}

/// A place in a bulkhead, given back on drop.
#[derive(Debug)]
pub(crate) struct Place(Arc<Places>);

/// A place in the line of a bulkhead; dropped, it leaves no trace.
#[derive(Debug)]
pub(crate) struct Waiting {
    /// None once it has turned into a [`Place`].
    places: Option<Arc<Places>>,
    ticket: u64,
}

/// Those who wait, in the order of their tickets. Who is let in leaves the line, and knows it by that.
#[derive(Debug, Default)]
struct Line {
    next_ticket: u64,
    waiters: VecDeque<Waiter>,
}

#[derive(Debug)]
struct Waiter {
    ticket: u64,
    /// None until it is polled for the first time.
    waker: Option<Waker>,
}

impl Places {
    /// Places that are all free.
    pub(crate) fn new(definition: &Bulkhead) -> Self {
        let count = Count { max: definition.max.min(MOST), taken: 0, waited: false };
        Self { count: AtomicU64::new(count.pack()), line: Mutex::new(Line::default()) }
    }

    /// Whether there is a place to enter now. Takes nothing.
    pub(crate) fn look(&self) -> bool {
        self.count().enter().is_some()
    }

    /// A place, if one is free; then nobody waits for it.
    pub(crate) fn try_enter(self: &Arc<Self>) -> Option<Place> {
        self.change(Count::enter).then(|| Place(Arc::clone(self)))
    }

    /// A place in line, from now on.
    pub(crate) fn queue(self: &Arc<Self>) -> Waiting {
        let mut line = lock(&self.line);
        let ticket = line.next_ticket;
        line.next_ticket += 1;
        line.waiters.push_back(Waiter { ticket, waker: None });
        self.let_in(line, |count| count);
        Waiting { places: Some(Arc::clone(self)), ticket }
    }

    /// Changes how many places there are. Those in line are let in as far as there are more; if there are fewer,
    /// nobody has to leave, and nobody enters before enough have left.
    pub(crate) fn resize(&self, definition: &Bulkhead) {
        let max = definition.max.min(MOST);
        self.let_in(lock(&self.line), |count| Count { max, ..count });
    }

    /// How many places are taken.
    pub(crate) fn taken(&self) -> u32 {
        self.count().taken
    }

    /// How many are in line.
    pub(crate) fn waiting(&self) -> usize {
        lock(&self.line).waiters.len()
    }

    fn count(&self) -> Count {
        Count::unpack(self.count.load(Ordering::Acquire))
    }

    /// Makes a change in one step; false when it is not to be made.
    fn change(&self, mut change: impl FnMut(Count) -> Option<Count>) -> bool {
        let change = |word| change(Count::unpack(word)).map(Count::pack);
        self.count.fetch_update(Ordering::AcqRel, Ordering::Acquire, change).is_ok()
    }

    fn leave(&self) {
        if !self.change(|count| (!count.waited).then(|| count.leave())) {
            self.let_in(lock(&self.line), Count::leave);
        }
    }

    /// Makes a change that can concern those in line, and lets in as many of them as there is room for.
    fn let_in(&self, mut line: MutexGuard<'_, Line>, change: impl Fn(Count) -> Count) {
        let waiting = line.waiters.len();
        let mut entering = 0;
        self.change(|count| {
            let count = change(count);
            let room = count.max.saturating_sub(count.taken);
            entering = waiting.min(room as usize);
            #[expect(clippy::cast_possible_truncation, reason = "at most the room")]
            let taken = count.taken + entering as u32;
            Some(Count { taken, waited: entering < waiting, ..count })
        });
        let entering: SmallVec<[Waiter; 1]> = line.waiters.drain(..entering).collect();
        // A waker runs code of others, which may well come back here.
        drop(line);
        entering.into_iter().filter_map(|waiter| waiter.waker).for_each(Waker::wake);
    }
}

impl Waiting {
    /// The place, once it is there. Until then `waker` is the one that hears of it.
    pub(crate) fn poll_enter(&mut self, waker: &Waker) -> Poll<Place> {
        let Some(places) = &self.places else { return Poll::Pending };
        // Wakers are cloned and dropped outside the lock, since both run code of others.
        let mut waker = Some(waker.clone());
        {
            let mut line = lock(&places.line);
            if let Ok(at) = line.find(self.ticket) {
                mem::swap(&mut line.waiters[at].waker, &mut waker);
                return Poll::Pending;
            }
        }
        self.places.take().map_or(Poll::Pending, |places| Poll::Ready(Place(places)))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let Some(places) = self.places.take() else { return };
        let mut line = lock(&places.line);
        let Ok(at) = line.find(self.ticket) else {
            // It has been let in without knowing.
            drop(line);
            return places.leave();
        };
        // Its waker is dropped outside the lock. That there may be no line any more is found out by who leaves next.
        let waiter = line.waiters.remove(at);
        drop(line);
        drop(waiter);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.leave();
    }
}

impl Line {
    fn find(&self, ticket: u64) -> Result<usize, usize> {
        self.waiters.binary_search_by_key(&ticket, |waiter| waiter.ticket)
    }
}

/// What a bulkhead counts, as one word, so that nobody sees half a change.
#[derive(Debug, Clone, Copy)]
struct Count {
    max: u32,
    /// More than `max` only after that has shrunk.
    taken: u32,
    /// Somebody may be in line.
    waited: bool,
}

/// The low half of the word has a bit less for `taken`.
const MOST: u32 = u32::MAX >> 1;
const WAITED: u64 = 1 << 31;

impl Count {
    fn enter(self) -> Option<Self> {
        (self.taken < self.max).then(|| Self { taken: self.taken + 1, ..self })
    }

    fn leave(self) -> Self {
        Self { taken: self.taken.saturating_sub(1), ..self }
    }

    fn pack(self) -> u64 {
        u64::from(self.max) << 32 | if self.waited { WAITED } else { 0 } | u64::from(self.taken)
    }

    #[expect(clippy::cast_possible_truncation, reason = "the halves of a word")]
    fn unpack(word: u64) -> Self {
        Self { max: (word >> 32) as u32, taken: word as u32 & MOST, waited: word & WAITED != 0 }
    }
}
