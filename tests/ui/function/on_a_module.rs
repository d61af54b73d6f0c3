use ductape::fallback;

#[fallback(retries = 2)]
mod payments {}

fn main() {}
