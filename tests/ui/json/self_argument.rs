use std::fmt::Error;

use ductape::action;

struct Payments;

impl Payments {
    #[action(json)]
    async fn pay(&self) -> ductape::Result<u32, Error> {
        Ok(1)
    }
}

fn main() {}
