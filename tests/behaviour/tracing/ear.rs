//! A subscriber that writes down what it hears.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Debug, Write};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{DefaultGuard, NoSubscriber};
use tracing::{Dispatch, Event, Metadata, Subscriber};

/// Hears everything that happens on the thread for which it is the subscriber.
#[derive(Debug, Clone, Default)]
pub(super) struct Ear(Arc<Mutex<Heard>>);

#[derive(Debug, Default)]
struct Heard {
    spans: Vec<Span>,
    events: Vec<String>,
    /// The names of all fields.
    fields: BTreeSet<&'static str>,
    /// The spans that the thread is in, innermost last.
    inside: Vec<usize>,
}

#[derive(Debug)]
struct Span {
    name: &'static str,
    parent: Option<usize>,
    fields: Fields,
    /// Handles of it that are left.
    handles: usize,
}

#[derive(Debug, Default)]
struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

impl Fields {
    /// Sorted by their names, which lose what all have in common.
    fn line(&self) -> String {
        let mut line = String::new();
        for (name, value) in &self.0 {
            let _ = write!(line, " {}={value}", name.trim_start_matches("ductape."));
        }
        line
    }
}

impl Ear {
    /// Listens on this thread until the answer is dropped.
    pub(super) fn listen(&self) -> DefaultGuard {
        listen(self.clone())
    }

    /// Every span in the order in which they began, indented under its parent.
    pub(super) fn spans(&self) -> Vec<String> {
        let heard = self.heard();
        let depth = |mut at: usize| {
            let mut depth = 0;
            while let Some(parent) = heard.spans[at].parent {
                (at, depth) = (parent, depth + 1);
            }
            depth
        };
        let line =
            |(at, span): (usize, &Span)| format!("{:1$}{2}{3}", "", 2 * depth(at), span.name, span.fields.line());
        heard.spans.iter().enumerate().map(line).collect()
    }

    /// Every event, after the name of the span that it happened in.
    pub(super) fn events(&self) -> Vec<String> {
        self.heard().events.clone()
    }

    /// The name of every field of a span or event, given or not.
    pub(super) fn fields(&self) -> BTreeSet<&'static str> {
        self.heard().fields.clone()
    }

    /// Whether every span is closed, and the thread in none.
    pub(super) fn is_silent(&self) -> bool {
        let heard = self.heard();
        heard.inside.is_empty() && heard.spans.iter().all(|span| span.handles == 0)
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes a subscriber that of this thread until the answer is dropped.
///
/// While fewer than two are alive, `tracing` asks only the thread that comes to a callsite first whether somebody listens
/// there. A test on another thread, without a subscriber, would answer for all; so two more are alive all the time.
pub(super) fn listen(subscriber: impl Subscriber + Send + Sync) -> DefaultGuard {
    static OTHERS: LazyLock<[Dispatch; 2]> = LazyLock::new(|| [(); 2].map(|()| Dispatch::new(NoSubscriber::new())));
    LazyLock::force(&OTHERS);
    tracing::subscriber::set_default(subscriber)
}

fn index(id: &Id) -> usize {
    usize::try_from(id.into_u64()).expect("few") - 1
}

impl Subscriber for Ear {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        let mut heard = self.heard();
        heard.fields.extend(attributes.metadata().fields().iter().map(|field| field.name()));
        let current = heard.inside.last().copied();
        let parent = attributes.parent().map(index).or(if attributes.is_contextual() { current } else { None });
        heard.spans.push(Span { name: attributes.metadata().name(), parent, fields, handles: 1 });
        Id::from_u64(heard.spans.len() as u64)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        values.record(&mut self.heard().spans[index(id)].fields);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let message = fields.0.remove("message").unwrap_or_default();
        let mut heard = self.heard();
        heard.fields.extend(event.metadata().fields().iter().map(|field| field.name()));
        let span = event.parent().map(index).or(heard.inside.last().copied());
        let span = span.map_or("-", |at| heard.spans[at].name);
        let line = format!("{span} {}: {message}{}", event.metadata().level(), fields.line());
        heard.events.push(line);
    }

    fn enter(&self, id: &Id) {
        self.heard().inside.push(index(id));
    }

    fn exit(&self, id: &Id) {
        let left = self.heard().inside.pop();
        assert_eq!(left, Some(index(id)), "spans are left in the order in which they were entered");
    }

    fn clone_span(&self, id: &Id) -> Id {
        self.heard().spans[index(id)].handles += 1;
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        let mut heard = self.heard();
        let span = &mut heard.spans[index(&id)];
        span.handles -= 1;
        span.handles == 0
    }
}
