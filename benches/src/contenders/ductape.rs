//! ductape: each form of a plan with the same policies.

use ductape::{Runtime, action, fallback, quota};

use super::{ALL, Batch, Claim, Contender, Entry};
use crate::provider::{FIRST, Fault, SECOND};

/// As in [`super`]: the breaker opens after failures in a row.
#[action(
    retries = 2,
    backoff(base = "1ms", factor = 1, jitter = "none"),
    timeout = "100ms",
    breaker(failures = 5, cooldown = "60s")
)]
async fn in_a_row(input: u64) -> ductape::Result<u64, Fault> {
    FIRST.ask(input).await
}

/// As in [`super`]: the breaker opens at a share of failures.
#[action(
    retries = 2,
    backoff(base = "1ms", factor = 1, jitter = "none"),
    timeout = "100ms",
    breaker(failure_rate = "50%", window = "30s", min_calls = 20, cooldown = "60s")
)]
async fn by_rate(input: u64) -> ductape::Result<u64, Fault> {
    FIRST.ask(input).await
}

#[action(timeout = "100ms", bulkhead = 10)]
async fn limited(input: u64) -> ductape::Result<u64, Fault> {
    FIRST.ask(input).await
}

#[fallback(
    retries = 2,
    backoff(base = "1ms", factor = 1, jitter = "none"),
    timeout = "100ms",
    breaker(failures = 5, cooldown = "60s")
)]
async fn two(input: u64) -> ductape::Result<u64, Fault> {
    #[primary("first")]
    {
        FIRST.ask(input).await
    }
    #[fallback("second")]
    {
        SECOND.ask(input).await
    }
}

#[quota(
    retries = 2,
    backoff(base = "1ms", factor = 1, jitter = "none"),
    timeout = "100ms",
    breaker(failures = 5, cooldown = "60s")
)]
async fn shared(input: u64) -> ductape::Result<u64, Fault> {
    #[provider("first", weight = 70)]
    {
        FIRST.ask(input).await
    }
    #[provider("second", weight = 30)]
    {
        SECOND.ask(input).await
    }
}

/// Failover without retries; the breakers bear all failures of a bench.
#[fallback(timeout = "100ms", breaker(failures = 1_000_000, cooldown = "60s"))]
async fn patient(input: u64) -> ductape::Result<u64, Fault> {
    #[primary("first")]
    {
        FIRST.ask(input).await
    }
    #[fallback("second")]
    {
        SECOND.ask(input).await
    }
}

/// Failover without retries.
#[fallback(timeout = "100ms", breaker(failures = 5, cooldown = "60s"))]
async fn failover(input: u64) -> ductape::Result<u64, Fault> {
    #[primary("first")]
    {
        FIRST.ask(input).await
    }
    #[fallback("second")]
    {
        SECOND.ask(input).await
    }
}

/// Calls in a runtime of its own.
struct Scoped<F> {
    runtime: Runtime,
    calls: F,
}

impl<F> Contender for Scoped<F>
where
    F: Fn(u64) -> Batch<'static> + Send + Sync,
{
    fn batch(&self, calls: u64) -> Batch<'_> {
        Box::pin(self.runtime.scope((self.calls)(calls)))
    }
}

/// A contender out of a plan.
macro_rules! plan {
    ($name:ident, $title:literal, $claims:expr, $plan:ident, statistics = $statistics:literal) => {
        pub const $name: Entry = Entry {
            name: $title,
            claims: $claims,
            make: || {
                let runtime = Runtime::builder().statistics($statistics).build().expect("a runtime");
                let calls = |calls| -> Batch<'static> {
                    Box::pin(async move {
                        let mut served = 0;
                        for input in 0..calls {
                            served += u64::from($plan(input).await.is_ok());
                        }
                        served
                    })
                };
                Box::new(Scoped { runtime, calls })
            },
        };
    };
}

const FAILS_OVER: &[Claim] = &[Claim::Breaker, Claim::Timeout];
const LIMITS: &[Claim] = &[Claim::Limit, Claim::Timeout];

plan!(ACTION, "ductape `#[action]`", ALL, in_a_row, statistics = true);
plan!(ACTION_SILENT, "ductape `#[action]`, statistics off", ALL, in_a_row, statistics = false);
plan!(ACTION_RATE, "ductape `#[action]`, `failure_rate`", ALL, by_rate, statistics = true);
plan!(FALLBACK, "ductape `#[fallback]` of two", ALL, two, statistics = true);
plan!(FALLBACK_SILENT, "ductape `#[fallback]` of two, statistics off", ALL, two, statistics = false);
plan!(QUOTA, "ductape `#[quota]` of two", ALL, shared, statistics = true);
plan!(QUOTA_SILENT, "ductape `#[quota]` of two, statistics off", ALL, shared, statistics = false);
plan!(ACTION_LIMITED, "ductape `#[action]`, `bulkhead`", LIMITS, limited, statistics = true);
plan!(FAILOVER_PATIENT, "ductape `#[fallback]`", &[Claim::Timeout], patient, statistics = true);
plan!(FAILOVER, "ductape `#[fallback]`", FAILS_OVER, failover, statistics = true);
