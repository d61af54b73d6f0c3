//! What is allowed at a part is allowed in all that becomes of it.

#![deny(warnings)]

use ductape::partial;

#[deprecated]
async fn old() -> Result<u32, std::fmt::Error> {
    Ok(1)
}

#[partial]
async fn page() -> ductape::Result<u32, std::fmt::Error> {
    let sum;
    #[allow(deprecated)]
    #[part("bound")]
    let bound = old().await?;
    #[part("unused")]
    #[allow(deprecated, unused_variables)]
    let unused = old().await;
    #[expect(deprecated, reason = "until it is gone")]
    #[part("alone")]
    old().await?;
    #[expect(deprecated)]
    #[part("expected")]
    let expected = old().await?;
    #[allow(deprecated, unused_must_use)]
    #[part("must-use")]
    old().await;
    #[part("assigned")]
    #[allow(deprecated)]
    sum = old().await?;
    #[allow(deprecated)]
    let plain = old().await.unwrap_or(0);
    Ok(bound + expected + sum + plain)
}

fn main() {
    drop(page());
}
