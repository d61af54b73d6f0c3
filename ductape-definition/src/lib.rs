//! Definitions of ductape as data: types, templates, checks and JSON Schema.
//!
//! A definition says as JSON what the attributes say in code: a [`Fallback`] or a [`Quota`] over options, a
//! [`Healthcheck`], a [`Feature`] of events, a [`Cache`]. It is checked as hard: reading one finds every fault it has,
//! each with its place, and a set of [`Definitions`] finds what is wrong among them. Nothing here runs anything.
//!
//! ```
//! use ductape_definition::{Definition, Definitions};
//!
//! let payment = Definition::from_json(
//!     r#"{
//!         "tag": "payment-fallback",
//!         "input": { "amount": { "type": "NUMBER" } },
//!         "options": [
//!             { "type": "ACTION", "app": "stripe", "event": "create-charge", "retries": 2, "timeout": "2s",
//!               "input": { "amount": "$Input{amount}" }, "output": { "transactionId": "$Response{id}" },
//!               "retryOn": ["timeout", "5xx"], "abortOn": ["402"] },
//!             { "type": "ACTION", "app": "paypal", "event": "create-payment", "breaker": true,
//!               "input": { "amount": "$Input{amount}" }, "output": { "transactionId": "$Response{payment_id}" } }
//!         ]
//!     }"#,
//! )?;
//! let mut definitions = Definitions::default();
//! definitions.insert(payment)?;
//! definitions.check(None)?;
//! # Ok::<(), ductape_definition::Invalid>(())
//! ```
//!
//! # Notation
//!
//! Keys are read in snake and in camel case, words in lower and upper case. Durations are texts such as `"800ms"`, or
//! numbers of milliseconds. What is written has one notation: snake case, lower case, texts.
//!
//! # Limits
//!
//! Input of any size is refused or read in bounded time and memory: the [`limits`] are stated.

mod check;
mod definition;
mod error_class;
mod fault;
mod files;
mod json;
pub mod limits;
mod literal;
mod locate;
mod model;
mod read;
mod shape;
mod template;
mod words;

pub use check::{Action, Apps, Definitions, Draft, Times};
pub use definition::{Definition, Kind};
pub use error_class::ErrorClass;
pub use fault::{Fault, Invalid, Named, Path, Rule, Step};
pub use files::{InFile, InvalidFiles};
pub use literal::{Per, Percent, Rate};
pub use locate::Position;
pub use model::{
    AllUnhealthy, Backoff, Breaker, Bulkhead, Cache, CacheUse, Change, Choice, ChoiceKind, DataType, EnvInput, Event,
    EventKind, Fallback, Feature, Healthcheck, InputField, Inputs, Jitter, Pick, PlanPolicy, Policies, Process,
    ProcessAction, Quota, RateLimit, Run, Session,
};
/// What the other crates of this library use. Not part of the public interface: it may change with every version.
#[doc(hidden)]
pub mod __private {
    pub use crate::words::known_names;
}

pub use template::{Expression, FillError, Filled, Mapping, Reference, Root, Scope, Template, TemplateError};
