//! What clones of a catalogue share, and how it changes.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::SystemTime;

use arc_swap::ArcSwap;
use ductape_definition::{Apps, Definition, Draft, Kind};
use ductape_runtime::{Changed, Name, Patch, Runtime, dynamic};

use crate::app::Actions;
use crate::error::CatalogError;
use crate::json::JsonPlan;
use crate::program::{Program, Records};
use crate::renamed::renamed;
use crate::store::{Change, Recorder, Store, StoreError, Versioned};
use crate::world::World;

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) runtime: Runtime,
    pub(crate) actions: Actions,
    pub(crate) known: Apps,
    /// The kinds and tags of what the program itself defines.
    pub(crate) own: BTreeSet<(Kind, String)>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) world: ArcSwap<World>,
    /// Held while something is being changed: one after the other.
    pub(crate) turn: Arc<tokio::sync::Mutex<()>>,
    /// Of the plans in code.
    pub(crate) program: Arc<Program>,
    pub(crate) records: tokio::sync::Mutex<Records>,
    /// Whether there is a tokio runtime for those who check and record again and again.
    pub(crate) monitors: bool,
    pub(crate) trouble: Mutex<Option<StoreError>>,
}

type Turn = tokio::sync::OwnedMutexGuard<()>;

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
        change: impl FnOnce(Option<&Definition>, &World) -> Result<Option<Draft>, CatalogError>,
    ) -> Result<(), CatalogError> {
        let turn = self.turn().await;
        let world = self.world.load_full();
        let before = world.definitions.get(kind, tag);
        let next = change(before, &world)?;
        let key = (kind, tag.to_owned());
        let version = world.versions.get(&key).copied().unwrap_or(0) + 1;
        let (definitions, change) = if let Some(draft) = next {
            let (definitions, definition) = world.definitions.with(draft, Some(&self.known))?;
            if before == Some(&definition) {
                return Ok(());
            }
            (definitions, Change::Define(Versioned::new(definition, version)))
        } else {
            let definitions = world.definitions.without(kind, tag)?;
            let tag = tag.to_owned();
            let is_own = self.own.contains(&key);
            (definitions, if is_own { Change::Hide { kind, tag } } else { Change::Remove { kind, tag } })
        };
        let mut changes = vec![change];
        let mut next = world.with(definitions, &self.known);
        next.enforce(self, (kind, tag), version)?;
        next.follow(self)?;
        if !matches!(kind, Kind::Healthcheck | Kind::Cache) {
            next.editions.follow(tag, before, next.definitions.get(kind, tag), &next.plans);
        }
        next.keep_pace(self);
        let renamed = before.zip(next.definitions.get(kind, tag)).map(|(before, next)| renamed(before, next));
        let renamed = renamed.unwrap_or_default();
        changes.extend(forgotten(&world, &next, tag, &renamed));
        let rename = |(from, to)| Change::Rename { plan: tag.to_owned(), from, to };
        changes.extend(renamed.into_iter().map(rename));
        self.keep(turn, tag, changes, move |inner| inner.put(next)).await
    }

    /// From now on this is what is defined.
    pub(crate) fn put(&self, world: World) {
        let checks = world.checks.values().filter(|check| check.runs_here).map(|check| check.healthcheck.clone());
        dynamic::list(&self.runtime, world.plans.values().map(|plan| plan.plan.clone()), checks);
        self.world.store(Arc::new(world));
    }

    /// Changes what is in force of a plan by one more patch, or takes back all such changes.
    pub(crate) async fn update(
        self: &Arc<Self>,
        tag: &str,
        patch: Option<Patch>,
    ) -> Result<Vec<Changed>, CatalogError> {
        let turn = self.turn().await;
        let plan = self.world.load().plan(tag)?;
        let all = match patch {
            Some(patch) => plan.updated(patch).map_err(CatalogError::Patch)?,
            None => Patch::new(),
        };
        let kept = Change::Override { plan: tag.to_owned(), patch: Some(all.clone()).filter(|all| !all.is_empty()) };
        // What is put into force is what was judged, whatever a handle has changed by then.
        let made = self.keep(turn, tag, vec![kept], move |_| plan.update_anew(all)).await?;
        made.map_err(CatalogError::Patch)
    }

    pub(crate) async fn cordon(
        self: &Arc<Self>,
        tag: &str,
        provider: &str,
        reason: Option<String>,
    ) -> Result<(), CatalogError> {
        let turn = self.turn().await;
        let plan = self.world.load().plan(tag)?;
        let provider = provider.to_owned();
        let known: Vec<_> = plan.handle().plan().providers().iter().map(|it| it.name().to_owned()).collect();
        if !known.contains(&provider) {
            let tag = tag.to_owned();
            return Err(CatalogError::UnknownProvider { tag, provider, known });
        }
        let kept = Change::Cordon { plan: tag.to_owned(), provider: provider.clone(), reason: reason.clone() };
        let make = move |_: &Self| {
            let plan = plan.handle();
            // That it is there was seen before.
            let _ = match reason {
                Some(reason) => plan.cordon(&provider, reason),
                None => plan.uncordon(&provider).map(drop),
            };
        };
        self.keep(turn, tag, vec![kept], make).await
    }

    async fn turn(&self) -> Turn {
        Arc::clone(&self.turn).lock_owned().await
    }

    /// Has the store keep changes, and then makes them. Whoever no longer waits for that does not tear the two apart.
    async fn keep<T: Send + 'static>(
        self: &Arc<Self>,
        turn: Turn,
        tag: &str,
        changes: Vec<Change>,
        enforce: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, CatalogError> {
        let (inner, tag) = (Arc::clone(self), tag.to_owned());
        let both = async move {
            let renamed: Vec<_> = changes.iter().filter_map(Change::renamed).collect();
            let kept = inner.store.commit(changes.clone()).await;
            inner.tell(kept.as_ref().err());
            kept?;
            for change in &changes {
                inner.program.keep(change);
            }
            let mut records = inner.records.lock().await;
            let recorder = &mut records.recorder;
            // Of a provider that is gone then, nobody could tell any more what it has done.
            inner.world.load().observe_plan(&tag, recorder);
            for (plan, from, to) in renamed {
                recorder.rename(&plan, &from, &to);
            }
            let made = enforce(&inner);
            let world = inner.world.load();
            recorder.keep(|plan, provider| match world.plans.get(plan.as_str()) {
                Some(plan) => plan.has(provider),
                None => JsonPlan::find(plan).is_some(),
            });
            drop(turn);
            // A change is a good moment to lose nothing of what came before it.
            let _ = inner.write(recorder).await;
            Ok(made)
        };
        let made = match tokio::runtime::Handle::try_current() {
            Ok(tokio) => tokio.spawn(both).await.unwrap_or_else(|lost| Err(StoreError::other(lost))),
            Err(_) => both.await,
        };
        made.map_err(CatalogError::Store)
    }

    /// Writes the history down again and again. What the store does not take is kept for the next time.
    pub(crate) async fn record_forever(inner: Weak<Self>) {
        loop {
            tokio::time::sleep(Recorder::pause(SystemTime::now())).await;
            let Some(inner) = inner.upgrade() else { return };
            // It was told, and is tried again.
            let _ = inner.record().await;
        }
    }

    /// Writes the history down, up to now.
    pub(crate) async fn record(&self) -> Result<(), StoreError> {
        let mut records = self.records.lock().await;
        self.program.observe(&mut records);
        self.world.load().observe(&mut records.recorder);
        self.write(&mut records.recorder).await
    }

    async fn write(&self, recorder: &mut Recorder) -> Result<(), StoreError> {
        let written = recorder.flush(&*self.store, SystemTime::now()).await;
        self.tell(written.as_ref().err());
        written
    }

    pub(crate) fn trouble(&self) -> Option<StoreError> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Tells operators how the store has taken what it was given, when that is something new.
    fn tell(&self, trouble: Option<&StoreError>) {
        let mut known = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = known.is_some() != trouble.is_some();
        *known = trouble.cloned();
        drop(known);
        if is_new {
            dynamic::store(&self.runtime, trouble.map(|trouble| Name::from(trouble.to_string())));
        }
    }
}

/// What the store has no need to keep any more when the one follows the other: cordons of providers that are gone, and not
/// only by their name, and what was changed in a plan that is.
fn forgotten(before: &World, next: &World, tag: &str, renamed: &[(String, String)]) -> Vec<Change> {
    let Some(before) = before.plans.get(tag) else { return Vec::new() };
    let next = next.plans.get(tag);
    let stays = |name: &str| next.is_some_and(|next| next.has(name)) || renamed.iter().any(|(from, _)| from == name);
    let gone = before.steps.iter().filter(|step| !stays(&step.name));
    let cordons =
        gone.map(|step| Change::Cordon { plan: tag.to_owned(), provider: step.name.to_string(), reason: None });
    let patch = next.is_none().then(|| Change::Override { plan: tag.to_owned(), patch: None });
    cordons.chain(patch).collect()
}
