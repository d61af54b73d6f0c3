//! The slowest answers of a service, with and without a second chance.
//!
//! One call in fifty takes thirty times as long as the others. `hedge` starts the spare one beside a call that is slow:
//! that costs a few calls more, and takes the tail away. Run it with `cargo run --example tail`.

#[path = "support/mod.rs"]
mod support;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use ductape::{Outcome, fallback};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::support::{Fault, same};

struct Search {
    http: reqwest::Client,
    service: String,
    spare: String,
}

impl Search {
    /// Searches, and waits for as long as it takes.
    #[fallback(timeout = "5s")]
    async fn patient(&self) -> ductape::Result<Outcome<String>, reqwest::Error> {
        #[primary("service")]
        {
            self.ask(&self.service).await
        }

        #[fallback("spare")]
        {
            self.ask(&self.spare).await
        }
    }

    /// Searches, and asks the spare one as well when that takes long.
    #[fallback(timeout = "5s", hedge = "80ms")]
    async fn hedged(&self) -> ductape::Result<Outcome<String>, reqwest::Error> {
        #[primary("service")]
        {
            self.ask(&self.service).await
        }

        #[fallback("spare")]
        {
            self.ask(&self.spare).await
        }
    }

    async fn ask(&self, base: &str) -> reqwest::Result<String> {
        self.http.get(base).send().await?.error_for_status()?.text().await
    }
}

/// How many searches there are, and how many of them at once.
const CALLS: usize = 1_000;
const AT_ONCE: usize = 20;
/// One in so many is slow.
const SLOW: usize = 50;

const QUICK: Duration = Duration::from_millis(10);
const LONG: Duration = Duration::from_millis(600);

#[tokio::main]
async fn main() -> ExitCode {
    support::finish(run().await)
}

async fn run() -> Result<(), Fault> {
    let (service, service_at) = Server::start(SLOW).await?;
    let (spare, spare_at) = Server::start(usize::MAX).await?;
    let search = Arc::new(Search { http: support::client()?, service: service_at, spare: spare_at });

    println!("{CALLS} searches, {AT_ONCE} at a time; one in {SLOW} takes {LONG:?} instead of {QUICK:?}\n");
    println!("  {:20}  p50 ms  p99 ms  calls of the service  calls of the spare one", "");
    let before = measure(&search, false).await?;
    let (asked, spared) = (service.take(), spare.take());
    before.print("without a hedge", asked, spared);
    same("calls of the service", asked, CALLS)?;
    same("calls of the spare one", spared, 0)?;

    let after = measure(&search, true).await?;
    let (asked, spared) = (service.take(), spare.take());
    after.print("with hedge = \"80ms\"", asked, spared);
    same("calls of the service", asked, CALLS)?;
    // A machine that is busy makes others slow, too; but there are never more than the budget allows.
    if !(CALLS / SLOW..=CALLS / 10).contains(&spared) {
        return Err(format!("{spared} hedges, but there are {} slow calls", CALLS / SLOW).into());
    }
    if after.p99 * 2 > before.p99 {
        return Err(format!("the tail is still there: {:?} instead of {:?}", after.p99, before.p99).into());
    }
    println!("\n{spared} calls more, and the slowest hundredth takes {:.0}% of the time", after.share_of(&before));
    Ok(())
}

/// How long searches took.
struct Times {
    p50: Duration,
    p99: Duration,
}

impl Times {
    fn print(&self, title: &str, asked: usize, spared: usize) {
        let (p50, p99) = (self.p50.as_millis(), self.p99.as_millis());
        println!("  {title:20}  {p50:>6}  {p99:>6}  {asked:>20}  {spared:>22}");
    }

    fn share_of(&self, before: &Self) -> f64 {
        self.p99.as_secs_f64() / before.p99.as_secs_f64() * 100.0
    }
}

/// Searches over and over, some at a time.
async fn measure(search: &Arc<Search>, is_hedged: bool) -> Result<Times, Fault> {
    let mut searchers = JoinSet::new();
    for _ in 0..AT_ONCE {
        let search = Arc::clone(search);
        searchers.spawn(async move {
            let mut times = Vec::new();
            for _ in 0..CALLS / AT_ONCE {
                let found = if is_hedged { search.hedged().await? } else { search.patient().await? };
                times.push(found.elapsed);
            }
            Ok::<_, ductape::Error<reqwest::Error>>(times)
        });
    }
    let mut times = Vec::new();
    for searcher in searchers.join_all().await {
        times.extend(searcher?);
    }
    times.sort_unstable();
    same("answers", times.len(), CALLS)?;
    Ok(Times { p50: times[CALLS / 2], p99: times[CALLS * 99 / 100] })
}

/// A service on loopback that is slow now and then, and counts its calls.
struct Server {
    slow: usize,
    calls: AtomicUsize,
}

impl Server {
    async fn start(slow: usize) -> Result<(Arc<Self>, String), Fault> {
        let server = Arc::new(Self { slow, calls: AtomicUsize::new(0) });
        let router = Router::new().route("/", get(answer)).with_state(Arc::clone(&server));
        Ok((server, support::serve(router).await?))
    }

    /// How many calls there were since it was last asked.
    fn take(&self) -> usize {
        self.calls.swap(0, Ordering::SeqCst)
    }
}

async fn answer(State(server): State<Arc<Server>>) -> &'static str {
    let call = server.calls.fetch_add(1, Ordering::SeqCst) + 1;
    sleep(if call.is_multiple_of(server.slow) { LONG } else { QUICK }).await;
    "found"
}
