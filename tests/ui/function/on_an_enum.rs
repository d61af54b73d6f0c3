use ductape::fallback;

#[fallback(retries = 2)]
enum Payments {}

fn main() {}
