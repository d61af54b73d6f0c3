//! What is defined: the types that the JSON is read into, and their tables of keys.

mod cache;
mod feature;
mod healthcheck;
mod input;
mod plans;
mod policies;
mod run;

pub use cache::Cache;
pub use feature::{Event, EventKind, Feature};
pub use healthcheck::{EnvInput, Healthcheck};
pub use input::{DataType, InputField, Inputs};
pub use plans::{CacheUse, Choice, ChoiceKind, Fallback, Quota};
pub use policies::{AllUnhealthy, Backoff, Breaker, Bulkhead, Jitter, Pick, PlanPolicy, Policies, RateLimit};
pub use run::{Change, Process, ProcessAction, Run, Session};

pub(crate) use cache::CACHE;
pub(crate) use feature::FEATURE;
pub(crate) use healthcheck::HEALTHCHECK;
pub(crate) use plans::{FALLBACK, QUOTA};
pub(crate) use run::{CHANGE, PROCESS, RUN, SESSION};

use crate::limits;
use crate::shape::{Field, Shape};

/// What every definition begins with.
const PREAMBLE: &[Field] = &[
    Field::new(
        "kind",
        Shape::Word(&["fallback", "quota", "healthcheck", "feature", "cache"]),
        "what is defined; told by the other keys unless said",
    ),
    Field::new("tag", Shape::Tag, "the unique name").required(),
    Field::new("name", Shape::Text(limits::MOST_CHARACTERS), "the name for people"),
    Field::new("description", Shape::Text(limits::MOST_CHARACTERS), "what it is for"),
    Field::new("version", Shape::Tracked, "counted by the library, and not read"),
    Field::new("$schema", Shape::Tracked, "the schema that an editor looks into, and not read"),
];
