#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;

use ductape::fallback;

/// Charges a card.
///
/// And never twice.
#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    /// The cheaper one.
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    /// Below its marker,
    /// on two lines.
    { Ok(2) }
    /** The last resort. */
    #[degrade]
    { Ok(0) }
}

fn main() {}
