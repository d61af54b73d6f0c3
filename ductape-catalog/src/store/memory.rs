use std::collections::BTreeMap;
use std::future::ready;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use ductape_runtime::Totals;

use super::history::{number, oldest};
use super::{Answer, Change, Hour, Kept, Store};

/// A store that lives as long as the process. Clones are the same store.
#[derive(Debug, Clone, Default)]
pub struct Memory(Arc<Mutex<Everything>>);

#[derive(Debug, Default)]
struct Everything {
    kept: Kept,
    /// By plan, hour and provider.
    history: BTreeMap<(String, u64, String), Totals>,
}

impl Memory {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Everything> {
        // No code of others runs under the lock: what panicked was an allocation at most.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Everything {
    fn rename(&mut self, plan: &str, from: &str, to: &str) {
        let theirs = self.history.keys().filter(|(of, _, provider)| of == plan && provider == from);
        for (plan, number, from) in theirs.cloned().collect::<Vec<_>>() {
            let totals = self.history.remove(&(plan.clone(), number, from)).unwrap_or_default();
            let kept = self.history.entry((plan, number, to.to_owned())).or_default();
            *kept = kept.and(&totals);
        }
    }
}

impl Store for Memory {
    fn load(&self) -> Answer<'_, Kept> {
        Box::pin(ready(Ok(self.lock().kept.clone())))
    }

    fn commit(&self, changes: Vec<Change>) -> Answer<'_, ()> {
        let mut everything = self.lock();
        for change in changes {
            if let Change::Rename { plan, from, to } = &change {
                everything.rename(plan, from, to);
            }
            everything.kept.apply(change);
        }
        Box::pin(ready(Ok(())))
    }

    fn record(&self, hours: Vec<Hour>) -> Answer<'_, ()> {
        let mut everything = self.lock();
        for Hour { plan, provider, number, totals } in hours {
            let kept = everything.history.entry((plan, number, provider)).or_default();
            *kept = kept.and(&totals);
        }
        let oldest = oldest(SystemTime::now());
        everything.history.retain(|(_, number, _), _| *number >= oldest);
        Box::pin(ready(Ok(())))
    }

    fn history(&self, plan: &str, range: Range<SystemTime>) -> Answer<'_, Vec<Hour>> {
        if range.is_empty() {
            return Box::pin(ready(Ok(Vec::new())));
        }
        let everything = self.lock();
        let from = number(range.start).max(oldest(SystemTime::now()));
        let hours = everything.history.range((plan.to_owned(), from, String::new())..);
        let hours = hours.take_while(|((of, ..), _)| of == plan).map(|((plan, number, provider), totals)| Hour {
            plan: plan.clone(),
            provider: provider.clone(),
            number: *number,
            totals: totals.clone(),
        });
        let hours = hours.take_while(|hour| hour.began() < range.end).collect();
        Box::pin(ready(Ok(hours)))
    }
}
