use ductape::healthcheck;

#[healthcheck(interval = "30s")]
struct Stripe;

fn main() {}
