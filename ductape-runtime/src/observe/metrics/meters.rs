use std::fmt::{self, Debug, Formatter};

use metrics::{Counter, Gauge, Histogram, Label};

use super::table::{self, Kind, Metric};
use crate::Name;
use crate::engine::{Phase, Status};
use crate::observe::statistics::{REASONS, Skips, reason};
use crate::observe::{AttemptEnd, Gate, Note, RunEnd, Start, quietly};
use crate::plan::{Plan, Provider};

pub(crate) const ENABLED: bool = true;

/// The series of one plan, in the recorder that is installed when the plan is first used in its runtime.
pub(in crate::observe) struct Meters {
    runs: [Counter; RunEnd::ALL.len()],
    duration: Histogram,
    in_flight: Gauge,
    providers: Box<[ProviderMeters]>,
}

struct ProviderMeters {
    attempts: [Counter; AttemptEnd::ALL.len()],
    duration: Histogram,
    in_flight: Gauge,
    retries: Counter,
    failovers: Counter,
    hedges: Counter,
    masked: Counter,
    skips: [Counter; REASONS],
    shadowed: [Counter; Gate::ALL.len()],
    cost: Gauge,
    breaker: Option<BreakerMeters>,
}

struct BreakerMeters {
    state: Gauge,
    changes: [Counter; PHASES.len()],
}

/// The phases of a breaker; the place of each is what its gauge says.
const PHASES: [&str; 3] = ["closed", "half_open", "open"];

const fn place(phase: Phase) -> usize {
    match phase {
        Phase::Closed => 0,
        Phase::HalfOpen => 1,
        Phase::Open { .. } => 2,
    }
}

impl Meters {
    /// Describes all metrics, and registers every series of the plan, at zero.
    pub(in crate::observe) fn new(plan: &Plan) -> Self {
        quietly(|| {
            table::ALL.iter().for_each(describe);
            Self::register(plan)
        })
        .unwrap_or_else(|| Self::noop(plan.all().len()))
    }

    fn register(plan: &Plan) -> Self {
        let series = Series(vec![label("plan", &plan.tag)]);
        Self {
            runs: RunEnd::ALL.map(|end| series.with("outcome", end.as_str()).counter(&table::RUNS)),
            duration: series.histogram(&table::RUN_DURATION),
            in_flight: series.gauge(&table::RUNS_IN_FLIGHT),
            providers: plan.all().iter().map(|provider| ProviderMeters::register(&series, provider)).collect(),
        }
    }

    /// In place of those that a recorder failed to make.
    fn noop(providers: usize) -> Self {
        Self {
            runs: RunEnd::ALL.map(|_| Counter::noop()),
            duration: Histogram::noop(),
            in_flight: Gauge::noop(),
            providers: (0..providers).map(|_| ProviderMeters::noop()).collect(),
        }
    }

    #[expect(clippy::inline_always, reason = "every caller knows its note: of all arms, one is left there")]
    #[inline(always)]
    pub(in crate::observe) fn tell(&self, plan: &Plan, note: &Note) {
        quietly(|| self.count(plan, note));
    }

    #[expect(clippy::inline_always, reason = "as above")]
    #[inline(always)]
    fn count(&self, plan: &Plan, note: &Note) {
        match *note {
            Note::RunBegan => self.in_flight.increment(1.0),
            Note::RunEnded(run) => {
                self.in_flight.decrement(1.0);
                self.runs[run.end as usize].increment(1);
                if run.end == RunEnd::Served {
                    self.duration.record(run.took);
                }
                if let Some(masked) = run.masked {
                    self.providers[masked].masked.increment(1);
                }
            }
            Note::Skipped { provider, skip } => self.providers[provider].skips[reason(skip)].increment(1),
            Note::Shadowed { provider, gate } => self.providers[provider].shadowed[gate as usize].increment(1),
            Note::AttemptBegan { provider, start } => {
                let cost = plan.all()[provider].cost();
                let provider = &self.providers[provider];
                provider.in_flight.increment(1.0);
                match start {
                    Start::First => {}
                    Start::Retry => provider.retries.increment(1),
                    Start::Failover { .. } => provider.failovers.increment(1),
                    Start::Hedge => provider.hedges.increment(1),
                }
                if cost != 0.0 {
                    provider.cost.increment(cost);
                }
            }
            Note::AttemptEnded { provider, end, took, .. } => {
                let provider = &self.providers[provider];
                provider.in_flight.decrement(1.0);
                provider.attempts[end as usize].increment(1);
                if end == AttemptEnd::Served {
                    provider.duration.record(took);
                }
            }
            Note::BreakerChanged { provider, change } => {
                if let Some(breaker) = &self.providers[provider].breaker {
                    breaker.now(change.to);
                }
            }
            Note::Retry { .. } | Note::Reconciled { .. } => {}
        }
    }
}

impl ProviderMeters {
    fn register(plan: &Series, provider: &Provider) -> Self {
        let series = plan.with_name("provider", &provider.name);
        let skips = Skips::default().by_reason().map(|(reason, _)| reason);
        Self {
            attempts: AttemptEnd::ALL.map(|end| series.with("outcome", end.as_str()).counter(&table::ATTEMPTS)),
            duration: series.histogram(&table::ATTEMPT_DURATION),
            in_flight: series.gauge(&table::ATTEMPTS_IN_FLIGHT),
            retries: series.counter(&table::RETRIES),
            failovers: series.counter(&table::FAILOVERS),
            hedges: series.counter(&table::HEDGES),
            masked: series.counter(&table::MASKED),
            skips: skips.map(|reason| series.with("reason", reason).counter(&table::SKIPS)),
            shadowed: Gate::ALL.map(|gate| series.with("reason", gate.as_str()).counter(&table::SHADOWED)),
            cost: series.gauge(&table::COST),
            breaker: provider.breaker().map(|_| BreakerMeters::register(&series, provider)),
        }
    }

    fn noop() -> Self {
        Self {
            attempts: AttemptEnd::ALL.map(|_| Counter::noop()),
            duration: Histogram::noop(),
            in_flight: Gauge::noop(),
            retries: Counter::noop(),
            failovers: Counter::noop(),
            hedges: Counter::noop(),
            masked: Counter::noop(),
            skips: std::array::from_fn(|_| Counter::noop()),
            shadowed: Gate::ALL.map(|_| Counter::noop()),
            cost: Gauge::noop(),
            breaker: None,
        }
    }
}

impl BreakerMeters {
    /// Those of a breaker that several plans share are shared as well: whichever of them changes it, they are right.
    fn register(own: &Series, provider: &Provider) -> Self {
        let shared = provider.dependency().filter(|dependency| dependency.breaker.is_some());
        let series = shared.map(|shared| Series(vec![Label::new("dependency", shared.name().to_owned())]));
        let (series, state, changes) = match &series {
            Some(shared) => (shared, &table::DEPENDENCY_BREAKER_STATE, &table::DEPENDENCY_BREAKER_CHANGES),
            None => (own, &table::BREAKER_STATE, &table::BREAKER_CHANGES),
        };
        Self { state: series.gauge(state), changes: PHASES.map(|phase| series.with("outcome", phase).counter(changes)) }
    }

    fn now(&self, phase: Phase) {
        let place = place(phase);
        self.changes[place].increment(1);
        self.state.set([0.0, 1.0, 2.0][place]);
    }
}

/// Says what the healthcheck says, as far as it is bad.
pub(crate) fn set_health(healthcheck: &Name, status: Status) {
    quietly(|| {
        describe(&table::HEALTHY);
        let gauge = Series(vec![label("healthcheck", healthcheck)]).gauge(&table::HEALTHY);
        gauge.set(if status == Status::Unhealthy { 0.0 } else { 1.0 });
    });
}

fn describe(metric: &Metric) {
    let Metric { name, kind, unit, help, .. } = *metric;
    match kind {
        Kind::Counter => metrics::describe_counter!(name, unit, help),
        Kind::Gauge => metrics::describe_gauge!(name, unit, help),
        Kind::Histogram => metrics::describe_histogram!(name, unit, help),
    }
}

/// The labels of a series.
struct Series(Vec<Label>);

impl Series {
    fn with(&self, name: &'static str, value: &'static str) -> Self {
        Self([&*self.0, &[Label::from_static_parts(name, value)]].concat())
    }

    fn with_name(&self, name: &'static str, value: &Name) -> Self {
        Self([&*self.0, &[label(name, value)]].concat())
    }

    fn labels(&self, metric: &Metric) -> Vec<Label> {
        debug_assert!(self.0.iter().map(Label::key).eq(metric.labels.iter().copied()), "{}", metric.name);
        self.0.clone()
    }

    /// Zero is visible in recorders that show what has been touched only.
    fn counter(&self, metric: &Metric) -> Counter {
        let counter = metrics::counter!(metric.name, self.labels(metric));
        counter.increment(0);
        counter
    }

    fn gauge(&self, metric: &Metric) -> Gauge {
        let gauge = metrics::gauge!(metric.name, self.labels(metric));
        gauge.increment(0.0);
        gauge
    }

    fn histogram(&self, metric: &Metric) -> Histogram {
        metrics::histogram!(metric.name, self.labels(metric))
    }
}

fn label(name: &'static str, value: &Name) -> Label {
    Label::new(name, value.as_str().to_owned())
}

impl Debug for Meters {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meters").finish_non_exhaustive()
    }
}
