#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    {
        #![allow(unused_variables)]
        let unused = 7;
        Ok(1)
    }
    #[allow(unused_variables)]
    #[fallback("paypal")]
    {
        let unused = 7;
        Ok(2)
    }
    #[degrade]
    #[expect(unused_variables)]
    {
        let unused = 7;
        Ok(0)
    }
}

fn main() {}
