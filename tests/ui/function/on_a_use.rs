use ductape::fallback;

#[fallback(retries = 2)]
pub use std::fmt;

fn main() {}
