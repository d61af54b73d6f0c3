use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use serde::Serialize;

use super::breaker::{Breaker, BreakerState, Change, Forced, Phase, Reading};
use super::budget::Account;
use super::bulkhead::{Bulkhead, Occupancy, Places};
use super::choice::{Orders, Set};
use super::random::Seeds;
use super::rate::{RateLimit, Tokens};
use crate::Name;
use crate::cache::{Cache, Stores};
use crate::moment::Moment;
use crate::observe::{Note, Watch};
use crate::plan::{Plan, Provider};
use crate::sync::{Mutex, lock};

/// A plan in force: its definition, joined with what its runs share.
#[derive(Debug)]
pub(crate) struct LivePlan {
    pub(crate) plan: Cow<'static, Plan>,
    pub(crate) seeds: Arc<Seeds>,
    providers: Box<[LiveProvider]>,
    pub(super) orders: Arc<Orders>,
    /// The providers that get traffic at all.
    pub(super) serving: Set,
    /// Those of them that are chosen by weight.
    pub(super) weighted: Set,
    /// What every run of this plan ends within, by the bounds of its steps.
    pub(super) longest_run: Duration,
    /// What the retry budget counts.
    pub(super) budget: Option<Arc<Account>>,
    /// What it keeps of them.
    stores: Option<Arc<Stores>>,
    /// What is told of its runs.
    pub(crate) watch: Watch,
    /// What a test has its providers do.
    #[cfg(feature = "testing")]
    pub(crate) script: Arc<crate::testing::Script>,
}

/// What runs share of one provider.
#[derive(Debug)]
pub(crate) struct LiveProvider {
    standing: Arc<Standing>,
    /// What its healthcheck says.
    checked: Option<Arc<HealthCell>>,
    /// What its healthcheck says, unless that is switched off.
    pub(super) health: Option<Arc<HealthCell>>,
    policies: Policies,
}

/// What holds for a provider whatever becomes of its definition.
#[derive(Debug)]
struct Standing {
    throttled_until: AtomicU64,
    cordoned: AtomicBool,
    cordon: Mutex<Option<Name>>,
}

/// The state of policies that providers of several plans may share.
#[derive(Debug, Clone, Default)]
pub(crate) struct Policies {
    breaker: Option<Arc<BreakerState>>,
    bulkhead: Option<Arc<Places>>,
    rate_limit: Option<Arc<Tokens>>,
}

impl Policies {
    /// Fresh state for what is defined.
    pub(crate) fn new(breaker: Option<Breaker>, bulkhead: Option<Bulkhead>, rate_limit: Option<RateLimit>) -> Self {
        Self {
            breaker: breaker.map(|_| Arc::new(BreakerState::new())),
            bulkhead: bulkhead.map(|definition| Arc::new(Places::new(&definition))),
            rate_limit: rate_limit.map(|_| Arc::new(Tokens::new())),
        }
    }

    /// These, and for what they lack, others.
    pub(crate) fn or(self, others: Self) -> Self {
        Self {
            breaker: self.breaker.or(others.breaker),
            bulkhead: self.bulkhead.or(others.bulkhead),
            rate_limit: self.rate_limit.or(others.rate_limit),
        }
    }
}

/// The longest that a provider can have itself left alone for.
const LONGEST_THROTTLE: Duration = Duration::from_secs(5 * 60);

impl LivePlan {
    /// Joins a definition with fresh state; `shared` finds what a provider shares with those of other plans: the cell
    /// of its healthcheck, and the policies of its dependency.
    pub(crate) fn new(
        plan: Cow<'static, Plan>,
        seeds: Arc<Seeds>,
        watch: Watch,
        shared: impl Fn(&Provider) -> (Option<Arc<HealthCell>>, Policies),
    ) -> Self {
        Self {
            providers: plan.all().iter().map(|provider| LiveProvider::new(provider, shared(provider))).collect(),
            orders: orders(&plan, &seeds),
            serving: serving(&plan),
            weighted: weighted(&plan),
            longest_run: plan.longest_run(),
            budget: plan.retry_budget().map(|_| Arc::new(Account::new())),
            stores: plan.cache().map(|_| Arc::default()),
            plan,
            seeds,
            watch,
            #[cfg(feature = "testing")]
            script: Arc::default(),
        }
    }

    /// Its providers do what the script says.
    #[cfg(feature = "testing")]
    pub(crate) fn scripted(self, script: Arc<crate::testing::Script>) -> Self {
        Self { script, ..self }
    }

    /// The same plan, otherwise defined: its providers are the same ones, and what runs share stays (R90). Orders stay
    /// unless their weights change.
    pub(crate) fn redefined(&self, plan: Cow<'static, Plan>) -> Self {
        let providers = self.providers.iter().zip(plan.all());
        let same_weights = weights(&plan) == weights(&self.plan);
        Self {
            providers: providers.map(|(provider, definition)| provider.redefined(definition)).collect(),
            orders: if same_weights { Arc::clone(&self.orders) } else { orders(&plan, &self.seeds) },
            serving: serving(&plan),
            weighted: weighted(&plan),
            longest_run: plan.longest_run(),
            budget: self.budget.clone().or_else(|| plan.retry_budget().map(|_| Arc::new(Account::new()))),
            stores: self.stores.clone(),
            seeds: Arc::clone(&self.seeds),
            watch: self.watch.redefined(&plan),
            plan,
            #[cfg(feature = "testing")]
            script: Arc::clone(&self.script),
        }
    }

    /// Another definition in the place of this one: what it has in common with it, told by the names of providers, goes on
    /// with the state that it has; so does a provider that goes by another name there: `renamed`, from and to. `checked`
    /// finds the cell of a provider's healthcheck.
    pub(crate) fn succeeded_by(
        &self,
        plan: Cow<'static, Plan>,
        renamed: &[(Name, Name)],
        checked: impl Fn(&Provider) -> Option<Arc<HealthCell>>,
    ) -> Self {
        let known = |provider: &Provider| {
            let name = match renamed.iter().find(|(_, to)| *to == provider.name) {
                Some((from, _)) => from,
                // Whoever had this name has another one now.
                None if renamed.iter().any(|(from, _)| *from == provider.name) => return None,
                None => &provider.name,
            };
            self.plan.all().iter().position(|known| known.name == *name)
        };
        let kept: Vec<Option<usize>> = plan.all().iter().map(known).collect();
        let providers = plan.all().iter().zip(&kept).map(|(definition, kept)| match kept {
            Some(kept) => self.providers[*kept].rechecked(checked(definition)).redefined(definition),
            None => LiveProvider::new(definition, (checked(definition), Policies::default())),
        });
        let same_order = kept.iter().copied().eq((0..self.providers.len()).map(Some));
        let same_weights = same_order && weights(&plan) == weights(&self.plan);
        Self {
            providers: providers.collect(),
            orders: if same_weights { Arc::clone(&self.orders) } else { orders(&plan, &self.seeds) },
            serving: serving(&plan),
            weighted: weighted(&plan),
            longest_run: plan.longest_run(),
            budget: self.budget.clone().or_else(|| plan.retry_budget().map(|_| Arc::new(Account::new()))),
            stores: self.stores.clone(),
            seeds: Arc::clone(&self.seeds),
            watch: self.watch.succeeded_by(&plan, &kept),
            plan,
            #[cfg(feature = "testing")]
            script: Arc::clone(&self.script),
        }
    }

    /// There are as many places in bulkheads as the definition says, and tokens come as fast, from now on.
    pub(crate) fn resize(&self) {
        let now = Moment::now();
        for index in 0..self.providers.len() {
            if let Some((definition, places)) = self.bulkhead(index) {
                places.resize(definition);
            }
            if let Some((definition, tokens)) = self.rate_limit(index) {
                tokens.change(definition, now);
            }
        }
    }

    /// Something happened, for those who watch.
    #[expect(clippy::inline_always, reason = "every caller knows its note: of all arms, one is left there")]
    #[inline(always)]
    pub(crate) fn tell(&self, now: Moment, note: Note) {
        self.watch.tell(&self.plan, now, note);
    }

    /// The cache: its definition, and what it keeps.
    pub(crate) fn cache(&self) -> Option<(Cache, &Stores)> {
        Some((self.plan.cache()?, self.stores.as_deref()?))
    }

    /// The name under which the provider, or the degrade block, is known to people.
    pub(crate) fn name_of(&self, index: usize) -> Name {
        self.plan.all().get(index).map_or(Name::from_static("degrade"), |provider| provider.name.clone())
    }

    /// The definition and the state of the provider at `index`.
    pub(super) fn provider(&self, index: usize) -> (&Provider, &LiveProvider) {
        (&self.plan.all()[index], &self.providers[index])
    }

    /// The breaker of the provider at `index`: its definition and its state.
    pub(super) fn breaker(&self, index: usize) -> Option<(&Breaker, &BreakerState)> {
        let (definition, state) = self.provider(index);
        Some((definition.policy.breaker()?, state.policies.breaker.as_deref()?))
    }

    /// How the breaker of the provider at `index` stands.
    pub(crate) fn read_breaker(&self, index: usize, now: Moment) -> Option<Reading> {
        self.breaker(index).map(|(definition, breaker)| breaker.read(definition, now))
    }

    /// Forces the breaker of the provider at `index`; answers whether there is one.
    pub(crate) fn force_breaker(&self, index: usize, forced: Option<Forced>) -> bool {
        self.breaker(index).map(|(_, breaker)| breaker.force(forced)).is_some()
    }

    /// Closes the breaker of the provider at `index`; answers with what was cleared.
    pub(crate) fn reset_breaker(&self, index: usize, now: Moment) -> Option<Reading> {
        let (definition, breaker) = self.breaker(index)?;
        let cleared = breaker.reset(definition, now);
        if cleared.phase != Phase::Closed {
            let change = Change { from: cleared.phase, to: Phase::Closed };
            self.tell(now, Note::BreakerChanged { provider: index, change });
        }
        Some(cleared)
    }

    /// How full the bulkhead of the provider at `index` is.
    pub(crate) fn occupancy(&self, index: usize) -> Option<Occupancy> {
        self.bulkhead(index).map(|(_, places)| Occupancy { taken: places.taken(), waiting: places.waiting() })
    }

    /// What its healthcheck says of the provider at `index`; `None` without one.
    pub(crate) fn health(&self, index: usize, now: Moment) -> Option<Status> {
        self.provider(index).1.health.as_ref().map(|cell| cell.status(now))
    }

    /// How much longer the provider at `index` is left alone, as it asked for.
    pub(crate) fn throttled(&self, index: usize, now: Moment) -> Option<Duration> {
        self.provider(index).1.throttled(now)
    }

    /// Lets the provider at `index` be, from now on: no run calls it. Answers with the reason that held before.
    pub(crate) fn cordon(&self, index: usize, reason: Option<Name>) -> Option<Name> {
        let standing = &self.provider(index).1.standing;
        let mut cordon = lock(&standing.cordon);
        standing.cordoned.store(reason.is_some(), Ordering::Relaxed);
        std::mem::replace(&mut *cordon, reason)
    }

    /// Why the provider at `index` is let be.
    pub(crate) fn cordoned(&self, index: usize) -> Option<Name> {
        lock(&self.provider(index).1.standing.cordon).clone()
    }

    /// Takes back the wish of the provider at `index` to be left alone; answers how much longer that would have been.
    pub(crate) fn reset_throttle(&self, index: usize, now: Moment) -> Option<Duration> {
        let standing = &self.provider(index).1.standing;
        let left = Moment(standing.throttled_until.swap(0, Ordering::Relaxed)).since(now);
        (!left.is_zero()).then_some(left)
    }

    /// Forgets the calls and the retries that the retry budget counts; answers how many retries those were.
    pub(crate) fn reset_budget(&self, now: Moment) -> Option<u64> {
        self.budget.as_ref().map(|budget| budget.reset(now))
    }

    /// The bulkhead of the provider at `index`: its definition and its state.
    pub(super) fn bulkhead(&self, index: usize) -> Option<(&Bulkhead, &Arc<Places>)> {
        let (definition, state) = self.provider(index);
        Some((definition.policy.bulkhead()?, state.policies.bulkhead.as_ref()?))
    }

    /// The rate limit of the provider at `index`: its definition and its state.
    pub(super) fn rate_limit(&self, index: usize) -> Option<(&RateLimit, &Arc<Tokens>)> {
        let (definition, state) = self.provider(index);
        Some((definition.policy.rate_limit()?, state.policies.rate_limit.as_ref()?))
    }
}

impl LiveProvider {
    fn new(definition: &Provider, (health, shared): (Option<Arc<HealthCell>>, Policies)) -> Self {
        let own = Policies::new(definition.breaker(), definition.bulkhead(), definition.rate_limit());
        let standing =
            Standing { throttled_until: AtomicU64::new(0), cordoned: AtomicBool::new(false), cordon: Mutex::default() };
        Self { standing: Arc::new(standing), checked: health.clone(), health, policies: shared.or(own) }
    }

    /// The same provider, otherwise defined. What is switched off keeps its state, and has it when it is on again.
    fn redefined(&self, definition: &Provider) -> Self {
        let fresh = Policies::new(definition.breaker(), definition.bulkhead(), definition.rate_limit());
        Self {
            standing: Arc::clone(&self.standing),
            checked: self.checked.clone(),
            health: self.checked.clone().filter(|_| definition.healthcheck().is_some()),
            policies: self.policies.clone().or(fresh),
        }
    }

    /// The same provider, with another healthcheck.
    fn rechecked(&self, checked: Option<Arc<HealthCell>>) -> Self {
        let standing = Arc::clone(&self.standing);
        Self { standing, health: checked.clone(), checked, policies: self.policies.clone() }
    }

    /// Whether an operator has it let be.
    pub(super) fn is_cordoned(&self) -> bool {
        self.standing.cordoned.load(Ordering::Relaxed)
    }

    /// Every run leaves the provider alone for `time` from `now` on; the longest such wish counts.
    pub(super) fn throttle(&self, now: Moment, time: Duration) {
        let until = now + time.min(LONGEST_THROTTLE);
        self.standing.throttled_until.fetch_max(until.0, Ordering::Relaxed);
    }

    /// How much longer the provider is left alone.
    pub(super) fn throttled(&self, now: Moment) -> Option<Duration> {
        let left = Moment(self.standing.throttled_until.load(Ordering::Relaxed)).since(now);
        (!left.is_zero()).then_some(left)
    }
}

/// By the index of a provider; 0 for one that is not chosen by weight.
fn weights(plan: &Plan) -> Vec<u32> {
    plan.all().iter().map(|provider| provider.weight().unwrap_or(0)).collect()
}

fn orders(plan: &Plan, seeds: &Seeds) -> Arc<Orders> {
    Arc::new(Orders::new(&weights(plan), seeds.seed() ^ super::choice::key_hash(plan.tag())))
}

fn serving(plan: &Plan) -> Set {
    which(plan, |provider| !provider.drained())
}

fn weighted(plan: &Plan) -> Set {
    which(plan, |provider| provider.weight().is_some_and(|weight| weight > 0))
}

fn which(plan: &Plan, keep: fn(&Provider) -> bool) -> Set {
    plan.all().iter().enumerate().filter(|(_, provider)| keep(provider)).map(|(index, _)| index).collect()
}

/// What a healthcheck knows of its provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Status {
    /// Never checked, or so long ago that it says nothing. Counts as available.
    #[default]
    Unknown,
    /// The last checks were good.
    Healthy,
    /// The last checks were bad.
    Unhealthy,
}

impl Display for Status {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Status {
    /// Its name, as in JSON, in spans and in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Healthy => "healthy",
            Self::Unhealthy => "unhealthy",
        }
    }
}

/// The status of a healthcheck as runs read it: one word, which holds the status and how long it is good for.
#[derive(Debug, Default)]
pub(crate) struct HealthCell(AtomicU64);

/// The two low bits hold the status, the others the moment, a few nanoseconds coarser.
const STATUS_BITS: u64 = 0b11;

impl HealthCell {
    pub(crate) fn set(&self, status: Status, good_until: Moment) {
        self.0.store(good_until.0 & !STATUS_BITS | status as u64, Ordering::Relaxed);
    }

    /// Unknown once it is older than it may be.
    pub(crate) fn status(&self, now: Moment) -> Status {
        let word = self.0.load(Ordering::Relaxed);
        if word | STATUS_BITS < now.0 {
            return Status::Unknown;
        }
        match word & STATUS_BITS {
            1 => Status::Healthy,
            2 => Status::Unhealthy,
            _ => Status::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r53_a_status_is_good_up_to_its_last_moment_whatever_its_low_bits() {
        for until in 1_000..1_008 {
            let cell = HealthCell::default();
            cell.set(Status::Unhealthy, Moment(until));
            assert_eq!(cell.status(Moment(until)), Status::Unhealthy);
            assert_eq!(cell.status(Moment(until + 4)), Status::Unknown);
        }
        assert_eq!(HealthCell::default().status(Moment(1_000)), Status::Unknown);
    }
}
