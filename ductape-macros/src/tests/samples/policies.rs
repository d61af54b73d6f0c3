#[fallback(deadline = "30s", retry_budget = "12.5%", breaker, rate_limit = "600/m")]
async fn pay(&self) -> ductape::Result<u8, String> {
    #[primary("stripe", timeout = "2s", retries = 1, bulkhead = 10, breaker(failures = 3, cooldown = "5s", probes = 2, shadow))]
    { Ok(1) }
    #[fallback(
        "paypal",
        breaker(failure_rate = "33.33%", window = "10s", min_calls = 5, slow_call = "1.5s"),
        bulkhead(wait = "50ms", max = 4),
        rate_limit(rate = "100/s", burst = 20, wait = "1s", shadow),
    )]
    { Ok(2) }
}
