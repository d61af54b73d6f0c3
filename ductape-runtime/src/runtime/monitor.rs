use std::borrow::Borrow;
use std::sync::Arc;
use std::time::Duration;

use rand::RngExt;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::Runtime;
use super::current::INSTALLED;
use super::handle::check_one;
use crate::health::{AnyHealthcheck, HealthState};

/// Runs the healthchecks of a runtime for as long as it lives.
///
/// From [`Builder::start`](super::Builder::start), whose runtime is uninstalled when the monitor is dropped, or from
/// [`Runtime::monitor`]. Who reads a status after that asks the default runtime, which knows nothing of it.
#[derive(Debug)]
#[must_use = "dropping the monitor stops the healthchecks"]
pub struct Monitor {
    runtime: Runtime,
    installed: bool,
    tasks: Vec<JoinHandle<()>>,
    /// How many healthchecks have not answered yet.
    waiting: watch::Receiver<usize>,
}

impl Monitor {
    pub(super) fn install(runtime: &Runtime) -> Self {
        let mut monitor = Self::watch(runtime);
        monitor.installed = true;
        monitor
    }

    pub(super) fn watch(runtime: &Runtime) -> Self {
        let mut ready = Vec::new();
        for (check, state) in runtime.checks() {
            if check.needs_binding() && runtime.bound_to(check.definition()).is_none() {
                state.note_unbound();
            } else {
                ready.push((check, Arc::clone(state)));
            }
        }
        let (answered, waiting) = watch::channel(ready.len());
        let answered = Arc::new(answered);
        let tasks = match tokio::runtime::Handle::try_current() {
            Ok(tokio) => ready
                .into_iter()
                .map(|(check, state)| tokio.spawn(probe(runtime.clone(), check, state, Arc::clone(&answered))))
                .collect(),
            Err(_) => Vec::new(),
        };
        Self { runtime: runtime.clone(), installed: false, tasks, waiting }
    }

    /// The runtime whose healthchecks run.
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Waits until every healthcheck has answered once, which may take as long as its longest check: all its tries and
    /// their timeouts. Returns at once where none runs.
    pub async fn first_round(&self) {
        // An error means that no healthcheck is left that could answer.
        let _ = self.waiting.clone().wait_for(|waiting| *waiting == 0).await;
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
        if self.installed {
            // Nobody else can have installed one meanwhile: a second start is refused.
            INSTALLED.store(None);
        }
    }
}

/// Checks again and again, in a runtime that need not know the healthcheck.
pub(crate) async fn check_forever(runtime: Runtime, check: Arc<dyn AnyHealthcheck>, state: Arc<HealthState>) {
    let (answered, _) = watch::channel(1);
    probe(runtime, check, state, Arc::new(answered)).await;
}

/// Checks again and again: every interval, give or take a tenth, and never before the check before has ended.
async fn probe<C: Borrow<dyn AnyHealthcheck>>(
    runtime: Runtime,
    check: C,
    state: Arc<HealthState>,
    answered: Arc<watch::Sender<usize>>,
) {
    let mut answered = Some(answered);
    let mut random = runtime.0.seeds.generator_of(check.borrow().definition().tag());
    loop {
        let began = Instant::now();
        check_one(&runtime, check.borrow(), &state).await;
        if let Some(answered) = answered.take() {
            answered.send_modify(|waiting| *waiting -= 1);
        }
        let interval = check.borrow().definition().interval();
        tokio::time::sleep_until(began + random.random_range(spread(interval))).await;
    }
}

fn spread(interval: Duration) -> std::ops::RangeInclusive<Duration> {
    let tenth = interval / 10;
    interval.saturating_sub(tenth)..=interval.saturating_add(tenth)
}
