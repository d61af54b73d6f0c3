use ductape::fallback;

#[fallback]
async fn pay() -> Box<u32> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
