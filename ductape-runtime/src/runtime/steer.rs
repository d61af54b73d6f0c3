use std::borrow::Cow;
use std::fmt::{self, Debug, Display, Formatter};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use serde::Serialize;

use super::plan_handle::PlanHandle;
use crate::Name;
use crate::engine::{HealthCell, LivePlan, Reading};
use crate::moment::Moment;
use crate::observe::{Happened, PlanStats};
use crate::patch::{Changed, Layer, Layers, Origins, Patch, PatchError, Setting, changes, settings};
use crate::plan::{Plan, Provider};
use crate::sync::{Mutex, MutexGuard, lock};
use crate::text::{Span, list, nearest};

/// A plan in one runtime, and how it can change while it runs.
///
/// A run takes the plan that is in force when it begins, and keeps it: a definition is never changed, only exchanged for
/// another one, in one step. Whoever exchanges it holds the lock, from reading what is in force to exchanging it: so one
/// patch comes after the other, and none gets lost.
pub(crate) struct Steered {
    /// As it was written, before any patch.
    code: Cow<'static, Plan>,
    live: ArcSwap<LivePlan>,
    patched: Mutex<Patched>,
}

/// The patches that are in force, and where the values come from that they give.
#[derive(Debug, Default)]
struct Patched {
    layers: Layers,
    origins: Origins,
}

impl Steered {
    /// As the code says.
    pub(super) fn new(code: Cow<'static, Plan>, live: LivePlan) -> Self {
        Self { code, live: ArcSwap::from_pointee(live), patched: Mutex::default() }
    }

    /// Another definition in the place of this one: with the patches that are in force, and the state of what both have;
    /// some of it under another name: `renamed`, from and to.
    ///
    /// # Errors
    ///
    /// The patches do not go with the other definition.
    pub(super) fn succeeded_by(
        &self,
        code: Plan,
        renamed: &[(Name, Name)],
        checked: impl Fn(&Provider) -> Option<Arc<HealthCell>>,
    ) -> Result<Self, PatchError> {
        let patched = lock(&self.patched);
        let layers = patched.layers.renamed(renamed);
        let (plan, origins) = layers.apply(&code)?;
        let live = self.live.load().succeeded_by(Cow::Owned(plan), renamed, checked);
        live.resize();
        let patched = Mutex::new(Patched { layers, origins });
        Ok(Self { code: Cow::Owned(code), live: ArcSwap::from_pointee(live), patched })
    }

    /// What is in force.
    pub(crate) fn live(&self) -> Arc<LivePlan> {
        self.live.load_full()
    }

    /// Every value that is in force.
    pub(super) fn settings(&self) -> Vec<Setting> {
        let patched = lock(&self.patched);
        settings(&self.live.load().plan, &patched.origins)
    }

    /// Judges other patches; answers with what can be put into force, or all that is wrong. Meanwhile nobody else changes
    /// the plan.
    pub(super) fn judge(&self, change: impl FnOnce(&Layers) -> Layers) -> Result<Judged<'_>, PatchError> {
        let patched = lock(&self.patched);
        let layers = change(&patched.layers);
        let (plan, origins) = layers.apply(&self.code)?;
        Ok(Judged { steered: self, patched, plan, next: Patched { layers: layers.settled(), origins } })
    }
}

/// A change that is sound, and not yet made.
pub(super) struct Judged<'a> {
    steered: &'a Steered,
    patched: MutexGuard<'a, Patched>,
    plan: Plan,
    next: Patched,
}

impl Judged<'_> {
    /// Makes the change; answers with what it is.
    pub(super) fn enforce(mut self) -> Vec<Changed> {
        let before = self.steered.live();
        let changes = changes(&before.plan, &self.plan);
        let live = Arc::new(before.redefined(Cow::Owned(self.plan)));
        self.steered.live.store(Arc::clone(&live));
        // Runs that began before may still come to a bulkhead, with its places as they are now.
        live.resize();
        *self.patched = self.next;
        changes
    }
}

impl Debug for Steered {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Steered").field("plan", &self.code.tag()).finish_non_exhaustive()
    }
}

/// What an operator can do.
impl PlanHandle {
    /// Changes the running plan: weights, retries, timeouts, limits, deadline …
    ///
    /// The patch is judged as a whole, by the rules that hold while compiling. A sound one is in force at once and in one
    /// step, until it is taken back or the process ends: runs that begin from now on see all of it, runs under way keep the
    /// definition that they began with. Breakers, health, counters and tokens stay as they are. Answers with what has
    /// changed.
    ///
    /// # Errors
    ///
    /// All that is wrong with the patch, each fault with its path, value, rule and remedy; then nothing has changed.
    ///
    /// ```
    /// # extern crate ductape_runtime as ductape;
    /// # fn steer() -> Result<(), Box<dyn std::error::Error>> {
    /// let plan = ductape::runtime().plan("sms-quota")?;
    /// let patch = serde_json::from_str(r#"{"providers": {"twilio": {"weight": 50}, "nexmo": {"weight": 50}}}"#)?;
    /// for change in plan.update(patch)? {
    ///     println!("{change}"); // providers.twilio.weight: 70 → 50
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn update(&self, patch: Patch) -> Result<Vec<Changed>, PatchError> {
        let changes = self.0.judge(|layers| layers.over(Layer::Update, patch))?.enforce();
        self.announce_changes(&changes);
        Ok(changes)
    }

    /// What updates would come to with this one over them; nothing is changed yet.
    pub(crate) fn updated(&self, patch: Patch) -> Result<Patch, PatchError> {
        let judged = self.0.judge(|layers| layers.over(Layer::Update, patch))?;
        Ok(judged.next.layers.patch(Layer::Update))
    }

    /// Changes the running plan by this patch, and by no update that came before.
    pub(crate) fn update_anew(&self, patch: Patch) -> Result<Vec<Changed>, PatchError> {
        let changes = self.0.judge(|layers| layers.with(Layer::Update, patch))?.enforce();
        self.announce_changes(&changes);
        Ok(changes)
    }

    pub(super) fn announce_changes(&self, changes: &[Changed]) {
        if !changes.is_empty() {
            self.announce(None, Happened::Updated { changes: changes.to_vec() });
        }
    }

    /// Takes the provider out, from now on and until [`uncordon`](Self::uncordon): runs skip it, and attempts that wait
    /// for another try give up. Attempts under way are not cut off.
    ///
    /// # Errors
    ///
    /// When the plan has no such provider; the message names the nearest ones.
    pub fn cordon(&self, provider: &str, reason: impl Into<Name>) -> Result<(), UnknownProvider> {
        let (index, reason) = (self.known(provider)?, reason.into());
        self.live().cordon(index, Some(reason.clone()));
        self.announce(Some(index), Happened::Cordoned { reason });
        Ok(())
    }

    /// Lets the provider in again; answers with the reason for which it was out.
    ///
    /// # Errors
    ///
    /// When the plan has no such provider; the message names the nearest ones.
    pub fn uncordon(&self, provider: &str) -> Result<Option<Name>, UnknownProvider> {
        let index = self.known(provider)?;
        let reason = self.live().cordon(index, None);
        if reason.is_some() {
            self.announce(Some(index), Happened::Uncordoned);
        }
        Ok(reason)
    }

    /// Clears what the plan has learnt: breakers are closed, with fresh counts and their first cooldown, providers that asked
    /// to be left alone are called again, the retry budget and the statistics begin anew. Answers with what was cleared.
    ///
    /// The definition, its updates and overrides, cordons and forced breakers stay, and so does what protects providers
    /// from more than they can take: attempts under way, and tokens that are used. A breaker that is shared with a
    /// dependency is cleared for all that share it.
    pub fn reset(&self) -> Cleared {
        let (live, now) = (self.live(), Moment::now());
        let providers = live.plan.all().iter().enumerate();
        let providers = providers.map(|(index, provider)| ClearedProvider {
            provider: provider.name.clone(),
            breaker: live.reset_breaker(index, now),
            throttled: live.reset_throttle(index, now),
        });
        let providers = providers.collect();
        let retries = live.reset_budget(now);
        let stats = live.watch.reset_stats(&live.plan, now);
        self.announce(None, Happened::Reset);
        Cleared { plan: live.plan.tag.clone(), providers, retries, stats }
    }

    pub(super) fn known(&self, provider: &str) -> Result<usize, UnknownProvider> {
        self.index(provider).ok_or_else(|| UnknownProvider::of(provider, &self.live().plan))
    }
}

/// What a [`reset`](PlanHandle::reset) has cleared.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Cleared {
    /// The tag of the plan.
    pub plan: Name,
    /// Of each provider, in the order of their blocks.
    pub providers: Vec<ClearedProvider>,
    /// How many retries the retry budget had counted; `None` without one.
    pub retries: Option<u64>,
    /// The statistics.
    pub stats: PlanStats,
}

/// What a [`reset`](PlanHandle::reset) has cleared of a provider.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ClearedProvider {
    /// The provider.
    pub provider: Name,
    /// How its breaker stood; `None` without one.
    pub breaker: Option<Reading>,
    /// How much longer it would have been left alone.
    #[serde(serialize_with = "crate::text::millis_option")]
    pub throttled: Option<Duration>,
}

/// A line for each provider that there is something to say of, then the statistics.
impl Display for Cleared {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "cleared {}", self.plan)?;
        for ClearedProvider { provider, breaker, throttled } in &self.providers {
            if let Some(breaker) = breaker {
                write!(f, "\n{provider}: breaker {}, {} failures in a row", breaker.phase, breaker.failures_in_a_row)?;
            }
            if let Some(throttled) = throttled {
                write!(f, "\n{provider}: throttled for {}", Span(*throttled))?;
            }
        }
        if let Some(retries) = self.retries {
            write!(f, "\n{retries} retries of the budget")?;
        }
        write!(f, "\n{}", self.stats)
    }
}

/// The plan has no provider of this name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownProvider {
    plan: Name,
    provider: String,
    known: Vec<Name>,
}

impl UnknownProvider {
    fn of(provider: &str, plan: &Plan) -> Self {
        let known = plan.all().iter().map(|known| known.name.clone()).collect();
        Self { plan: plan.tag.clone(), provider: provider.to_owned(), known }
    }

    /// The name that no provider of the plan has.
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// The providers of the plan.
    pub fn known(&self) -> &[Name] {
        &self.known
    }
}

impl Display for UnknownProvider {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "the plan `{}` has no provider `{}`", self.plan, self.provider)?;
        let known = || self.known.iter().map(|known| &**known);
        match nearest(&self.provider, known()).first() {
            Some(nearest) => write!(f, "; did you mean `{nearest}`?"),
            None => write!(f, "; it has {}", list(known())),
        }
    }
}

impl std::error::Error for UnknownProvider {}
