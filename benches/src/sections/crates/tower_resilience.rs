pub fn service_NUMBER() -> impl tower::Service<u64, Response = u64, Error = impl std::fmt::Debug, Future: Send> {
    use tower_resilience::{circuitbreaker::CircuitBreakerLayer, retry::RetryLayer, timelimiter::TimeLimiterLayer};
    let breaker = CircuitBreakerLayer::builder()
        .consecutive_failures(5)
        .wait_duration_in_open(std::time::Duration::from_secs(60))
        .build()
        .expect("these figures are allowed");
    let limit = TimeLimiterLayer::builder().timeout_duration(std::time::Duration::from_secs(2)).build();
    tower::ServiceBuilder::new()
        .layer(RetryLayer::builder().max_attempts(3).build())
        .layer(breaker)
        .layer(limit)
        .service(tower::service_fn(crate::provider))
}

pub async fn call_NUMBER(input: u64) -> Result<u64, crate::Fault> {
    let mut service = service_NUMBER();
    let ready = tower::ServiceExt::ready(&mut service).await.map_err(|_| crate::Fault)?;
    tower::Service::call(ready, input).await.map_err(|_| crate::Fault)
}
