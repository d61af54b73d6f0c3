use std::fmt::Error;
use std::time::Duration;

use ductape::fallback;

const DEADLINE: Duration = Duration::from_secs(3);

#[fallback(deadline(DEADLINE), timeout = "2s")]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
