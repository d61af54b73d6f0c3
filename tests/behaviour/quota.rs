//! R40 to R45: which provider of a quota gets a call.

mod failover;
mod orders;
mod sharing;
mod sticky;

use std::mem::take;
use std::sync::Mutex;

use ductape::{Outcome, Runtime};

pub(crate) type Served = ductape::Result<Outcome<&'static str>, &'static str>;

/// The other side of every quota here: who takes part, who fails, and who was called.
#[derive(Default)]
pub(crate) struct Desk {
    pub(crate) absent: Vec<&'static str>,
    pub(crate) down: Vec<&'static str>,
    calls: Mutex<Vec<&'static str>>,
}

impl Desk {
    pub(crate) fn without(absent: &[&'static str]) -> Self {
        Self { absent: absent.to_vec(), ..Self::default() }
    }

    pub(crate) fn failing(down: &[&'static str]) -> Self {
        Self { down: down.to_vec(), ..Self::default() }
    }

    /// For `when(…)`.
    pub(crate) fn has(&self, name: &str) -> bool {
        !self.absent.contains(&name)
    }

    /// For blocks: notes the call, and answers with the provider's own name.
    pub(crate) fn serve(&self, name: &'static str) -> Result<&'static str, &'static str> {
        self.calls.lock().expect("nobody panics while noting").push(name);
        if self.down.contains(&name) { Err("down") } else { Ok(name) }
    }

    /// Who was called since this was asked last.
    pub(crate) fn calls(&self) -> Vec<&'static str> {
        take(&mut self.calls.lock().expect("nobody panics while noting"))
    }
}

pub(crate) fn seeded(seed: u64) -> Runtime {
    Runtime::builder().seed(seed).build().expect("building checks nothing that could be wrong")
}

/// Who served each of so many runs, which must all succeed.
pub(crate) async fn served(runs: usize, run: impl AsyncFn() -> Served) -> Vec<&'static str> {
    let mut served = Vec::with_capacity(runs);
    for _ in 0..runs {
        let outcome = run().await.expect("somebody is up");
        assert_eq!(outcome.provider, *outcome, "the outcome names the block that was called");
        served.push(outcome.into_inner());
    }
    served
}

pub(crate) fn count(picks: &[&str], name: &str) -> usize {
    picks.iter().filter(|&&pick| pick == name).count()
}

/// R41 over every stretch of the picks: any S in a row give each provider exactly its weight, and any n in a row are
/// within ±2 of n · weight / S.
pub(crate) fn assert_smooth(picks: &[&str], weights: &[(&str, usize)]) {
    let sum: usize = weights.iter().map(|(_, weight)| weight).sum();
    assert!(picks.len() >= 2 * sum, "{} picks say little about a sum of {sum}", picks.len());
    for &(name, weight) in weights {
        let mut before = vec![0];
        for pick in picks {
            before.push(before[before.len() - 1] + usize::from(*pick == name));
        }
        for start in 0..picks.len() {
            for end in start + 1..=picks.len() {
                let (length, counted) = (end - start, before[end] - before[start]);
                let off = (counted * sum).abs_diff(length * weight);
                assert!(off <= 2 * sum, "{name}: {counted} of the {length} picks from {start} on");
                assert!(length != sum || off == 0, "{name}: {counted} of {sum} in a row, from {start} on");
            }
        }
    }
    let known = |pick: &&str| weights.iter().any(|(name, _)| name == pick);
    assert!(picks.iter().all(known), "somebody else was picked");
}

/// Whether some stretch as long as the sum of the weights does not keep to them: draws do not.
pub(crate) fn is_uneven(picks: &[&str], name: &str, weight: usize, sum: usize) -> bool {
    picks.windows(sum).any(|window| count(window, name) != weight)
}
