use std::fmt::Error;

use ductape::fallback;

struct Mine;

#[fallback(error(Error))]
async fn pay() -> Result<u32, Mine> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
