//! Messages spread over two carriers, seven in ten through Twilio, and what happens when one of them fails.
//!
//! The plan is below, the clients are in `clients.rs`. The carriers are servers on loopback (`carrier.rs`), and every
//! number printed is checked against theirs.
//!
//! Run it with `cargo run --example sms`.

mod carrier;
mod clients;
#[path = "../support/lock.rs"]
mod lock;
#[path = "../support/mod.rs"]
mod support;

use std::collections::HashSet;
use std::process::ExitCode;
use std::sync::Arc;

use ductape::{Outcome, Runtime, healthcheck, quota};

use crate::carrier::Carrier;
use crate::clients::{MessageId, Nexmo, Twilio};
use crate::support::{Fault, same};

#[healthcheck(tag = "twilio-health", interval = "30s", timeout = "2s")]
async fn twilio_health(twilio: &Twilio) -> reqwest::Result<()> {
    twilio.ping().await
}

#[healthcheck(tag = "nexmo-health", interval = "30s", timeout = "2s")]
async fn nexmo_health(nexmo: &Nexmo) -> reqwest::Result<()> {
    nexmo.ping().await
}

struct Messages {
    twilio: Twilio,
    nexmo: Nexmo,
}

impl Messages {
    /// Sends a text, through the cheaper carrier more often than through the other.
    #[quota(tag = "sms-quota", timeout = "2s", backoff(base = "1ms", max = "5ms"))]
    async fn send(&self, phone: &str, text: &str) -> ductape::Result<Outcome<MessageId>, reqwest::Error> {
        #[provider("twilio", weight = 70, retries = 2, healthcheck(twilio_health))]
        {
            self.twilio.send(phone, text).await
        }

        #[provider("nexmo", weight = 30, retries = 2, healthcheck(nexmo_health))]
        {
            self.nexmo.send(phone, text).await
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    support::finish(run().await)
}

async fn run() -> Result<(), Fault> {
    let (twilio, twilio_at) = Carrier::start("body", "sid").await?;
    let (nexmo, nexmo_at) = Carrier::start("text", "message_id").await?;
    let http = support::client()?;
    let messages = Messages { twilio: Twilio::new(&http, twilio_at), nexmo: Nexmo::new(&http, nexmo_at) };

    let monitor = Runtime::builder()
        .product("messaging")
        .env("prd")
        .bind(&twilio_health, messages.twilio.clone())
        .bind(&nexmo_health, messages.nexmo.clone())
        .start()?;
    monitor.first_round().await;

    println!("a hundred messages at a time, weights 70 and 30\n");
    println!("  {:40}  twilio  nexmo  refused by nexmo", "");
    let mut desk = Desk { messages, twilio, nexmo: Arc::clone(&nexmo), sent: 0 };
    desk.send_hundred("both carriers work", Split { twilio: 70, nexmo: 30, refused: 0 }).await?;

    // Three in ten go to Nexmo first, three times each, and then to Twilio: nobody waits for a healthcheck.
    nexmo.switch(false);
    desk.send_hundred("Nexmo is down, nobody has noticed", Split { twilio: 100, nexmo: 0, refused: 90 }).await?;

    // The monitor would see it within the interval; an example need not wait for that.
    nexmo_health.check().await;
    tell_health();
    desk.send_hundred("Nexmo gets no traffic", Split { twilio: 100, nexmo: 0, refused: 0 }).await?;

    nexmo.switch(true);
    nexmo_health.check().await;
    tell_health();
    desk.send_hundred("Nexmo is back", Split { twilio: 70, nexmo: 30, refused: 0 }).await?;

    desk.check_each_once()?;
    println!("\n  {} messages, each delivered once", desk.sent);
    Ok(())
}

fn tell_health() {
    println!("    {}: {}", nexmo_health.tag(), nexmo_health.status());
}

/// Sends messages, and compares what comes back with the carriers' counters.
struct Desk {
    messages: Messages,
    twilio: Arc<Carrier>,
    nexmo: Arc<Carrier>,
    sent: usize,
}

/// Who delivered how many messages, and how many requests Nexmo refused.
#[derive(Clone, Copy)]
struct Split {
    twilio: usize,
    nexmo: usize,
    refused: usize,
}

impl Desk {
    async fn send_hundred(&mut self, title: &str, expected: Split) -> Result<(), Fault> {
        let before = self.counted();
        let mut told = Split { twilio: 0, nexmo: 0, refused: 0 };
        for _ in 0..100 {
            self.sent += 1;
            let text = format!("message {}", self.sent);
            let sent = self.messages.send("+1234567890", &text).await?;
            let (carrier, count) = match &*sent.provider {
                "twilio" => (&self.twilio, &mut told.twilio),
                _ => (&self.nexmo, &mut told.nexmo),
            };
            *count += 1;
            same("text", &text, &carrier.text(&sent.0).ok_or("the carrier does not know its message")?)?;
            // Every attempt but the last was refused, and only Nexmo ever refuses.
            told.refused += usize::try_from(sent.attempts)? - 1;
        }

        let Split { twilio, nexmo, refused } = told;
        println!("  {title:40}  {twilio:>6}  {nexmo:>5}  {refused:>16}");
        let counted = self.counted();
        let gained = Split {
            twilio: counted.twilio - before.twilio,
            nexmo: counted.nexmo - before.nexmo,
            refused: counted.refused - before.refused,
        };
        told.check(&gained).map_err(|fault| format!("{title}: {fault}"))?;
        told.check(&expected).map_err(|fault| format!("{title}, by the weights: {fault}").into())
    }

    /// Texts differ, so that one delivered twice would stand out.
    fn check_each_once(&self) -> Result<(), Fault> {
        let delivered = [self.twilio.delivered(), self.nexmo.delivered()].concat();
        let different: HashSet<&String> = delivered.iter().collect();
        same("messages delivered", self.sent, delivered.len())?;
        same("different messages delivered", self.sent, different.len())
    }

    /// By the carriers, since the program began.
    fn counted(&self) -> Split {
        Split {
            twilio: self.twilio.delivered().len(),
            nexmo: self.nexmo.delivered().len(),
            refused: self.nexmo.refused(),
        }
    }
}

impl Split {
    fn check(&self, counted: &Self) -> Result<(), Fault> {
        same("through Twilio", self.twilio, counted.twilio)?;
        same("through Nexmo", self.nexmo, counted.nexmo)?;
        same("refused by Nexmo", self.refused, counted.refused)
    }
}
