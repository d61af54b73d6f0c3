//! What does the text of a literal say? Text to value, with the fault and its mending where there is none.

pub(crate) mod duration;
pub(crate) mod percent;
pub(crate) mod rate;
pub(crate) mod tag;
