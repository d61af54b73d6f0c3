#[quota(deadline(DEADLINE), retry_budget(SHARE), dependency(shared::STRIPE))]
async fn send(&self) -> ductape::Result<u8, String> {
    #[provider("a", weight = 60, breaker(failure_rate(RATE), cooldown(OPEN)), bulkhead(max(MOST), wait(WAIT)))]
    { Ok(1) }
    #[provider("b", weight = 40, breaker(failures(MOST + 1)), rate_limit(rate(limits::RATE), burst(MOST), wait(WAIT)))]
    { Ok(2) }
}
