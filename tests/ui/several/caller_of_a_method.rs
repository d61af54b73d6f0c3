use std::fmt::Error;

use ductape::fallback;

struct Payments;

impl Payments {
    #[fallback(deadline = 30)]
    async fn pay(&self, amount: &u32) -> ductape::Result<u32, Error> {
        #[primary("stripe")]
        { Ok(*amount) }
        #[fallback("paypal")]
        { Ok(*amount) }
    }
}

async fn checkout(payments: &Payments) -> u32 {
    payments.pay(&7).await.unwrap_or(0)
}

fn main() {}
