use ductape::fallback;

#[fallback(retries = 2)]
const PAYMENTS: u32 = 1;

fn main() {}
