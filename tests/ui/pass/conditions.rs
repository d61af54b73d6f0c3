#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;

use ductape::fallback;

struct Charge {
    cents: u32,
}

fn is<T: PartialEq<U>, U>(one: T, other: U) -> bool {
    one == other
}

#[fallback]
async fn pay(charge: &Charge, currencies: &[&str]) -> ductape::Result<u32, Error> {
    let small = charge.cents < 100;
    let (low, high) = (1, 1000);
    #[primary("debug", when(cfg!(debug_assertions)))]
    { Ok(1) }
    #[fallback("stripe", when(small && !currencies.is_empty()))]
    { Ok(2) }
    #[fallback("paypal", when(charge.cents > low && charge.cents < high || small))]
    { Ok(3) }
    #[fallback("square", when(is::<u32, u32>(charge.cents, Charge { cents: 3 }.cents)))]
    { Ok(4) }
    #[fallback("euros", when(currencies.iter().any(|currency| *currency == "EUR")))]
    { Ok(5) }
    #[fallback("never", when({ let no = false; no }))]
    { Ok(6) }
    #[fallback("matched", when(matches!(charge.cents, 1..=9)))]
    { Ok(7) }
}

fn main() {}
