use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    {
        let amount = "12".parse::<u32>()?;
        Ok(amount)
    }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
