use std::fmt::Error;

use ductape::fallback;

trait Gateway {
    #[fallback(retries = 2)]
    async fn pay(&self) -> ductape::Result<u32, Error>;
}

fn main() {}
