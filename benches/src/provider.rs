//! The providers that everybody calls: scripted, and counting what reaches them.

use std::fmt::{self, Display, Formatter};
use std::hint::black_box;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::task::Poll;

/// What a provider does with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Mode {
    /// Answers at the first poll.
    Ready,
    /// Answers at the second poll.
    Pending,
    /// Fails at the first poll.
    Failing,
    /// Never answers.
    Hanging,
}

/// A provider. All contenders of a process call the same ones, one contender at a time.
#[derive(Debug)]
pub struct Provider {
    mode: AtomicU8,
    calls: AtomicU64,
}

pub static FIRST: Provider = Provider::new();
pub static SECOND: Provider = Provider::new();

impl Provider {
    const fn new() -> Self {
        Self { mode: AtomicU8::new(Mode::Ready as u8), calls: AtomicU64::new(0) }
    }

    /// Sets what both do from here on.
    pub fn script(first: Mode, second: Mode) {
        FIRST.mode.store(first as u8, Ordering::Relaxed);
        SECOND.mode.store(second as u8, Ordering::Relaxed);
        FIRST.take_calls();
        SECOND.take_calls();
    }

    /// How many calls have failed or hung since this was last asked. Those that succeed are not counted, to cost nothing.
    pub fn take_calls(&self) -> u64 {
        self.calls.swap(0, Ordering::Relaxed)
    }

    /// One call.
    ///
    /// # Errors
    ///
    /// As scripted.
    pub async fn ask(&self, input: u64) -> Result<u64, Fault> {
        const PENDING: u8 = Mode::Pending as u8;
        const FAILING: u8 = Mode::Failing as u8;
        const HANGING: u8 = Mode::Hanging as u8;
        match self.mode.load(Ordering::Relaxed) {
            PENDING => again().await,
            FAILING => {
                self.calls.fetch_add(1, Ordering::Relaxed);
                return Err(Fault::Refused);
            }
            HANGING => {
                self.calls.fetch_add(1, Ordering::Relaxed);
                std::future::pending::<()>().await;
            }
            _ => {}
        }
        Ok(black_box(input))
    }
}

/// Pending once.
async fn again() {
    let mut polled = false;
    std::future::poll_fn(|cx| {
        if std::mem::replace(&mut polled, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Why a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Refused,
    TimedOut,
    /// The breaker did not let it through.
    Open,
}

impl Display for Fault {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused => "refused",
            Self::TimedOut => "timed out",
            Self::Open => "open",
        })
    }
}

impl std::error::Error for Fault {}
