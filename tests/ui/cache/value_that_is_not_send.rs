use std::fmt::Error;
use std::rc::Rc;

use ductape::fallback;

#[fallback(cache(ttl = "60s"))]
async fn pay() -> ductape::Result<Rc<u32>, Error> {
    #[primary("stripe")]
    { Ok(Rc::new(1)) }
    #[fallback("paypal")]
    { Ok(Rc::new(2)) }
}

fn main() {}
