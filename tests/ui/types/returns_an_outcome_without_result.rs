use ductape::{Outcome, fallback};

#[fallback]
async fn pay() -> Outcome<u32> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
