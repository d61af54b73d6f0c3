use std::fmt::Debug;
use std::marker::PhantomData;
use std::ops::Deref;
use std::time::{SystemTime, UNIX_EPOCH};

use ductape_definition::{
    Cache, Change as Update, Choice, Definition, Draft, Fallback, Feature, Healthcheck, Kind, Process, ProcessAction,
    Quota, Run,
};
use ductape_runtime::{Cleared, Report, Status};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::catalog::Catalog;
use crate::code;
use crate::context::Context;
use crate::error::CatalogError;
use crate::json::JsonPlan;
use crate::result::RunResult;

/// The definitions of one kind in a catalogue.
#[derive(Debug)]
pub struct Collection<'c, D> {
    catalog: &'c Catalog,
    kind: PhantomData<fn() -> D>,
}

impl<D> Clone for Collection<'_, D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<D> Copy for Collection<'_, D> {}

/// A kind of definition, by its type.
pub trait Defined: Into<Definition> + Clone + Debug + Serialize + Send + Sync + 'static {
    /// What it is.
    const KIND: Kind;

    /// The definition, if it is of this kind.
    fn of(definition: &Definition) -> Option<&Self>;
}

macro_rules! defined {
    ($($kind:ident),+) => { $(
        impl Defined for $kind {
            const KIND: Kind = Kind::$kind;

            fn of(definition: &Definition) -> Option<&Self> {
                if let Definition::$kind(definition) = definition { Some(definition) } else { None }
            }
        }
    )+ };
}

defined!(Fallback, Quota, Healthcheck, Feature, Cache);

/// What can be created: a typed definition, or its JSON.
pub trait Source<D> {
    /// The definition as far as it can be read, with what is wrong with it alone.
    fn read(self) -> Draft;
}

impl<D: Defined> Source<D> for D {
    fn read(self) -> Draft {
        // It may have been changed since it was read.
        let definition: Definition = self.into();
        Draft::of_kind(D::KIND, &definition.to_value())
    }
}

impl<D: Defined> Source<D> for Value {
    fn read(self) -> Draft {
        Draft::of_kind(D::KIND, &self)
    }
}

impl<D: Defined> Source<D> for &Value {
    fn read(self) -> Draft {
        Draft::of_kind(D::KIND, self)
    }
}

/// A definition as it stands in a catalogue. Serializes as the definition, with what is tracked of its options.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Fetched<D> {
    /// The definition.
    pub definition: D,
    /// 1 for the first of its tag, and one more with every update.
    pub version: u64,
    /// The options, each with what is tracked of it; a quota's fallback tier comes after the others.
    pub options: Vec<Tracked>,
}

/// An option, and what its healthcheck knows. All that the option says can be read from it, too.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Tracked {
    /// The option.
    pub choice: Choice,
    /// The provider's name.
    pub provider: String,
    /// Healthy, unhealthy or unknown; also unknown without a healthcheck.
    pub provider_status: Status,
    /// Whether the last check was good; `None` before the first.
    pub last_available: Option<bool>,
    /// When a check was last good.
    pub last_available_at: Option<SystemTime>,
    /// When it was last checked.
    pub last_checked: Option<SystemTime>,
    /// Whether its healthcheck is named, and not defined yet.
    pub pending: bool,
}

/// The option.
impl Deref for Tracked {
    type Target = Choice;

    fn deref(&self) -> &Choice {
        &self.choice
    }
}

impl<D> Deref for Fetched<D> {
    type Target = D;

    fn deref(&self) -> &D {
        &self.definition
    }
}

impl<D: Defined> Serialize for Fetched<D> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut whole = self.definition.clone().into().to_value();
        whole["version"] = self.version.into();
        let mut tracked = self.options.iter();
        for key in ["options", "fallbacks"] {
            let Some(Value::Array(options)) = whole.get_mut(key) else { continue };
            for (option, tracked) in options.iter_mut().zip(&mut tracked) {
                let millis = |time: Option<SystemTime>| {
                    time.and_then(|time| time.duration_since(UNIX_EPOCH).ok())
                        .and_then(|since| u64::try_from(since.as_millis()).ok())
                };
                option["provider_status"] = tracked.provider_status.as_str().into();
                option["last_available"] = tracked.last_available.into();
                option["last_available_at"] = millis(tracked.last_available_at).into();
                option["last_checked"] = millis(tracked.last_checked).into();
                option["pending"] = tracked.pending.into();
            }
        }
        whole.serialize(serializer)
    }
}

impl<'c, D: Defined> Collection<'c, D> {
    pub(crate) fn of(catalog: &'c Catalog) -> Self {
        Self { catalog, kind: PhantomData }
    }

    /// Defines it in code.
    ///
    /// # Errors
    ///
    /// Those of [`create`](Self::create).
    pub async fn define(self, tag: &str, define: impl FnOnce(&mut Context<D>)) -> Result<Fetched<D>, CatalogError> {
        let mut context = Context::new(tag);
        define(&mut context);
        self.create(context).await
    }

    /// Defines it by a typed definition, or by its JSON.
    ///
    /// # Errors
    ///
    /// The definition is refused, with every fault; its tag is taken; or the store has not kept it. Everything is then as
    /// it was.
    pub async fn create(self, definition: impl Source<D>) -> Result<Fetched<D>, CatalogError> {
        let draft = definition.read();
        let tag = draft.tag().to_owned();
        let create = |before: Option<&Definition>, _: &_| match before {
            Some(_) => Err(CatalogError::Exists { kind: D::KIND, tag: tag.clone() }),
            None => match JsonPlan::find(&tag).filter(|_| shares_tags(D::KIND)) {
                Some(plan) => Err(CatalogError::Exists { kind: plan.kind(), tag: tag.clone() }),
                None => Ok(Some(draft)),
            },
        };
        self.catalog.0.change(D::KIND, &tag, create).await?;
        self.fetch(&tag).await
    }

    /// The definition of that tag, with what is tracked of it.
    ///
    /// A plan in code that is marked `json` is shown as the definition that it would be: each provider as an app, the plan as
    /// its action.
    ///
    /// # Errors
    ///
    /// There is none.
    #[expect(clippy::unused_async, reason = "as everything else here")]
    pub async fn fetch(self, tag: &str) -> Result<Fetched<D>, CatalogError> {
        let world = self.catalog.0.world.load();
        let of_data = world.definitions.get(D::KIND, tag).and_then(|definition| Self::fetched(&world, definition));
        let of_code = || Self::fetched_code(JsonPlan::of(D::KIND, tag)?, &ductape_runtime::health());
        of_data.or_else(of_code).ok_or_else(|| world.unknown(D::KIND, tag))
    }

    /// All definitions of the kind, by tag.
    ///
    /// # Errors
    ///
    /// None so far.
    #[expect(clippy::unused_async, reason = "as everything else here")]
    pub async fn fetch_all(self) -> Result<Vec<Fetched<D>>, CatalogError> {
        let world = self.catalog.0.world.load();
        let of_data = world.definitions.iter().filter_map(|definition| Self::fetched(&world, definition));
        let health = ductape_runtime::health();
        let of_code = JsonPlan::all().filter(|plan| plan.kind() == D::KIND);
        let mut all: Vec<_> = of_data.chain(of_code.filter_map(|plan| Self::fetched_code(plan, &health))).collect();
        all.sort_by_cached_key(|fetched| fetched.definition.clone().into().tag().to_owned());
        Ok(all)
    }

    /// A plan in code.
    fn fetched_code(plan: &JsonPlan, health: &ductape_runtime::Health) -> Option<Fetched<D>> {
        let definition = code::definition(plan)?;
        let options = code::tracked(plan, &definition, health);
        Some(Fetched { definition: D::of(&definition)?.clone(), version: 1, options })
    }

    fn fetched(world: &crate::world::World, definition: &Definition) -> Option<Fetched<D>> {
        let typed = D::of(definition)?.clone();
        let version = world.versions.get(&(D::KIND, definition.tag().to_owned())).copied().unwrap_or(1);
        let tracked = |(choice, provider): (&Choice, String)| {
            let checked = choice.healthcheck.as_ref().and_then(|tag| world.checked(tag));
            let report = checked.map(|checked| checked.healthcheck.report());
            Tracked {
                choice: choice.clone(),
                provider,
                provider_status: report.as_ref().map(|report| report.status).unwrap_or_default(),
                last_available: report.as_ref().and_then(|report| report.last_available),
                last_available_at: report.as_ref().and_then(|report| report.last_available_at),
                last_checked: report.as_ref().and_then(|report| report.last_checked),
                pending: choice.healthcheck.is_some() && checked.is_none(),
            }
        };
        let options = choices(definition).into_iter().map(tracked).collect();
        Some(Fetched { definition: typed, version, options })
    }

    /// Gives some of its keys other values. A list or an object is replaced, not merged; `null` takes a key away.
    ///
    /// The new definition is judged as a whole, and in force in one step, as another version; where nothing changes, there
    /// is none. Runs under way keep theirs; providers that stay keep their health and their statistics.
    ///
    /// # Errors
    ///
    /// Those of [`create`](Self::create); there is no such definition.
    pub async fn update(self, tag: &str, patch: impl Into<Value>) -> Result<Fetched<D>, CatalogError> {
        let patch = patch.into();
        let update = |before: Option<&Definition>, world: &crate::world::World| {
            let before = before.ok_or_else(|| missing(world, D::KIND, tag))?;
            Ok(Some(Draft::patched(before, &patch)))
        };
        self.catalog.0.change(D::KIND, tag, update).await?;
        self.fetch(tag).await
    }

    /// Takes the definition away.
    ///
    /// # Errors
    ///
    /// There is none; another one names it; or the store has not kept that.
    pub async fn delete(self, tag: &str) -> Result<(), CatalogError> {
        let delete = |before: Option<&Definition>, world: &crate::world::World| match before {
            Some(_) => Ok(None),
            None => Err(missing(world, D::KIND, tag)),
        };
        self.catalog.0.change(D::KIND, tag, delete).await
    }
}

macro_rules! runs {
    ($($kind:ident),+) => { $(
        impl Collection<'_, $kind> {
            /// Runs it.
            ///
            /// # Errors
            ///
            /// There is none of the tag; the input is refused, before anything is called; or the run has failed.
            pub async fn run(self, run: Run) -> Result<RunResult, CatalogError> {
                self.catalog.0.run(Kind::$kind, run).await
            }
        }
    )+ };
}

runs!(Fallback, Quota, Feature);

impl Collection<'_, Healthcheck> {
    /// Checks now, after a check that is under way; answers with what is known then. Where it is not for this environment,
    /// nothing is checked. A session makes no difference.
    ///
    /// # Errors
    ///
    /// There is none of the tag, the request is for another product or environment, or it gives an input or names a cache.
    pub async fn run(self, run: Run) -> Result<Report, CatalogError> {
        self.catalog.0.is_here(run.product.as_deref(), run.env.as_deref())?;
        let world = self.catalog.0.world.load_full();
        let checked = world.checked(&run.tag).ok_or_else(|| world.unknown(Kind::Healthcheck, &run.tag))?;
        if !matches!(&run.input, Value::Null) && run.input.as_object().is_none_or(|input| !input.is_empty()) {
            return Err(CatalogError::NoInput { tag: run.tag });
        }
        if run.cache.is_some() {
            return Err(CatalogError::NotCached { tag: run.tag, reason: "a healthcheck asks anew, each time" });
        }
        Ok(if checked.runs_here { checked.healthcheck.check().await } else { checked.healthcheck.report() })
    }

    /// What is known of it.
    ///
    /// # Errors
    ///
    /// There is none of the tag.
    #[expect(clippy::unused_async, reason = "as everything else here")]
    pub async fn status(self, tag: &str) -> Result<Report, CatalogError> {
        let world = self.catalog.0.world.load();
        let checked = world.checked(tag).ok_or_else(|| world.unknown(Kind::Healthcheck, tag))?;
        Ok(checked.healthcheck.report())
    }
}

/// What a [`process`](Collection::process) has come to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Processed {
    /// Triggered: what the run has come to.
    Triggered(RunResult),
    /// Updated: the definition as it is now.
    Updated(Box<Fetched<Fallback>>),
    /// Reset: what was cleared.
    Reset(Box<Cleared>),
}

impl Collection<'_, Fallback> {
    /// Runs, changes or resets a fallback.
    ///
    /// # Errors
    ///
    /// Those of [`run`](Self::run) and [`update`](Self::update).
    pub async fn process(self, process: Process) -> Result<Processed, CatalogError> {
        let Process { fallback_tag: tag, action, input, env, product, session, cache, .. } = process;
        let inner = &self.catalog.0;
        inner.is_here(product.as_deref(), env.as_deref())?;
        match action {
            ProcessAction::Trigger => {
                let mut run = Run::new(tag).input(input);
                (run.session, run.cache) = (session, cache);
                self.run(run).await.map(Processed::Triggered)
            }
            ProcessAction::Update => {
                let is_change = |key: &String| {
                    ["maxRetries", "max_retries", "fallbackProvider", "fallback_provider"].contains(&key.as_str())
                };
                let updated = if input.as_object().is_some_and(|input| input.keys().any(is_change)) {
                    let update = Update::from_value(&input)?;
                    let change = |before: Option<&Definition>, world: &crate::world::World| {
                        let before =
                            before.and_then(Fallback::of).ok_or_else(|| missing(world, Kind::Fallback, &tag))?;
                        // As if it had been written so.
                        Ok(Some(Source::<Fallback>::read(changed(before, &update)?)))
                    };
                    inner.change(Kind::Fallback, &tag, change).await?;
                    self.fetch(&tag).await?
                } else {
                    self.update(&tag, input).await?
                };
                Ok(Processed::Updated(Box::new(updated)))
            }
            ProcessAction::Reset => {
                let world = inner.world.load_full();
                let is_data = world.definitions.get(Kind::Fallback, &tag).is_some();
                if !is_data && JsonPlan::of(Kind::Fallback, &tag).is_none() {
                    return Err(world.unknown(Kind::Fallback, &tag));
                }
                Ok(Processed::Reset(Box::new(world.plan(&tag)?.handle().reset())))
            }
            _ => Err(inner.world.load().unknown(Kind::Fallback, &tag)),
        }
    }
}

/// The options of a definition, each with its provider's name.
pub(crate) fn choices(definition: &Definition) -> Vec<(&Choice, String)> {
    match definition {
        Definition::Fallback(it) => it.options.iter().zip(it.providers()).collect(),
        Definition::Quota(it) => it.choices().zip(it.providers()).collect(),
        _ => Vec::new(),
    }
}

/// Fallbacks, quotas and features share their tags with the plans in code.
fn shares_tags(kind: Kind) -> bool {
    matches!(kind, Kind::Fallback | Kind::Quota | Kind::Feature)
}

/// There is nothing to change of that kind and tag.
fn missing(world: &crate::world::World, kind: Kind, tag: &str) -> CatalogError {
    match JsonPlan::of(kind, tag) {
        Some(_) => CatalogError::InCode { kind, tag: tag.to_owned() },
        None => world.unknown(kind, tag),
    }
}

/// With other retries of every option, or another option after the primary.
fn changed(before: &Fallback, update: &Update) -> Result<Fallback, CatalogError> {
    let mut next = before.clone();
    if let Some(retries) = update.max_retries {
        for option in &mut next.options {
            option.policies.retries = Some(retries);
        }
    }
    if let Some(provider) = &update.fallback_provider {
        let known = before.providers();
        let Some(at) = known.iter().position(|known| known == provider) else {
            let (tag, provider) = (before.tag.clone(), provider.clone());
            return Err(CatalogError::UnknownProvider { tag, provider, known });
        };
        if at == 0 {
            let (tag, provider, others) = (before.tag.clone(), provider.clone(), known[1..].to_vec());
            return Err(CatalogError::Primary { tag, provider, others });
        }
        let option = next.options.remove(at);
        next.options.insert(1, option);
    }
    Ok(next)
}
