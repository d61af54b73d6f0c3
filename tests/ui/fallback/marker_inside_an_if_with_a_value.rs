use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    {
        if std::env::args().len() > 1 {
            #[fallback("square", retries = 1)]
            { Ok(3) }
        } else {
            Ok(2)
        }
    }
}

fn main() {}
