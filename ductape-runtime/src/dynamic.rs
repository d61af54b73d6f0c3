//! Plans that are data: for crates that read definitions, such as `ductape-catalog`.
//!
//! A plan of this kind is an owned value. It is driven by the engine of every other plan, with the same policies, events
//! and statistics; its blocks are boxed futures, asked for by the index of the provider. A [`PlanHandle`] steers it.
//!
//! ```
//! # extern crate ductape_runtime as ductape;
//! use std::time::Duration;
//! use ductape::dynamic::{self, PlanClauses, Plan, ProviderClauses};
//! use ductape::{Name, Runtime, Verdict};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let provider = |name| dynamic::provider(ProviderClauses::new(name), Name::from_static(name), None);
//! let providers = vec![provider("stripe"), provider("paypal")];
//! let clauses = PlanClauses::fallback("", &[]).deadline(Duration::from_secs(30));
//! let definition = dynamic::plan(clauses, Name::from_static("payment"), None, None, providers);
//!
//! let plan = Plan::new(&Runtime::builder().build()?, definition, |_| None);
//! let outcome = plan
//!     .run(None, None, |_: &std::io::Error| Verdict::Failover, &|provider| {
//!         Box::pin(async move {
//!             if provider == 0 { Err(std::io::ErrorKind::ConnectionRefused.into()) } else { Ok("ch_1") }
//!         })
//!     })
//!     .await?;
//! assert_eq!(outcome.provider, "paypal");
//! # Ok(())
//! # }
//! ```

mod healthcheck;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

pub use healthcheck::{Healthcheck, Monitor};

use crate::cache::{CachedError, CachedValue, Store};
use crate::drive::{Around, Shelf, Surroundings};
pub use crate::drive::{BoxedBlock, Steps};
use crate::engine::HealthCell;
pub use crate::health::HealthcheckClauses;
use crate::observe::Happened;
pub use crate::plan::{PlanClauses, ProviderClauses};
pub use crate::runtime::{Follow, follow};
use crate::told::Asked;
use crate::{Cache, Changed, Name, Outcome, Patch, PatchError, PlanHandle, Provider, Result, Runtime, Verdict};

/// A provider of a plan that is data.
pub fn provider(clauses: ProviderClauses, name: Name, healthcheck: Option<Name>) -> Provider {
    Provider { name, checked_by: healthcheck, ..clauses.build() }
}

/// The definition of a plan that is data.
///
/// # Panics
///
/// With more than 64 providers.
pub fn plan(
    clauses: PlanClauses,
    tag: Name,
    name: Option<Name>,
    description: Option<Name>,
    providers: Vec<Provider>,
) -> crate::Plan {
    assert!(providers.len() <= crate::plan::MAX_PROVIDERS, "a plan has at most 64 providers");
    crate::Plan { tag, name, description, providers: Cow::Owned(providers), ..clauses.build() }
}

/// A plan that is data, in one runtime. Cheap to clone: clones are the same plan.
#[derive(Debug, Clone)]
pub struct Plan(PlanHandle);

impl Plan {
    /// Puts a definition into force, with fresh state. `checks` finds the healthcheck that a provider names; the status of
    /// one that is not found is unknown.
    pub fn new(runtime: &Runtime, definition: crate::Plan, checks: impl Fn(&Provider) -> Option<Healthcheck>) -> Self {
        Self(runtime.dynamic(definition, |provider| cell(provider, &checks)))
    }

    /// Another definition in the place of this one. What operators have changed stays, and so does the state of providers
    /// of the same name: breakers, limits, cordons and statistics; and of those that go by another one there, `renamed`, from
    /// and to. Runs of this one go on as they began.
    ///
    /// # Errors
    ///
    /// What operators have changed does not go with the other definition.
    pub fn succeeded_by(
        &self,
        definition: crate::Plan,
        renamed: &[(Name, Name)],
        checks: impl Fn(&Provider) -> Option<Healthcheck>,
    ) -> std::result::Result<Self, PatchError> {
        self.0.succeeded_by(definition, renamed, |provider| cell(provider, &checks)).map(Self)
    }

    /// How it stands, and what an operator makes of it.
    pub fn handle(&self) -> &PlanHandle {
        &self.0
    }

    /// What operators would have changed with this patch over what they have: all of it as one patch, which is judged and
    /// not yet in force. For those who write it down first.
    ///
    /// # Errors
    ///
    /// All that is wrong with it.
    pub fn updated(&self, patch: Patch) -> std::result::Result<Patch, PatchError> {
        self.0.updated(patch)
    }

    /// Puts a patch into force in the place of all that operators have changed; answers with what is different now.
    ///
    /// # Errors
    ///
    /// All that is wrong with it; then nothing has changed.
    pub fn update_anew(&self, patch: Patch) -> std::result::Result<Vec<Changed>, PatchError> {
        self.0.update_anew(patch)
    }

    /// Runs it: `block` makes the block of the provider at an index, for every attempt.
    ///
    /// The same `sticky` finds the same provider of a quota that is sticky. With a shelf and a key, fresh values are
    /// served without a call, and old ones when the providers fail.
    ///
    /// # Errors
    ///
    /// Those of every plan.
    pub async fn run<'a, T, E>(
        &self,
        sticky: Option<&str>,
        cached: Option<(&Shelved<T, E>, String)>,
        classify: fn(&E) -> Verdict,
        block: &(dyn Fn(usize) -> BoxedBlock<'a, T, E> + Sync),
    ) -> Result<Outcome<T>, E>
    where
        T: CachedValue,
        E: StdError + CachedError,
    {
        let cached = cached.map(|(shelved, key)| (Arc::clone(&shelved.shelf), shelved.definition, key));
        crate::drive::drive(self.0.live(), sticky, cached, classify, block).await
    }

    /// Begins a run of its providers as steps, one after the other.
    pub fn steps(&self) -> Steps {
        Steps::begin(self.0.live())
    }
}

fn cell(provider: &Provider, checks: &impl Fn(&Provider) -> Option<Healthcheck>) -> Option<Arc<HealthCell>> {
    checks(provider).filter(|_| provider.checked_by.is_some()).map(|check| check.cell())
}

/// A cache that is data, which several plans may share.
pub struct Shelved<T, E> {
    definition: Cache,
    shelf: Shelf<T, E>,
}

impl<T, E> Shelved<T, E> {
    /// An empty one.
    pub fn new(definition: Cache) -> Self {
        Self { definition, shelf: Arc::new(Store::new()) }
    }

    /// The same values, otherwise kept.
    #[must_use]
    pub fn redefined(&self, definition: Cache) -> Self {
        Self { definition, shelf: Arc::clone(&self.shelf) }
    }
}

impl<T, E> Debug for Shelved<T, E> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shelved").field("definition", &self.definition).finish_non_exhaustive()
    }
}

/// The patch of a plan in which a provider has another name.
pub fn renamed(patch: Patch, from: &str, to: &str) -> Patch {
    patch.renamed(from, to)
}

/// From now on these are the plans and healthchecks of the runtime that are data: for those who look at it.
pub fn list(
    runtime: &Runtime,
    plans: impl IntoIterator<Item = Plan>,
    healthchecks: impl IntoIterator<Item = Healthcheck>,
) {
    let plans = plans.into_iter().map(|plan| plan.0).collect();
    runtime.list(plans, healthchecks.into_iter().map(Healthcheck::listed).collect());
}

/// Tells those who watch the runtime that the store of definitions fails, and why; or that it no longer does.
pub fn store(runtime: &Runtime, trouble: Option<Name>) {
    runtime.announce(match trouble {
        Some(error) => Happened::StoreFailed { error },
        None => Happened::StoreRecovered,
    });
}

/// A future whose code finds the tag and the token of a session in its [`attempt`](crate::attempt).
pub fn in_session<F: Future>(session: Option<(String, String)>, future: F) -> impl Future<Output = F::Output> {
    let around = session.map(|session| Arc::new(Around { session: Some(session), home: None }));
    Surroundings::new(around, future)
}

/// As [`in_session`], of a plan that is code: it runs in the runtime in force, and its code finds the environment and the
/// product of `home`.
pub fn in_catalog<F: Future>(
    home: &Runtime,
    session: Option<(String, String)>,
    future: F,
) -> impl Future<Output = F::Output> {
    Surroundings::new(Some(Arc::new(Around { session, home: Some(home.clone()) })), future)
}

/// With what a plan's function returns, how its run went: told where the function returns the value alone.
pub fn asked<F: Future>(plan: F) -> impl Future<Output = (F::Output, Option<Outcome<()>>)> {
    Asked::new(plan)
}

/// The plan of the program that has this tag, in this runtime.
pub fn linked(runtime: &Runtime, tag: &str) -> Option<Plan> {
    crate::plan(tag).ok().and_then(|_| runtime.plan(tag).ok()).map(Plan)
}
