//! tower-resilience's layers.

use tower::{Service, ServiceBuilder, service_fn};
use tower_resilience::circuitbreaker::{CircuitBreakerError, CircuitBreakerLayer};
use tower_resilience::retry::RetryLayer;
use tower_resilience::timelimiter::{TimeLimiterError, TimeLimiterLayer};

use super::tower::Tower;
use super::{ALL, BACKOFF, COOLDOWN, Contender, Entry, FAILURES, RETRIES, TIMEOUT};
use crate::provider::{FIRST, Fault};

pub const RETRY_BREAKER_TIMEOUT: Entry = Entry { name: "tower-resilience", claims: ALL, make: retried };

type Error = CircuitBreakerError<TimeLimiterError<Fault>>;

fn retried() -> Box<dyn Contender> {
    let retry = RetryLayer::<u64, u64, Error>::builder()
        .max_attempts(RETRIES as usize + 1)
        .fixed_backoff(BACKOFF)
        .retry_on(|error: &Error| !error.is_circuit_open())
        .build();
    let service = ServiceBuilder::new().layer(retry).service(guarded(FAILURES));
    Box::new(Tower(service))
}

fn guarded(
    failures: u32,
) -> impl Service<u64, Response = u64, Error = Error, Future: Send> + Clone + Send + Sync + 'static {
    let breaker = CircuitBreakerLayer::builder()
        .consecutive_failures(failures as usize)
        .wait_duration_in_open(COOLDOWN)
        .build()
        .expect("these figures are allowed");
    let limit = TimeLimiterLayer::builder().timeout_duration(TIMEOUT).build();
    ServiceBuilder::new().layer(breaker).layer(limit).service(service_fn(|input| FIRST.ask(input)))
}
