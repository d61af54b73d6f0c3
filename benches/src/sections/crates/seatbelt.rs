pub fn service_NUMBER() -> impl layered::Service<u64, Out = Result<u64, crate::Fault>> {
    use seatbelt::{RecoveryInfo, ResilienceContext, breaker::Breaker, retry::Retry, timeout::Timeout};
    fn judge(output: &Result<u64, crate::Fault>) -> RecoveryInfo {
        if output.is_ok() { RecoveryInfo::never() } else { RecoveryInfo::retry() }
    }
    let context = ResilienceContext::new(tick::Clock::new_tokio());
    layered::Stack::into_service((
        Retry::layer("retry", &context)
            .clone_input()
            .recovery_with(|output: &Result<u64, crate::Fault>, _| judge(output))
            .max_retry_attempts(2),
        Breaker::layer("breaker", &context)
            .recovery_with(|output: &Result<u64, crate::Fault>, _| judge(output))
            .rejected_input_error(|_, _| crate::Fault)
            .break_duration(std::time::Duration::from_secs(60)),
        Timeout::layer("timeout", &context)
            .timeout_output(|_| Err(crate::Fault))
            .timeout(std::time::Duration::from_secs(2)),
        layered::Execute::new(crate::provider),
    ))
}

pub async fn call_NUMBER(input: u64) -> Result<u64, crate::Fault> {
    layered::Service::execute(&service_NUMBER(), input).await
}
