use std::fmt::Error;

#[ductape::healthcheck(interval = "30s")]
#[ductape::fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
