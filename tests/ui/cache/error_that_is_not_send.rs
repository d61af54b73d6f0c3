use std::rc::Rc;

use ductape::fallback;

#[fallback(cache(ttl = "60s"))]
async fn pay() -> ductape::Result<u32, Rc<u32>> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
