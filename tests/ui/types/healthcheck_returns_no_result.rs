use ductape::healthcheck;

struct Answer;

#[healthcheck(interval = "30s")]
async fn stripe_health() -> Answer {
    Answer
}

fn main() {}
