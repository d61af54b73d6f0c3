use ductape::fallback;

#[fallback]
async fn pay() -> &'static str {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
