use ductape::{action, fallback};

struct PayError;

#[action]
async fn other() -> ductape::Result<u32, PayError> {
    Ok(1)
}

#[fallback]
async fn pay() -> ductape::Result<u32, PayError> {
    #[primary("stripe")]
    { other().await }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
