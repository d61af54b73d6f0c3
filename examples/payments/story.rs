//! What happens to the gateways, and who pays through them meanwhile.

use std::ops::Range;
use std::sync::{Arc, Mutex};

use ductape::Status;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::audit::{Gateways, Payment, Tally};
use crate::clients::Charge;
use crate::gateway::{Gateway, Mode, NO_FUNDS};
use crate::health;
use crate::lock::lock;
use crate::plan::Payments;
use crate::support::{Fault, same};

/// Customers at the checkout at any time.
pub(crate) const AT_ONCE: usize = 8;

/// A part of the story.
pub(crate) struct Phase {
    title: &'static str,
    modes: [Mode; 3],
    customers: usize,
    /// What must be seen, or the phase did not happen.
    shows: fn(&Tally) -> bool,
}

pub(crate) const STORY: [Phase; 6] = [
    Phase {
        title: "every gateway works",
        modes: [Mode::Up, Mode::Up, Mode::Up],
        customers: 100,
        shows: |tally| tally.served[0] > 0,
    },
    Phase {
        title: "Stripe is down",
        modes: [Mode::Down, Mode::Up, Mode::Up],
        customers: 120,
        shows: |tally| tally.served[0] == 0 && tally.served[1] > 0,
    },
    Phase {
        title: "PayPal is down as well",
        modes: [Mode::Down, Mode::Down, Mode::Up],
        customers: 100,
        shows: |tally| tally.served[2] + tally.declined == tally.total(),
    },
    Phase {
        title: "both are back, Stripe is too slow",
        modes: [Mode::Slow, Mode::Up, Mode::Up],
        customers: 40,
        shows: |tally| tally.served[0] == 0 && tally.served[1] > 0,
    },
    Phase {
        title: "Stripe charges, the answers get lost",
        modes: [Mode::LosesAnswers, Mode::Up, Mode::Up],
        customers: 60,
        shows: |tally| tally.reconciled > 0,
    },
    Phase {
        title: "Stripe is back",
        modes: [Mode::Up, Mode::Up, Mode::Up],
        customers: 100,
        shows: |tally| tally.served[0] > 0,
    },
];

/// The service, and the gateways that it depends on.
pub(crate) struct World {
    pub(crate) payments: Arc<Payments>,
    pub(crate) gateways: Gateways,
    pub(crate) began: Instant,
}

impl World {
    /// Plays a part of the story after so many payments, and prints who served the customers.
    pub(crate) async fn play(&self, phase: &Phase, before: usize) -> Result<Vec<Payment>, Fault> {
        let title = phase.title;
        for (gateway, mode) in self.gateways.iter().zip(phase.modes) {
            gateway.turn(mode);
        }
        // An outage meets the customers unprepared, but they come back only when the healthchecks say so.
        health::noticed(phase.title, phase.modes, Status::Healthy).await?;

        let books = Tally::in_the_books(&self.gateways);
        let out = Out::of(&self.gateways, phase.modes);
        let ended = self.pay_all(before..before + phase.customers).await;
        for gateway in &self.gateways {
            gateway.idle().await;
        }
        health::noticed(phase.title, phase.modes, Status::Unhealthy).await?;

        let tally = Tally::of(&ended, &self.gateways)?;
        let Tally { served: [stripe, paypal, square], declined, reconciled } = tally;
        let at = self.began.elapsed().as_secs_f32();
        println!("  {at:>5.2}s  {title:38}  {stripe:>6}  {paypal:>6}  {square:>6}  {declined:>8}  {reconciled:>10}");

        let told = || {
            tally.check(&self.gateways, &books)?;
            out.check()?;
            same("payments", tally.total(), phase.customers)
        };
        told().map_err(|fault| format!("{title}: {fault}"))?;
        if (phase.shows)(&tally) { Ok(ended) } else { Err(format!("{title}: the numbers do not show it").into()) }
    }

    /// Some customers at once, each at a checkout of its own.
    async fn pay_all(&self, orders: Range<usize>) -> Vec<Payment> {
        let queue = Arc::new(Mutex::new(orders));
        let mut checkouts = JoinSet::new();
        for _ in 0..AT_ONCE {
            let (payments, queue) = (Arc::clone(&self.payments), Arc::clone(&queue));
            checkouts.spawn(async move {
                let next = || lock(&queue).next();
                let mut ended = Vec::new();
                while let Some(order) = next() {
                    let charge = charge(order);
                    let end = payments.pay(&charge).await;
                    ended.push(Payment { charge, end });
                }
                ended
            });
        }
        checkouts.join_all().await.into_iter().flatten().collect()
    }
}

/// The gateways that are down and known to be: they get no requests, and had so many before.
struct Out(Vec<(Arc<Gateway>, usize)>);

impl Out {
    fn of(gateways: &Gateways, modes: [Mode; 3]) -> Self {
        let down = gateways.iter().zip(modes).zip(health::statuses());
        let down = down.filter(|((_, mode), status)| *mode == Mode::Down && *status == Status::Unhealthy);
        Self(down.map(|((gateway, _), _)| (Arc::clone(gateway), gateway.requests_in_all())).collect())
    }

    fn check(&self) -> Result<(), Fault> {
        for (gateway, before) in &self.0 {
            same(&format!("requests to {}", gateway.name()), 0, gateway.requests_in_all() - before)?;
        }
        Ok(())
    }
}

/// Amounts vary, and one customer in sixteen has no money.
fn charge(order: usize) -> Charge {
    let customer = if order % 16 == 15 { NO_FUNDS } else { "cus_123" };
    Charge { order, cents: 500 + order as u64 * 37 % 9_000, customer }
}
