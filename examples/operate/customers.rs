//! The load: customers who send messages, and ask the carriers afterwards whether they were delivered.

use std::collections::HashSet;
use std::sync::Arc;

use reqwest::Client;
use tokio::task::JoinSet;

use crate::carrier::Carrier;
use crate::service::{Message, Taken};
use crate::support::{Fault, same};

/// How many of them there are at any time.
pub(crate) const AT_ONCE: usize = 10;

pub(crate) struct Customers {
    http: Client,
    service: String,
    twilio: Arc<Carrier>,
    nexmo: Arc<Carrier>,
    pub(crate) sent: usize,
}

/// Who delivered how many messages.
#[derive(Clone, Copy)]
pub(crate) struct Split {
    pub(crate) twilio: usize,
    pub(crate) nexmo: usize,
}

impl Split {
    pub(crate) fn print(self, count: usize) {
        println!("    {count} messages: {} through Twilio, {} through Nexmo", self.twilio, self.nexmo);
    }
}

impl Customers {
    pub(crate) fn new(http: &Client, service: String, [twilio, nexmo]: [&Arc<Carrier>; 2]) -> Self {
        Self { http: http.clone(), service, twilio: Arc::clone(twilio), nexmo: Arc::clone(nexmo), sent: 0 }
    }

    /// Sends so many messages, which must be split like that.
    pub(crate) async fn send(&mut self, count: usize, must_be: Split) -> Result<(), Fault> {
        let split = self.deliver(count).await?;
        split.print(count);
        same("through Twilio", split.twilio, must_be.twilio)?;
        same("through Nexmo", split.nexmo, must_be.nexmo)
    }

    /// Sends so many messages; what the service says of them is what the carriers say.
    pub(crate) async fn deliver(&mut self, count: usize) -> Result<Split, Fault> {
        let before = self.delivered();
        let numbers = self.sent..self.sent + count;
        let mut desks = JoinSet::new();
        for desk in 0..AT_ONCE {
            let (http, at) = (self.http.clone(), format!("{}/messages", self.service));
            let texts: Vec<_> = numbers.clone().skip(desk).step_by(AT_ONCE).map(|at| format!("message {at}")).collect();
            desks.spawn(async move {
                let mut taken = Vec::new();
                for text in texts {
                    let message = Message { phone: "+1234567890".to_owned(), text };
                    let answer = http.post(&at).json(&message).send().await?.error_for_status()?;
                    taken.push((message.text, answer.json::<Taken>().await?));
                }
                Ok::<_, reqwest::Error>(taken)
            });
        }
        let mut split = Split { twilio: 0, nexmo: 0 };
        for taken in desks.join_all().await {
            for (text, Taken { carrier, id }) in taken? {
                let (carrier, count) = match carrier.as_str() {
                    "twilio" => (&self.twilio, &mut split.twilio),
                    _ => (&self.nexmo, &mut split.nexmo),
                };
                *count += 1;
                same("text", &text, &carrier.text(&id).ok_or("the carrier does not know its message")?)?;
            }
        }
        self.sent += count;
        let after = self.delivered();
        same("by Twilio's counter", split.twilio, after.twilio - before.twilio)?;
        same("by Nexmo's counter", split.nexmo, after.nexmo - before.nexmo)?;
        Ok(split)
    }

    /// Texts differ, so that one delivered twice would stand out.
    pub(crate) fn check_each_once(&self) -> Result<(), Fault> {
        let delivered = [self.twilio.delivered(), self.nexmo.delivered()].concat();
        let different: HashSet<&String> = delivered.iter().collect();
        same("messages delivered", delivered.len(), self.sent)?;
        same("different messages delivered", different.len(), self.sent)
    }

    fn delivered(&self) -> Split {
        Split { twilio: self.twilio.delivered().len(), nexmo: self.nexmo.delivered().len() }
    }
}
