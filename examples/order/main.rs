//! An order that is reserved, charged and shipped, and undone when something fails on the way.
//!
//! `shop.rs` is what a service writes. The rest is the world around: a stock, two gateways and a carrier on loopback
//! (`world.rs`), whose own books say at the end what really happened. Run it with `cargo run --example order`.

#[path = "../support/lock.rs"]
mod lock;
mod shop;
#[path = "../support/mod.rs"]
mod support;
mod world;

use std::process::ExitCode;

use ductape::WorkflowError;

use crate::shop::{OrderError, Shop};
use crate::support::{Fault, same};
use crate::world::{Mode, World};

#[tokio::main]
async fn main() -> ExitCode {
    support::finish(run().await)
}

async fn run() -> Result<(), Fault> {
    let (world, shop) = World::start().await?;
    println!("{}\n", ductape::plan("process-order")?);

    println!("everything works");
    let paid = shop.process(1, "book").await?;
    println!("  paid through {}", paid.provider);
    same("through Stripe", paid.provider == "stripe", true)?;
    world.check([(1, 0), (1, 0), (0, 0), (1, 0)])?;

    println!("\nStripe is down, and so PayPal charges; then nobody can ship");
    world.turn("stripe", Mode::Down);
    world.turn("carrier", Mode::Down);
    let error = failure(&shop, 2).await?;
    told(&error);
    same("the step that failed is `ship`", error.step() == Some("ship"), true)?;
    same("undone", error.undone().len(), 2)?;
    same("not undone", error.not_undone().len(), 0)?;
    // PayPal has one charge and one refund of this order, and Stripe none.
    world.check([(1, 1), (0, 0), (1, 1), (0, 0)])?;

    println!("\nthe same, and PayPal answers the first refund with an error");
    world.turn("paypal", Mode::RefundsFailOnce);
    let error = failure(&shop, 3).await?;
    told(&error);
    same("undone", error.undone().len(), 2)?;
    world.check([(1, 1), (0, 0), (1, 1), (0, 0)])?;

    println!("\nthe same, and PayPal refunds nothing any more");
    world.turn("paypal", Mode::NoRefunds);
    let error = failure(&shop, 4).await?;
    told(&error);
    same("undone", error.undone().len(), 1)?;
    same("not undone", error.not_undone().len(), 1)?;
    let left = error.not_undone().first().ok_or("nothing is left")?;
    same("tries to refund", left.error.trail().entries().len(), 3)?;
    world.check([(1, 1), (0, 0), (1, 0), (0, 0)])?;

    println!("\n  by the books of the stock, the gateways and the carrier, and of nobody else");
    Ok(())
}

async fn failure(shop: &Shop, order: u32) -> Result<WorkflowError<OrderError>, Fault> {
    match shop.process(order, "book").await {
        Ok(_) => Err(format!("order {order} went through").into()),
        Err(error) => Ok(error),
    }
}

/// Prints what became of an order.
fn told(error: &WorkflowError<OrderError>) {
    println!("  {error}");
    for entry in error.error().trail().entries() {
        println!("    {}: {:?}", entry.provider, entry.event);
    }
    for left in error.not_undone() {
        println!("    by hand: {}, since {}", left.step, left.error);
    }
}
