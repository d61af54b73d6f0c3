//! Patches: what may change in a definition while it runs, as data.
//!
//! - [`Patch`] is what people give: a tree of clauses, which `build` puts together and serde reads. It is not judged
//!   before it is known which plan it is for, so that everything wrong with it is said at once.
//! - `layers` keeps the patches in force of one plan, by where they come from, and makes the effective definition of
//!   the code's and them.
//! - `clauses` and `policies` take a tree over into a definition, clause by clause; `read` reads the values, by
//!   `literal`; `rules` asks what holds for the whole. These are the rules that hold while compiling.
//! - `fault` says what is wrong, and `settings` what is in force, and since when.

mod build;
mod clauses;
mod fault;
mod layers;
mod literal;
mod origin;
mod policies;
mod read;
mod rules;
mod settings;
#[cfg(all(test, not(loom_models)))]
mod tests;
mod tree;

pub use build::Patch;
pub(crate) use clauses::WHOLE_RUNTIME;
pub use fault::{PatchError, PatchFault};
pub(crate) use layers::{Layer, Layers};
#[cfg(feature = "testing")]
pub(crate) use literal::duration;
pub use origin::Origin;
pub(crate) use read::Origins;
pub use settings::{Changed, Setting};
pub(crate) use settings::{changes, settings};
pub(crate) use tree::{Entry, Value};
