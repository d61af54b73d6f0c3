use std::collections::BTreeMap;
use std::task::{Poll, Waker};

use crate::sync::{Mutex, lock};

/// One run that several callers wait for: one of them leads it, the others follow.
///
/// When the leader leaves without a result, all that follow are woken, and the first to look leads from then on: one
/// who is not polled keeps nobody waiting.
pub(super) struct Flight<R>(Mutex<State<R>>);

struct State<R> {
    stage: Stage<R>,
    /// Those who follow, by their tickets, and how to wake them once they wait.
    followers: BTreeMap<u64, Option<Waker>>,
    next_ticket: u64,
}

enum Stage<R> {
    Led,
    Vacant,
    Landed(R),
}

/// What whoever comes is in a flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Leads,
    Follows(u64),
}

/// Those to wake, once no lock is held.
#[must_use = "nobody else wakes them"]
pub(super) struct Woken(Vec<Waker>);

impl Woken {
    pub(super) fn wake(self) {
        self.0.into_iter().for_each(Waker::wake);
    }

    pub(super) fn none() -> Self {
        Self(Vec::new())
    }
}

impl<R: Clone> Flight<R> {
    /// Whoever makes it leads it.
    pub(super) fn new() -> Self {
        Self(Mutex::new(State { stage: Stage::Led, followers: BTreeMap::new(), next_ticket: 0 }))
    }

    /// One more caller wants what comes of it.
    pub(super) fn board(&self) -> Role {
        let mut state = lock(&self.0);
        if let Stage::Vacant = state.stage {
            state.stage = Stage::Led;
            return Role::Leads;
        }
        let ticket = state.next_ticket;
        state.next_ticket += 1;
        state.followers.insert(ticket, None);
        Role::Follows(ticket)
    }

    /// Ready with the result, or with `None` for whoever leads from now on; the ticket is used up then.
    pub(super) fn poll(&self, ticket: u64, waker: &Waker) -> Poll<Option<R>> {
        // Wakers are the executor's code: cloned and dropped while nothing is locked.
        let waker = waker.clone();
        let mut state = lock(&self.0);
        let answer = match &state.stage {
            Stage::Led => Poll::Pending,
            Stage::Vacant => Poll::Ready(None),
            Stage::Landed(result) => Poll::Ready(Some(result.clone())),
        };
        let before = match answer {
            Poll::Pending => state.followers.insert(ticket, Some(waker)),
            Poll::Ready(_) => state.followers.remove(&ticket),
        };
        if let Poll::Ready(None) = answer {
            state.stage = Stage::Led;
        }
        drop(state);
        drop(before);
        answer
    }

    /// The leader leaves without a result. `None` when there is nobody who could take over.
    pub(super) fn vacate(&self) -> Option<Woken> {
        let mut state = lock(&self.0);
        state.stage = Stage::Vacant;
        (!state.followers.is_empty()).then(|| state.waiting())
    }

    /// One who follows leaves. Whether nobody is left: neither a leader nor anyone who could take over.
    pub(super) fn leave(&self, ticket: u64) -> (bool, Option<Waker>) {
        let mut state = lock(&self.0);
        let waker = state.followers.remove(&ticket).flatten();
        (matches!(state.stage, Stage::Vacant) && state.followers.is_empty(), waker)
    }

    /// The leader is back, with this result for all.
    pub(super) fn land(&self, result: R) -> Woken {
        let mut state = lock(&self.0);
        state.stage = Stage::Landed(result);
        state.waiting()
    }
}

impl<R> State<R> {
    fn waiting(&mut self) -> Woken {
        Woken(self.followers.values_mut().filter_map(Option::take).collect())
    }
}
