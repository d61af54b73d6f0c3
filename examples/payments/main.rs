//! Payments that survive their gateways: Stripe, then `PayPal`, then Square, and no card charged twice.
//!
//! `plan.rs` is what a service writes, `clients.rs` how it talks to the gateways. The rest is the world around:
//! gateways on loopback that fail in every way there is (`gateway.rs`), what happens to them (`story.rs`), and an audit
//! of every payment against their ledgers (`audit.rs`). Run it with `cargo run --example payments`.

mod audit;
mod clients;
mod gateway;
mod health;
#[path = "../support/lock.rs"]
mod lock;
mod plan;
mod story;
#[path = "../support/mod.rs"]
mod support;
#[cfg(all(test, feature = "testing"))]
mod tests;

use std::process::ExitCode;
use std::sync::Arc;

use ductape::Runtime;
use tokio::time::Instant;

use crate::audit::{Audit, Tally};
use crate::clients::{Api, PayPal, Square, Stripe};
use crate::gateway::{Gateway, PAYPAL, SQUARE, STRIPE};
use crate::plan::{Payments, paypal_health, stripe_health};
use crate::story::{AT_ONCE, STORY, World};
use crate::support::Fault;

#[tokio::main]
async fn main() -> ExitCode {
    support::finish(run().await)
}

async fn run() -> Result<(), Fault> {
    let (stripe, stripe_at) = Gateway::start(STRIPE).await?;
    let (paypal, paypal_at) = Gateway::start(PAYPAL).await?;
    let (square, square_at) = Gateway::start(SQUARE).await?;
    let http = support::client()?;
    let payments = Payments {
        stripe: Stripe(Api::new(&http, stripe_at)),
        paypal: PayPal(Api::new(&http, paypal_at)),
        square: Square(Api::new(&http, square_at)),
    };

    // The healthchecks run for as long as the monitor lives.
    let _monitor = Runtime::builder()
        .product("checkout")
        .env("prd")
        .bind(&stripe_health, payments.stripe.clone())
        .bind(&paypal_health, payments.paypal.clone())
        .start()?;

    println!("payments through Stripe, then PayPal, then Square; {AT_ONCE} customers at once\n");
    println!("    time  {:38}  stripe  paypal  square  declined  reconciled", "phase, when it ended");
    let began = Instant::now();
    let teller = tokio::spawn(health::tell(began));

    let world = World { payments: Arc::new(payments), gateways: [stripe, paypal, square], began };
    let mut ended = Vec::new();
    for phase in &STORY {
        ended.extend(world.play(phase, ended.len()).await?);
    }

    teller.abort();

    Audit::of(&ended, &world.gateways)?.print();
    let Tally { declined, reconciled, .. } = Tally::of(&ended, &world.gateways)?;
    let (all, served) = (ended.len(), ended.len() - declined);
    println!("  {all} payments: {served} served ({reconciled} of them reconciled), {declined} declined;");
    println!("  none is lost, and no card was charged twice");
    Ok(())
}
