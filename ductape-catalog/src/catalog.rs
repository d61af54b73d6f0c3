use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Arc, Mutex, Weak};
use std::time::SystemTime;

use arc_swap::ArcSwap;
use ductape_definition::{Cache, Definition, Definitions, Fallback, Feature, Healthcheck, Invalid, Kind, Quota, Run};
use ductape_runtime::dynamic::{self, Follow};
use ductape_runtime::{Changed, Patch, PlanHandle, Runtime};

use crate::app::{Actions, App};
use crate::collection::Collection;
use crate::error::CatalogError;
use crate::inner::Inner;
use crate::json::JsonPlan;
use crate::program::Program;
use crate::store::{Change, Hour, Memory, Store, StoreError, Versioned};
use crate::world::World;

/// Definitions that are data: created, fetched, updated and run by tag. Cheap to clone: clones are the same catalogue.
///
/// It serves one environment of one product. Its healthchecks run for as long as it lives. Before it goes, as when the
/// process ends, [`flush`](Self::flush) writes the last of its history.
#[derive(Debug, Clone)]
pub struct Catalog(pub(crate) Arc<Inner>);

/// Sets up a [`Catalog`].
#[derive(Debug, Default)]
#[must_use]
pub struct Builder {
    product: String,
    env: String,
    actions: Actions,
    definitions: Vec<Definition>,
    store: Option<Arc<dyn Store>>,
    seed: Option<u64>,
}

impl Builder {
    /// The product that the catalogue serves; empty unless said.
    pub fn product(mut self, product: impl Into<String>) -> Self {
        self.product = product.into();
        self
    }

    /// The environment that it serves; empty unless said.
    pub fn env(mut self, env: impl Into<String>) -> Self {
        self.env = env.into();
        self
    }

    /// Makes its choices repeatable, for tests.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// An app, with its actions. A second app of the same tag adds to the first; two actions of one tag in it are an error
    /// of [`open`](Self::open).
    pub fn app<A: Into<App>>(mut self, tag: impl Into<String>, actions: impl FnOnce(App) -> A) -> Self {
        self.actions.insert(&tag.into(), actions(App::default()).into());
        self
    }

    /// Definitions to begin with, one of each kind and tag. What the store has of the same kind and tag is newer, and stays; what was deleted since
    /// does not come back.
    pub fn definitions(mut self, definitions: impl IntoIterator<Item = impl Into<Definition>>) -> Self {
        self.definitions.extend(definitions.into_iter().map(Into::into));
        self
    }

    /// Where the catalogue keeps what must outlive the process; in memory unless said.
    pub fn store(mut self, store: impl Store) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// Opens the catalogue, with all that its store keeps.
    ///
    /// # Errors
    ///
    /// An app has two actions of one tag, or the name of an app, an action, the product or the environment is no tag. The
    /// store cannot be read, or what it keeps and what is defined to begin with is refused: every fault there is, and a
    /// definition that is given twice is one. A healthcheck that is named must be defined by now. What was changed by
    /// [`Catalog::update`] must go with what is defined:
    /// where the program's own definition is another one now, a [`Change::Override`](crate::store::Change::Override) without
    /// a patch, committed to the store, takes it back.
    pub async fn open(self) -> Result<Catalog, CatalogError> {
        let Self { product, env, actions, definitions, store, seed } = self;
        actions.check()?;
        can_be_asked_for(&product, &env)?;
        let mut runtime = Runtime::builder().product(product).env(env);
        if let Some(seed) = seed {
            runtime = runtime.seed(seed);
        }
        let store = store.unwrap_or_else(|| Arc::new(Memory::new()));
        let mut kept = store.load().await?;
        let mut known = actions.known();
        known.check()?;
        JsonPlan::known_to(&mut known);
        let program = Program::here();
        let mut inner = Inner {
            runtime: runtime.build()?,
            known,
            actions,
            own: BTreeSet::new(),
            world: ArcSwap::default(),
            turn: Arc::default(),
            records: tokio::sync::Mutex::new(program.records()),
            program: Arc::new(program),
            monitors: tokio::runtime::Handle::try_current().is_ok(),
            trouble: Mutex::new(None),
            store,
        };
        let (mut own, mut all) = (Definitions::default(), Definitions::default());
        let mut refused = Vec::new();
        let mut are_sound = true;
        for definition in definitions {
            // A typed one is as it was written.
            let definition = match Definition::of_kind(definition.kind(), &definition.to_value()) {
                Ok(definition) => definition,
                Err(invalid) => {
                    are_sound = false;
                    refused.push(invalid);
                    continue;
                }
            };
            let key = (definition.kind(), definition.tag().to_owned());
            if let Err(invalid) = own.insert_new(definition.clone()) {
                refused.push(invalid);
            } else if !kept.hidden.contains(&key) {
                kept.definitions.entry(key.clone()).or_insert_with(|| Versioned::new(definition, 1));
            }
            inner.own.insert(key);
        }
        for versioned in kept.definitions.values() {
            refused.extend(all.insert(versioned.definition.clone()).err());
        }
        // Who names one that is not sound is judged when that is mended.
        refused.extend(all.check_complete(Some(&inner.known)).err().filter(|_| are_sound));
        if let Some(invalid) = refused.into_iter().reduce(Invalid::and) {
            return Err(invalid.into());
        }
        let mut world = World::default().with(all, &inner.known);
        // What plans name comes first.
        let mut order: Vec<_> = kept.definitions.iter().collect();
        order.sort_by_key(|((kind, _), _)| !matches!(kind, Kind::Healthcheck | Kind::Cache));
        for ((kind, tag), versioned) in order {
            world.enforce(&inner, (*kind, tag), versioned.version)?;
        }
        for (plan, patch) in kept.overrides {
            match world.plans.get(&plan) {
                Some(runnable) => _ = runnable.plan.update_anew(patch)?,
                None => inner.program.keep(&Change::Override { plan, patch: Some(patch) }),
            }
        }
        for ((plan, provider), reason) in kept.cordons {
            match world.plans.get(&plan) {
                // A provider that is no more needs no cordon.
                Some(runnable) => _ = runnable.plan.handle().cordon(&provider, reason),
                None => inner.program.keep(&Change::Cordon { plan, provider, reason: Some(reason) }),
            }
        }
        // Plans in code are steered in the runtime that is in force here, and again in one that is started later.
        let refused = inner.program.steer_in(&ductape_runtime::runtime()).err();
        if let Some(first) = refused.into_iter().flatten().next() {
            return Err(first.into());
        }
        dynamic::follow(Arc::downgrade(&inner.program) as Weak<dyn Follow>);
        inner.put(world);
        let inner = Arc::new(inner);
        if inner.monitors {
            tokio::spawn(Inner::record_forever(Arc::downgrade(&inner)));
        }
        Ok(Catalog(inner))
    }
}

/// Requests name them by the rule of tags; no request needs to name what is empty.
fn can_be_asked_for(product: &str, env: &str) -> Result<(), CatalogError> {
    let named = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty());
    let request = Run { product: named(product), env: named(env), ..Run::new("any") };
    Run::from_value(&serde_json::to_value(request).unwrap_or_default())?;
    Ok(())
}

impl Catalog {
    /// Sets up a catalogue.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The product that it serves.
    pub fn product(&self) -> &str {
        self.0.product()
    }

    /// The environment that it serves.
    pub fn env(&self) -> &str {
        self.0.env()
    }

    /// The runtime with the state of its plans: for events, health, snapshots, and a console. It lists the fallbacks, quotas
    /// and features of the catalogue, and its healthchecks, beside those of the program.
    ///
    /// A plan in code that runs by tag has its state in the program's runtime, as when it is called: in
    /// [`ductape_runtime::runtime`].
    pub fn runtime(&self) -> &Runtime {
        &self.0.runtime
    }

    /// Its fallbacks.
    pub fn fallbacks(&self) -> Collection<'_, Fallback> {
        Collection::of(self)
    }

    /// Its quotas.
    pub fn quotas(&self) -> Collection<'_, Quota> {
        Collection::of(self)
    }

    /// Its healthchecks.
    pub fn healthchecks(&self) -> Collection<'_, Healthcheck> {
        Collection::of(self)
    }

    /// Its features.
    pub fn features(&self) -> Collection<'_, Feature> {
        Collection::of(self)
    }

    /// Its caches.
    pub fn caches(&self) -> Collection<'_, Cache> {
        Collection::of(self)
    }

    /// The fallback, quota or feature of that tag as the engine runs it, or the plan in code: statistics, breakers, cordons.
    ///
    /// What is changed there holds for later versions of the definition, too, and lasts as long as the process: what is to
    /// be there when the catalogue is opened again is changed by [`update`](Self::update) and [`cordon`](Self::cordon).
    /// After a new version of the definition the handle is asked for anew.
    ///
    /// # Errors
    ///
    /// Nothing that runs has the tag.
    pub fn plan(&self, tag: &str) -> Result<PlanHandle, CatalogError> {
        let world = self.0.world.load();
        Ok(world.plan(tag)?.handle().clone())
    }

    /// Changes what is in force of a fallback, a quota or a feature, and leaves its definition alone: retries, timeouts,
    /// weights, limits … until [`restore`](Self::restore), also after the catalogue was opened again. Patches add up. Answers
    /// with what has changed; [`PlanHandle::effective`] tells all that is in force, and where it comes from.
    ///
    /// What a [`plan`](Self::plan)'s handle has changed before is kept from then on, too.
    ///
    /// # Errors
    ///
    /// There is no such definition, the patch is refused, with every fault, or the store has not kept it; then nothing has
    /// changed.
    ///
    /// ```
    /// # use ductape_catalog::Catalog;
    /// # use serde_json::{Value, json};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let app = |app: ductape_catalog::App| app.action("charge", async |_: Value| Ok::<_, String>(json!({})));
    /// # let catalog = Catalog::builder().app("stripe", app).open().await?;
    /// # let payment = json!({ "tag": "payment", "options": [{ "app": "stripe", "event": "charge" }] });
    /// # catalog.fallbacks().create(payment).await?;
    /// let patch = serde_json::from_value(json!({ "providers": { "stripe": { "retries": 2 } } }))?;
    /// let changes = catalog.update("payment", patch).await?;
    /// assert_eq!(changes[0].to_string(), "providers.stripe.retries: 0 → 2");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn update(&self, tag: &str, patch: Patch) -> Result<Vec<Changed>, CatalogError> {
        self.0.update(tag, Some(patch)).await
    }

    /// Takes back all that [`update`](Self::update) has changed: what is in force is what is defined. Answers with what has
    /// changed by that. Cordons stay.
    ///
    /// # Errors
    ///
    /// There is no such definition, or the store has not kept it; then nothing has changed.
    pub async fn restore(&self, tag: &str) -> Result<Vec<Changed>, CatalogError> {
        self.0.update(tag, None).await
    }

    /// Takes a provider of a fallback or a quota out, or an event of a feature, until [`uncordon`](Self::uncordon): runs skip
    /// it, also after the catalogue was opened again.
    ///
    /// # Errors
    ///
    /// There is no such definition or provider, or the store has not kept it; then nothing has changed.
    pub async fn cordon(&self, tag: &str, provider: &str, reason: &str) -> Result<(), CatalogError> {
        self.0.cordon(tag, provider, Some(reason.to_owned())).await
    }

    /// Lets the provider in again.
    ///
    /// # Errors
    ///
    /// Those of [`cordon`](Self::cordon).
    pub async fn uncordon(&self, tag: &str, provider: &str) -> Result<(), CatalogError> {
        self.0.cordon(tag, provider, None).await
    }

    /// Writes down what the providers have done until now, and waits until the store has it. Done by itself every ten
    /// seconds, and with each change of a definition; a process that ends in good order does it last, so that nothing is
    /// missing in the history. Nothing else needs it: changes are kept when they are acknowledged.
    ///
    /// # Errors
    ///
    /// The store has not taken it; it is given to it again with the next.
    ///
    /// ```
    /// # use std::time::{Duration, SystemTime};
    /// # use ductape_catalog::{Catalog, Run};
    /// # use serde_json::{Value, json};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let app = |app: ductape_catalog::App| app.action("charge", async |_: Value| Ok::<_, String>(json!({})));
    /// # let catalog = Catalog::builder().app("stripe", app).open().await?;
    /// # catalog.fallbacks().create(json!({ "tag": "payment", "options": [{ "app": "stripe", "event": "charge" }] })).await?;
    /// catalog.fallbacks().run(Run::new("payment")).await?;
    /// catalog.flush().await?;
    /// # let now = SystemTime::now();
    /// # let hours = catalog.history("payment", now - Duration::from_secs(3_600)..now + Duration::from_secs(1)).await?;
    /// assert_eq!(hours[0].totals.calls, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn flush(&self) -> Result<(), CatalogError> {
        Ok(self.0.record().await?)
    }

    /// What the providers of a definition have done, or those of a plan in code since the catalogue was opened, called
    /// directly or by tag in the program's runtime; by hour. What happened in the last ten seconds may be missing, unless
    /// [`flush`](Self::flush) comes before.
    ///
    /// # Errors
    ///
    /// The store cannot be read.
    pub async fn history(&self, tag: &str, range: Range<SystemTime>) -> Result<Vec<Hour>, CatalogError> {
        Ok(self.0.store.history(tag, range).await?)
    }

    /// Why the store has not taken what it was last given; `None` while all is well. Runs go on without it, and the history
    /// that it has not taken is given to it again. The events `store_failed` and `store_recovered` tell when that changes.
    pub fn store_trouble(&self) -> Option<StoreError> {
        self.0.trouble()
    }
}
