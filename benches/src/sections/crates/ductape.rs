#[ductape::action(retries = 2, timeout = "2s", breaker(failures = 5, cooldown = "60s"))]
pub async fn call_NUMBER(input: u64) -> ductape::Result<u64, crate::Fault> {
    crate::provider(input).await
}
