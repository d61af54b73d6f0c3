use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::SystemTime;

use arc_swap::ArcSwap;
use ductape_definition::{Apps, Cache, Definition, Fallback, Feature, Healthcheck, Kind, Quota};
use ductape_runtime::{Name, PlanHandle, Runtime};

use crate::app::{Actions, App};
use crate::collection::Collection;
use crate::error::CatalogError;
use crate::json::JsonPlan;
use crate::store::{Change, Hour, Memory, Recorder, Store, StoreError, Versioned};
use crate::world::World;

/// Definitions that are data: created, fetched, updated and run by tag. Cheap to clone: clones are the same catalogue.
///
/// It serves one environment of one product. Its healthchecks run for as long as it lives.
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

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) runtime: Runtime,
    pub(crate) actions: Actions,
    known: Apps,
    store: Arc<dyn Store>,
    pub(crate) world: ArcSwap<World>,
    /// Held while a definition is being changed: one after the other.
    turn: Arc<tokio::sync::Mutex<()>>,
    recorder: tokio::sync::Mutex<Recorder>,
    /// Whether there is a tokio runtime for those who check and record again and again.
    pub(crate) monitors: bool,
    trouble: Mutex<Option<StoreError>>,
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

    /// An app, with its actions. A second one of the same tag adds to the first.
    pub fn app<A: Into<App>>(mut self, tag: impl Into<String>, actions: impl FnOnce(App) -> A) -> Self {
        self.actions.insert(tag.into(), actions(App::default()).into());
        self
    }

    /// Definitions to begin with. What the store has of the same kind and tag is newer, and stays.
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
    /// The store cannot be read, or what it keeps and what is defined to begin with is refused: every fault there is. A
    /// healthcheck that is named must be defined by now.
    pub async fn open(self) -> Result<Catalog, CatalogError> {
        let Self { product, env, actions, definitions, store, seed } = self;
        let mut runtime = Runtime::builder().product(product).env(env);
        if let Some(seed) = seed {
            runtime = runtime.seed(seed);
        }
        let store = store.unwrap_or_else(|| Arc::new(Memory::new()));
        let mut kept = store.load().await?;
        let inner = Inner {
            runtime: runtime.build()?,
            known: actions.known(),
            actions,
            world: ArcSwap::default(),
            turn: Arc::default(),
            recorder: tokio::sync::Mutex::default(),
            monitors: tokio::runtime::Handle::try_current().is_ok(),
            trouble: Mutex::new(None),
            store,
        };
        for definition in definitions {
            let key = (definition.kind(), definition.tag().to_owned());
            kept.definitions.entry(key).or_insert_with(|| Versioned::new(definition, 1));
        }
        let mut all = ductape_definition::Definitions::default();
        for versioned in kept.definitions.values() {
            all.insert(versioned.definition.clone())?;
        }
        all.check_complete(Some(&inner.known))?;
        let mut world = World { definitions: all, ..World::default() };
        // What plans name comes first.
        let mut order: Vec<_> = kept.definitions.iter().collect();
        order.sort_by_key(|((kind, _), _)| !matches!(kind, Kind::Healthcheck | Kind::Cache));
        for ((kind, tag), versioned) in order {
            world.enforce(&inner, (*kind, tag), versioned.version)?;
        }
        for (tag, patch) in kept.overrides {
            if let Some(plan) = world.plans.get(&tag) {
                plan.plan.handle().update(patch)?;
            }
        }
        for ((tag, provider), reason) in kept.cordons {
            if let Some(plan) = world.plans.get(&tag) {
                // A provider that is no more needs no cordon.
                let _ = plan.plan.handle().cordon(&provider, reason);
            }
        }
        inner.world.store(Arc::new(world));
        let inner = Arc::new(inner);
        if inner.monitors {
            tokio::spawn(record(Arc::downgrade(&inner)));
        }
        Ok(Catalog(inner))
    }
}

/// Writes the history down again and again. What the store does not take is kept for the next time.
async fn record(inner: Weak<Inner>) {
    loop {
        tokio::time::sleep(Recorder::pause(SystemTime::now())).await;
        let Some(inner) = inner.upgrade() else { return };
        inner.record().await;
    }
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

    /// The runtime with the state of its plans: for events and health.
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

    /// The fallback, quota or feature of that tag as the engine runs it: statistics, breakers, cordons.
    ///
    /// What is changed there lasts as long as the process, and holds for later versions of the definition, too. After such a
    /// version it is asked for anew.
    ///
    /// # Errors
    ///
    /// Nothing that runs has the tag.
    pub fn plan(&self, tag: &str) -> Result<PlanHandle, CatalogError> {
        let world = self.0.world.load();
        let plan = world.plans.get(tag).ok_or_else(|| world.unknown(Kind::Fallback, tag))?;
        Ok(plan.plan.handle().clone())
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

    /// What the providers of a definition have done, by hour; what happened in the last ten seconds may be missing.
    ///
    /// # Errors
    ///
    /// The store cannot be read.
    pub async fn history(&self, tag: &str, range: Range<SystemTime>) -> Result<Vec<Hour>, CatalogError> {
        Ok(self.0.store.history(tag, range).await?)
    }

    /// Why the store has not taken the history when it was last given; `None` while all is well. What it has not taken is
    /// given to it again.
    pub fn store_trouble(&self) -> Option<StoreError> {
        self.0.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Inner {
    pub(crate) fn product(&self) -> &str {
        self.runtime.product()
    }

    pub(crate) fn env(&self) -> &str {
        self.runtime.env()
    }

    /// Refuses a request for another product or environment.
    pub(crate) fn is_here(&self, product: Option<&str>, env: Option<&str>) -> Result<(), CatalogError> {
        for (asked, here) in [(product, self.product()), (env, self.env())] {
            if let Some(asked) = asked.filter(|asked| *asked != here) {
                return Err(CatalogError::Elsewhere { asked: asked.to_owned(), here: here.to_owned() });
            }
        }
        Ok(())
    }

    /// Changes what is defined of that kind and tag: judged as a whole, kept by the store, and then in force in one step.
    pub(crate) async fn change(
        self: &Arc<Self>,
        kind: Kind,
        tag: &str,
        change: impl FnOnce(Option<&Definition>, &World) -> Result<Option<Definition>, CatalogError>,
    ) -> Result<(), CatalogError> {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        let world = self.world.load_full();
        let next = change(world.definitions.get(kind, tag), &world)?;
        let mut definitions = world.definitions.clone();
        let version = world.versions.get(&(kind, tag.to_owned())).copied().unwrap_or(0) + 1;
        let kept = if let Some(definition) = next {
            definitions.insert(definition.clone())?;
            Change::Define(Versioned::new(definition, version))
        } else {
            definitions.remove(kind, tag);
            Change::Remove { kind, tag: tag.to_owned() }
        };
        definitions.check(Some(&self.known))?;
        let mut next = World { definitions, ..World::clone(&world) };
        next.enforce(self, (kind, tag), version)?;
        self.keep(turn, kept, move |inner| inner.world.store(Arc::new(next))).await
    }

    /// Has the store keep a change, and then makes it. Whoever no longer waits for it does not tear the two apart.
    async fn keep(
        self: &Arc<Self>,
        turn: tokio::sync::OwnedMutexGuard<()>,
        kept: Change,
        then: impl FnOnce(&Self) + Send + 'static,
    ) -> Result<(), CatalogError> {
        let inner = Arc::clone(self);
        let both = async move {
            inner.store.commit(vec![kept]).await?;
            // Of a provider that is gone then, nobody could tell any more what it has done.
            inner.world.load_full().observe(&mut *inner.recorder.lock().await, SystemTime::now());
            then(&inner);
            drop(turn);
            Ok(())
        };
        let made = match tokio::runtime::Handle::try_current() {
            Ok(tokio) => tokio.spawn(both).await.unwrap_or_else(|lost| Err(StoreError::other(lost))),
            Err(_) => both.await,
        };
        made.map_err(CatalogError::Store)
    }

    async fn cordon(self: &Arc<Self>, tag: &str, provider: &str, reason: Option<String>) -> Result<(), CatalogError> {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        let world = self.world.load_full();
        let plan = world.plans.get(tag).ok_or_else(|| world.unknown(Kind::Fallback, tag))?;
        let known: Vec<_> = plan.steps.iter().map(|step| step.name.to_string()).collect();
        let (plan, tag, provider) = (plan.plan.handle().clone(), tag.to_owned(), provider.to_owned());
        if !known.contains(&provider) {
            return Err(CatalogError::UnknownProvider { tag, provider, known });
        }
        let kept = Change::Cordon { plan: tag, provider: provider.clone(), reason: reason.clone() };
        let make = move |_: &Self| {
            // That it is there was seen before.
            let _ = match reason {
                Some(reason) => plan.cordon(&provider, reason),
                None => plan.uncordon(&provider).map(drop),
            };
        };
        self.keep(turn, kept, make).await
    }

    async fn record(&self) {
        let mut recorder = self.recorder.lock().await;
        let now = SystemTime::now();
        self.world.load().observe(&mut recorder, now);
        let trouble = recorder.flush(&*self.store, now).await.err();
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }
}

impl World {
    /// Looks at what the providers of every plan have come to.
    fn observe(&self, recorder: &mut Recorder, now: SystemTime) {
        for (tag, plan) in &self.plans {
            recorder.observe(&Name::from(tag.clone()), plan.plan.handle().totals(), now);
        }
    }

    /// Nothing of that kind has the tag.
    pub(crate) fn unknown(&self, kind: Kind, tag: &str) -> CatalogError {
        let known = self.definitions.iter().filter(|definition| definition.kind() == kind);
        let known = known.map(|definition| definition.tag().to_owned());
        let known = known.chain(JsonPlan::tags(kind).map(str::to_owned)).take(40).collect();
        CatalogError::Unknown { kind, tag: tag.to_owned(), known }
    }
}
