//! seatbelt's layers, in the order that its documentation recommends.

use std::sync::Arc;

use layered::{Execute, Service, Stack};
use seatbelt::breaker::Breaker;
use seatbelt::fallback::Fallback;
use seatbelt::retry::{Backoff, Retry};
use seatbelt::timeout::Timeout;
use seatbelt::{RecoveryInfo, ResilienceContext};
use tick::Clock;

use super::{ALL, BACKOFF, Batch, COOLDOWN, Claim, Contender, Entry, MIN_CALLS, RETRIES, TIMEOUT, WINDOW};
use crate::provider::{FIRST, Fault, Provider, SECOND};

pub const RETRY_BREAKER_TIMEOUT: Entry = Entry { name: "seatbelt", claims: ALL, make: retried };
pub const FAILOVER_PATIENT: Entry = Entry { name: "seatbelt", claims: &[Claim::Timeout], make: || failover(u32::MAX) };
pub const FAILOVER: Entry =
    Entry { name: "seatbelt", claims: &[Claim::Breaker, Claim::Timeout], make: || failover(MIN_CALLS) };

type Output = Result<u64, Fault>;

fn judge(output: &Output) -> RecoveryInfo {
    match output {
        Ok(_) | Err(Fault::Open) => RecoveryInfo::never(),
        Err(_) => RecoveryInfo::retry(),
    }
}

fn guarded(provider: &'static Provider, min_calls: u32) -> impl Service<u64, Out = Output> + 'static {
    let context = ResilienceContext::new(Clock::new_tokio());
    (
        Breaker::layer("breaker", &context)
            .recovery_with(|output: &Output, _| judge(output))
            .rejected_input_error(|_, _| Fault::Open)
            .failure_threshold(0.5)
            .min_throughput(min_calls)
            .sampling_duration(WINDOW)
            .break_duration(COOLDOWN),
        Timeout::layer("timeout", &context).timeout_output(|_| Err(Fault::TimedOut)).timeout(TIMEOUT),
        Execute::new(|input| provider.ask(input)),
    )
        .into_service()
}

fn retried() -> Box<dyn Contender> {
    let context = ResilienceContext::new(Clock::new_tokio());
    let service = (
        Retry::layer("retry", &context)
            .clone_input()
            .recovery_with(|output: &Output, _| judge(output))
            .max_retry_attempts(RETRIES)
            .backoff(Backoff::Constant)
            .base_delay(BACKOFF)
            .use_jitter(false),
        guarded(&FIRST, MIN_CALLS),
    )
        .into_service();
    Box::new(Layers(service))
}

fn failover(min_calls: u32) -> Box<dyn Contender> {
    let context = ResilienceContext::new(Clock::new_tokio());
    let second = Arc::new(guarded(&SECOND, min_calls));
    let service = (
        Fallback::layer("fallback", &context).should_fallback(|output: &Output| output.is_err()).fallback_async(
            move |_, _| {
                let second = Arc::clone(&second);
                async move { second.execute(0).await }
            },
        ),
        guarded(&FIRST, min_calls),
    )
        .into_service();
    Box::new(Layers(service))
}

struct Layers<S>(S);

impl<S: Service<u64, Out = Output>> Contender for Layers<S> {
    fn batch(&self, calls: u64) -> Batch<'_> {
        Box::pin(async move {
            let mut served = 0;
            for input in 0..calls {
                served += u64::from(self.0.execute(input).await.is_ok());
            }
            served
        })
    }
}
