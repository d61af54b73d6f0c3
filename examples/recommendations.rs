//! Something to recommend, whatever happens: fresh from the service, else what it said before, else a list that is
//! always there.
//!
//! A shop's page must not be empty because a service of the second rank is down. Run it with
//! `cargo run --example recommendations`.

#[path = "support/mod.rs"]
mod support;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use ductape::{Outcome, Source, fallback};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::support::{Fault, same};

/// What a page shows: shared, since all who ask at once get the same.
type Titles = Arc<Vec<String>>;

struct Shop {
    http: reqwest::Client,
    service: String,
    spare: String,
}

impl Shop {
    /// Recommends titles to a reader.
    #[fallback(timeout = "300ms", cache(ttl = "1s", stale = "2s", key(reader)))]
    async fn recommend(&self, reader: &str) -> ductape::Result<Outcome<Titles>, reqwest::Error> {
        #[primary("service", retries = 1, backoff(base = "10ms"))]
        {
            self.ask(&self.service, reader).await
        }

        #[fallback("spare")]
        {
            self.ask(&self.spare, reader).await
        }

        // Only if nobody answers, and nothing is known from before.
        #[degrade]
        {
            Ok(Arc::new(CLASSICS.map(str::to_owned).to_vec()))
        }
    }

    async fn ask(&self, base: &str, reader: &str) -> reqwest::Result<Titles> {
        let answer = self.http.get(format!("{base}/readers/{reader}")).send().await?;
        answer.error_for_status()?.json().await.map(Arc::new)
    }
}

const CLASSICS: [&str; 2] = ["Middlemarch", "The Odyssey"];

/// How many readers open the page at once.
const READERS: usize = 200;

#[tokio::main]
async fn main() -> ExitCode {
    support::finish(run().await)
}

async fn run() -> Result<(), Fault> {
    let (service, service_at) = Service::start().await?;
    let (spare, spare_at) = Service::start().await?;
    let shop = Arc::new(Shop { http: support::client()?, service: service_at, spare: spare_at });
    let world = World { shop, services: [service, spare] };

    println!("{READERS} times the same page at once; a value is fresh for 1 s, and stale for 2 more\n");
    println!("  {:34}  calls  provider  cache  stale  degraded  first title", "");
    // One run for all of them.
    world.open("nothing is known yet", "ada", [true, true], [1, 0], [1, READERS - 1, 0, 0]).await?;
    world.open("again, at once", "ada", [true, true], [0, 0], [0, READERS, 0, 0]).await?;
    sleep(Duration::from_millis(1_050)).await;
    world.open("the value is old", "ada", [true, true], [1, 0], [1, READERS - 1, 0, 0]).await?;
    sleep(Duration::from_millis(1_050)).await;
    // Two tries of the service, one of the spare one; then what was known before.
    world.open("old, and nobody answers", "ada", [false, false], [2, 1], [0, 0, READERS, 0]).await?;
    world.open("another reader, and nobody answers", "bob", [false, false], [2, 1], [0, 0, 0, READERS]).await?;
    sleep(Duration::from_millis(2_100)).await;
    world.open("too old, and nobody answers", "ada", [false, false], [2, 1], [0, 0, 0, READERS]).await?;
    world.open("the spare one is back", "ada", [false, true], [2, 1], [1, READERS - 1, 0, 0]).await
}

struct World {
    shop: Arc<Shop>,
    services: [Arc<Service>; 2],
}

impl World {
    /// Opens the page for many at once; `calls` are those of the services, `sources` where the titles must come from.
    async fn open(
        &self,
        title: &str,
        reader: &'static str,
        up: [bool; 2],
        calls: [usize; 2],
        sources: [usize; 4],
    ) -> Result<(), Fault> {
        for (service, up) in self.services.iter().zip(up) {
            service.up.store(up, Ordering::SeqCst);
            service.calls.store(0, Ordering::SeqCst);
        }

        let mut pages = JoinSet::new();
        for _ in 0..READERS {
            let shop = Arc::clone(&self.shop);
            pages.spawn(async move { shop.recommend(reader).await });
        }
        let mut seen = [0; 4];
        let mut first = String::new();
        for page in pages.join_all().await {
            let titles = page?;
            let source = match titles.source {
                Source::Provider => 0,
                Source::Cache => 1,
                Source::Stale => 2,
                _ => 3,
            };
            seen[source] += 1;
            titles.first().ok_or("an empty page")?.clone_into(&mut first);
        }

        let made = self.services.each_ref().map(|service| service.calls.load(Ordering::SeqCst));
        let [provider, cache, stale, degraded] = seen;
        let calls_made = made[0] + made[1];
        println!("  {title:34}  {calls_made:>5}  {provider:>8}  {cache:>5}  {stale:>5}  {degraded:>8}  {first}");
        for (name, made, calls) in [("the service", made[0], calls[0]), ("the spare one", made[1], calls[1])] {
            same(&format!("{title}: calls of {name}"), made, calls)?;
        }
        for (what, seen, must_be) in [
            ("from a provider", provider, sources[0]),
            ("from the cache", cache, sources[1]),
            ("stale", stale, sources[2]),
            ("degraded", degraded, sources[3]),
        ] {
            same(&format!("{title}: pages {what}"), seen, must_be)?;
        }
        Ok(())
    }
}

/// A service on loopback that counts its calls, those included that it answers with an error.
#[derive(Default)]
struct Service {
    up: AtomicBool,
    calls: AtomicUsize,
}

impl Service {
    async fn start() -> Result<(Arc<Self>, String), Fault> {
        let service = Arc::new(Self::default());
        let router = Router::new().route("/readers/{reader}", get(answer)).with_state(Arc::clone(&service));
        Ok((service, support::serve(router).await?))
    }
}

async fn answer(
    State(service): State<Arc<Service>>,
    Path(reader): Path<String>,
) -> Result<Json<Vec<String>>, StatusCode> {
    service.calls.fetch_add(1, Ordering::SeqCst);
    // Long enough for all to have come.
    sleep(Duration::from_millis(50)).await;
    if service.up.load(Ordering::SeqCst) {
        Ok(Json(vec![format!("Something new for {reader}"), "A sequel".to_owned()]))
    } else {
        Err(StatusCode::SERVICE_UNAVAILABLE)
    }
}
