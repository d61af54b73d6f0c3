#[action(app = "stripe", retries = 2, backoff(jitter = "none"), at_most_once, classify(verdict))]
async fn refund(&self, id: &str) -> ductape::Result<Refund, PayError> {
    let twice = id.repeat(2);
    return self.stripe.refund(&twice).await;
    #[reconcile]
    { Ok(None) }
    #[degrade]
    { Ok(Refund::later()) }
}
