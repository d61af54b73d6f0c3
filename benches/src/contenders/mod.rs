//! Who is compared: the same policies around the same provider, by each library in its own way.

pub mod bare;
pub mod ductape;
pub mod handmade;
pub mod seatbelt;
pub mod tower;
pub mod tower_resilience;

use std::pin::Pin;
use std::time::Duration;

/// The policies that all share. Attributes take literals: `ductape.rs` repeats them, and the proof fails if they differ.
pub const RETRIES: u32 = 2;
pub const BACKOFF: Duration = Duration::from_millis(1);
pub const TIMEOUT: Duration = Duration::from_millis(100);
pub const FAILURES: u32 = 5;
pub const MIN_CALLS: u32 = 20;
pub const WINDOW: Duration = Duration::from_secs(30);
pub const COOLDOWN: Duration = Duration::from_mins(1);
pub const LIMIT: usize = 10;

/// What a contender says that it does; the proof puts it to the test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// [`RETRIES`] tries after the first.
    Retry,
    /// After at most [`MIN_CALLS`] failures, no call comes through.
    Breaker,
    /// No attempt takes longer than [`TIMEOUT`].
    Timeout,
    /// At most [`LIMIT`] calls at once.
    Limit,
}

/// Calls, made one after the other: polled by hand, so that no executor is measured.
pub type Batch<'a> = Pin<Box<dyn Future<Output = u64> + 'a>>;

/// One way to call the provider.
pub trait Contender: Send + Sync {
    /// So many calls; the answer is how many have succeeded.
    fn batch(&self, calls: u64) -> Batch<'_>;
}

/// A contender, and what is known of it. Each measurement makes one of its own, with fresh state.
#[derive(Clone, Copy)]
pub struct Entry {
    pub name: &'static str,
    pub claims: &'static [Claim],
    pub make: fn() -> Box<dyn Contender>,
}

/// A contender of a type: how it makes one call.
macro_rules! contender {
    ($type:ty, |$this:ident, $input:ident| $call:expr) => {
        impl $crate::contenders::Contender for $type {
            fn batch(&self, calls: u64) -> $crate::contenders::Batch<'_> {
                Box::pin(async move {
                    let $this = self;
                    let mut served = 0;
                    for $input in 0..calls {
                        let result: Result<u64, _> = $call.await;
                        served += u64::from(result.is_ok());
                    }
                    served
                })
            }
        }
    };
}
pub(crate) use contender;

/// Retry, breaker and timeout.
pub const ALL: &[Claim] = &[Claim::Retry, Claim::Breaker, Claim::Timeout];
