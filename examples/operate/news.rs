//! Whoever reads the stream of events, from before the first message on.

use std::time::Duration;

use reqwest::{Method, Response};
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

use crate::operator::{Operator, text};
use crate::support::Fault;

/// How long an event may be on its way.
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) struct News {
    coming: UnboundedReceiver<Value>,
    told: Vec<Value>,
}

impl News {
    pub(crate) async fn subscribe(operator: &Operator) -> Result<Self, Fault> {
        let stream = operator.call(Method::GET, "/events", None).await?.error_for_status()?;
        println!("    {} a stream, read to the end of the session\n", stream.status().as_u16());
        let (sender, coming) = unbounded_channel();
        tokio::spawn(read(stream, sender));
        Ok(Self { coming, told: Vec::new() })
    }

    /// Waits until the stream has told of so many events of this name.
    pub(crate) async fn wait_for(&mut self, name: &str, count: usize) -> Result<(), Fault> {
        while self.count(name) < count {
            let next = timeout(PATIENCE, self.coming.recv()).await.ok().flatten();
            let told = self.count(name);
            self.told.push(next.ok_or_else(|| format!("{told} events `{name}` came, not {count}"))?);
        }
        Ok(())
    }

    pub(crate) fn count(&self, name: &str) -> usize {
        self.told.iter().filter(|event| event["event"] == name).count()
    }

    /// How often each of those came that tell of runs.
    pub(crate) fn of_runs(&self) -> String {
        let counts = OF_RUNS.iter().map(|name| format!("{} {name}", self.count(name)));
        counts.collect::<Vec<_>>().join(", ")
    }

    /// What changed, in order: the names of the events, and each in words.
    pub(crate) fn changes(&self) -> impl Iterator<Item = (&str, String)> {
        let changes = self.told.iter().filter_map(|event| Some((event["event"].as_str()?, event)));
        changes.filter(|(name, _)| !OF_RUNS.contains(name)).map(|(name, event)| (name, in_words(name, event)))
    }
}

const OF_RUNS: [&str; 5] = ["run_finished", "attempt_failed", "failover", "skipped", "masked"];

fn in_words(name: &str, event: &Value) -> String {
    let whom = event["provider"].as_str().unwrap_or("the plan");
    match name {
        "updated" => {
            let changes = event["changes"].as_array().map(Vec::as_slice).unwrap_or_default();
            let changes = changes
                .iter()
                .map(|change| format!("{} {} → {}", text(&change["path"]), text(&change["from"]), text(&change["to"])));
            format!("{whom}: {}", changes.collect::<Vec<_>>().join(", "))
        }
        "cordoned" => format!("{whom}: {}", text(&event["reason"])),
        "breaker_changed" => format!("{whom}: {} → {}", text(&event["from"]["state"]), text(&event["to"]["state"])),
        "breaker_forced" => format!("{whom}: {}", event["forced"].as_str().unwrap_or("decides again")),
        "health_changed" => {
            format!("{}: {} → {}", text(&event["healthcheck"]), text(&event["from"]), text(&event["to"]))
        }
        _ => whom.to_owned(),
    }
}

/// Hands on the data of every event, until nobody wants it any more.
async fn read(mut stream: Response, events: UnboundedSender<Value>) -> Result<(), Fault> {
    let mut unread = Vec::new();
    while let Some(chunk) = stream.chunk().await? {
        unread.extend_from_slice(&chunk);
        while let Some(end) = unread.iter().position(|&byte| byte == b'\n') {
            let line: Vec<u8> = unread.drain(..=end).collect();
            if let Some(data) = line.strip_prefix(b"data: ") {
                events.send(serde_json::from_slice(data)?)?;
            }
        }
    }
    Ok(())
}
