//! An outage for each contender: what it claims to do must be seen at the provider.

use std::time::Instant;

use tokio::time::{Duration, sleep, timeout};

use crate::contenders::{BACKOFF, Claim, Contender, Entry, LIMIT, MIN_CALLS, RETRIES, TIMEOUT};
use crate::measure::executor;
use crate::provider::{FIRST, Mode, Provider};

/// Longer than any call may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Runs the outages.
///
/// # Errors
///
/// The claim that does not hold, and what was seen instead.
pub fn prove(entry: &Entry) -> Result<(), String> {
    for claim in entry.claims {
        let proof = match claim {
            Claim::Retry => retries,
            Claim::Breaker => breaks,
            Claim::Timeout => times_out,
            Claim::Limit => limits,
        };
        let executor = executor();
        let _entered = executor.enter();
        let contender = (entry.make)();
        let proved = proof(&*contender, &executor);
        Provider::script(Mode::Ready, Mode::Ready);
        proved.map_err(|seen| format!("{claim:?}: {seen}"))?;
    }
    Ok(())
}

fn retries(contender: &dyn Contender, executor: &tokio::runtime::Runtime) -> Result<(), String> {
    Provider::script(Mode::Failing, Mode::Failing);
    let began = Instant::now();
    executor.block_on(contender.batch(1));
    let calls = FIRST.take_calls();
    if calls != u64::from(RETRIES) + 1 {
        return Err(format!("a call that fails was made {calls} times"));
    }
    if began.elapsed() < BACKOFF * RETRIES {
        return Err("there is no wait between the tries".to_owned());
    }
    Ok(())
}

fn breaks(contender: &dyn Contender, executor: &tokio::runtime::Runtime) -> Result<(), String> {
    Provider::script(Mode::Failing, Mode::Failing);
    executor.block_on(contender.batch(2 * u64::from(MIN_CALLS)));
    let before = FIRST.take_calls();
    executor.block_on(contender.batch(20));
    match FIRST.take_calls() {
        0 => Ok(()),
        calls => Err(format!("{before} failures, and of 20 more calls {calls} came through")),
    }
}

fn times_out(contender: &dyn Contender, executor: &tokio::runtime::Runtime) -> Result<(), String> {
    Provider::script(Mode::Hanging, Mode::Hanging);
    let began = Instant::now();
    let served = executor.block_on(async { timeout(PATIENCE, contender.batch(1)).await });
    match served {
        Err(_) => Err("a call that hangs never ends".to_owned()),
        Ok(1..) => Err("a call that hangs succeeds".to_owned()),
        Ok(0) if began.elapsed() < TIMEOUT => Err("a call that hangs ends before its time".to_owned()),
        Ok(0) => Ok(()),
    }
}

fn limits(contender: &dyn Contender, executor: &tokio::runtime::Runtime) -> Result<(), String> {
    Provider::script(Mode::Hanging, Mode::Hanging);
    let mut calls: Vec<_> = (0..2 * LIMIT).map(|_| contender.batch(1)).collect();
    let all = std::future::poll_fn(|cx| {
        for call in &mut calls {
            // Those that are refused are ready, and not polled again: one poll is all that is made here.
            let _ = call.as_mut().poll(cx);
        }
        std::task::Poll::Ready(())
    });
    executor.block_on(async {
        all.await;
        sleep(TIMEOUT / 4).await;
    });
    match FIRST.take_calls() {
        calls if calls == LIMIT as u64 => Ok(()),
        calls => Err(format!("{calls} of {} calls came through at once", 2 * LIMIT)),
    }
}
