use std::collections::BTreeMap;
use std::fmt::{self, Debug, Formatter};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use ductape_definition::{ErrorClass, Filled};
use ductape_runtime::Verdict;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::CatalogError;

type BoxError = Box<dyn std::error::Error + Send + Sync>;
type RawCalled<E> = Pin<Box<dyn Future<Output = Result<Value, Raw<E>>> + Send>>;
type Called = Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send>>;

/// Something that can be called, by its actions: given to [`Builder::app`](crate::Builder::app).
#[derive(Debug, Default)]
pub struct App(Vec<(String, Action)>);

/// An action that is being added to an app, with its policies; the next [`action`](Self::action) follows.
#[must_use]
pub struct NewAction<E> {
    app: App,
    tag: String,
    call: Box<dyn Fn(Given<'_>) -> RawCalled<E> + Send + Sync>,
    timeout: Option<Duration>,
    classify: Option<fn(&E) -> Verdict>,
    class: Option<fn(&E) -> Option<ErrorClass>>,
    at_most_once: bool,
}

/// An error of the action's own, or of the border between JSON and its types.
enum Raw<E> {
    Own(E),
    /// It was not called.
    Input(String),
    /// It has done what it does.
    Answer(String),
}

/// What an action is given, where it stands.
#[derive(Clone, Copy)]
pub(crate) enum Given<'a> {
    Whole(&'a Value),
    Filled(&'a Filled<'a>),
}

impl Given<'_> {
    /// Decoded, or where it does not fit.
    fn decode<I: DeserializeOwned>(self) -> Result<I, String> {
        // Looking for the path takes longer than decoding: only where there is something to be told.
        let decoded = match self {
            Self::Whole(value) => I::deserialize(value).or_else(|_| serde_path_to_error::deserialize(value)),
            Self::Filled(filled) => I::deserialize(filled).or_else(|_| serde_path_to_error::deserialize(filled)),
        };
        decoded.map_err(|error| format!("its input does not fit at `{}`: {}", error.path(), error.inner()))
    }
}

/// A typed async closure, behind JSON.
pub(crate) struct Action {
    call: Box<dyn Fn(Given<'_>) -> Called + Send + Sync>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) classified: bool,
    pub(crate) at_most_once: bool,
}

/// Why an action has not answered.
pub(crate) struct Failure {
    pub(crate) message: String,
    pub(crate) cause: Cause,
}

/// What kind of failure it is.
pub(crate) enum Cause {
    /// An error of its own: what it says of that.
    Own { verdict: Option<Verdict>, class: Option<ErrorClass> },
    /// It was not called: its input does not fit.
    Input,
    /// It has done what it does, and its answer is lost: that is no JSON.
    Answer,
}

impl App {
    /// Adds an action: an async closure over what is decoded from JSON, with an answer that can be encoded.
    ///
    /// A shape that does not fit is a failure that names the field's path; the next provider is tried then. An answer that
    /// cannot be encoded is one as well, and ambiguous where the action must not happen twice.
    pub fn action<I, O, E, F>(
        self,
        tag: impl Into<String>,
        run: impl Fn(I) -> F + Send + Sync + 'static,
    ) -> NewAction<E>
    where
        I: DeserializeOwned + 'static,
        O: Serialize + 'static,
        E: Into<BoxError> + 'static,
        F: Future<Output = Result<O, E>> + Send + 'static,
    {
        let call = move |given: Given<'_>| -> RawCalled<E> {
            let called = given.decode().map(&run);
            match called {
                Ok(called) => Box::pin(async move {
                    let output = called.await.map_err(Raw::Own)?;
                    let encoded = serde_json::to_value(&output);
                    encoded.or_else(|_| serde_path_to_error::serialize(&output, serde_json::value::Serializer)).map_err(
                        |error| {
                            Raw::Answer(format!("what it answers is no JSON at `{}`: {}", error.path(), error.inner()))
                        },
                    )
                }),
                Err(message) => Box::pin(async move { Err(Raw::Input(message)) }),
            }
        };
        NewAction {
            app: self,
            tag: tag.into(),
            call: Box::new(call),
            timeout: None,
            classify: None,
            class: None,
            at_most_once: false,
        }
    }

    pub(crate) fn into_actions(self) -> impl Iterator<Item = (String, Action)> {
        self.0.into_iter()
    }
}

/// The policies of the action, and what comes after it.
impl<E: Into<BoxError> + 'static> NewAction<E> {
    /// Bounds one attempt, where the definition says nothing else; 10 seconds unless said.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// What its errors mean, where the definition says nothing else: worth another try unless said.
    pub fn classify(mut self, classify: fn(&E) -> Verdict) -> Self {
        self.classify = Some(classify);
        self
    }

    /// What its errors look like to the lists of a definition, such as `"retry_on": ["5xx"]`: only `any` unless said.
    pub fn class(mut self, class: fn(&E) -> Option<ErrorClass>) -> Self {
        self.class = Some(class);
        self
    }

    /// What it does must not happen twice: a plan that calls it is `at_most_once`, and an error of which nothing says what
    /// it means is ambiguous.
    pub fn at_most_once(mut self) -> Self {
        self.at_most_once = true;
        self
    }

    /// Adds another action to the same app.
    pub fn action<I, O, X, F>(
        self,
        tag: impl Into<String>,
        run: impl Fn(I) -> F + Send + Sync + 'static,
    ) -> NewAction<X>
    where
        I: DeserializeOwned + 'static,
        O: Serialize + 'static,
        X: Into<BoxError> + 'static,
        F: Future<Output = Result<O, X>> + Send + 'static,
    {
        App::from(self).action(tag, run)
    }
}

impl<E: Into<BoxError> + 'static> From<NewAction<E>> for App {
    fn from(new: NewAction<E>) -> Self {
        let NewAction { mut app, tag, call, timeout, classify, class, at_most_once } = new;
        let call = move |given: Given<'_>| -> Called {
            let called = call(given);
            Box::pin(async move {
                called.await.map_err(|error| match error {
                    Raw::Own(error) => {
                        let verdict = classify.map(|classify| classify(&error));
                        let cause = Cause::Own { verdict, class: class.and_then(|class| class(&error)) };
                        Failure { message: error.into().to_string(), cause }
                    }
                    Raw::Input(message) => Failure { message, cause: Cause::Input },
                    Raw::Answer(message) => Failure { message, cause: Cause::Answer },
                })
            })
        };
        let classified = classify.is_some();
        app.0.push((tag, Action { call: Box::new(call), timeout, classified, at_most_once }));
        app
    }
}

impl<E> Debug for NewAction<E> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewAction").field("tag", &self.tag).finish_non_exhaustive()
    }
}

impl Action {
    pub(crate) fn call(&self, given: Given<'_>) -> Called {
        (self.call)(given)
    }
}

impl Debug for Action {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Action").field("at_most_once", &self.at_most_once).finish_non_exhaustive()
    }
}

/// By app and action.
#[derive(Debug, Default)]
pub(crate) struct Actions {
    apps: BTreeMap<String, BTreeMap<String, Arc<Action>>>,
    /// The first that was given twice.
    twice: Option<(String, String)>,
}

impl Actions {
    pub(crate) fn insert(&mut self, app: &str, actions: App) {
        let known = self.apps.entry(app.to_owned()).or_default();
        for (tag, action) in actions.into_actions() {
            if known.insert(tag.clone(), Arc::new(action)).is_some() {
                self.twice.get_or_insert_with(|| (app.to_owned(), tag));
            }
        }
    }

    pub(crate) fn get(&self, app: &str, action: &str) -> Option<&Arc<Action>> {
        self.apps.get(app)?.get(action)
    }

    /// Each has a tag of its own in its app.
    pub(crate) fn check(&self) -> Result<(), CatalogError> {
        match self.twice.clone() {
            Some((app, action)) => Err(CatalogError::ActionTwice { app, action }),
            None => Ok(()),
        }
    }

    /// As the checks of definitions know them.
    pub(crate) fn known(&self) -> ductape_definition::Apps {
        let mut known = ductape_definition::Apps::default();
        for (app, actions) in &self.apps {
            for (tag, action) in actions {
                let mut entry = ductape_definition::Action::default();
                if let Some(timeout) = action.timeout {
                    entry = entry.timeout(timeout);
                }
                if action.classified {
                    entry = entry.classified();
                }
                if action.at_most_once {
                    entry = entry.at_most_once();
                }
                known.insert(app, tag, entry);
            }
        }
        known
    }
}
