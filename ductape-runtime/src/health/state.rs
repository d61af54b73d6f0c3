use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::{AnyHealthcheck, Check, ProbeFuture, Report, Status};
use crate::Name;
use crate::engine::HealthCell;
use crate::moment::Moment;

/// What a runtime knows of one healthcheck.
#[derive(Debug)]
pub(crate) struct HealthState {
    pub(crate) cell: Arc<HealthCell>,
    tag: Name,
    known: Mutex<Known>,
    /// Held during a check: never two at a time.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Known {
    /// However old.
    status: Status,
    last_checked: Option<Moment>,
    last_available: Option<bool>,
    last_available_at: Option<Moment>,
    latency: Option<Duration>,
    total_latency: Duration,
    checks: u32,
    good_in_a_row: u32,
    bad_in_a_row: u32,
    last_error: Option<String>,
}

/// The wait before the second try of a check; it doubles from there on.
const FIRST_WAIT: Duration = Duration::from_millis(100);

const UNBOUND: &str = "it has nothing to probe: nothing was bound to it in this runtime";

impl HealthState {
    pub(crate) fn new(check: &Check) -> Self {
        Self {
            cell: Arc::default(),
            tag: check.tag.clone(),
            known: Mutex::default(),
            turn: tokio::sync::Mutex::new(()),
        }
    }

    /// Runs one check, after one that is under way; answers how the status has changed by it. Without anything to probe
    /// nothing is learnt, and the report says why.
    pub(crate) async fn check(
        &self,
        check: &dyn AnyHealthcheck,
        bound: Option<&(dyn Any + Send + Sync)>,
    ) -> Option<(Status, Status)> {
        let _turn = self.turn.lock().await;
        if check.needs_binding() && bound.is_none() {
            self.note_unbound();
            return None;
        }
        let began = Moment::now();
        let result = tries(check, bound).await;
        let now = Moment::now();
        self.learn(check.definition(), now, now.since(began), result)
    }

    pub(crate) fn note_unbound(&self) {
        self.known().last_error = Some(UNBOUND.to_owned());
    }

    fn learn(
        &self,
        check: &Check,
        now: Moment,
        latency: Duration,
        result: Result<(), Box<str>>,
    ) -> Option<(Status, Status)> {
        let mut known = self.known();
        let before = self.cell.status(now);
        let good = result.is_ok();
        if let Err(error) = result {
            known.last_error = Some(error.into());
        }
        known.last_checked = Some(now);
        known.last_available = Some(good);
        known.latency = Some(latency);
        known.total_latency += latency;
        known.checks = known.checks.saturating_add(1);
        if good {
            known.last_available_at = Some(now);
            known.good_in_a_row = known.good_in_a_row.saturating_add(1);
            known.bad_in_a_row = 0;
        } else {
            known.bad_in_a_row = known.bad_in_a_row.saturating_add(1);
            known.good_in_a_row = 0;
        }
        // The very first check decides at once; after it, one that is not enough in its row leaves the status as it was.
        known.status = match known.status {
            Status::Unknown if good => Status::Healthy,
            Status::Unknown => Status::Unhealthy,
            _ if good && known.good_in_a_row >= check.rise => Status::Healthy,
            _ if !good && known.bad_in_a_row >= check.fall => Status::Unhealthy,
            unchanged => unchanged,
        };
        self.cell.set(known.status, now + check.interval().saturating_mul(2) + longest_check(check));
        (before != known.status).then_some((before, known.status))
    }

    /// It has found this, as many times as it takes to change the status.
    #[cfg(feature = "testing")]
    pub(crate) fn pretend(&self, check: &Check, now: Moment, found: &Result<(), Box<str>>) -> Option<(Status, Status)> {
        let times = if found.is_ok() { check.rise } else { check.fall };
        let changed = (0..times).filter_map(|_| self.learn(check, now, Duration::ZERO, found.clone())).last();
        self.hold(now);
        changed
    }

    /// Its status does not grow stale.
    #[cfg(feature = "testing")]
    pub(crate) fn hold(&self, now: Moment) {
        self.cell.set(self.cell.status(now), Moment::MAX);
    }

    pub(crate) fn report(&self, now: Moment) -> Report {
        let known = self.known();
        Report {
            tag: self.tag.clone(),
            status: self.cell.status(now),
            last_checked: known.last_checked.map(Moment::wall),
            last_available: known.last_available,
            last_available_at: known.last_available_at.map(Moment::wall),
            latency: known.latency,
            mean_latency: known.total_latency.checked_div(known.checks),
            failures: known.bad_in_a_row,
            last_error: known.last_error.clone(),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The waits between tries: 100 ms, doubling.
fn waits() -> impl Iterator<Item = Duration> {
    std::iter::successors(Some(FIRST_WAIT), |wait| wait.checked_mul(2))
}

/// A check in which every try runs to its timeout.
fn longest_check(check: &Check) -> Duration {
    let tries = check.timeout().saturating_mul(check.retries().saturating_add(1));
    let retries = usize::try_from(check.retries()).unwrap_or(usize::MAX);
    waits().take(retries).fold(tries, Duration::saturating_add)
}

/// The tries of one check, until the first that is good.
async fn tries(check: &dyn AnyHealthcheck, bound: Option<&(dyn Any + Send + Sync)>) -> Result<(), Box<str>> {
    let mut waits = waits();
    let mut left = check.definition().retries();
    loop {
        let Some(probe) = check.probe(bound) else { return Err(UNBOUND.into()) };
        let error = match one_try(check.definition(), probe).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        if left == 0 {
            return Err(error);
        }
        left -= 1;
        sleep(waits.next().unwrap_or(Duration::MAX)).await;
    }
}

/// One try: a panic is a failed one, and so is silence.
async fn one_try(check: &Check, mut probe: ProbeFuture<'_>) -> Result<(), Box<str>> {
    let guarded = std::future::poll_fn(|cx| match guard(|| probe.as_mut().poll(cx)) {
        Ok(polled) => polled,
        Err(panic) => Poll::Ready(Err(panic)),
    });
    let result = timeout(check.timeout(), guarded).await;
    // A probe that is cut off may panic while it is dropped.
    guard(|| drop(probe))?;
    result.unwrap_or_else(|_| Err(format!("no answer within {}", crate::text::Span(check.timeout())).into()))
}

/// Runs a probe's code; a panic becomes an error.
fn guard<V>(code: impl FnOnce() -> V) -> Result<V, Box<str>> {
    catch_unwind(AssertUnwindSafe(code)).map_err(|panic| format!("panicked: {}", panic_text(&*panic)).into())
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}
