//! Apps that play a script, and tell how they were called.

use std::collections::VecDeque;
use std::fmt::{self, Display, Formatter};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use ductape_catalog::definition::ErrorClass;
use ductape_catalog::store::{Answer, Change, Hour, Kept, Memory, Store, StoreError};
use ductape_catalog::{App, Builder, Catalog, NewAction};
use ductape_runtime::Verdict;
use serde_json::Value;

/// What an action does when it is called.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    Answer(Value),
    Fail(u16),
    /// Answers after so many milliseconds.
    Slow(u64, Value),
}

/// The error of a scripted action: a status.
#[derive(Debug)]
pub(crate) struct Status(pub(crate) u16);

impl Display for Status {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "status {}", self.0)
    }
}

impl std::error::Error for Status {}

/// An action: what it does, call by call, the last act for all that come after.
#[derive(Debug, Clone)]
pub(crate) struct Scripted(Arc<Mutex<(VecDeque<Act>, Vec<Value>)>>);

impl Scripted {
    pub(crate) fn new(acts: impl IntoIterator<Item = Act>) -> Self {
        Self(Arc::new(Mutex::new((acts.into_iter().collect(), Vec::new()))))
    }

    pub(crate) fn answering(answer: Value) -> Self {
        Self::new([Act::Answer(answer)])
    }

    pub(crate) fn failing(status: u16) -> Self {
        Self::new([Act::Fail(status)])
    }

    /// What it was given, call by call.
    pub(crate) fn given(&self) -> Vec<Value> {
        self.0.lock().expect("no test panics here").1.clone()
    }

    pub(crate) fn calls(&self) -> usize {
        self.given().len()
    }

    pub(crate) async fn call(self, input: Value) -> Result<Value, Status> {
        let act = {
            let mut script = self.0.lock().expect("no test panics here");
            script.1.push(input);
            if script.0.len() > 1 { script.0.pop_front() } else { script.0.front().cloned() }
        };
        match act {
            None => Err(Status(500)),
            Some(Act::Answer(answer)) => Ok(answer),
            Some(Act::Fail(status)) => Err(Status(status)),
            Some(Act::Slow(millis, answer)) => {
                tokio::time::sleep(Duration::from_millis(millis)).await;
                Ok(answer)
            }
        }
    }

    pub(crate) fn action(&self, app: App, tag: &str) -> NewAction<Status> {
        let script = self.clone();
        app.action(tag, move |input| script.clone().call(input)).class(|error| Some(ErrorClass::Status(error.0)))
    }
}

pub(crate) fn verdict(error: &Status) -> Verdict {
    if error.0 == 402 { Verdict::Abort } else { Verdict::Retry }
}

pub(crate) fn builder() -> Builder {
    Catalog::builder().product("shop").env("prd").seed(7)
}

/// With apps of one action each: `stripe/charge`.
pub(crate) async fn catalog(actions: &[(&str, &Scripted)]) -> Catalog {
    let builder = actions.iter().fold(builder(), |builder, (name, script)| {
        let (app, action) = name.split_once('/').expect("app/action");
        builder.app(app, |app| script.action(app, action))
    });
    builder.open().await.expect("it opens")
}

/// A store that fails while it is told to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Failing {
    store: Memory,
    fails: Arc<AtomicBool>,
}

impl Failing {
    pub(crate) fn fail(&self, fails: bool) {
        self.fails.store(fails, Ordering::Relaxed);
    }

    fn unless_it_fails<'a, T: Send + 'a>(&'a self, work: impl FnOnce() -> Answer<'a, T>) -> Answer<'a, T> {
        if self.fails.load(Ordering::Relaxed) {
            return Box::pin(async { Err(StoreError::other("the disk is full")) });
        }
        work()
    }
}

impl Store for Failing {
    fn load(&self) -> Answer<'_, Kept> {
        self.store.load()
    }

    fn commit(&self, changes: Vec<Change>) -> Answer<'_, ()> {
        self.unless_it_fails(|| self.store.commit(changes))
    }

    fn record(&self, hours: Vec<Hour>) -> Answer<'_, ()> {
        self.unless_it_fails(|| self.store.record(hours))
    }

    fn history(&self, plan: &str, range: Range<SystemTime>) -> Answer<'_, Vec<Hour>> {
        self.store.history(plan, range)
    }
}
