//! Plans in code that are marked `json`: run by tag, beside those that are data.

use std::fmt::Display;
use std::future::Ready;
use std::pin::Pin;
use std::time::Duration;

use ductape_definition::Kind;
use ductape_runtime::{Error, Name, Outcome, Source};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::CatalogError;
use crate::result::RunResult;

/// A plan that an attribute made, as catalogues find it.
pub struct JsonPlan {
    tag: &'static str,
    attribute: &'static str,
    run: fn(serde_json::Value) -> Ran,
}

/// A run of such a plan.
pub(crate) type Ran = Pin<Box<dyn Future<Output = Result<RunResult, CatalogError>> + Send>>;

inventory::collect!(JsonPlan);

impl JsonPlan {
    /// The plan of that tag.
    pub const fn new(tag: &'static str, attribute: &'static str, run: fn(serde_json::Value) -> Ran) -> Self {
        Self { tag, attribute, run }
    }

    /// An action is run as a fallback is: it has no other home.
    fn kind(&self) -> Kind {
        if self.attribute == "quota" { Kind::Quota } else { Kind::Fallback }
    }

    /// The one of that tag.
    pub(crate) fn find(tag: &str) -> Option<&'static Self> {
        inventory::iter::<Self>.into_iter().find(|plan| plan.tag == tag)
    }

    /// The tags of that kind.
    pub(crate) fn tags(kind: Kind) -> impl Iterator<Item = &'static str> {
        inventory::iter::<Self>.into_iter().filter(move |plan| plan.kind() == kind).map(|plan| plan.tag)
    }

    /// A run, if it is of that kind.
    pub(crate) fn run(&self, kind: Kind, input: serde_json::Value) -> Option<Ran> {
        (self.kind() == kind).then(|| (self.run)(input))
    }
}

/// Reads the argument, and calls the plan.
pub fn run_json<I, F>(tag: &'static str, input: serde_json::Value, plan: impl FnOnce(I) -> F) -> Ran
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

fn failed(tag: &str, message: String, kind: Option<ductape_runtime::ErrorKind>) -> CatalogError {
    CatalogError::Plan { tag: tag.to_owned(), message, kind }
}

fn encode(tag: &str, value: &impl Serialize) -> Result<serde_json::Value, CatalogError> {
    serde_path_to_error::serialize(value, serde_json::value::Serializer).map_err(|error| {
        failed(tag, format!("`{tag}`: what it answers is no JSON at `{}`: {}", error.path(), error.inner()), None)
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
    pub fn told(self, tag: &'static str) -> Result<RunResult, CatalogError> {
        let Outcome { value, provider, attempts, elapsed, source, .. } = self.0;
        Ok(RunResult { provider, data: encode(tag, &value)?, attempts, elapsed, source })
    }
}

/// A value alone: who served is not known.
pub trait ToldByValue {
    /// As a result of a run.
    ///
    /// # Errors
    ///
    /// It is no JSON.
    fn told(self, tag: &'static str) -> Result<RunResult, CatalogError>;
}

impl<T: Serialize> ToldByValue for Value<T> {
    fn told(self, tag: &'static str) -> Result<RunResult, CatalogError> {
        let data = encode(tag, &self.0)?;
        let provider = Name::from_static(tag);
        Ok(RunResult { provider, data, attempts: 0, elapsed: Duration::ZERO, source: Source::Provider })
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
