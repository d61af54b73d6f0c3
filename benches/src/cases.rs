//! The situations that are measured, and who is measured in them.

use crate::contenders::{Contender, Entry, bare, ductape, handmade, seatbelt, tower, tower_resilience};
use crate::measure::drive;
use crate::provider::{FIRST, Mode, Provider, SECOND};

/// A situation.
#[derive(Clone, Copy)]
pub struct Case {
    pub title: &'static str,
    pub about: &'static str,
    /// What the two providers do.
    pub script: [Mode; 2],
    /// All breakers have been opened before.
    pub opened: bool,
    pub rows: &'static [Row],
}

/// Who is measured, and against which of our rows.
#[derive(Clone, Copy)]
pub struct Row {
    pub entry: Entry,
    /// For a peer: the name of the row of ours that does the same.
    pub ours: Option<&'static str>,
    /// Whether our row is to take at most half as long.
    pub target: bool,
}

const fn ours(entry: Entry) -> Row {
    Row { entry, ours: None, target: false }
}

const fn peer(entry: Entry, ours: &Entry) -> Row {
    Row { entry, ours: Some(ours.name), target: false }
}

const fn rival(entry: Entry, ours: &Entry) -> Row {
    Row { entry, ours: Some(ours.name), target: true }
}

const CLEAN: &[Row] = &[
    peer(bare::CALL, &ductape::ACTION),
    peer(bare::CLOCKED, &ductape::ACTION),
    ours(ductape::ACTION),
    ours(ductape::ACTION_SILENT),
    ours(ductape::ACTION_RATE),
    ours(ductape::FALLBACK),
    ours(ductape::FALLBACK_SILENT),
    ours(ductape::QUOTA),
    ours(ductape::QUOTA_SILENT),
    ours(ductape::ACTION_LIMITED),
    rival(handmade::RETRY_BREAKER_TIMEOUT, &ductape::ACTION),
    rival(seatbelt::RETRY_BREAKER_TIMEOUT, &ductape::ACTION_RATE),
    peer(tower_resilience::RETRY_BREAKER_TIMEOUT, &ductape::ACTION),
    peer(tower::LIMIT_TIMEOUT, &ductape::ACTION_LIMITED),
];

const PATIENT: &[Row] = &[
    ours(ductape::FAILOVER_PATIENT),
    peer(handmade::FAILOVER_PATIENT, &ductape::FAILOVER_PATIENT),
    peer(seatbelt::FAILOVER_PATIENT, &ductape::FAILOVER_PATIENT),
];

pub const CLEAN_CASES: &[Case] = &[
    Case {
        title: "The provider is ready at the first poll",
        about: "Two retries, a breaker and a timeout around each provider; tower and the row with `bulkhead` have a limit \
                and a timeout instead.",
        script: [Mode::Ready, Mode::Ready],
        opened: false,
        rows: CLEAN,
    },
    Case {
        title: "The provider is pending once",
        about: "The same. Now timers are armed: each library's own, or tokio's.",
        script: [Mode::Pending, Mode::Pending],
        opened: false,
        rows: CLEAN,
    },
];

pub const FAILING_CASES: &[Case] = &[
    Case {
        title: "The first provider fails, the second serves",
        about: "A breaker (which bears it) and a timeout around each provider, no retries. tower-resilience's fallback \
                needs a second stack of services for that, and an error type for both; it is left out.",
        script: [Mode::Failing, Mode::Ready],
        opened: false,
        rows: PATIENT,
    },
    Case {
        title: "Both providers fail",
        about: "The same. Our error keeps every attempt; those of the others are the last one's.",
        script: [Mode::Failing, Mode::Failing],
        opened: false,
        rows: PATIENT,
    },
    Case {
        title: "Both breakers are open",
        about: "Nobody is called. Our error names both providers, and when each may be asked again.",
        script: [Mode::Failing, Mode::Failing],
        opened: true,
        rows: &[
            ours(ductape::FAILOVER),
            peer(handmade::FAILOVER, &ductape::FAILOVER),
            peer(seatbelt::FAILOVER, &ductape::FAILOVER),
        ],
    },
];

/// All of them, in a fixed order: helpers name them by number.
pub fn all() -> impl Iterator<Item = Case> {
    CLEAN_CASES.iter().chain(FAILING_CASES).copied()
}

impl Case {
    /// A contender with fresh state, which is where this case begins.
    pub fn prepare(&self, entry: &Entry) -> Box<dyn Contender> {
        let contender = (entry.make)();
        if self.opened {
            Provider::script(Mode::Failing, Mode::Failing);
            drive(contender.batch(100));
        }
        contender
    }

    /// Sets the scene: what the providers do from here on.
    pub fn scene(&self) {
        Provider::script(self.script[0], self.script[1]);
    }

    /// Makes calls, and sees to it that they end as they must.
    ///
    /// # Panics
    ///
    /// If the contender does not do what this case is about: its figure would mean nothing.
    pub fn run(&self, contender: &dyn Contender, calls: u64) {
        let served = drive(contender.batch(calls));
        let answered = !self.opened && self.script.iter().any(|mode| matches!(mode, Mode::Ready | Mode::Pending));
        assert_eq!(served, if answered { calls } else { 0 }, "{}", self.title);
        let failing = |mode| if mode == Mode::Failing && !self.opened { calls } else { 0 };
        assert_eq!(FIRST.take_calls(), failing(self.script[0]), "{}", self.title);
        assert_eq!(SECOND.take_calls(), failing(self.script[1]), "{}", self.title);
    }
}
