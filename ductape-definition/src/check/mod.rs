//! What the shape of a definition cannot say: within one, and among several.

mod calls;
mod cycles;
mod draft;
mod once;
pub(crate) mod own;
mod policies;
mod references;
mod set;
mod times;
mod yields;

pub use draft::Draft;
pub(crate) use draft::{Drafts, Judged};
pub use set::{Action, Apps, Definitions};
pub use times::Times;
