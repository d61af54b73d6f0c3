use std::fmt::Error;

use ductape::{Verdict, action};

fn verdict(_: &Error) -> Verdict {
    Verdict::Ambiguous
}

#[action(classify(verdict))]
async fn charge() -> ductape::Result<u32, Error> {
    return Ok(1);
    #[reconcile]
    { Ok(None) }
}

fn main() {}
