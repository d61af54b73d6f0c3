//! What a runtime is: scopes, what an attempt can learn of itself, and definitions that can be read.

mod attempts;
mod nesting;
mod reading;
mod scopes;
