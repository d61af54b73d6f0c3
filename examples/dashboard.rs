//! A page made of three parts: one is dead, one is slow, and the page renders all the same, and in time.
//!
//! Run it with `cargo run --example dashboard`.

#[path = "support/mod.rs"]
mod support;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use ductape::partial;

use crate::support::{Fault, same};

/// The page, as far as it is known.
struct Dashboard {
    user: u32,
    /// Empty when nobody knows.
    orders: Vec<u32>,
    stats: Option<u32>,
}

struct Pages {
    users: Service,
    orders: Service,
    stats: Service,
}

impl Pages {
    /// Without the user there is no page; without the rest there is.
    #[partial(deadline = "400ms")]
    async fn dashboard(&self) -> ductape::Result<Dashboard, reqwest::Error> {
        #[part("user", retries = 1, timeout = "150ms", backoff(base = "10ms"))]
        let user = self.users.get().await?;
        #[part("orders", retries = 1, timeout = "150ms", backoff(base = "10ms"))]
        let orders = self.orders.get().await;
        #[part("stats")]
        let stats = self.stats.get().await;
        Ok(Dashboard { user, orders: orders.into_iter().collect(), stats: stats.ok() })
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    support::finish(run().await)
}

async fn run() -> Result<(), Fault> {
    let http = support::client()?;
    let (users, users_server) = Service::start(&http).await?;
    let (orders, orders_server) = Service::start(&http).await?;
    let (stats, stats_server) = Service::start(&http).await?;
    let world = World { pages: Pages { users, orders, stats }, servers: [users_server, orders_server, stats_server] };

    println!("{}\n", ductape::plan("dashboard")?);
    println!("  {:36}  user  orders  stats  rendered after", "");
    world.render("everything works", [20, 30, 40], [true; 3], [1, 1, 1]).await?;
    world.render("the orders are dead", [20, DEAD, 40], [true, false, true], [1, 2, 1]).await?;
    world.render("the orders are dead, the stats slow", [20, DEAD, SLOW], [true, false, false], [1, 2, 1]).await?;
    world.render("the user's first answer is an error", [ONCE, 30, 40], [true; 3], [2, 1, 1]).await?;
    world.fail("the user is dead", [DEAD, SLOW, SLOW], [2, 1, 1]).await
}

/// What a server does instead of answering after so many milliseconds: an error, always or once; an answer, too late.
const DEAD: u64 = 10_000;
const ONCE: u64 = 10_001;
const SLOW: u64 = 5_000;

/// The deadline, and what a busy machine may add to it.
const IN_TIME: Duration = Duration::from_millis(700);

struct World {
    pages: Pages,
    servers: [Arc<Server>; 3],
}

impl World {
    /// Renders the page, and compares what it shows with what the servers answered, and counted.
    async fn render(&self, title: &str, modes: [u64; 3], shown: [bool; 3], asked: [usize; 3]) -> Result<(), Fault> {
        self.turn(modes);
        let began = Instant::now();
        let page = self.pages.dashboard().await?;
        let took = began.elapsed();

        let word = |is_there: bool| if is_there { "yes" } else { "-" };
        let seen = [page.user > 0, !page.orders.is_empty(), page.stats.is_some()];
        let [user, orders, stats] = seen.map(word);
        println!("  {title:36}  {user:4}  {orders:6}  {stats:5}  {}ms", took.as_millis());
        for (part, (seen, shown)) in ["user", "orders", "stats"].iter().zip(seen.into_iter().zip(shown)) {
            same(&format!("{title}: {part} is shown"), seen, shown)?;
        }
        same(&format!("{title}: in time"), took < IN_TIME, true)?;
        self.check(title, asked)
    }

    /// Without its required part there is no page, and nobody waits for the others.
    async fn fail(&self, title: &str, modes: [u64; 3], asked: [usize; 3]) -> Result<(), Fault> {
        self.turn(modes);
        let began = Instant::now();
        let Err(error) = self.pages.dashboard().await else { return Err(format!("{title}: there is a page").into()) };
        println!("  {title:36}  no page after {}ms: {}", began.elapsed().as_millis(), error.kind());
        same(&format!("{title}: nobody waits"), began.elapsed() < Duration::from_millis(350), true)?;
        self.check(title, asked)
    }

    fn turn(&self, modes: [u64; 3]) {
        for (server, mode) in self.servers.iter().zip(modes) {
            server.mode.store(mode, Ordering::SeqCst);
            server.requests.store(0, Ordering::SeqCst);
        }
    }

    /// By the servers' own counters.
    fn check(&self, title: &str, asked: [usize; 3]) -> Result<(), Fault> {
        for (part, (server, asked)) in ["user", "orders", "stats"].iter().zip(self.servers.iter().zip(asked)) {
            let requests = server.requests.load(Ordering::SeqCst);
            same(&format!("{title}: requests for {part}"), requests, asked)?;
        }
        Ok(())
    }
}

/// The client of a service.
struct Service {
    http: reqwest::Client,
    url: String,
}

impl Service {
    async fn get(&self) -> reqwest::Result<u32> {
        self.http.get(&self.url).send().await?.error_for_status()?.json().await
    }

    /// Starts a server; gives its client and its counters.
    async fn start(http: &reqwest::Client) -> Result<(Self, Arc<Server>), Fault> {
        let server = Arc::new(Server::default());
        let router = Router::new().route("/", get(answer)).with_state(Arc::clone(&server));
        let url = support::serve(router).await?;
        Ok((Self { http: http.clone(), url }, server))
    }
}

/// A service on loopback, which counts its requests.
#[derive(Default)]
struct Server {
    mode: AtomicU64,
    requests: AtomicUsize,
}

async fn answer(State(server): State<Arc<Server>>) -> Result<Json<u32>, StatusCode> {
    let is_first = server.requests.fetch_add(1, Ordering::SeqCst) == 0;
    match server.mode.load(Ordering::SeqCst) {
        DEAD => Err(StatusCode::SERVICE_UNAVAILABLE),
        ONCE if is_first => Err(StatusCode::SERVICE_UNAVAILABLE),
        ONCE => Ok(Json(1)),
        millis => {
            tokio::time::sleep(Duration::from_millis(millis)).await;
            Ok(Json(1))
        }
    }
}
