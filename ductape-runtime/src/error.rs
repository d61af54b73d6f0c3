use std::error::Error as StdError;
use std::fmt::{self, Debug, Display, Formatter, Write};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use crate::Name;
use crate::plan::Plan;
use crate::trail::{Entry, Event, Trail};
use crate::typing::View;

/// Why a run failed, with everything that happened on the way.
///
/// One word wide, and cheap to clone whatever `E` is. It asks nothing of `E`: where `E` is an error, can be displayed
/// or debugged, the message says what the providers said; `anyhow::Error` and boxed errors serve as `E`, and `?`
/// carries a `ductape::Error` into both.
///
/// Inside a plan's function, `?` on an `E` before the first provider makes an error of kind
/// [`Aborted`](ErrorKind::Aborted) with an empty trail.
///
/// ```
/// # extern crate ductape_runtime as ductape;
/// # fn report(error: ductape::Error<std::io::Error>) {
/// eprintln!("{error}"); // one line: the plan, and every provider with what happened to it
/// for entry in error.trail().entries() {
///     eprintln!("  {}: {:?}", entry.provider, entry.event);
/// }
/// # }
/// ```
pub struct Error<E>(Arc<Inner<E>>);

struct Inner<E> {
    kind: ErrorKind,
    plan: Name,
    trail: Trail<E>,
    /// Stands outside the trail only for an error that came before the first provider.
    early: Option<E>,
    view: View<E>,
}

/// Of a step or part that calls a plan.
impl<E> Error<Error<E>> {
    /// The plan's own error, where it is what the step ended with; else all that is known, in one trail.
    pub(crate) fn flat(self) -> Error<E> {
        let Some(Inner { kind, plan, trail, .. }) = Arc::into_inner(self.0) else {
            unreachable!("nobody has seen this error yet, to clone it")
        };
        let mut flat = Trail::default();
        let mut view = View::OPAQUE;
        let mut entries = trail.into_entries().into_iter().peekable();
        while let Some(Entry { provider, event }) = entries.next() {
            match event {
                Event::Failed { error, .. } if entries.peek().is_none() && kind != ErrorKind::Deadline => return error,
                Event::Failed { attempt, took, error } => {
                    view = error.0.view;
                    // One that others share is left to them.
                    let Some(inner) = Arc::into_inner(error.0) else { continue };
                    flat.append(inner.trail);
                    if let Some(error) = inner.early {
                        flat.push(provider, Event::Failed { attempt, took, error }, true);
                    }
                }
                Event::TimedOut { attempt, after } => flat.push(provider, Event::TimedOut { attempt, after }, true),
                Event::Skipped(skip) => flat.push(provider, Event::Skipped(skip), true),
                // Nothing is reconciled in a step.
                Event::Unreconciled { .. } => {}
            }
        }
        Error::new(kind, plan, flat, view)
    }
}

/// How a run ended without a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ErrorKind {
    /// Every provider failed or was skipped.
    Exhausted,
    /// An error said that no provider would do better.
    Aborted,
    /// The deadline cut an attempt or a wait, or left a provider no time.
    Deadline,
    /// In an `at_most_once` plan: the work may have been done, and nobody knows.
    Ambiguous,
}

impl<E> Error<E> {
    pub(crate) fn new(kind: ErrorKind, plan: Name, trail: Trail<E>, view: View<E>) -> Self {
        Self(Arc::new(Inner { kind, plan, trail, early: None, view }))
    }

    /// Names the plan of an error that left the statements before the first provider; any other error is kept.
    pub(crate) fn named(self, plan: &Plan, view: View<E>) -> Self {
        if !self.0.plan.is_empty() {
            return self;
        }
        match Arc::try_unwrap(self.0) {
            Ok(inner) => Self(Arc::new(Inner { plan: plan.tag.clone(), view, ..inner })),
            Err(shared) => Self(shared),
        }
    }

    /// How the run ended.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The tag of the plan; empty for an error that was made with `?` outside any plan.
    pub fn plan(&self) -> &str {
        &self.0.plan
    }

    /// The provider whose failure came last, `None` when no provider was called.
    pub fn provider(&self) -> Option<&str> {
        self.0.trail.last_failure().map(|entry| entry.provider.as_str())
    }

    /// The last error that a provider returned, `None` when there was none: all were skipped or timed out.
    pub fn last(&self) -> Option<&E> {
        self.0.early.as_ref().or_else(|| self.0.trail.last_error())
    }

    /// The last error that a provider returned, by value; `None` when there was none, or when a clone of this error
    /// still holds it.
    pub fn into_last(self) -> Option<E> {
        let inner = Arc::into_inner(self.0)?;
        inner.early.or_else(|| inner.trail.into_last_error())
    }

    /// How long until the first of the providers that refused may be asked again.
    ///
    /// `None` unless something was refused and every refusal names a time.
    pub fn retry_in(&self) -> Option<Duration> {
        self.0.trail.retry_in()
    }

    /// Every attempt and every skip, in the order in which they happened.
    pub fn trail(&self) -> &Trail<E> {
        &self.0.trail
    }
}

impl<E> Clone for Error<E> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<E> From<E> for Error<E> {
    fn from(error: E) -> Self {
        Self(Arc::new(Inner {
            kind: ErrorKind::Aborted,
            plan: Name::from_static(""),
            trail: Trail::default(),
            early: Some(error),
            view: View::OPAQUE,
        }))
    }
}

impl Display for ErrorKind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Exhausted => "exhausted",
            Self::Aborted => "aborted",
            Self::Deadline => "deadline",
            Self::Ambiguous => "ambiguous",
        })
    }
}

/// One line: the plan, how it ended, and every provider with what happened to it.
impl<E> Display for Error<E> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(OneLine(f), "{}", Message("plan", self))
    }
}

impl<E> Error<E> {
    /// The line of an error of something that is called otherwise than a plan.
    pub(crate) fn describe(&self, noun: &'static str, f: &mut Formatter<'_>) -> fmt::Result {
        write!(OneLine(f), "{}", Message(noun, self))
    }

    /// The line without whose error it is: what happened to each provider.
    pub(crate) fn reasons(&self) -> String {
        let mut line = String::new();
        // Writing to a string cannot fail.
        let _ = write!(line, "{}", Reasons(self));
        line.replace(['\n', '\r'], " ")
    }
}

/// What providers say may have many lines.
struct OneLine<'a, 'b>(&'a mut Formatter<'b>);

impl Write for OneLine<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for (at, line) in text.split(['\n', '\r']).enumerate() {
            if at > 0 {
                self.0.write_char(' ')?;
            }
            self.0.write_str(line)?;
        }
        Ok(())
    }
}

struct Message<'a, E>(&'static str, &'a Error<E>);

struct Reasons<'a, E>(&'a Error<E>);

impl<E> Display for Message<'_, E> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Inner { kind, plan, trail, early, .. } = &*self.1.0;
        if !plan.is_empty() {
            write!(f, "{} `{plan}` ", self.0)?;
        }
        f.write_str(match kind {
            ErrorKind::Exhausted => "failed",
            ErrorKind::Aborted => "aborted",
            ErrorKind::Deadline => "ran out of time",
            ErrorKind::Ambiguous => "ended without knowing whether it took effect",
        })?;
        if early.is_some() && self.0 == "plan" {
            f.write_str(" before its first provider")?;
        }
        f.write_str(if early.is_none() && trail.entries().is_empty() { "" } else { ": " })?;
        Display::fmt(&Reasons(self.1), f)
    }
}

impl<E> Display for Reasons<'_, E> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Inner { trail, early, view, .. } = &*self.0.0;
        match early {
            Some(error) => (view.show)(error, f),
            None => trail.describe(*view, f),
        }
    }
}

impl<E> Debug for Error<E> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let message = format_args!("{self}");
        f.debug_struct("Error").field("kind", &self.0.kind).field("message", &message).finish_non_exhaustive()
    }
}

impl<E> StdError for Error<E> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.last().and_then(|error| (self.0.view.source)(error))
    }
}
