use ductape::healthcheck;

#[healthcheck(interval = "30s")]
async fn stripe_health() {
}

fn main() {}
