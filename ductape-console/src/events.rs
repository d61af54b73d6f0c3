//! What happens, as server-sent events.

use std::time::Duration;

use axum::Error;
use axum::extract::State;
use axum::http::Uri;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use ductape_runtime::{Events, RuntimeEvent};
use futures_util::stream::unfold;
use tokio::time::timeout;

use crate::console::Served;
use crate::refusal::Refusal;

/// How long a stream is silent at most: proxies cut connections on which nothing comes.
const SILENCE: Duration = Duration::from_secs(15);

pub(crate) async fn events(State(served): State<Served>, uri: Uri) -> Result<Response, Refusal> {
    let events = match recent(uri.query())? {
        0 => served.runtime.events(),
        recent => served.runtime.events_with_recent(recent),
    };
    let stream = Sse::new(unfold(events, next));
    // nginx would hold events back until it has a buffer full of them.
    Ok(([("x-accel-buffering", "no")], stream).into_response())
}

/// How many of the events that are still known a reader asks for.
fn recent(query: Option<&str>) -> Result<usize, Refusal> {
    let wanted = match query {
        None | Some("") => Some(0),
        Some("recent") => Some(usize::MAX),
        Some(query) => query.strip_prefix("recent=").and_then(|number| number.parse().ok()),
    };
    wanted.ok_or_else(|| Refusal::unreadable("of events, only `?recent` or `?recent=50` can be asked"))
}

async fn next(mut events: Events) -> Option<(Result<Event, Error>, Events)> {
    let event = match timeout(SILENCE, events.next()).await {
        Ok(event) => shown(&event?),
        Err(_silent) => Ok(Event::default().comment("")),
    };
    Some((event, events))
}

/// Named as in its JSON, so that a browser can listen for `masked` alone.
fn shown(event: &RuntimeEvent) -> Result<Event, Error> {
    Event::default().event(event.happened.as_str()).json_data(event)
}
