use std::fmt::Error;

use ductape::action;

#[action(tag = "a-name-of-more-than-sixty-four-characters-is-too-long-to-be-a-label")]
async fn charge() -> ductape::Result<u32, Error> {
    Ok(1)
}

fn main() {}
