//! Runs by tag.

use std::pin::Pin;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use ductape_definition::{FillError, Kind, Run, Scope};
use ductape_runtime::{ErrorKind, Name, Outcome, Runtime, Source, Verdict, dynamic};
use serde_json::{Map, Value};

use crate::app::{Cause, Failure, Given};
use crate::compile::{Callee, OwnCache, Runnable, Step};
use crate::error::{CallError, CatalogError};
use crate::inner::Inner;
use crate::json::JsonPlan;
use crate::result::RunResult;
use crate::world::World;

/// What all that runs inside a run has in common.
struct Context {
    inner: Arc<Inner>,
    world: Arc<World>,
    /// That of the program, in which its own plans run.
    program: Runtime,
    session: Option<Value>,
    now: u64,
}

/// What the events of a feature have come to so far, by their names.
#[derive(Clone)]
struct Sequence {
    yielded: Value,
    providers: Value,
}

type Ran = Pin<Box<dyn Future<Output = Result<RunResult, Failed>> + Send>>;

/// How a run has failed, and what that means to whoever has run it.
struct Failed {
    error: CatalogError,
    verdict: Verdict,
}

impl From<CatalogError> for Failed {
    fn from(error: CatalogError) -> Self {
        Self { verdict: error.verdict(), error }
    }
}

impl From<ductape_definition::Invalid> for Failed {
    fn from(invalid: ductape_definition::Invalid) -> Self {
        CatalogError::from(invalid).into()
    }
}

/// Milliseconds since 1970.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

impl Inner {
    /// Runs what has the request's tag, if it is of that kind.
    pub(crate) async fn run(self: &Arc<Self>, kind: Kind, request: Run) -> Result<RunResult, CatalogError> {
        self.is_here(request.product.as_deref(), request.env.as_deref())?;
        let world = self.world.load_full();
        let program = ductape_runtime::runtime();
        let Run { tag, input, session, cache, .. } = request;
        let runnable = world.plans.get(&tag).filter(|plan| plan.definition.kind() == kind);
        let Some(runnable) = runnable.map(Arc::clone) else {
            let plan = JsonPlan::of(kind, &tag).ok_or_else(|| world.unknown(kind, &tag))?;
            if cache.is_some() {
                let reason = "it has a clause of its own for that, `cache(…)`";
                return Err(CatalogError::NotCached { tag, reason });
            }
            let session = session.map(|session| (session.tag, session.token));
            return plan.run(&program, &self.runtime, session, input).await;
        };
        let session_value = session.as_ref().map(|session| {
            let fields = [("tag", &session.tag), ("token", &session.token)];
            Value::Object(fields.map(|(key, text)| (key.to_owned(), text.as_str().into())).into_iter().collect())
        });
        let context = Context { inner: Arc::clone(self), world, program, session: session_value, now: now() };
        let run = Arc::new(context).run(runnable, input, cache);
        let session = session.map(|session| (session.tag, session.token));
        self.runtime.scope(dynamic::in_session(session, run)).await.map_err(|failed| failed.error)
    }
}

impl Context {
    fn run(self: Arc<Self>, runnable: Arc<Runnable>, input: Value, cache: Option<String>) -> Ran {
        Box::pin(async move {
            let input = match runnable.inputs() {
                Some(inputs) => {
                    inputs.accept_owned(input).map_err(|invalid| CatalogError::from(invalid).without(self.token()))?
                }
                None => input,
            };
            if runnable.definition.kind() == Kind::Feature {
                if cache.is_some() {
                    let reason = "a feature does several things, each time";
                    return Err(CatalogError::NotCached { tag: runnable.definition.tag().to_owned(), reason }.into());
                }
                return self.events(runnable, input).await;
            }
            self.options(runnable, input, cache).await
        })
    }

    /// Runs a fallback or a quota.
    async fn options(
        self: Arc<Self>,
        runnable: Arc<Runnable>,
        input: Value,
        cache: Option<String>,
    ) -> Result<RunResult, Failed> {
        let kept = self.shelf(&runnable, cache)?;
        let sticky = runnable.sticky.as_ref().map(|template| template.fill(&self.scope(&input)));
        let sticky = sticky.and_then(Result::ok).flatten().map(|key| match key {
            Value::String(text) => text,
            other => other.to_string(),
        });
        let cached = kept.as_ref().map(|kept| (&**kept, self.key(&runnable, &input)));
        let input = Arc::new(input);
        let block = |index: usize| -> dynamic::BoxedBlock<'static, Value, CallError> {
            let (context, runnable, input) = (Arc::clone(&self), Arc::clone(&runnable), Arc::clone(&input));
            Box::pin(async move { context.call(&runnable.steps[index], &input, None).await.map(|(value, _)| value) })
        };
        let run = runnable.plan.run(sticky.as_deref(), cached, CallError::verdict, &block);
        let outcome = run.await.map_err(CatalogError::Failed)?;
        Ok(RunResult::new(outcome))
    }

    /// Runs the events of a feature, in their order.
    async fn events(self: Arc<Self>, runnable: Arc<Runnable>, input: Value) -> Result<RunResult, Failed> {
        let tag = || runnable.definition.tag().to_owned();
        let steps = runnable.plan.steps();
        let input = Arc::new(input);
        let nothing = || Value::Object(Map::new());
        let mut sequence = Arc::new(Sequence { yielded: nothing(), providers: nothing() });
        // Whether something that must not happen twice has happened, or may have: nobody may then do all of it again.
        let mut is_done = false;
        let failed = |error: CatalogError, is_done: bool| match error.verdict() {
            verdict if verdict == Verdict::Abort || !is_done => Failed { error, verdict },
            _ => Failed { error, verdict: Verdict::Ambiguous },
        };
        let (mut last, mut provider) = (nothing(), shared(runnable.definition.tag()));
        for (index, step) in runnable.steps.iter().enumerate() {
            let block = || -> dynamic::BoxedBlock<'static, (Value, Name), CallError> {
                let (context, runnable) = (Arc::clone(&self), Arc::clone(&runnable));
                let (input, sequence) = (Arc::clone(&input), Arc::clone(&sequence));
                Box::pin(async move { context.call(&runnable.steps[index], &input, Some(&sequence)).await })
            };
            let ended = steps.step(index, CallError::verdict, &block).await;
            is_done |=
                step.at_most_once && ended.as_ref().err().is_none_or(|error| error.kind() == ErrorKind::Ambiguous);
            match ended {
                Ok((value, by)) => {
                    let Sequence { yielded, providers } = Arc::make_mut(&mut sequence);
                    yielded[&*step.name] = value.clone();
                    providers[&*step.name] = by.as_str().into();
                    (last, provider) = (value, by);
                }
                Err(_) if step.allow_fail => {}
                Err(error) => {
                    steps.end(Some(error.kind()));
                    let error = CatalogError::Event { feature: tag(), event: step.name.to_string(), error };
                    return Err(failed(error, is_done));
                }
            }
        }
        let data = match &runnable.output {
            None => Ok(last),
            Some(output) => {
                let Sequence { yielded, providers } = &*sequence;
                let (sequence, providers) = (Some(yielded), Some(providers));
                output.fill(&Scope { sequence, providers, ..self.scope(&input) })
            }
        };
        let (attempts, elapsed) = (steps.attempts(), steps.elapsed());
        steps.end(data.is_err().then_some(ErrorKind::Exhausted));
        let data = data.map_err(|error| {
            let error = CallError::new(error.to_string(), Verdict::Failover);
            failed(CatalogError::Output { feature: tag(), error }, is_done)
        })?;
        Ok(RunResult::new(Outcome { value: data, provider, attempts, elapsed, source: Source::Provider }))
    }

    /// One attempt at an option or an event: what it yields, and who served it.
    async fn call(
        self: &Arc<Self>,
        step: &Step,
        input: &Value,
        sequence: Option<&Sequence>,
    ) -> Result<(Value, Name), CallError> {
        let (sequence, providers) = (sequence.map(|it| &it.yielded), sequence.map(|it| &it.providers));
        let scope = Scope { sequence, providers, ..self.scope(input) };
        let (response, provider) = match &step.callee {
            Callee::Action(action) => {
                let called = match &step.input {
                    None => action.call(Given::Whole(input)),
                    Some(mapping) => action.call(Given::Filled(&mapping.filled(&scope).map_err(unfilled)?)),
                };
                (called.await.map_err(|failure| self.failed(step, failure))?, step.name.clone())
            }
            Callee::Definition(tag) => {
                let given = match &step.input {
                    None => input.clone(),
                    Some(mapping) => mapping.fill(&scope).map_err(unfilled)?,
                };
                let ran = match (self.world.plans.get(tag), JsonPlan::find(tag)) {
                    (Some(runnable), _) => Arc::clone(self).run(Arc::clone(runnable), given, None).await,
                    (None, Some(plan)) => {
                        let session = self.session.as_ref().and_then(|session| {
                            Some((session.get("tag")?.as_str()?.to_owned(), session.get("token")?.as_str()?.to_owned()))
                        });
                        plan.run(&self.program, &self.inner.runtime, session, given).await.map_err(Failed::from)
                    }
                    (None, None) => {
                        return Err(CallError::new(format!("there is no `{tag}`"), Verdict::Failover));
                    }
                };
                let ran =
                    ran.map_err(|Failed { error, verdict }| CallError::nested(error, verdict).without(self.token()))?;
                (Value::Object(ran.fields()), ran.provider)
            }
        };
        let yielded = match &step.output {
            None => response,
            Some(mapping) => mapping
                .fill(&Scope { response: Some(&response), ..scope })
                .map_err(|error| CallError::new(format!("its output: {error}"), step.lost))?,
        };
        Ok((yielded, provider))
    }

    fn failed(&self, step: &Step, failure: Failure) -> CallError {
        let verdict = match failure.cause {
            Cause::Own { verdict, class } => step.verdicts.of_error(class, verdict),
            // The same input will not fit next time either.
            Cause::Input => Verdict::Failover,
            Cause::Answer => step.lost,
        };
        CallError::new(failure.message, verdict).without(self.token())
    }

    fn token(&self) -> Option<&str> {
        self.session.as_ref()?.get("token")?.as_str()
    }

    fn scope<'a>(&'a self, input: &'a Value) -> Scope<'a> {
        Scope {
            input: Some(input),
            session: self.session.as_ref(),
            env: self.inner.env(),
            product: self.inner.product(),
            now: self.now,
            ..Scope::default()
        }
    }

    /// Where results are kept: what the request names, else what the definition says.
    fn shelf(
        &self,
        runnable: &Runnable,
        cache: Option<String>,
    ) -> Result<Option<Arc<crate::compile::Shelf>>, CatalogError> {
        let defined = |tag: &str| match self.world.caches.get(tag) {
            Some(kept) => Ok(Some(Arc::clone(kept))),
            None => Err(self.world.unknown(Kind::Cache, tag)),
        };
        match (cache, &runnable.cache) {
            (Some(_), _) if runnable.at_most_once => {
                let reason = "what it does must not happen twice";
                Err(CatalogError::NotCached { tag: runnable.definition.tag().to_owned(), reason })
            }
            (Some(tag), _) => defined(&tag),
            (None, Some(OwnCache::Defined(tag))) => defined(tag),
            (None, Some(OwnCache::Own(kept))) => Ok(Some(Arc::clone(kept))),
            (None, None) => Ok(None),
        }
    }

    /// Product, environment, tag and its edition, session and input: as JSON, in which nothing can be taken for something
    /// else, and equal inputs are written in one way.
    fn key(&self, runnable: &Runnable, input: &Value) -> String {
        let session = self.session.as_ref().and_then(|session| session.get("tag"));
        let (product, env, tag) = (self.inner.product(), self.inner.env(), runnable.definition.tag());
        let mut key = serde_json::json!([product, env, tag, self.world.editions.of(tag), session]).to_string();
        crate::key::write(input, &mut key);
        key
    }
}

fn shared(name: &str) -> Name {
    Name::from(name.to_owned())
}

/// Another provider may need less.
#[expect(clippy::needless_pass_by_value, reason = "as `map_err` gives it")]
fn unfilled(error: FillError) -> CallError {
    CallError::new(format!("its input: {error}"), Verdict::Failover)
}
