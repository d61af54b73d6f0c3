#[fallback(tag = "payment-fallback", deadline = "15s", at_most_once, classify(PayError::verdict))]
/// Charges a card through the first gateway
/// that works.
///
/// And never twice.
pub async fn pay(&self, charge: &Charge) -> ductape::Result<Receipt, PayError> {
    let key = charge.idempotency_key()?;

    #[primary("stripe", retries = 2, timeout = "2s", healthcheck(stripe_health), when(charge.amount > 3 || key.short))]
    {
        let done = self.stripe.charge(charge.amount, &key).await?;
        Ok(Receipt { transaction_id: done.id, status: done.status })
    }
    #[reconcile(after = "500ms")]
    {
        Ok(self.stripe.find(&key).await?.map(Receipt::from))
    }

    /// The second choice.
    #[fallback("paypal", timeout = "2s", cost = 0.029)]
    #[allow(clippy::unused_async)]
    {
        #![allow(unused)]
        Ok(self.paypal.pay(charge.amount, &key).await?.into())
    }

    #[degrade(timeout = "1s")]
    {
        Ok(Receipt::pending())
    }
}
