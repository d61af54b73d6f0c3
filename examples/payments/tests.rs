//! How a service tests its plan: gateways that work, and faults that no gateway has to be built for.
//!
//! `cargo test --example payments --features testing`

use std::sync::Arc;

use ductape::testing::{AssertTrail as _, TestRuntime};
use ductape::{ErrorKind, Outcome, Runtime, Skip};

use crate::clients::{Api, Charge, PayError, PayPal, Square, Stripe};
use crate::gateway::{Gateway, PAYPAL, SQUARE, STRIPE};
use crate::plan::{Payments, Receipt, paypal_health, stripe_health};
use crate::support::{Fault, client};

/// The service, gateways that do what they are asked, and a runtime of its own.
struct World {
    test: TestRuntime,
    payments: Payments,
    gateways: [Arc<Gateway>; 3],
}

impl World {
    async fn new() -> Result<Self, Fault> {
        let (stripe, stripe_at) = Gateway::start(STRIPE).await?;
        let (paypal, paypal_at) = Gateway::start(PAYPAL).await?;
        let (square, square_at) = Gateway::start(SQUARE).await?;
        let http = client()?;
        let payments = Payments {
            stripe: Stripe(Api::new(&http, stripe_at)),
            paypal: PayPal(Api::new(&http, paypal_at)),
            square: Square(Api::new(&http, square_at)),
        };
        let bound = Runtime::builder()
            .seed(7)
            .bind(&stripe_health, payments.stripe.clone())
            .bind(&paypal_health, payments.paypal.clone());
        Ok(Self { test: TestRuntime::build(bound)?, payments, gateways: [stripe, paypal, square] })
    }

    async fn pay(&self) -> ductape::Result<Outcome<Receipt>, PayError> {
        let charge = Charge { order: 1, cents: 300, customer: "ada" };
        self.test.scope(self.payments.pay(&charge)).await
    }

    /// How many payments each gateway has in its ledger.
    fn ledgers(&self) -> [usize; 3] {
        self.gateways.each_ref().map(|gateway| gateway.ledger().len())
    }
}

/// As for a gateway that cannot be reached: nothing was charged.
fn unavailable() -> PayError {
    PayError::Unavailable(reqwest::Client::new().get("nowhere").build().expect_err("that is no address"))
}

#[tokio::test]
async fn when_stripe_is_down_paypal_is_paid_once() -> Result<(), Fault> {
    let world = World::new().await?;
    world.test.faults().provider("stripe").fail_with(unavailable);
    assert_eq!(world.pay().await?.provider, "paypal");
    assert_eq!(world.ledgers(), [0, 1, 0]);
    world.test.assert_calls("payment-fallback", "stripe", 3);
    world.test.seen().assert_sequence(&["stripe retry", "stripe retry", "paypal failover", "stripe masked"]);
    Ok(())
}

#[tokio::test]
async fn a_gateway_that_is_unhealthy_is_not_asked() -> Result<(), Fault> {
    let world = World::new().await?;
    world.test.faults().healthcheck("stripe-health").unhealthy();
    assert_eq!(world.pay().await?.provider, "paypal");
    world.test.assert_calls("payment-fallback", "stripe", 0);
    world.test.seen().assert_skipped("stripe", Skip::Unhealthy);
    Ok(())
}

#[tokio::test]
async fn a_declined_card_is_tried_nowhere_else() -> Result<(), Fault> {
    let world = World::new().await?;
    world.test.faults().provider("stripe").fail_with(|| PayError::Declined);
    let error = world.pay().await.expect_err("the card is declined");
    error.assert_kind(ErrorKind::Aborted).assert_failed("stripe", 1);
    assert_eq!(world.ledgers(), [0, 0, 0]);
    world.test.assert_calls("payment-fallback", "paypal", 0);
    Ok(())
}

#[tokio::test]
async fn when_stripes_answer_is_lost_it_is_asked_and_nobody_pays_twice() -> Result<(), Fault> {
    let world = World::new().await?;
    // Stripe says that it knows of no such payment, and never will: the next try makes it.
    world.test.faults().provider("stripe").hang().for_calls(1);
    let receipt = world.pay().await?;
    assert_eq!((&*receipt.provider, receipt.reconciled), ("stripe", false));
    assert_eq!(world.ledgers(), [1, 0, 0]);
    Ok(())
}
