//! What happens in the blocks, as the callers say it, and an account of it.

use std::collections::VecDeque;
use std::error::Error;
use std::fmt::{self, Display, Formatter};
use std::future::pending;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ductape::Verdict;
use tokio::time::{Instant, sleep};

/// What an attempt does.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deed {
    /// In milliseconds.
    pub(crate) after: u64,
    pub(crate) end: End,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    Well,
    Badly(Verdict),
    Panic,
    Never,
}

/// The error of an attempt that ended badly.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bad(Verdict);

impl Bad {
    /// For `classify(Bad::verdict)`.
    pub(crate) fn verdict(&self) -> Verdict {
        self.0
    }
}

impl Display for Bad {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl Error for Bad {}

/// What all callers of a story have in common.
#[derive(Debug, Default)]
pub(crate) struct World(Mutex<Account>);

#[derive(Debug, Default)]
struct Account {
    running: usize,
    begun: Vec<(&'static str, Instant)>,
}

impl World {
    /// How many attempts are under way.
    pub(crate) fn running(&self) -> usize {
        self.0.lock().expect("nobody panics while noting").running
    }

    /// When this provider's attempts began, one after the other.
    pub(crate) fn begun(&self, name: &str) -> Vec<Instant> {
        let account = self.0.lock().expect("nobody panics while noting");
        account.begun.iter().filter(|(provider, _)| *provider == name).map(|(_, at)| *at).collect()
    }
}

/// One caller: what its attempts do, one after the other, and which providers it knows.
#[derive(Debug)]
pub(crate) struct Caller {
    world: Arc<World>,
    deeds: Mutex<VecDeque<Deed>>,
    only: Option<&'static str>,
}

impl Caller {
    pub(crate) fn new(world: &Arc<World>, deeds: Vec<Deed>) -> Arc<Self> {
        Arc::new(Self { world: Arc::clone(world), deeds: Mutex::new(deeds.into()), only: None })
    }

    /// One that knows a single provider.
    pub(crate) fn only(world: &Arc<World>, name: &'static str, deed: Deed) -> Arc<Self> {
        Arc::new(Self { world: Arc::clone(world), deeds: Mutex::new([deed].into()), only: Some(name) })
    }

    /// For a cache: all but those that know a single provider ask for the same, and each of these for itself alone.
    pub(crate) fn key(&self) -> Option<usize> {
        static KEYS: AtomicUsize = AtomicUsize::new(0);
        self.only.map(|_| KEYS.fetch_add(1, Ordering::Relaxed))
    }

    /// For `when(…)`.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.only.is_none_or(|only| only == name)
    }

    /// An attempt of this provider: the next deed, the last of them again and again.
    pub(crate) async fn attempt(&self, name: &'static str) -> Result<(), Bad> {
        let _inside = Inside::new(&self.world, name);
        self.act().await
    }

    /// Of no use to callers that know a single provider: they want to hear of that one.
    pub(crate) async fn degrade(&self) -> Result<(), Bad> {
        if self.only.is_some() { Err(Bad(Verdict::Retry)) } else { self.act().await }
    }

    /// What the next deed says, without an attempt of a provider: for other blocks.
    pub(crate) async fn act(&self) -> Result<(), Bad> {
        let deed = {
            let mut deeds = self.deeds.lock().expect("nobody panics while choosing");
            if deeds.len() > 1 { deeds.pop_front() } else { deeds.front().copied() }
        };
        let deed = deed.expect("there is always a last deed");
        if deed.after > 0 {
            sleep(Duration::from_millis(deed.after)).await;
        }
        match deed.end {
            End::Well => Ok(()),
            End::Badly(verdict) => Err(Bad(verdict)),
            // A panic, but without the message on the terminal.
            End::Panic => resume_unwind(Box::new("the deed says so")),
            End::Never => pending().await,
        }
    }
}

/// An attempt under way, however it ends.
struct Inside<'a>(&'a World);

impl<'a> Inside<'a> {
    fn new(world: &'a World, name: &'static str) -> Self {
        let mut account = world.0.lock().expect("nobody panics while noting");
        account.running += 1;
        account.begun.push((name, Instant::now()));
        Self(world)
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.0.lock().expect("nobody panics while noting").running -= 1;
    }
}
