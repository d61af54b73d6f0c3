//! A provider that comes and goes, and a breaker that leaves it alone meanwhile.
//!
//! Share prices come from a live feed, and from a mirror when the feed fails. The feed keeps a journal of the requests
//! that reach it: none while the breaker is open, and a single one when fifty callers arrive as the cooldown ends. Run it
//! with `cargo run --example breaker`.

#[path = "support/lock.rs"]
mod lock;
#[path = "support/mod.rs"]
mod support;

use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use ductape::{Outcome, Phase, fallback};
use tokio::sync::{Barrier, watch};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep, timeout};

use crate::lock::lock;
use crate::support::{Fault, same};

#[derive(Clone)]
struct Prices {
    http: reqwest::Client,
    feed: String,
    mirror: String,
}

impl Prices {
    /// What a share costs: from the feed, or a little older from its mirror.
    #[fallback(tag = "share-price")]
    async fn price(&self, caller: usize) -> ductape::Result<Outcome<usize>, reqwest::Error> {
        #[primary("feed", breaker(failures = 3, cooldown = "300ms", probes = 1))]
        {
            self.ask(&self.feed, caller).await
        }

        #[fallback("mirror")]
        {
            self.ask(&self.mirror, caller).await
        }
    }

    /// The answer names the caller, so that an answer lost or mixed up stands out.
    async fn ask(&self, base: &str, caller: usize) -> reqwest::Result<usize> {
        self.http.get(format!("{base}/price/{caller}")).send().await?.error_for_status()?.json().await
    }
}

const COOLDOWN: Duration = Duration::from_millis(300);
const AT_ONCE: usize = 50;
const PATIENCE: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() -> ExitCode {
    support::finish(run().await)
}

async fn run() -> Result<(), Fault> {
    let (feed, feed_at) = Server::start().await?;
    let (mirror, mirror_at) = Server::start().await?;
    let prices = Prices { http: support::client()?, feed: feed_at, mirror: mirror_at };

    println!("the feed first, behind a breaker; then the mirror\n");
    println!("    time  {:42}  callers  feed  mirror  requests to the feed", "");
    let began = Instant::now();
    let mut world = World { prices, feed, mirror, watcher: Watcher::start(began), asked: 0, began };

    world.all_at_once("the feed works", Round { callers: AT_ONCE, feed: AT_ONCE, requests: AT_ONCE }).await?;
    world.fail_until_open(COOLDOWN).await?;
    world.probe("fifty at once, and the feed still fails", Weather::Down).await?;
    // A breaker that has to open again is open for twice as long.
    world.while_open(2 * COOLDOWN).await?;
    world.probe("fifty at once, and the feed is back", Weather::Up).await?;
    world.all_at_once("the feed works again", Round { callers: AT_ONCE, feed: AT_ONCE, requests: AT_ONCE }).await?;
    // It was closed in between, so the cooldown is as short as the first one.
    world.fail_until_open(COOLDOWN).await?;
    world.probe("fifty at once, and the feed is back", Weather::Up).await?;
    world.all_at_once("the feed works for good", Round { callers: AT_ONCE, feed: AT_ONCE, requests: AT_ONCE }).await?;

    let changes = world.watcher.stop();
    draw(&changes, &world.feed.journal(), began, Instant::now());
    let seen: Vec<&str> = changes.iter().map(|change| change.to.name()).collect();
    let must_be = "closed, open, half-open, open, half-open, closed, open, half-open, closed";
    same("the breaker's states", seen.join(", ").as_str(), must_be)?;
    world.check_each_once()?;
    println!("\n  {} callers, each served once; none is lost", world.asked);
    Ok(())
}

/// The service, the servers that it depends on, and what is known of its breaker.
struct World {
    prices: Prices,
    feed: Arc<Server>,
    mirror: Arc<Server>,
    watcher: Watcher,
    asked: usize,
    began: Instant,
}

/// What some callers got, and what it took of the feed.
#[derive(Clone, Copy)]
struct Round {
    callers: usize,
    /// How many of them the feed served, and the mirror all others.
    feed: usize,
    /// How many requests reached the feed, failed ones included.
    requests: usize,
}

impl World {
    /// The feed fails: as many callers find out as the breaker lets, and those after them are spared.
    async fn fail_until_open(&mut self, cooldown: Duration) -> Result<(), Fault> {
        self.feed.turn(Weather::Down);
        let books = self.books();
        for _ in 0..3 {
            let caller = self.next();
            self.prices.price(caller).await?;
        }
        self.tell("the feed fails: three in a row find out", &books, Round { callers: 3, feed: 0, requests: 3 })?;
        self.while_open(cooldown).await
    }

    /// One caller after the other, for most of a cooldown. The margin is for machines with much else to do.
    async fn while_open(&mut self, cooldown: Duration) -> Result<(), Fault> {
        let margin = cooldown / 3;
        self.watcher.noticed(Shown::Open).await?;
        let books = self.books();
        let mut callers = 0;
        while callers < AT_ONCE && matches!(phase()?, Phase::Open { retry_in } if retry_in > margin) {
            let caller = self.next();
            self.prices.price(caller).await?;
            callers += 1;
        }
        self.tell("nobody bothers it", &books, Round { callers, feed: 0, requests: 0 })?;

        self.watcher.noticed(Shown::HalfOpen).await?;
        // By the feed's own clock: it has been left alone for as long as the plan says, since it answered last.
        let alone = self.feed.last_answer().ok_or("the feed was never asked")?.elapsed();
        same("the cooldown was kept", alone >= cooldown, true)
    }

    /// The cooldown is over: of all who arrive at once, one finds out how the feed is.
    async fn probe(&mut self, title: &str, weather: Weather) -> Result<(), Fault> {
        let books = self.books();
        // The answer waits until the others are served, so that each of them meets a half-open breaker.
        self.feed.turn(Weather::Slow);
        let mut callers = self.callers(AT_ONCE);
        for waiting in (1..AT_ONCE).rev() {
            let by = next_served(&mut callers).await.map_err(|fault| {
                let held = self.feed.requests() - books.requests;
                format!("{title}: {fault}; {waiting} are to be spared, and the feed has {held} requests")
            })?;
            same(title, by, "mirror")?;
        }
        // It was let through, but may still be on the wire.
        let arrived = timeout(PATIENCE, async {
            while self.feed.requests() == books.requests {
                sleep(Watcher::TAKE_A_LOOK_EVERY).await;
            }
        });
        arrived.await.map_err(|_| format!("{title}: nobody asked the feed"))?;
        same("requests to the feed, all others served", self.feed.requests() - books.requests, 1)?;

        self.feed.turn(weather);
        let (shown, feed) = if weather == Weather::Up { (Shown::Closed, 1) } else { (Shown::Open, 0) };
        same(title, next_served(&mut callers).await?, if feed == 1 { "feed" } else { "mirror" })?;
        self.tell(title, &books, Round { callers: AT_ONCE, feed, requests: 1 })?;
        self.watcher.noticed(shown).await
    }

    async fn all_at_once(&mut self, title: &str, expected: Round) -> Result<(), Fault> {
        let books = self.books();
        let mut callers = self.callers(expected.callers);
        for _ in 0..expected.callers {
            same(title, next_served(&mut callers).await?, "feed")?;
        }
        self.tell(title, &books, expected)
    }

    /// So many callers who ask at the same moment; each says who served it.
    fn callers(&mut self, number: usize) -> JoinSet<Result<Outcome<usize>, Fault>> {
        let start = Arc::new(Barrier::new(number));
        let mut callers = JoinSet::new();
        for _ in 0..number {
            let (prices, start, caller) = (self.prices.clone(), Arc::clone(&start), self.next());
            callers.spawn(async move {
                start.wait().await;
                let price = prices.price(caller).await?;
                same("the answer is for caller", *price, caller)?;
                Ok(price)
            });
        }
        callers
    }

    fn next(&mut self) -> usize {
        self.asked += 1;
        self.asked
    }

    /// Prints what the servers counted since `before`, and compares it with what must be.
    fn tell(&self, title: &str, before: &Books, expected: Round) -> Result<(), Fault> {
        let now = self.books();
        let [feed, mirror] = [now.feed - before.feed, now.mirror - before.mirror];
        let requests = now.requests - before.requests;
        let (at, callers) = (self.began.elapsed().as_secs_f32(), expected.callers);
        println!("  {at:>5.2}s  {title:42}  {callers:>7}  {feed:>4}  {mirror:>6}  {requests:>20}");
        same("served by the feed", feed, expected.feed)
            .and_then(|()| same("served by the mirror", mirror, expected.callers - expected.feed))
            .and_then(|()| same("requests to the feed", requests, expected.requests))
            .map_err(|fault| format!("{title}: {fault}").into())
    }

    /// By the servers, since the program began.
    fn books(&self) -> Books {
        Books { feed: self.feed.served().len(), mirror: self.mirror.served().len(), requests: self.feed.requests() }
    }

    /// Every caller is in the books of one server, once.
    fn check_each_once(&self) -> Result<(), Fault> {
        let mut served = [self.feed.served(), self.mirror.served()].concat();
        served.sort_unstable();
        same("callers served, by the servers", served.len(), self.asked)?;
        same("every caller was served once", served.into_iter().eq(1..=self.asked), true)
    }
}

struct Books {
    feed: usize,
    mirror: usize,
    requests: usize,
}

async fn next_served(callers: &mut JoinSet<Result<Outcome<usize>, Fault>>) -> Result<&'static str, Fault> {
    let next = timeout(PATIENCE, callers.join_next()).await.map_err(|_| "a caller got no answer in time")?;
    let price = next.ok_or("a caller is missing")???;
    Ok(if price.provider == "feed" { "feed" } else { "mirror" })
}

fn phase() -> Result<Phase, Fault> {
    let breaker = ductape::runtime().plan("share-price")?.breaker("feed");
    Ok(breaker.ok_or("the feed has no breaker")?.phase)
}

/// A phase, to the millisecond.
fn told(phase: Phase) -> String {
    match phase {
        Phase::Open { retry_in } => format!("open for {}ms more", retry_in.as_millis()),
        _ => phase.to_string(),
    }
}

/// A phase without its times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Shown {
    Closed,
    HalfOpen,
    Open,
}

impl Shown {
    fn of(phase: Phase) -> Self {
        match phase {
            Phase::Closed => Self::Closed,
            Phase::HalfOpen => Self::HalfOpen,
            _ => Self::Open,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::HalfOpen => "half-open",
            Self::Open => "open",
        }
    }

    fn glyph(self) -> char {
        match self {
            Self::Closed => '─',
            Self::HalfOpen => '▒',
            Self::Open => '█',
        }
    }
}

#[derive(Clone, Copy)]
struct Change {
    at: Instant,
    to: Shown,
}

/// Looks at the breaker all the time, and prints every change.
struct Watcher {
    changes: Arc<Mutex<Vec<Change>>>,
    now: watch::Receiver<Shown>,
    task: AbortHandle,
}

impl Watcher {
    const TAKE_A_LOOK_EVERY: Duration = Duration::from_millis(2);

    fn start(began: Instant) -> Self {
        let changes = Arc::new(Mutex::new(vec![Change { at: began, to: Shown::Closed }]));
        let (tell, now) = watch::channel(Shown::Closed);
        let watched = Arc::clone(&changes);
        let watching = tokio::spawn(async move {
            while let Ok(phase) = phase() {
                let (at, to) = (Instant::now(), Shown::of(phase));
                if *tell.borrow() != to {
                    println!("  {:>5.2}s    the breaker: {}", (at - began).as_secs_f32(), told(phase));
                    lock(&watched).push(Change { at, to });
                    tell.send_replace(to);
                }
                sleep(Self::TAKE_A_LOOK_EVERY).await;
            }
        });
        Self { changes, now, task: watching.abort_handle() }
    }

    /// Waits until the change is printed: the story goes on only then, so no phase is too short to be seen.
    async fn noticed(&mut self, awaited: Shown) -> Result<(), Fault> {
        let seen = timeout(PATIENCE, self.now.wait_for(|now| *now == awaited)).await;
        let seen = seen.map_err(|_| format!("the breaker did not become {}", awaited.name()))?;
        Ok(seen.map(drop)?)
    }

    fn stop(&self) -> Vec<Change> {
        self.task.abort();
        lock(&self.changes).clone()
    }
}

/// Draws the breaker over time, and below it the requests that reached the feed.
fn draw(changes: &[Change], journal: &[Instant], began: Instant, ended: Instant) {
    const COLUMN: Duration = Duration::from_millis(25);
    let (mut breaker, mut requests) = (String::new(), String::new());
    let mut from = began;
    while from < ended {
        let to = from + COLUMN;
        // Half-open may last for less than a column, and is what matters most.
        let before = changes.iter().rfind(|change| change.at <= from);
        let within: Vec<Shown> =
            changes.iter().filter(|change| from < change.at && change.at < to).chain(before).map(|it| it.to).collect();
        let shown = if within.contains(&Shown::HalfOpen) { Some(&Shown::HalfOpen) } else { within.iter().max() };
        breaker.push(shown.map_or(' ', |shown| shown.glyph()));
        let arrived = journal.iter().filter(|&&at| from <= at && at < to).count();
        requests.push(match u32::try_from(arrived) {
            Ok(0) => ' ',
            Ok(few) => char::from_digit(few, 10).unwrap_or('+'),
            Err(_) => '+',
        });
        from = to;
    }
    println!("\n  breaker   {breaker}\n  requests  {requests}");
    let (closed, half_open, open) = (Shown::Closed.glyph(), Shown::HalfOpen.glyph(), Shown::Open.glyph());
    println!("            {closed} closed  {open} open  {half_open} half-open  + ten or more requests to the feed;");
    println!("            a column is {}ms", COLUMN.as_millis());
}

/// How a server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weather {
    Up,
    Down,
    /// Requests wait until it is one of the others.
    Slow,
}

/// A source of prices on loopback, which keeps a journal.
struct Server {
    weather: watch::Sender<Weather>,
    /// When requests arrived, and when the last answer was given.
    requests: Mutex<Vec<Instant>>,
    last_answer: Mutex<Option<Instant>>,
    /// Who got a price, in order.
    served: Mutex<Vec<usize>>,
}

impl Server {
    /// Starts a server; gives its books and its address.
    async fn start() -> Result<(Arc<Self>, String), Fault> {
        let server = Arc::new(Self {
            weather: watch::Sender::new(Weather::Up),
            requests: Mutex::default(),
            last_answer: Mutex::default(),
            served: Mutex::default(),
        });
        let router = Router::new().route("/price/{caller}", get(price)).with_state(Arc::clone(&server));
        Ok((server, support::serve(router).await?))
    }

    fn turn(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }

    fn journal(&self) -> Vec<Instant> {
        lock(&self.requests).clone()
    }

    fn requests(&self) -> usize {
        lock(&self.requests).len()
    }

    fn last_answer(&self) -> Option<Instant> {
        *lock(&self.last_answer)
    }

    fn served(&self) -> Vec<usize> {
        lock(&self.served).clone()
    }
}

async fn price(State(server): State<Arc<Server>>, Path(caller): Path<usize>) -> Result<String, StatusCode> {
    lock(&server.requests).push(Instant::now());
    let up =
        server.weather.subscribe().wait_for(|now| *now != Weather::Slow).await.is_ok_and(|now| *now == Weather::Up);
    *lock(&server.last_answer) = Some(Instant::now());
    if !up {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    lock(&server.served).push(caller);
    Ok(caller.to_string())
}
