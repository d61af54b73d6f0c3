use std::fmt::Error;

use ductape::fallback;

#[fallback(hedge = "200ms")]
async fn pay(log: &mut Vec<u32>) -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    {
        log.push(1);
        Ok(1)
    }
    #[fallback("paypal")]
    {
        log.push(2);
        Ok(2)
    }
}

fn main() {}
