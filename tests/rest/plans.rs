//! The plans that stand for all. No breaker is open for longer than 100 ms.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use ductape::{action, fallback, quota};
use tokio::time::Instant;

use super::world::{Bad, Caller};

pub(crate) type Answer = ductape::Result<(), Bad>;

type Run = Pin<Box<dyn Future<Output = Answer> + Send>>;

pub(crate) struct Plan {
    pub(crate) run: fn(Arc<Caller>) -> Run,
    pub(crate) providers: &'static [Provider],
}

/// A provider whose attempts can be told from all others' by their name, and what it guards.
pub(crate) struct Provider {
    pub(crate) name: &'static str,
    pub(crate) limits: Limits,
}

pub(crate) struct Limits {
    /// In the bulkhead.
    pub(crate) places: usize,
    /// How long somebody waits for one, in milliseconds.
    pub(crate) line: u64,
    /// How many good probes close the breaker; 0 without one.
    pub(crate) probes: usize,
    pub(crate) rate: Option<Rate>,
}

#[derive(Clone, Copy)]
pub(crate) struct Rate {
    pub(crate) per_second: u32,
    pub(crate) burst: u32,
    /// How long somebody waits for a token, in milliseconds.
    pub(crate) wait: u64,
}

impl Rate {
    pub(crate) fn interval(self) -> Duration {
        Duration::from_secs(1) / self.per_second
    }

    /// How long it takes at most until the bucket is full, whatever was taken from it.
    pub(crate) fn longest(self) -> Duration {
        Duration::from_millis(self.wait) + self.interval() * self.burst
    }

    /// When a bucket is full again from which these attempts took their tokens, one after the other.
    pub(crate) fn full_after(self, begun: &[Instant]) -> Option<Instant> {
        begun.iter().fold(None, |full, &at| Some(full.unwrap_or(at).max(at) + self.interval()))
    }
}

const fn provider(name: &'static str, places: usize, line: u64, probes: usize) -> Provider {
    Provider { name, limits: Limits { places, line, probes, rate: None } }
}

impl Provider {
    const fn rate(mut self, per_second: u32, burst: u32, wait: u64) -> Self {
        self.limits.rate = Some(Rate { per_second, burst, wait });
        self
    }
}

pub(crate) static PLANS: &[Plan] = &[
    Plan { run: |caller| Box::pin(async move { ordered(&caller).await }), providers: ORDERED },
    Plan { run: |caller| Box::pin(async move { once(&caller).await }), providers: ONCE },
    Plan { run: |caller| Box::pin(async move { spread(&caller).await }), providers: SPREAD },
    Plan { run: |caller| Box::pin(async move { limited(&caller).await }), providers: LIMITED },
    Plan { run: |caller| Box::pin(async move { everything(&caller).await }), providers: EVERYTHING },
    Plan { run: |caller| Box::pin(async move { cached(&caller).await }), providers: CACHED },
    Plan { run: |caller| Box::pin(async move { hedged(&caller).await }), providers: HEDGED },
];

const CACHED: &[Provider] = &[provider("a", 2, 0, 1)];

/// Runs that others wait for, and that go before they land. What is kept is never fresh for long.
#[action(
    tag = "rest-cached",
    app = "a",
    classify(Bad::verdict),
    timeout = "30ms",
    retries = 1,
    backoff(base = "5ms"),
    breaker(failures = 3, cooldown = "10ms", probes = 1),
    bulkhead = 2,
    cache(ttl = "1us", key(caller.key()))
)]
async fn cached(caller: &Caller) -> Answer {
    caller.attempt("a").await
}

const HEDGED: &[Provider] = &[provider("a", 2, 0, 2), provider("b", 3, 10, 1), provider("c", 2, 0, 1).rate(50, 4, 0)];

/// Several turns at once, of which all but one lose.
#[fallback(
    tag = "rest-hedged",
    classify(Bad::verdict),
    timeout = "30ms",
    hedge = "5ms",
    backoff(base = "5ms"),
    retry_budget = "100%"
)]
async fn hedged(caller: &Caller) -> Answer {
    #[primary(
        "a",
        retries = 1,
        when(caller.knows("a")),
        breaker(
            failure_rate = "50%",
            window = "100ms",
            min_calls = 4,
            slow_call = "20ms",
            cooldown = "10ms",
            probes = 2
        ),
        bulkhead = 2
    )]
    {
        caller.attempt("a").await
    }

    #[fallback(
        "b",
        retries = 1,
        when(caller.knows("b")),
        breaker(failures = 3, cooldown = "10ms", probes = 1),
        bulkhead(max = 3, wait = "10ms")
    )]
    {
        caller.attempt("b").await
    }

    #[fallback(
        "c",
        when(caller.knows("c")),
        breaker(failures = 3, cooldown = "10ms", probes = 1),
        bulkhead = 2,
        rate_limit(rate = "50/s", burst = 4)
    )]
    {
        caller.attempt("c").await
    }
}

const ORDERED: &[Provider] = &[provider("a", 3, 0, 2), provider("b", 4, 15, 2)];

/// Both forms of breakers, bulkheads with and without a line, and a budget.
#[fallback(
    tag = "rest-ordered",
    classify(Bad::verdict),
    timeout = "30ms",
    backoff(base = "5ms", jitter = "full"),
    retry_budget = "50%"
)]
async fn ordered(caller: &Caller) -> Answer {
    #[primary(
        "a",
        retries = 2,
        when(caller.knows("a")),
        breaker(failures = 3, cooldown = "10ms", probes = 2),
        bulkhead = 3
    )]
    {
        caller.attempt("a").await
    }

    #[fallback(
        "b",
        retries = 1,
        when(caller.knows("b")),
        breaker(
            failure_rate = "50%",
            window = "100ms",
            min_calls = 4,
            slow_call = "20ms",
            cooldown = "10ms",
            probes = 2
        ),
        bulkhead(max = 4, wait = "15ms")
    )]
    {
        caller.attempt("b").await
    }
}

const ONCE: &[Provider] = &[provider("a", 2, 10, 1), provider("b", 2, 0, 1)];

/// Blocks that ask and that degrade, and a deadline that cuts.
#[fallback(
    tag = "rest-once",
    at_most_once,
    classify(Bad::verdict),
    timeout = "25ms",
    deadline = "150ms",
    backoff(base = "5ms", jitter = "equal")
)]
async fn once(caller: &Caller) -> Answer {
    #[primary(
        "a",
        retries = 3,
        when(caller.knows("a")),
        breaker(failures = 2, cooldown = "10ms", probes = 1),
        bulkhead(max = 2, wait = "10ms")
    )]
    {
        caller.attempt("a").await
    }
    #[reconcile(after = "5ms")]
    {
        caller.act().await.map(|()| None)
    }

    #[fallback(
        "b",
        when(caller.knows("b")),
        breaker(failure_rate = "30%", window = "100ms", min_calls = 3, cooldown = "10ms", probes = 1),
        bulkhead = 2
    )]
    {
        caller.attempt("b").await
    }

    #[degrade(timeout = "10ms")]
    {
        caller.degrade().await
    }
}

const SPREAD: &[Provider] =
    &[provider("a", 2, 0, 1).rate(20, 4, 0), provider("b", 3, 20, 0).rate(20, 5, 100), provider("tier", 2, 0, 2)];

/// Providers that leave and return by each of the gates.
#[quota(tag = "rest-spread", classify(Bad::verdict), timeout = "30ms", retries = 1, backoff(base = "5ms"))]
async fn spread(caller: &Caller) -> Answer {
    #[provider(
        "a",
        weight = 70,
        when(caller.knows("a")),
        breaker(failures = 2, cooldown = "10ms"),
        bulkhead = 2,
        rate_limit(rate = "20/s", burst = 4)
    )]
    {
        caller.attempt("a").await
    }

    #[provider(
        "b",
        weight = 30,
        when(caller.knows("b")),
        bulkhead(max = 3, wait = "20ms"),
        rate_limit(rate = "20/s", burst = 5, wait = "100ms")
    )]
    {
        caller.attempt("b").await
    }

    #[fallback("tier", when(caller.knows("tier")), breaker(failures = 4, cooldown = "10ms", probes = 2), bulkhead = 2)]
    {
        caller.attempt("tier").await
    }
}

const LIMITED: &[Provider] = &[provider("limited", 1, 40, 0).rate(20, 4, 150)];

/// One at a time: so each reservation that is dropped is the last one, and must leave no trace at all.
#[action(
    tag = "rest-limited",
    app = "limited",
    classify(Bad::verdict),
    timeout = "30ms",
    retries = 2,
    backoff(base = "5ms"),
    bulkhead(max = 1, wait = "40ms"),
    rate_limit(rate = "20/s", burst = 4, wait = "150ms"),
    retry_budget = "10%"
)]
async fn limited(caller: &Caller) -> Answer {
    caller.attempt("limited").await
}

const EVERYTHING: &[Provider] = &[provider("everything", 4, 25, 2).rate(50, 5, 60)];

#[action(
    tag = "rest-everything",
    app = "everything",
    classify(Bad::verdict),
    timeout = "30ms",
    retries = 4,
    backoff(base = "2ms"),
    breaker(failure_rate = "50%", window = "50ms", min_calls = 2, slow_call = "20ms", cooldown = "10ms", probes = 2),
    bulkhead(max = 4, wait = "25ms"),
    rate_limit(rate = "50/s", burst = 5, wait = "60ms"),
    retry_budget = "20%"
)]
async fn everything(caller: &Caller) -> Answer {
    caller.attempt("everything").await
}
