#[healthcheck(tag = "stripe-health", interval = "30s", retries = 2, timeout(TIMEOUT), fall = 3, rise = 2, env = "prd", env = "stg")]
/// Whether the gateway answers.
#[cfg(feature = "stripe")]
#[inline]
pub(crate) async fn stripe_health(stripe: &Stripe) -> Result<(), StripeError> {
    stripe.ping().await
}
