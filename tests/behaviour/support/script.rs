//! Providers that play a script.

use std::future::pending;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ductape::Verdict;
use tokio::time::{Instant, sleep};

use super::{Scripted, ms};

/// What a provider does when it is called.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    wait: Duration,
    end: End,
}

#[derive(Debug, Clone, Copy)]
enum End {
    Ok,
    Fail(Verdict),
    Hang,
    Panic,
}

impl Step {
    /// The same, after this many milliseconds.
    pub(crate) fn after(self, millis: u64) -> Self {
        Self { wait: ms(millis), ..self }
    }
}

pub(crate) fn ok() -> Step {
    Step { wait: Duration::ZERO, end: End::Ok }
}

pub(crate) fn fail(verdict: Verdict) -> Step {
    Step { wait: Duration::ZERO, end: End::Fail(verdict) }
}

pub(crate) fn hang() -> Step {
    Step { wait: Duration::ZERO, end: End::Hang }
}

pub(crate) fn panics() -> Step {
    Step { wait: Duration::ZERO, end: End::Panic }
}

/// A provider that plays its steps in order, repeats the last of them for ever, and keeps account.
#[derive(Debug)]
pub(crate) struct Script {
    steps: Vec<Step>,
    began: Instant,
    account: Mutex<Account>,
}

#[derive(Debug, Default)]
struct Account {
    times: Vec<Duration>,
    running: usize,
    cut: usize,
}

impl Script {
    pub(crate) fn of(steps: impl IntoIterator<Item = Step>) -> Self {
        let steps: Vec<Step> = steps.into_iter().collect();
        assert!(!steps.is_empty(), "a script has at least one step");
        Self { steps, began: Instant::now(), account: Mutex::default() }
    }

    /// The provider's work: its number of calls, this one included, or the scripted error.
    pub(crate) async fn call(&self) -> Result<usize, Scripted> {
        let (call, mut running) = Running::begin(self);
        let step = self.steps[call.min(self.steps.len()) - 1];
        if !step.wait.is_zero() {
            sleep(step.wait).await;
        }
        if let End::Hang = step.end {
            pending::<()>().await;
        }
        running.finished = true;
        match step.end {
            End::Fail(verdict) => Err(Scripted { verdict, call }),
            End::Panic => panic!("the script says so"),
            End::Ok | End::Hang => Ok(call),
        }
    }

    pub(crate) fn calls(&self) -> usize {
        self.account().times.len()
    }

    /// When each call began, in milliseconds since the script was made.
    pub(crate) fn times(&self) -> Vec<u64> {
        self.account().times.iter().map(whole_millis).collect()
    }

    /// How many calls are under way.
    pub(crate) fn running(&self) -> usize {
        self.account().running
    }

    /// How many calls were dropped before they had ended.
    pub(crate) fn cut(&self) -> usize {
        self.account().cut
    }

    fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that is under way.
struct Running<'a> {
    script: &'a Script,
    finished: bool,
}

impl<'a> Running<'a> {
    fn begin(script: &'a Script) -> (usize, Self) {
        let mut account = script.account();
        account.times.push(script.began.elapsed());
        account.running += 1;
        (account.times.len(), Self { script, finished: false })
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let mut account = self.script.account();
        account.running -= 1;
        account.cut += usize::from(!self.finished);
    }
}

/// Tokio's timers know milliseconds only, so a fraction would mean that a test's arithmetic is wrong.
fn whole_millis(duration: &Duration) -> u64 {
    assert_eq!(duration.subsec_nanos() % 1_000_000, 0, "{duration:?} is no whole number of milliseconds");
    u64::try_from(duration.as_millis()).expect("tests are short")
}
