#[ductape::fallback(retries = 2, timeout = "2s", breaker(failures = 5, cooldown = "60s"))]
pub async fn call_NUMBER(input: u64) -> ductape::Result<u64, crate::Fault> {
    #[primary("first")]
    {
        crate::provider(input).await
    }
    #[fallback("second")]
    {
        crate::provider(input).await
    }
}
