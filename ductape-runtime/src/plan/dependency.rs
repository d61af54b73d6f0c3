use crate::engine::{Breaker, Bulkhead, RateLimit};
use crate::health::{Check, Healthcheck};

/// Something that several plans depend on, with one breaker, bulkhead, rate limit and healthcheck for all of them.
///
/// What it has, a provider with `dependency(…)` uses instead of its own. Each runtime keeps its own state of it.
///
/// ```
/// use ductape_runtime::{Breaker, Dependency, Rate, RateLimit};
///
/// static STRIPE: Dependency = Dependency::new("stripe")
///     .bulkhead(5)
///     .rate_limit(RateLimit::new(Rate::per_second(100)))
///     .breaker(Breaker::new().failures(3));
/// assert_eq!(STRIPE.name(), "stripe");
/// ```
#[derive(Debug)]
pub struct Dependency {
    name: &'static str,
    pub(crate) breaker: Option<Breaker>,
    pub(crate) bulkhead: Option<Bulkhead>,
    pub(crate) rate_limit: Option<RateLimit>,
    pub(crate) healthcheck: Option<&'static Check>,
}

impl Dependency {
    /// A dependency that shares nothing yet.
    pub const fn new(name: &'static str) -> Self {
        Self { name, breaker: None, bulkhead: None, rate_limit: None, healthcheck: None }
    }

    /// One breaker for all.
    #[must_use]
    pub const fn breaker(mut self, breaker: Breaker) -> Self {
        self.breaker = Some(breaker);
        self
    }

    /// At most so many attempts at once, over all plans.
    #[must_use]
    pub const fn bulkhead(mut self, max: u32) -> Self {
        self.bulkhead = Some(Bulkhead::new(max));
        self
    }

    /// At most so many attempts per time, over all plans.
    #[must_use]
    pub const fn rate_limit(mut self, rate_limit: RateLimit) -> Self {
        self.rate_limit = Some(rate_limit);
        self
    }

    /// One healthcheck for all.
    #[must_use]
    pub const fn healthcheck<T>(mut self, healthcheck: &'static Healthcheck<T>) -> Self {
        self.healthcheck = Some(healthcheck.definition());
        self
    }

    /// The name for people.
    pub fn name(&self) -> &str {
        self.name
    }
}
