//! R60 to R65: when a provider is no longer called, and when it is called again.

mod cooldowns;
mod dropped;
mod in_a_row;
mod late;
mod probes;
mod shares;
mod turns;
mod wedges;

use ductape::{Event, Runtime, Skip, action};

use crate::support::{Answer, Script, Scripted};

/// Form 1: two failures in a row open it for ten seconds, one good probe closes it.
#[action(
    tag = "breaker-small",
    app = "a",
    classify(Scripted::verdict),
    timeout = "1s",
    breaker(failures = 2, cooldown = "10s", probes = 1)
)]
pub(crate) async fn small(a: &Script) -> Answer {
    a.call().await
}

/// Form 2: half of at least four calls within ten seconds open it for as long, and two good probes close it.
#[action(
    tag = "breaker-share",
    app = "a",
    classify(Scripted::verdict),
    timeout = "1s",
    breaker(failure_rate = "50%", window = "10s", min_calls = 4, slow_call = "200ms", cooldown = "10s", probes = 2)
)]
pub(crate) async fn share(a: &Script) -> Answer {
    a.call().await
}

/// Makes runs one after the other, and tells how they went: `.` well, `x` badly, `-` refused by the breaker.
pub(crate) async fn went(runtime: &Runtime, runs: usize, run: impl AsyncFn() -> Answer) -> String {
    let mut went = String::new();
    for _ in 0..runs {
        went.push(mark(&runtime.scope(run()).await));
    }
    went
}

pub(crate) fn mark(answer: &Answer) -> char {
    let refused = |event: &Event<Scripted>| matches!(event, Event::Skipped(Skip::BreakerOpen { .. }));
    match answer {
        Ok(_) => '.',
        Err(error) if error.trail().entries().iter().all(|entry| refused(&entry.event)) => '-',
        Err(_) => 'x',
    }
}
