use std::time::Duration;

use crate::patch::duration;

/// How long something takes: a `Duration`, or a text in the clauses' own notation, such as `"200ms"`.
pub trait Delay {
    /// The time.
    ///
    /// # Panics
    ///
    /// When a text is no duration.
    #[track_caller]
    fn duration(self) -> Duration;
}

impl Delay for Duration {
    fn duration(self) -> Duration {
        self
    }
}

impl Delay for &str {
    #[track_caller]
    fn duration(self) -> Duration {
        match duration(self) {
            Some(duration) => duration,
            None => panic!("`{self}` is no duration; write a number and its unit, such as \"200ms\" or \"1.5s\""),
        }
    }
}
