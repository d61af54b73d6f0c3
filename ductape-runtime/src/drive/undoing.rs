//! Undos under way, which the attempts around them wait for.

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use super::frame::hold;
use crate::moment::Moment;
use crate::sync::{Mutex, lock};

/// What workflows undo within an attempt. Its time may be up: it is cut once that is over, and not before (R105).
pub(super) struct Undoing(Mutex<State>);

struct State {
    undos: u32,
    /// When the last of them is over at the latest.
    until: Moment,
    /// Keeps the attempt around this one, too.
    outer: Option<Undo>,
}

/// An undo under way: while this lives, no attempt around it is cut.
pub(super) struct Undo(Arc<Undoing>);

impl Default for Undoing {
    fn default() -> Self {
        Self(Mutex::new(State { undos: 0, until: Moment::ZERO, outer: None }))
    }
}

impl Undoing {
    /// An undo begins in this attempt, and is over by `until`.
    pub(super) fn begin(self: &Arc<Self>, until: Moment) -> Undo {
        let mut state = lock(&self.0);
        state.undos += 1;
        state.until = state.until.max(until);
        Undo(Arc::clone(self))
    }

    /// When the undos under way are over at the latest; `None` when there are none. Asked outside of the attempt, in
    /// that around it, which then waits as well.
    pub(super) fn until(&self) -> Option<Moment> {
        let mut state = lock(&self.0);
        if state.undos == 0 {
            return None;
        }
        let until = state.until;
        if state.outer.as_ref().is_none_or(|outer| outer.is_over_before(until)) {
            state.outer = hold(until);
        }
        Some(until)
    }
}

impl Undo {
    fn is_over_before(&self, until: Moment) -> bool {
        lock(&self.0.0).until < until
    }
}

impl Drop for Undo {
    fn drop(&mut self) {
        let outer = {
            let mut state = lock(&self.0.0);
            state.undos -= 1;
            if state.undos == 0 { state.outer.take() } else { None }
        };
        drop(outer);
    }
}

impl Debug for Undoing {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Undoing").field("undos", &lock(&self.0).undos).finish_non_exhaustive()
    }
}
