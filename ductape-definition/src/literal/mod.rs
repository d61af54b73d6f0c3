//! Texts and numbers that mean a duration, a rate, a percentage or a tag, as in the attributes.

pub(crate) mod duration;
pub(crate) mod number;
mod percent;
mod rate;
pub(crate) mod tag;

pub use percent::Percent;
pub use rate::{Per, Rate};
