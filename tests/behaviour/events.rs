//! R92, R95: what is told of runs as it happens, to those who listen and to those who come later.

mod changes;
mod runs;
mod streams;

use ductape::{Events, RuntimeEvent, fallback};

use crate::support::{Answer, Script, Scripted};

#[fallback(tag = "events-pair", classify(Scripted::verdict), timeout = "50ms")]
async fn pair(a: &Script, b: &Script) -> Answer {
    #[primary("a", retries = 1, backoff(base = "10ms", factor = 1, jitter = "none"))]
    {
        a.call().await
    }
    #[fallback("b")]
    {
        b.call().await
    }
}

/// Each event as a line: what it concerns, and its JSON without that and without the time.
fn lines(events: impl IntoIterator<Item = RuntimeEvent>) -> Vec<String> {
    events.into_iter().map(|event| line(&event)).collect()
}

fn line(event: &RuntimeEvent) -> String {
    let mut json = serde_json::to_value(event).expect("it serializes");
    let fields = json.as_object_mut().expect("it is an object");
    let mut words = Vec::new();
    for key in ["time", "plan", "provider", "event"] {
        let word = fields.remove(key).expect("every event has it");
        words.extend(word.as_str().map(str::to_owned));
    }
    words.extend(fields.iter().map(|(key, value)| format!("{key}={value}").replace('"', "")));
    words.join(" ")
}

fn unread(events: &mut Events) -> Vec<String> {
    lines(std::iter::from_fn(|| events.try_next()))
}
