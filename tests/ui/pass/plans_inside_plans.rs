#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;

use ductape::{action, fallback, quota};

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[action]
    async fn charge() -> ductape::Result<u32, Error> {
        Err(Error)
    }

    #[primary("stripe")]
    {
        charge().await.map_err(|_| Error)
    }
    #[fallback("others")]
    {
        #[quota]
        async fn others() -> ductape::Result<u32, Error> {
            #[provider("paypal", weight = 50)]
            { Ok(2) }
            #[provider("square", weight = 50)]
            { Ok(2) }
            #[fallback("cash")]
            { Ok(3) }
        }

        #[fallback]
        async fn unused() -> ductape::Result<u32, Error> {
            #[primary("a")]
            { Ok(1) }
            #[fallback("b")]
            { Ok(2) }
        }

        others().await.map_err(|_| Error)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(pay().await.unwrap_or(0), 2);
    assert_eq!(ductape::plans().len(), 4);
}
