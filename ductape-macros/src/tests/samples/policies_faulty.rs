#[action(breaker(failures = 3, window = "1s", min_calls = 5), bulkhead(wait = "1s"), rate_limit = "0/s", retry_budget = 20, shadow)]
async fn f() -> ductape::Result<u8, String> {
    Ok(1)
}
