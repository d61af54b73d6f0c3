use ductape::fallback;

#[fallback(retries = 2)]
trait Payments {}

fn main() {}
