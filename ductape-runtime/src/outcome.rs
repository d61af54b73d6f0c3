use std::ops::{Deref, DerefMut};
use std::time::Duration;

use serde::Serialize;

use crate::Name;

/// A value, and how it came about.
///
/// Dereferences to the value and serializes as an object with the fields below; `elapsed` in milliseconds.
///
/// ```
/// # extern crate ductape_runtime as ductape;
/// # async fn show(sent: ductape::Outcome<String>) {
/// println!("message {} went through {} after {} attempts", *sent, sent.provider, sent.attempts);
/// let id: String = sent.into_inner();
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome<T> {
    /// What the provider's block returned.
    pub value: T,
    /// The provider that produced the value; `"degrade"` when it is degraded.
    pub provider: Name,
    /// How many attempts the run made, over all providers.
    pub attempts: u32,
    /// How long the run took, waits included.
    #[serde(serialize_with = "crate::text::millis")]
    pub elapsed: Duration,
    /// Where the value comes from.
    pub source: Source,
}

/// Where the value of an [`Outcome`] comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Source {
    /// A provider answered in this run.
    Provider,
    /// A fresh answer of an earlier run.
    Cache,
    /// An old answer, served because the run failed.
    Stale,
    /// The plan's `#[degrade]` block.
    Degraded,
}

impl<T> Outcome<T> {
    /// The value alone.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The same outcome with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Outcome<U> {
        let Self { value, provider, attempts, elapsed, source } = self;
        Outcome { value: change(value), provider, attempts, elapsed, source }
    }

    /// Whether the value is the `#[degrade]` block's.
    pub fn is_degraded(&self) -> bool {
        self.source == Source::Degraded
    }
}

impl<T> Deref for Outcome<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Outcome<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}
