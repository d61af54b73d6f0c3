use ductape::fallback;

#[fallback(retries = 2)]
type Payments = u32;

fn main() {}
