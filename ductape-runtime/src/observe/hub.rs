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
    sender: OnceLock<Sender<RuntimeEvent>>,
    recent: Mutex<VecDeque<RuntimeEvent>>,
}

/// How many events a stream keeps for a reader that is slow.
const UNREAD: usize = 1_024;

/// How many events are kept for those who come later.
const RECENT: usize = 1_000;

impl Hub {
    pub(crate) fn new() -> Self {
        Self { listeners: AtomicU64::new(0), sender: OnceLock::new(), recent: Mutex::default() }
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
        let sender = self.sender.get().filter(|_| self.listeners.load(Ordering::Relaxed) > 0);
        if let Some(sender) = sender {
            let event = event.clone();
            // Sending wakes those who wait, and a waker is code of others.
            quietly(|| sender.send(event));
        }
        if rare {
            let mut recent = lock(&self.recent);
            if recent.len() == RECENT {
                recent.pop_front();
            }
            recent.push_back(event);
        }
    }

    /// The last rare events, oldest first.
    pub(crate) fn recent(&self) -> Vec<RuntimeEvent> {
        lock(&self.recent).iter().cloned().collect()
    }

    /// What happens from now on.
    pub(crate) fn listen(self: &Arc<Self>) -> Events {
        let receiver = self.sender.get_or_init(|| Sender::new(UNREAD)).subscribe();
        self.listeners.fetch_add(1, Ordering::Relaxed);
        Events { receiver, hub: Arc::downgrade(self) }
    }
}

impl Debug for Hub {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub").finish_non_exhaustive()
    }
}

/// What happens in a runtime from some moment on; from [`Runtime::events`](crate::Runtime::events).
///
/// It keeps up to 1 024 events that have not been read. A reader that is slower than that loses the oldest, is told how
/// many by a [`Happened::Lost`], and slows nobody.
#[must_use = "events that nobody reads are made for nothing"]
pub struct Events {
    receiver: Receiver<RuntimeEvent>,
    /// Weak, so that the stream ends with its runtime.
    hub: Weak<Hub>,
}

impl Events {
    /// The next event, once it has happened; `None` when the runtime is gone.
    ///
    /// May be dropped while it waits, as in `select!`: nothing gets lost by that.
    pub async fn next(&mut self) -> Option<RuntimeEvent> {
        match self.receiver.recv().await {
            Ok(event) => Some(event),
            Err(RecvError::Lagged(count)) => Some(lost(count)),
            Err(RecvError::Closed) => None,
        }
    }

    /// The next event, if it has happened already.
    pub fn try_next(&mut self) -> Option<RuntimeEvent> {
        match self.receiver.try_recv() {
            Ok(event) => Some(event),
            Err(TryRecvError::Lagged(count)) => Some(lost(count)),
            Err(TryRecvError::Empty | TryRecvError::Closed) => None,
        }
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
        f.debug_struct("Events").field("unread", &self.receiver.len()).finish_non_exhaustive()
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
}
