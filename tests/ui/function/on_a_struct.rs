use ductape::fallback;

#[fallback(retries = 2)]
struct Payments;

fn main() {}
