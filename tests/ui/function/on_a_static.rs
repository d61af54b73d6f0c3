use ductape::fallback;

#[fallback(retries = 2)]
static PAYMENTS: u32 = 1;

fn main() {}
