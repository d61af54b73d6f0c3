#![deny(warnings)]
#![allow(dead_code)]

#![allow(async_fn_in_trait)]

use std::fmt::Error;

use ductape::{Outcome, action, fallback, quota};

trait Gateway {
    type Receipt: Default;
    type Error;

    async fn pay(&self, amount: u32) -> ductape::Result<Self::Receipt, Self::Error>;

    async fn refund(&mut self) -> ductape::Result<Outcome<Self::Receipt>, Self::Error>;

    #[action(tag = "default-gateway")]
    async fn ping(&self) -> ductape::Result<Self::Receipt, Self::Error> {
        Ok(Self::Receipt::default())
    }
}

struct Shop;

impl Gateway for Shop {
    type Receipt = u32;
    type Error = Error;

    #[fallback(tag = "shop-pay")]
    async fn pay(&self, amount: u32) -> ductape::Result<Self::Receipt, Self::Error> {
        #[primary("stripe")]
        { Ok(amount) }
        #[fallback("paypal")]
        { Ok(amount) }
    }

    #[quota(tag = "shop-refund")]
    async fn refund(&mut self) -> ductape::Result<Outcome<u32>, Error> {
        #[provider("stripe", weight = 100)]
        { Ok(1) }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), ductape::Error<Error>> {
    assert_eq!(Shop.pay(7).await? + Shop.ping().await?, 7);
    assert_eq!(Shop.refund().await?.into_inner(), 1);
    Ok(())
}
