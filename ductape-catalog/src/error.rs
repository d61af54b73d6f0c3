use std::error::Error as StdError;
use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

use ductape_definition::__private::known_names;
use ductape_definition::{Invalid, Kind};
use ductape_runtime::{Error, ErrorKind, PatchError, StartError, Verdict};

use crate::secret;
use crate::store::StoreError;

/// Why something could not be defined, found or run.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum CatalogError {
    /// A definition, or the input of a run, is refused: every fault there is. Everything is as it was.
    Invalid(Invalid),
    /// Nothing of that kind has the tag.
    Unknown {
        /// What was asked for.
        kind: Kind,
        /// What would have done as well.
        or: &'static [Kind],
        /// Its tag.
        tag: String,
        /// What has the tag instead.
        is: Option<Kind>,
        /// The tags there are.
        known: Vec<String>,
    },
    /// The tag is taken.
    Exists {
        /// What there is.
        kind: Kind,
        /// Its tag.
        tag: String,
    },
    /// It is a plan in code, and defined there.
    InCode {
        /// What it is.
        kind: Kind,
        /// Its tag.
        tag: String,
    },
    /// An app has two actions of one tag.
    ActionTwice {
        /// The app.
        app: String,
        /// The tag of both.
        action: String,
    },
    /// The definition has no provider of that name.
    UnknownProvider {
        /// The definition.
        tag: String,
        /// The name that none has.
        provider: String,
        /// Those there are.
        known: Vec<String>,
    },
    /// The provider that is to be the next one after the primary is the primary itself.
    Primary {
        /// The definition.
        tag: String,
        /// Its primary.
        provider: String,
        /// Those that can be the next one.
        others: Vec<String>,
    },
    /// The request is for another product or environment than the catalogue's.
    Elsewhere {
        /// What the request names.
        asked: String,
        /// The catalogue's.
        here: String,
    },
    /// A healthcheck was given an input.
    NoInput {
        /// The healthcheck.
        tag: String,
    },
    /// Results of this cannot be kept in a cache.
    NotCached {
        /// The definition.
        tag: String,
        /// Why.
        reason: &'static str,
    },
    /// A run has failed, with everything that happened on the way.
    Failed(Error<CallError>),
    /// A plan in code that is marked `json` was given what does not fit, or has failed.
    Plan {
        /// The plan.
        tag: String,
        /// Why.
        message: String,
        /// How its run has ended; `None` where none began.
        kind: Option<ErrorKind>,
    },
    /// An event of a feature has failed, and with it the feature.
    Event {
        /// The feature.
        feature: String,
        /// The event.
        event: String,
        /// What happened to it.
        error: Error<CallError>,
    },
    /// What a feature is to yield cannot be made of what its events have yielded.
    Output {
        /// The feature.
        feature: String,
        /// Why.
        error: CallError,
    },
    /// A patch is refused: every fault there is. Everything is as it was.
    Patch(PatchError),
    /// What was changed in the plan does not go with this definition of it.
    Overridden(PatchError),
    /// The store did not do what it was asked to; everything is as it was.
    Store(StoreError),
    /// The runtime could not be made.
    Start(Arc<StartError>),
}

impl CatalogError {
    /// How a run has ended; `None` where none began.
    pub fn kind(&self) -> Option<ErrorKind> {
        match self {
            Self::Failed(error) | Self::Event { error, .. } => Some(error.kind()),
            Self::Output { .. } => Some(ErrorKind::Exhausted),
            Self::Plan { kind, .. } => *kind,
            _ => None,
        }
    }

    /// Without a secret that may have got into it: into what an input is refused for, or the message of a plan in code. All
    /// else that can hold it is a [`CallError`], and was made without it.
    #[must_use]
    pub(crate) fn without(self, secret: Option<&str>) -> Self {
        let Some(secret) = secret else { return self };
        match self {
            Self::Invalid(invalid) => Self::Invalid(invalid.redacted(|text| secret::without(text, secret))),
            Self::Plan { tag, message, kind } => Self::Plan { tag, message: secret::told(&message, secret), kind },
            clean => clean,
        }
    }

    /// What it means to the provider or event that has run it.
    pub(crate) fn verdict(&self) -> Verdict {
        match self.kind() {
            // The same would come out again.
            _ if matches!(self, Self::Output { .. }) => Verdict::Failover,
            Some(ErrorKind::Ambiguous) => Verdict::Ambiguous,
            Some(ErrorKind::Aborted) => Verdict::Abort,
            Some(_) => Verdict::Retry,
            None => Verdict::Failover,
        }
    }
}

impl Display for CatalogError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(invalid) => Display::fmt(invalid, f),
            Self::Unknown { kind, or, tag, is, known } => {
                let what = kinds(*kind, or);
                write!(f, "there is no {what} `{tag}`; ")?;
                match is {
                    Some(other) => write!(f, "it is a {other}"),
                    None => f.write_str(&known_names(tag, &what, known.iter().map(String::as_str))),
                }
            }
            Self::Exists { kind, tag } => {
                write!(f, "there is a {kind} `{tag}` already; update it, or write another tag")
            }
            Self::InCode { kind, tag } => {
                write!(
                    f,
                    "the {kind} `{tag}` is defined in code; change it there, or what is in force of it by `Catalog::update`"
                )
            }
            Self::ActionTwice { app, action } => {
                write!(f, "the app `{app}` has two actions `{action}`; give one of them another tag")
            }
            Self::UnknownProvider { tag, provider, known } => {
                write!(f, "`{tag}` has no provider `{provider}`; {}", there_are(known))
            }
            Self::Primary { tag, provider, others } => {
                write!(f, "`{provider}` is the primary of `{tag}`, and no fallback; {}", there_are(others))
            }
            Self::Elsewhere { asked, here } => {
                write!(
                    f,
                    "this catalogue serves `{here}`, and the request is for `{asked}`; open another catalogue for it"
                )
            }
            Self::NoInput { tag } => {
                write!(f, "the healthcheck `{tag}` takes no input; what its action is given stands in its `envs`")
            }
            Self::NotCached { tag, reason } => write!(f, "results of `{tag}` cannot be cached: {reason}"),
            Self::Failed(error) => Display::fmt(error, f),
            Self::Plan { message, .. } => f.write_str(message),
            Self::Event { feature, event, error } => write!(f, "feature `{feature}`: event `{event}`: {error}"),
            Self::Output { feature, error } => write!(f, "feature `{feature}`: its output: {error}"),
            Self::Patch(error) => Display::fmt(error, f),
            Self::Overridden(error) => {
                write!(f, "what was changed in the plan does not go with this definition; take it back by `restore`")?;
                write!(f, ", or change it to what goes with both\n{error}")
            }
            Self::Store(error) => Display::fmt(error, f),
            Self::Start(error) => Display::fmt(error, f),
        }
    }
}

/// `fallback, quota or feature`.
fn kinds(kind: Kind, or: &[Kind]) -> String {
    let Some((last, others)) = or.split_last() else { return kind.to_string() };
    let first: Vec<_> = std::iter::once(&kind).chain(others).map(|kind| kind.as_str()).collect();
    format!("{} or {last}", first.join(", "))
}

fn there_are(known: &[String]) -> String {
    if known.is_empty() { "there is none".to_owned() } else { format!("there are `{}`", known.join("`, `")) }
}

impl StdError for CatalogError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Invalid(error) => Some(error),
            Self::Failed(error) | Self::Event { error, .. } => Some(error),
            Self::Output { error, .. } => Some(error),
            Self::Patch(error) | Self::Overridden(error) => Some(error),
            Self::Store(error) => Some(error),
            Self::Start(error) => Some(&**error),
            _ => None,
        }
    }
}

impl From<Invalid> for CatalogError {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}

impl From<StoreError> for CatalogError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<PatchError> for CatalogError {
    fn from(error: PatchError) -> Self {
        Self::Overridden(error)
    }
}

impl From<StartError> for CatalogError {
    fn from(error: StartError) -> Self {
        Self::Start(Arc::new(error))
    }
}

/// What a provider of a definition has failed with. The token of a session is taken out of its message.
#[derive(Debug, Clone)]
pub struct CallError {
    message: String,
    verdict: Verdict,
    nested: Option<Arc<CatalogError>>,
}

impl CallError {
    pub(crate) fn new(message: impl Into<String>, verdict: Verdict) -> Self {
        Self { message: message.into(), verdict, nested: None }
    }

    pub(crate) fn nested(error: CatalogError, verdict: Verdict) -> Self {
        Self { message: error.to_string(), verdict, nested: Some(Arc::new(error)) }
    }

    /// Without a secret that may have got into the message.
    #[must_use]
    pub(crate) fn without(mut self, secret: Option<&str>) -> Self {
        if let Some(secret) = secret {
            // What is told of a run inside was made without it, and is mostly of this library's words.
            let clean = if self.nested.is_some() { secret::without } else { secret::told };
            self.message = clean(&self.message, secret);
        }
        self
    }

    /// What it was taken for.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Why the definition failed that the provider runs; `None` where it calls an action.
    pub fn nested_run(&self) -> Option<&CatalogError> {
        self.nested.as_deref()
    }
}

impl Display for CallError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for CallError {}
