//! Plans in code that are marked `json`: run by tag, beside those that are data.

use std::fmt::Display;
use std::future::Ready;
use std::pin::Pin;
use std::time::Duration;

use ductape_definition::{Apps, Kind};
use ductape_runtime::{Error, ErrorKind, Name, Outcome, Runtime, Source, dynamic};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::error::CatalogError;
use crate::result::RunResult;

/// A plan that an attribute made, as catalogues find it.
pub struct JsonPlan {
    tag: &'static str,
    attribute: &'static str,
    run: fn(Json) -> Ran,
}

/// A run of such a plan.
pub(crate) type Ran = Pin<Box<dyn Future<Output = Result<RunResult, CatalogError>> + Send>>;

inventory::collect!(JsonPlan);

impl JsonPlan {
    /// The plan of that tag.
    pub const fn new(tag: &'static str, attribute: &'static str, run: fn(Json) -> Ran) -> Self {
        Self { tag, attribute, run }
    }

    /// An action is run as a fallback is: it has no other home.
    pub(crate) fn kind(&self) -> Kind {
        if self.attribute == "quota" { Kind::Quota } else { Kind::Fallback }
    }

    pub(crate) fn tag(&self) -> &'static str {
        self.tag
    }

    /// All there are.
    pub(crate) fn all() -> impl Iterator<Item = &'static Self> {
        inventory::iter::<Self>.into_iter()
    }

    /// The one of that tag.
    pub(crate) fn find(tag: &str) -> Option<&'static Self> {
        Self::all().find(|plan| plan.tag == tag)
    }

    /// The one of that tag, if it is of that kind.
    pub(crate) fn of(kind: Kind, tag: &str) -> Option<&'static Self> {
        Self::find(tag).filter(|plan| plan.kind() == kind)
    }

    /// The tags of those whose work must not happen twice.
    pub(crate) fn once() -> impl Iterator<Item = &'static str> {
        Self::all().map(Self::tag).filter(|tag| is_once(tag))
    }

    /// Tells the checks of definitions of all there are.
    pub(crate) fn known_to(apps: &mut Apps) {
        for plan in Self::all() {
            if is_once(plan.tag) {
                apps.insert_plan_at_most_once(plan.kind(), plan.tag);
            } else {
                apps.insert_plan(plan.kind(), plan.tag);
            }
        }
    }

    /// A run: in the runtime of the program, with all that a call of the function knows of its providers; its code finds the
    /// environment and the product of the catalogue.
    pub(crate) async fn run(
        &self,
        program: &Runtime,
        catalog: &Runtime,
        session: Option<(String, String)>,
        input: Json,
    ) -> Result<RunResult, CatalogError> {
        let token = session.as_ref().map(|(_, token)| token.clone());
        let ran = program.scope(dynamic::in_catalog(catalog, session, (self.run)(input))).await;
        ran.map_err(|error| error.without(token.as_deref()))
    }
}

/// What it does must not happen twice.
fn is_once(tag: &str) -> bool {
    ductape_runtime::plan(tag).is_ok_and(ductape_runtime::Plan::at_most_once)
}

/// Reads the argument, and calls the plan.
pub fn run_json<I, F>(tag: &'static str, input: Json, plan: impl FnOnce(I) -> F) -> Ran
where
    I: DeserializeOwned,
    F: Future<Output = Result<RunResult, CatalogError>> + Send + 'static,
{
    match serde_path_to_error::deserialize(input) {
        Ok(argument) => Box::pin(plan(argument)),
        Err(error) => {
            let message = format!("`{tag}`: its input does not fit at `{}`: {}", error.path(), error.inner());
            let refused: Ready<_> = std::future::ready(Err(failed(tag, message, None)));
            Box::pin(refused)
        }
    }
}

fn failed(tag: &str, message: String, kind: Option<ErrorKind>) -> CatalogError {
    CatalogError::Plan { tag: tag.to_owned(), message, kind }
}

fn encode(tag: &str, value: &impl Serialize) -> Result<Json, CatalogError> {
    serde_path_to_error::serialize(value, serde_json::value::Serializer).map_err(|error| {
        let message = format!("`{tag}`: what it answers is no JSON at `{}`: {}", error.path(), error.inner());
        // What was done is done.
        failed(tag, message, is_once(tag).then_some(ErrorKind::Ambiguous))
    })
}

/// What such a plan has returned. An [`Outcome`] says more than a value alone: the inherent method wins.
pub struct Value<T>(pub T);

impl<T: Serialize> Value<Outcome<T>> {
    /// As a result of a run.
    ///
    /// # Errors
    ///
    /// It is no JSON.
    pub fn told(self, tag: &'static str, _: Option<Outcome<()>>) -> Result<RunResult, CatalogError> {
        let data = encode(tag, &self.0.value)?;
        Ok(RunResult::new(self.0.map(|_| data)))
    }
}

/// A value alone: who served is told besides, unless the function returned before it asked anyone.
pub trait ToldByValue {
    /// As a result of a run.
    ///
    /// # Errors
    ///
    /// It is no JSON.
    fn told(self, tag: &'static str, rest: Option<Outcome<()>>) -> Result<RunResult, CatalogError>;
}

impl<T: Serialize> ToldByValue for Value<T> {
    fn told(self, tag: &'static str, rest: Option<Outcome<()>>) -> Result<RunResult, CatalogError> {
        let rest = rest.unwrap_or_else(|| Outcome {
            value: (),
            provider: Name::from_static(tag),
            attempts: 0,
            elapsed: Duration::ZERO,
            source: Source::Provider,
        });
        Value(rest.map(|()| self.0)).told(tag, None)
    }
}

/// What such a plan has failed with. A plan's own error says more than another one.
pub struct Failed<E>(pub E);

impl<E> Failed<Error<E>> {
    /// As a failed run.
    ///
    /// # Errors
    ///
    /// Always.
    pub fn told(self, tag: &'static str) -> Result<RunResult, CatalogError> {
        Err(failed(tag, self.0.to_string(), Some(self.0.kind())))
    }
}

/// Another error than a plan's own.
pub trait ToldByError {
    /// As a failed run.
    ///
    /// # Errors
    ///
    /// Always.
    fn told(self, tag: &'static str) -> Result<RunResult, CatalogError>;
}

impl<E: Display> ToldByError for Failed<E> {
    fn told(self, tag: &'static str) -> Result<RunResult, CatalogError> {
        Err(failed(tag, self.0.to_string(), None))
    }
}
