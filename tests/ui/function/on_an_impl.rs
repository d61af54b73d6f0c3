use ductape::fallback;

struct Payments;

#[fallback(retries = 2)]
impl Payments {}

fn main() {}
