#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    let mut sum = 0;
    {
        sum += 1;
    }
    unsafe { std::hint::assert_unchecked(sum > 0) }
    'a: { if sum > 0 { break 'a; } }
    if sum == 1 { sum += 1 } else { sum += 2 }
    #[primary("stripe")]
    { Ok(sum) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
