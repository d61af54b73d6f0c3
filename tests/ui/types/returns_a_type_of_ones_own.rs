use ductape::fallback;

struct Receipt;

#[fallback]
async fn pay() -> Receipt {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
