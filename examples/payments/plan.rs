//! What a service writes: two healthchecks and one plan.

use ductape::{Outcome, fallback, healthcheck};

use crate::clients::{Charge, PayError, PayPal, PayPalPayment, Square, SquarePayment, Stripe, StripeCharge};

#[healthcheck(tag = "stripe-health", interval = "200ms", retries = 1, timeout = "100ms")]
pub(crate) async fn stripe_health(stripe: &Stripe) -> Result<(), PayError> {
    stripe.ping().await
}

#[healthcheck(tag = "paypal-health", interval = "200ms", retries = 1, timeout = "100ms")]
pub(crate) async fn paypal_health(paypal: &PayPal) -> Result<(), PayError> {
    paypal.ping().await
}

/// The checkout's way to money.
pub(crate) struct Payments {
    pub(crate) stripe: Stripe,
    pub(crate) paypal: PayPal,
    pub(crate) square: Square,
}

impl Payments {
    /// Charges a card through the first gateway that works, and never twice.
    #[fallback(
        tag = "payment-fallback",
        deadline = "5s",
        at_most_once,
        classify(PayError::verdict),
        timeout = "200ms",
        backoff(base = "10ms", max = "50ms")
    )]
    pub(crate) async fn pay(&self, charge: &Charge) -> ductape::Result<Outcome<Receipt>, PayError> {
        let key = charge.idempotency_key();

        #[primary("stripe", retries = 2, healthcheck(stripe_health))]
        {
            Ok(self.stripe.charge(charge, &key).await?.into())
        }
        // The answer got lost: was the card charged? Only Stripe can tell, and nothing goes on before it has.
        #[reconcile]
        {
            Ok(self.stripe.find(&key).await?.map(Receipt::reconciled))
        }

        #[fallback("paypal", retries = 2, healthcheck(paypal_health))]
        {
            Ok(self.paypal.pay(charge, &key).await?.into())
        }
        #[reconcile]
        {
            Ok(self.paypal.find(&key).await?.map(Receipt::reconciled))
        }

        #[fallback("square", retries = 1)]
        {
            Ok(self.square.charge(charge, &key).await?.into())
        }
        #[reconcile]
        {
            Ok(self.square.find(&key).await?.map(Receipt::reconciled))
        }
    }
}

/// What the customer gets, whoever was paid.
#[derive(Debug)]
pub(crate) struct Receipt {
    pub(crate) transaction_id: String,
    pub(crate) status: String,
    /// Whether the gateway had to be asked, because its answer got lost.
    pub(crate) reconciled: bool,
}

impl Receipt {
    fn reconciled(charge: impl Into<Self>) -> Self {
        Self { reconciled: true, ..charge.into() }
    }
}

impl From<StripeCharge> for Receipt {
    fn from(charge: StripeCharge) -> Self {
        Self { transaction_id: charge.id, status: charge.status, reconciled: false }
    }
}

impl From<PayPalPayment> for Receipt {
    fn from(payment: PayPalPayment) -> Self {
        Self { transaction_id: payment.payment_id, status: payment.state, reconciled: false }
    }
}

impl From<SquarePayment> for Receipt {
    fn from(payment: SquarePayment) -> Self {
        Self { transaction_id: payment.payment_id, status: payment.status, reconciled: false }
    }
}
