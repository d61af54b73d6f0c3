use std::collections::VecDeque;
use std::fmt::{self, Debug, Formatter};
use std::sync::{Arc, OnceLock, Weak};

use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::broadcast::{Receiver, Sender};

use super::event::{Happened, Interest, RuntimeEvent};
use super::note::Note;
use super::quietly;
use super::trace::{emit, hears_routine};
use crate::Name;
use crate::moment::Moment;
use crate::plan::Plan;
use crate::sync::{AtomicU64, Mutex, Ordering, lock};

/// Where the events of a runtime go: to those who listen, and the rare ones to those who come later.
pub(crate) struct Hub {
    /// How many streams there are.
    listeners: AtomicU64,
    /// Made when someone listens for the first time: it has room for all that a slow reader may have before it.
    sender: OnceLock<Sender<Sent>>,
    kept: Mutex<Kept>,
    /// All of them, for a test that asks for them later, however many there are.
    #[cfg(feature = "testing")]
    recorded: OnceLock<Mutex<Vec<RuntimeEvent>>>,
}

/// The last rare events, oldest first.
#[derive(Default)]
struct Kept {
    events: VecDeque<RuntimeEvent>,
    /// How many were ever kept.
    count: u64,
}

/// An event, as it is sent to those who listen.
#[derive(Clone)]
struct Sent {
    event: RuntimeEvent,
    /// The how-many-th of those that are kept it is, from 1; 0 for one that is not.
    number: u64,
}

/// How many events a stream keeps for a reader that is slow.
const UNREAD: usize = 1_024;

/// How many events are kept for those who come later.
const RECENT: usize = 1_000;

impl Hub {
    pub(crate) fn new() -> Self {
        Self {
            listeners: AtomicU64::new(0),
            sender: OnceLock::new(),
            kept: Mutex::default(),
            #[cfg(feature = "testing")]
            recorded: OnceLock::new(),
        }
    }

    /// Makes the events that a note from a plan calls for.
    #[expect(clippy::inline_always, reason = "every caller knows its note: of all arms, one is left there")]
    #[inline(always)]
    pub(super) fn tell(&self, plan: &Plan, now: Moment, note: &Note) {
        match Interest::in_note(note) {
            Interest::All => self.make(plan, now, note, true),
            Interest::Listeners if self.listeners.load(Ordering::Relaxed) > 0 || hears_routine() => {
                self.make(plan, now, note, false);
            }
            Interest::Listeners | Interest::Nobody => {}
        }
    }

    #[cold]
    fn make(&self, plan: &Plan, now: Moment, note: &Note, rare: bool) {
        if let Some(event) = RuntimeEvent::beside(note, plan, now) {
            self.publish(event, rare);
        }
        if let Some(event) = RuntimeEvent::of(note, plan, now) {
            self.publish(event, rare);
        }
    }

    /// Something happened that no run tells of.
    pub(crate) fn announce(&self, now: Moment, plan: Option<&Plan>, provider: Option<Name>, happened: Happened) {
        self.publish(RuntimeEvent::new(now, plan, provider, happened), true);
    }

    fn publish(&self, event: RuntimeEvent, rare: bool) {
        emit(&event);
        #[cfg(feature = "testing")]
        if let Some(recorded) = self.recorded.get() {
            lock(recorded).push(event.clone());
        }
        // Kept first: whoever begins to listen after this has it among those that are kept, and whoever began before it
        // is seen below.
        let number = if rare { lock(&self.kept).keep(&event) } else { 0 };
        self.send(event, number);
    }

    fn send(&self, event: RuntimeEvent, number: u64) {
        let sender = self.sender.get().filter(|_| self.listeners.load(Ordering::Relaxed) > 0);
        if let Some(sender) = sender {
            // Sending wakes those who wait, and a waker is code of others.
            quietly(|| sender.send(Sent { event, number }));
        }
    }

    /// The last rare events, oldest first.
    pub(crate) fn recent(&self) -> Vec<RuntimeEvent> {
        lock(&self.kept).events.iter().cloned().collect()
    }

    /// Begins to record everything.
    #[cfg(feature = "testing")]
    pub(crate) fn record(&self) {
        if self.recorded.set(Mutex::default()).is_ok() {
            self.listeners.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// What was recorded since it was last asked for.
    #[cfg(feature = "testing")]
    pub(crate) fn take_recorded(&self) -> Vec<RuntimeEvent> {
        self.recorded.get().map(|recorded| std::mem::take(&mut *lock(recorded))).unwrap_or_default()
    }

    /// What happens from now on.
    pub(crate) fn listen(self: &Arc<Self>) -> Events {
        Events { known: VecDeque::new(), told: 0, receiver: self.subscribe(), hub: Arc::downgrade(self) }
    }

    /// The last so many events that are kept, and what happens from then on.
    pub(crate) fn listen_from(self: &Arc<Self>, recent: usize) -> Events {
        let kept = lock(&self.kept);
        let known = kept.events.iter().skip(kept.events.len().saturating_sub(recent)).cloned().collect();
        Events { known, told: kept.count, receiver: self.subscribe(), hub: Arc::downgrade(self) }
    }

    fn subscribe(&self) -> Receiver<Sent> {
        let receiver = self.sender.get_or_init(|| Sender::new(UNREAD)).subscribe();
        self.listeners.fetch_add(1, Ordering::Relaxed);
        receiver
    }
}

impl Kept {
    /// Answers with its number.
    fn keep(&mut self, event: &RuntimeEvent) -> u64 {
        if self.events.len() == RECENT {
            self.events.pop_front();
        }
        self.events.push_back(event.clone());
        self.count += 1;
        self.count
    }
}

impl Debug for Hub {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub").finish_non_exhaustive()
    }
}

/// What happens in a runtime from some moment on; from [`Runtime::events`](crate::Runtime::events) and
/// [`Runtime::events_with_recent`](crate::Runtime::events_with_recent).
///
/// It keeps up to 1 024 events that have not been read. A reader that is slower than that loses the oldest, is told how
/// many by a [`Happened::Lost`], and slows nobody.
#[must_use = "events that nobody reads are made for nothing"]
pub struct Events {
    /// What had happened before, and is not read yet.
    known: VecDeque<RuntimeEvent>,
    /// The number of the last event that was known then: those up to it may come once more.
    told: u64,
    receiver: Receiver<Sent>,
    /// Weak, so that the stream ends with its runtime.
    hub: Weak<Hub>,
}

impl Events {
    /// The next event, once it has happened; `None` when the runtime is gone.
    ///
    /// May be dropped while it waits, as in `select!`: nothing gets lost by that.
    pub async fn next(&mut self) -> Option<RuntimeEvent> {
        loop {
            if let Some(known) = self.known.pop_front() {
                return Some(known);
            }
            match self.receiver.recv().await {
                Ok(sent) if self.is_told(&sent) => {}
                Ok(sent) => return Some(sent.event),
                Err(RecvError::Lagged(count)) => return Some(lost(count)),
                Err(RecvError::Closed) => return None,
            }
        }
    }

    /// The next event, if it has happened already.
    pub fn try_next(&mut self) -> Option<RuntimeEvent> {
        loop {
            if let Some(known) = self.known.pop_front() {
                return Some(known);
            }
            match self.receiver.try_recv() {
                Ok(sent) if self.is_told(&sent) => {}
                Ok(sent) => return Some(sent.event),
                Err(TryRecvError::Lagged(count)) => return Some(lost(count)),
                Err(TryRecvError::Empty | TryRecvError::Closed) => return None,
            }
        }
    }

    fn is_told(&self, sent: &Sent) -> bool {
        (1..=self.told).contains(&sent.number)
    }
}

fn lost(count: u64) -> RuntimeEvent {
    RuntimeEvent::new(Moment::now(), None, None, Happened::Lost { count })
}

impl Drop for Events {
    fn drop(&mut self) {
        if let Some(hub) = self.hub.upgrade() {
            hub.listeners.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Debug for Events {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").field("unread", &(self.known.len() + self.receiver.len())).finish_non_exhaustive()
    }
}

#[cfg(all(test, not(loom_models)))]
mod tests {
    use super::*;

    #[test]
    fn r95_when_the_last_stream_is_gone_nobody_listens_any_more() {
        let hub = Arc::new(Hub::new());
        let (one, other) = (hub.listen(), hub.listen());
        let listeners = || hub.listeners.load(Ordering::Relaxed);
        assert_eq!(listeners(), 2);
        drop(one);
        assert_eq!(listeners(), 1);
        drop(other);
        assert_eq!(listeners(), 0);
    }

    #[test]
    fn r95_what_is_kept_and_not_sent_yet_is_told_once_to_who_begins_to_listen() {
        let hub = Arc::new(Hub::new());
        let event = |count| RuntimeEvent::new(Moment::now(), None, None, Happened::Lost { count });
        let counts = |mut events: Events| {
            let all = std::iter::from_fn(|| events.try_next());
            let count = |event: RuntimeEvent| if let Happened::Lost { count } = event.happened { count } else { 0 };
            all.map(count).collect::<Vec<_>>()
        };
        let before = hub.listen();
        hub.publish(event(1), true);
        hub.publish(event(2), true);
        let number = lock(&hub.kept).keep(&event(3));
        let (all, last) = (hub.listen_from(10), hub.listen_from(1));
        hub.send(event(3), number);
        hub.publish(event(4), false);
        hub.publish(event(5), true);
        assert_eq!(counts(all), [1, 2, 3, 4, 5]);
        assert_eq!(counts(last), [3, 4, 5]);
        assert_eq!(counts(before), [1, 2, 3, 4, 5]);
    }
}
