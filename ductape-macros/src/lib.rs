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
/// ```ignore
/// #[fallback(tag = "payment-fallback", deadline = "15s")]
/// async fn pay(&self, charge: &Charge) -> ductape::Result<Receipt, PayError> {
///     let key = charge.idempotency_key();
///
///     #[primary("stripe", retries = 2, timeout = "2s", healthcheck(stripe_health))]
///     {
///         Ok(self.stripe.charge(charge.amount, &key).await?.into())
///     }
///
///     #[fallback("paypal", timeout = "2s")]
///     {
///         Ok(self.paypal.pay(charge.amount, &key).await?.into())
///     }
/// }
/// ```
///
/// The statements before the first block run once, outside the run and its deadline. In an `at_most_once` plan a
/// provider may be followed by a `#[reconcile]` block, or `#[reconcile(after = "500ms")]`, which says whether a lost
/// answer took effect: `Result<Option<T>, E>`. A plan may end with a `#[degrade]` block, or `#[degrade(timeout = "1s")]`,
/// which is used when nothing else is left: `Result<T, E>`.
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
#[proc_macro_attribute]
pub fn fallback(arguments: TokenStream, item: TokenStream) -> TokenStream {
    plan::expand(plan::Kind::Fallback, arguments.into(), item.into()).into()
}

/// Distribution by weight: sends each call to one of its providers.
///
/// The body of the function consists of statements, then of `#[provider]` blocks, whose weights add up to `total`, then
/// of any number of `#[fallback]` blocks, which are used in order when no provider of the quota is left.
///
/// ```ignore
/// #[quota(tag = "sms-quota")]
/// async fn send_sms(&self, phone: &str, text: &str) -> ductape::Result<Outcome<MessageId>, SmsError> {
///     #[provider("twilio", weight = 70, retries = 2)]
///     {
///         self.twilio.send(phone, text).await
///     }
///
///     #[provider("nexmo", weight = 30)]
///     {
///         self.nexmo.send(phone, text).await
///     }
/// }
/// ```
///
/// # Clauses
///
#[doc = include_str!("../docs/clauses/quota.md")]
///
/// # Clauses of a provider
///
#[doc = include_str!("../docs/clauses/provider.md")]
#[proc_macro_attribute]
pub fn quota(arguments: TokenStream, item: TokenStream) -> TokenStream {
    plan::expand(plan::Kind::Quota, arguments.into(), item.into()).into()
}

/// One protected call: the body is its only provider.
///
/// ```ignore
/// #[action(app = "stripe", retries = 2, timeout = "2s")]
/// async fn refund(&self, id: &str) -> ductape::Result<Refund, PayError> {
///     self.stripe.refund(id).await
/// }
/// ```
///
/// A `#[reconcile]` and a `#[degrade]` block may stand at the end of the body, which then gives its value by `return`.
///
/// # Clauses
///
#[doc = include_str!("../docs/clauses/action.md")]
#[proc_macro_attribute]
pub fn action(arguments: TokenStream, item: TokenStream) -> TokenStream {
    plan::expand(plan::Kind::Action, arguments.into(), item.into()).into()
}

/// A healthcheck: the function becomes a static of its name, which `healthcheck(…)` clauses name.
///
/// The function is free and async, and has no argument, or borrows one: what is given for it, once, before start.
///
/// ```ignore
/// #[healthcheck(interval = "30s", retries = 2, timeout = "2s")]
/// async fn stripe_health(stripe: &Stripe) -> Result<(), StripeError> {
///     stripe.ping().await
/// }
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
