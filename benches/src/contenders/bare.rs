//! The call itself, around which nobody does anything.

use super::{Entry, contender};
use crate::provider::FIRST;

pub const CALL: Entry = Entry { name: "bare call", claims: &[], make: || Box::new(Bare) };

struct Bare;
contender!(Bare, |_this, input| FIRST.ask(input));
