//! The attributes of ductape; use the `ductape` crate.

mod body;
mod clause;
mod diagnostics;
mod function;
mod healthcheck;
mod literal;
mod lower;
mod paths;
mod plan;
mod returns;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

/// Ordered failover: tries its providers in order, until one succeeds.
///
/// The body of the function consists of statements, then one `#[primary]` block and one or more `#[fallback]` blocks.
/// Each block is a provider: a body of its own, out of which `?` and `return` lead to the plan, and not to the caller.
///
/// ```
/// use std::fmt::Error;
///
/// use ductape::fallback;
///
/// async fn stripe(amount: u32) -> Result<u32, Error> {
///     Err(Error)
/// }
///
/// async fn paypal(amount: u32) -> Result<u32, Error> {
///     Ok(amount)
/// }
///
/// /// Charges through the first gateway that works.
/// #[fallback(tag = "payment-fallback", deadline = "15s")]
/// async fn pay(amount: u32) -> ductape::Result<u32, Error> {
///     let cents = amount * 100;
///
///     #[primary("stripe", retries = 2, timeout = "2s", when(amount > 0))]
///     {
///         let charged = stripe(cents).await?;
///         Ok(charged)
///     }
///
///     #[fallback("paypal", timeout = "2s")]
///     {
///         paypal(cents).await
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() {
/// assert_eq!(pay(3).await.ok(), Some(300));
/// # }
/// ```
///
/// The statements before the first block run once, outside the run and its deadline. In an `at_most_once` plan a
/// provider may be followed by a `#[reconcile]` block, or `#[reconcile(after = "500ms")]`, which says whether a lost
/// answer took effect: `Result<Option<T>, E>`. A plan may end with a `#[degrade]` block, or `#[degrade(timeout = "1s")]`,
/// which is used when nothing else is left: `Result<T, E>`.
///
/// # Other attributes
///
/// The attribute stands above others that rewrite the function, such as `#[tracing::instrument]` or `#[tokio::main]`:
/// they are applied to what it makes, and it reads what you wrote.
///
/// # Clauses
///
#[doc = include_str!("../docs/clauses/fallback.md")]
///
/// # Clauses of a provider
///
/// Those of these that are among the plan's clauses too are there the default of every provider.
///
#[doc = include_str!("../docs/clauses/provider.md")]
///
/// # Clauses of a backoff
///
#[doc = include_str!("../docs/clauses/backoff.md")]
///
/// # Clauses of a breaker
///
/// It opens after `failures` in a row; or, if there is any of `failure_rate`, `window`, `min_calls` and `slow_call`, by
/// a share of the calls.
///
#[doc = include_str!("../docs/clauses/breaker.md")]
///
/// # Clauses of a bulkhead
///
#[doc = include_str!("../docs/clauses/bulkhead.md")]
///
/// # Clauses of a rate limit
///
#[doc = include_str!("../docs/clauses/rate_limit.md")]
///
/// # Clauses of a cache
///
/// Callers that ask for one key at once share one run. A method's `self` is no part of the key: where two objects would
/// answer differently, put into the key what tells them apart.
///
#[doc = include_str!("../docs/clauses/cache.md")]
///
/// # Clauses of a `#[reconcile]` block
///
#[doc = include_str!("../docs/clauses/reconcile.md")]
///
/// # Clauses of a `#[degrade]` block
///
#[doc = include_str!("../docs/clauses/degrade.md")]
#[proc_macro_attribute]
pub fn fallback(arguments: TokenStream, item: TokenStream) -> TokenStream {
    plan::expand(plan::Kind::Fallback, arguments.into(), item.into()).into()
}

/// Distribution by weight: sends each call to one of its providers.
///
/// The body of the function consists of statements, then of `#[provider]` blocks, whose weights add up to `total`, then
/// of any number of `#[fallback]` blocks, which are used in order when no provider of the quota is left.
///
/// ```
/// use std::fmt::Error;
///
/// use ductape::{Outcome, quota};
///
/// #[quota(tag = "sms-quota")]
/// async fn send_sms(text: &str) -> ductape::Result<Outcome<usize>, Error> {
///     #[provider("twilio", weight = 70, retries = 2)]
///     {
///         Ok(text.len())
///     }
///
///     #[provider("nexmo", weight = 30)]
///     {
///         Ok(text.len())
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> ductape::Result<(), Error> {
/// let sent = send_sms("Hello!").await?;
/// println!("sent via {}", sent.provider);
/// # Ok(())
/// # }
/// ```
///
/// # Other attributes
///
/// The attribute stands above others that rewrite the function, such as `#[tracing::instrument]` or `#[tokio::main]`:
/// they are applied to what it makes, and it reads what you wrote.
///
/// # Clauses
///
#[doc = include_str!("../docs/clauses/quota.md")]
///
/// # Clauses of a provider
///
#[doc = include_str!("../docs/clauses/provider.md")]
///
/// # Clauses of a backoff
///
#[doc = include_str!("../docs/clauses/backoff.md")]
///
/// # Clauses of a `#[reconcile]` block
///
#[doc = include_str!("../docs/clauses/reconcile.md")]
///
/// # Clauses of a `#[degrade]` block
///
#[doc = include_str!("../docs/clauses/degrade.md")]
#[proc_macro_attribute]
pub fn quota(arguments: TokenStream, item: TokenStream) -> TokenStream {
    plan::expand(plan::Kind::Quota, arguments.into(), item.into()).into()
}

/// One protected call: the body is its only provider.
///
/// ```
/// use std::fmt::Error;
///
/// use ductape::action;
///
/// #[action(app = "stripe", retries = 2, timeout = "2s")]
/// async fn refund(id: u64) -> ductape::Result<u64, Error> {
///     Ok(id)
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// assert_eq!(refund(7).await.ok(), Some(7));
/// # }
/// ```
///
/// A `#[reconcile]` and a `#[degrade]` block may stand at the end of the body, which then gives its value by `return`.
///
/// # Other attributes
///
/// The attribute stands above others that rewrite the function, such as `#[tracing::instrument]` or `#[tokio::main]`:
/// they are applied to what it makes, and it reads what you wrote.
///
/// # Clauses
///
#[doc = include_str!("../docs/clauses/action.md")]
///
/// # Clauses of a backoff
///
#[doc = include_str!("../docs/clauses/backoff.md")]
///
/// # Clauses of a `#[reconcile]` block
///
#[doc = include_str!("../docs/clauses/reconcile.md")]
///
/// # Clauses of a `#[degrade]` block
///
#[doc = include_str!("../docs/clauses/degrade.md")]
#[proc_macro_attribute]
pub fn action(arguments: TokenStream, item: TokenStream) -> TokenStream {
    plan::expand(plan::Kind::Action, arguments.into(), item.into()).into()
}

/// A healthcheck: the function becomes a static of its name, which `healthcheck(…)` clauses name.
///
/// The function is free and async, and has no argument, or borrows one: what is given for it, once, before start.
///
/// ```
/// use std::fmt::Error;
///
/// use ductape::{Runtime, Status, healthcheck};
///
/// struct Stripe;
///
/// impl Stripe {
///     async fn ping(&self) -> Result<(), Error> {
///         Ok(())
///     }
/// }
///
/// #[healthcheck(interval = "30s", retries = 2, timeout = "2s")]
/// async fn stripe_health(stripe: &Stripe) -> Result<(), Error> {
///     stripe.ping().await
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let monitor = Runtime::builder().bind(&stripe_health, Stripe).start()?;
/// monitor.first_round().await;
/// assert_eq!(stripe_health.status(), Status::Healthy);
/// # Ok(())
/// # }
/// ```
///
/// The static has the name of the function in lower case, which then can be no name of a local binding where the
/// static is in scope (E0530).
///
/// # Clauses
///
#[doc = include_str!("../docs/clauses/healthcheck.md")]
#[proc_macro_attribute]
pub fn healthcheck(arguments: TokenStream, item: TokenStream) -> TokenStream {
    healthcheck::expand(arguments.into(), item.into()).into()
}
