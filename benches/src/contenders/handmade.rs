//! What one writes by hand: backon's retries around failsafe's breaker around tokio's timeout.

use std::sync::LazyLock;

use backon::{ConstantBuilder, Retryable};
use failsafe::backoff::{Constant, constant};
use failsafe::failure_policy::{ConsecutiveFailures, consecutive_failures};
use failsafe::futures::CircuitBreaker as _;
use failsafe::{Config, StateMachine};

use super::{ALL, BACKOFF, COOLDOWN, Claim, Entry, FAILURES, RETRIES, TIMEOUT, contender};
use crate::provider::{FIRST, Fault, Provider, SECOND};

pub const RETRY_BREAKER_TIMEOUT: Entry =
    Entry { name: "by hand: backon, failsafe, tokio", claims: ALL, make: || Box::new(Composed::new()) };

/// Failover by hand, without retries: the breaker opens after so many failures.
pub const FAILOVER_PATIENT: Entry =
    Entry { name: "by hand: failsafe, tokio", claims: &[Claim::Timeout], make: || Box::new(Failover::new(u32::MAX)) };
pub const FAILOVER: Entry = Entry {
    name: "by hand: failsafe, tokio",
    claims: &[Claim::Breaker, Claim::Timeout],
    make: || Box::new(Failover::new(FAILURES)),
};

type Breaker = StateMachine<ConsecutiveFailures<Constant>, ()>;

fn breaker(failures: u32) -> Breaker {
    Config::new().failure_policy(consecutive_failures(failures, constant(COOLDOWN))).build()
}

async fn guarded(breaker: &Breaker, provider: &Provider, input: u64) -> Result<u64, Fault> {
    let call = async { tokio::time::timeout(TIMEOUT, provider.ask(input)).await.unwrap_or(Err(Fault::TimedOut)) };
    breaker.call(call).await.map_err(|error| match error {
        failsafe::Error::Inner(fault) => fault,
        failsafe::Error::Rejected => Fault::Open,
    })
}

struct Composed(Breaker);

impl Composed {
    fn new() -> Self {
        Self(breaker(FAILURES))
    }

    async fn call(&self, input: u64) -> Result<u64, Fault> {
        static WAITS: LazyLock<ConstantBuilder> =
            LazyLock::new(|| ConstantBuilder::default().with_delay(BACKOFF).with_max_times(RETRIES as usize));
        (|| guarded(&self.0, &FIRST, input)).retry(*WAITS).when(|fault| *fault != Fault::Open).await
    }
}
contender!(Composed, |this, input| this.call(input));

struct Failover(Breaker, Breaker);

impl Failover {
    fn new(failures: u32) -> Self {
        Self(breaker(failures), breaker(failures))
    }

    async fn call(&self, input: u64) -> Result<u64, Fault> {
        match guarded(&self.0, &FIRST, input).await {
            Ok(value) => Ok(value),
            Err(_) => guarded(&self.1, &SECOND, input).await,
        }
    }
}
contender!(Failover, |this, input| this.call(input));
