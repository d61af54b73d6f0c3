use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    {
        match std::env::args().len() {
            1 => #[fallback("square")] { Ok(3) }
            _ => Ok(2),
        }
    }
}

fn main() {}
