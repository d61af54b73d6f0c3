//! The call itself, around which nobody does anything.

use super::{Entry, contender};
use crate::provider::FIRST;

pub const CALL: Entry = Entry { name: "bare call", claims: &[], make: || Box::new(Bare) };

/// What nobody gets under who reads the clock twice, as statistics, latencies and deadlines ask for.
pub const CLOCKED: Entry =
    Entry { name: "bare call, and the clock read before and after", claims: &[], make: || Box::new(Clocked) };

struct Clocked;
contender!(Clocked, |_this, input| async move {
    let began = tokio::time::Instant::now();
    let result = FIRST.ask(input).await;
    std::hint::black_box(began.elapsed());
    result
});

struct Bare;
contender!(Bare, |_this, input| FIRST.ask(input));
