//! What a service writes: a fallback that charges, and a workflow around it.

use ductape::{Outcome, WorkflowResult, fallback, workflow};

use crate::world::Client;

pub(crate) struct Shop {
    pub(crate) stock: Client,
    pub(crate) stripe: Client,
    pub(crate) paypal: Client,
    pub(crate) carrier: Client,
}

/// Why an order could not be processed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OrderError {
    #[error("{0}")]
    Call(#[from] CallError),
    #[error("no gateway charged: {0}")]
    Payment(#[from] ductape::Error<CallError>),
}

/// A service did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[error("no answer")]
pub(crate) struct CallError(#[from] reqwest::Error);

impl Shop {
    /// Charges through the first gateway that works.
    #[fallback(tag = "charge-order", timeout = "500ms")]
    async fn charge(&self, order: u32) -> ductape::Result<Outcome<String>, CallError> {
        #[primary("stripe")]
        {
            self.stripe.post("charge", order).await
        }
        #[fallback("paypal")]
        {
            self.paypal.post("charge", order).await
        }
    }

    /// Reserves, charges and ships; what was done is undone if the rest cannot be.
    #[workflow(tag = "process-order", deadline = "10s", timeout = "2s")]
    pub(crate) async fn process(&self, order: u32, item: &str) -> WorkflowResult<Outcome<String>, OrderError> {
        #[step("reserve", retries = 2, timeout = "500ms")]
        let hold = self.stock.post("reserve", order).await?;
        #[undo]
        {
            println!("  undo: the {item} goes back, {hold}");
            self.stock.post("release", order).await?;
            Ok(())
        }

        #[step("charge")]
        let paid = self.charge(order).await?;
        #[undo(retries = 2, timeout = "500ms", backoff(base = "20ms"))]
        {
            println!("  undo: {} refunds {}", paid.provider, *paid);
            let gateway = if paid.provider == "stripe" { &self.stripe } else { &self.paypal };
            gateway.post("refund", order).await?;
            Ok(())
        }

        #[step("ship", retries = 1, backoff(base = "20ms"))]
        self.carrier.post("ship", order).await?;
        Ok(paid)
    }
}
