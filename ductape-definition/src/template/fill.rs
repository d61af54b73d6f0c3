//! From a template to a value.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::{self, Display, Formatter, Write};

use serde_json::Value;

use super::filled::Part;
use super::{Expression, Mapping, Piece, Reference, Root, Template, Way};
use crate::limits;

/// What references find.
#[derive(Clone, Copy, Default)]
#[expect(clippy::exhaustive_structs, reason = "made with `..Scope::default()`")]
pub struct Scope<'a> {
    /// The run's input, as [`Inputs::accept`](crate::Inputs::accept) gives it.
    pub input: Option<&'a Value>,
    /// What the action answered.
    pub response: Option<&'a Value>,
    /// What earlier events yielded: an object with a key for each event.
    pub sequence: Option<&'a Value>,
    /// Who served earlier events: an object with a name for each event. `$Sequence{event}{provider}` finds it where the event
    /// itself yields no `provider`.
    pub providers: Option<&'a Value>,
    /// The session, an object of `tag` and `token`.
    pub session: Option<&'a Value>,
    /// The environment.
    pub env: &'a str,
    /// The product.
    pub product: &'a str,
    /// The time, in milliseconds since 1970.
    pub now: u64,
}

/// Tells nothing of the values, which may be secret.
impl fmt::Debug for Scope<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").field("env", &self.env).field("product", &self.product).finish_non_exhaustive()
    }
}

/// Why a template cannot be filled.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FillError {
    /// The reference finds nothing.
    Missing {
        /// As it is written.
        reference: String,
    },
    /// What comes out is larger than [`MOST_FILLED_BYTES`](crate::limits::MOST_FILLED_BYTES).
    TooLarge,
}

impl Error for FillError {}

impl Display for FillError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { reference } => write!(f, "`{reference}` finds nothing"),
            Self::TooLarge => write!(f, "what comes out is larger than {} bytes", limits::MOST_FILLED_BYTES),
        }
    }
}

/// Filled for a run.
impl Template {
    /// The value, or `None` if the template is one reference to an optional input that is not given.
    ///
    /// # Errors
    ///
    /// A reference finds nothing (0, `false`, `""` and `null` are values), or the value gets too large.
    pub fn fill(&self, scope: &Scope<'_>) -> Result<Option<Value>, FillError> {
        Ok(Filler::new(scope).template(self)?.map(Part::into_value))
    }
}

/// Filled for a run.
impl Mapping {
    /// The object. A key whose value is an optional input that is not given is left out.
    ///
    /// # Errors
    ///
    /// A reference finds nothing (0, `false`, `""` and `null` are values), or the object gets too large.
    pub fn fill(&self, scope: &Scope<'_>) -> Result<Value, FillError> {
        Filler::new(scope).object(&self.0)
    }
}

pub(super) struct Filler<'a> {
    scope: &'a Scope<'a>,
    bytes: usize,
}

impl<'a> Filler<'a> {
    pub(super) fn new(scope: &'a Scope<'a>) -> Self {
        Self { scope, bytes: 0 }
    }

    fn object(&mut self, entries: &BTreeMap<String, Expression>) -> Result<Value, FillError> {
        let mut filled = Vec::with_capacity(entries.len());
        for (key, expression) in entries {
            if let Some(part) = self.part(expression)? {
                self.take(key.len())?;
                filled.push((key.clone(), part.into_value()));
            }
        }
        Ok(Value::Object(filled.into_iter().collect()))
    }

    pub(super) fn part(&mut self, expression: &Expression) -> Result<Option<Part<'a>>, FillError> {
        Ok(Some(Part::Made(match expression {
            Expression::Null => Value::Null,
            Expression::Bool(value) => Value::Bool(*value),
            Expression::Number(number) => Value::Number(number.clone()),
            Expression::Text(template) => return self.template(template),
            Expression::Object(entries) => self.object(entries)?,
            Expression::List(items) => {
                let mut list = Vec::with_capacity(items.len());
                for item in items {
                    // A place in a list cannot be left out.
                    list.push(self.part(item)?.map_or(Value::Null, Part::into_value));
                }
                Value::Array(list)
            }
        })))
    }

    fn template(&mut self, template: &Template) -> Result<Option<Part<'a>>, FillError> {
        if let [Piece::Reference(reference)] = template.pieces.as_slice() {
            return Ok(match self.find(reference)? {
                None => None,
                Some(Found::Inside(value)) => {
                    self.take(size(value, limits::MOST_FILLED_BYTES))?;
                    Some(Part::Found(value))
                }
                Some(Found::Text(text)) => Some(Part::Made(text.into())),
                Some(Found::Time(now)) => Some(Part::Made(now.into())),
            });
        }
        let mut text = String::new();
        for piece in &template.pieces {
            match piece {
                Piece::Text(plain) => text.push_str(plain),
                Piece::Reference(reference) => match self.find(reference)? {
                    Some(Found::Inside(value)) => {
                        self.take(size(value, limits::MOST_FILLED_BYTES))?;
                        match value {
                            Value::String(inner) => text.push_str(inner),
                            // Writing to a string cannot fail.
                            other => drop(write!(text, "{other}")),
                        }
                    }
                    Some(Found::Text(plain)) => text.push_str(plain),
                    Some(Found::Time(now)) => drop(write!(text, "{now}")),
                    None => {}
                },
            }
        }
        self.take(text.len())?;
        Ok(Some(Part::Made(Value::String(text))))
    }

    pub(super) fn take(&mut self, bytes: usize) -> Result<(), FillError> {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > limits::MOST_FILLED_BYTES { Err(FillError::TooLarge) } else { Ok(()) }
    }

    fn find(&self, reference: &Reference) -> Result<Option<Found<'a>>, FillError> {
        let scope = self.scope;
        let root = match reference.root {
            Root::Env => return Ok(Some(Found::Text(scope.env))),
            Root::Product => return Ok(Some(Found::Text(scope.product))),
            Root::Now => return Ok(Some(Found::Time(scope.now))),
            Root::Input => scope.input,
            Root::Response => scope.response,
            Root::Sequence => scope.sequence,
            Root::Session => scope.session,
        };
        let mut value = root.ok_or_else(|| missing(reference))?;
        for (at, step) in reference.steps.iter().enumerate() {
            let next = match step {
                Way::Field(field) => value.get(field),
                Way::Index(index) => value.get(index),
            };
            value = match next {
                Some(next) => next,
                // What is required is there in every accepted input.
                None if at == 0 && reference.root == Root::Input => return Ok(None),
                None if at == 1 && reference.root == Root::Sequence && reference.field(1) == Some("provider") => {
                    let event = reference.field(0).unwrap_or_default();
                    scope.providers.and_then(|served| served.get(event)).ok_or_else(|| missing(reference))?
                }
                None => return Err(missing(reference)),
            };
        }
        Ok(Some(Found::Inside(value)))
    }
}

fn missing(reference: &Reference) -> FillError {
    FillError::Missing { reference: reference.to_string() }
}

#[derive(Clone, Copy)]
enum Found<'a> {
    Inside(&'a Value),
    Text(&'a str),
    Time(u64),
}

/// About what the value takes as JSON; no more is counted than `most`.
fn size(value: &Value, most: usize) -> usize {
    // Makes room for lists and objects alone: most values are neither.
    let mut open = Vec::new();
    let (mut next, mut bytes) = (Some(value), 0_usize);
    while let Some(value) = next {
        bytes = bytes.saturating_add(4);
        match value {
            Value::String(text) => bytes = bytes.saturating_add(text.len()),
            Value::Array(items) => open.extend(items),
            Value::Object(entries) => {
                for (key, value) in entries {
                    bytes = bytes.saturating_add(key.len());
                    open.push(value);
                }
            }
            _ => {}
        }
        if bytes > most {
            break;
        }
        next = open.pop();
    }
    bytes
}
