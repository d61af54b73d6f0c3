//! What an attempt holds while it runs: given back when it ends, however it ends.

use std::task::{Poll, Waker};
use std::time::Duration;

use super::breaker::{Admission, Change, Settled};
use super::bulkhead::{Place, Waiting};
use super::live::LivePlan;
use super::rate::Reservation;
use crate::moment::Moment;
use crate::observe::Note;

/// What the gates of one provider have handed out to an attempt. Places and tokens go back by themselves; what a
/// breaker handed out goes back with what it has learnt.
#[derive(Debug, Default)]
pub(super) struct Permit {
    pub(super) admission: Option<Admission>,
    pub(super) place: Slot,
    /// Boxed, like a place in line: only who waits pays for it, and every run carries the rest.
    pub(super) token: Option<Box<Reservation>>,
}

/// A place in a bulkhead, or in the line for one.
#[derive(Debug, Default)]
pub(super) enum Slot {
    #[default]
    None,
    Waiting(Box<Waiting>),
    Held(#[expect(dead_code, reason = "it is held until it is dropped")] Place),
}

impl Permit {
    /// The place in line, once it has turned into one in the bulkhead.
    pub(super) fn poll_place(&mut self, waker: &Waker) -> Poll<()> {
        let Slot::Waiting(waiting) = &mut self.place else { return Poll::Ready(()) };
        waiting.poll_enter(waker).map(|place| self.place = Slot::Held(place))
    }

    /// Gives back all but what the breaker handed out, and hands that over.
    fn take(&mut self) -> Option<Admission> {
        self.place = Slot::None;
        self.token = None;
        self.admission.take()
    }

    /// The attempt begins: its token is used.
    pub(super) fn begin(&mut self) {
        if let Some(token) = self.token.take() {
            token.settle();
        }
    }

    /// The attempt has ended: the breaker learns what it says of the provider.
    pub(super) fn settle(&mut self, live: &LivePlan, provider: usize, settled: Settled, took: Duration, now: Moment) {
        let admission = self.take();
        if let (Some(admission), Some((definition, breaker))) = (admission, live.breaker(provider)) {
            tell(live, provider, breaker.settle(definition, admission, settled, took, now), now);
        }
    }

    /// The attempt was dropped by its caller, or has not begun.
    pub(super) fn abandon(&mut self, live: &LivePlan, provider: usize, ran_for: Duration, now: Moment) {
        let admission = self.take();
        if let (Some(admission), Some((definition, breaker))) = (admission, live.breaker(provider)) {
            let timeout = live.provider(provider).0.timeout();
            tell(live, provider, breaker.abandon(definition, admission, ran_for, timeout, now), now);
        }
    }
}

/// Tells how the breaker has changed, if it has.
fn tell(live: &LivePlan, provider: usize, change: Option<Change>, now: Moment) {
    if let Some(change) = change {
        live.tell(now, Note::BreakerChanged { provider, change });
    }
}
