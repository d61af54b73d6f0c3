//! One account at the bank, two plans that use it, and a limit that holds for both together.
//!
//! The bank allows an account so many requests per second, and answers 429 to more. First charges and refunds keep to
//! that limit each on its own, and are twice too many; then they share it, and the bank never has to refuse. Run it with
//! `cargo run --example dependency`.

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
use axum::routing::post;
use ductape::{Dependency, Error, Event, Rate, RateLimit, Skip, action};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::lock::lock;
use crate::support::{Fault, same};

/// What all plans together may ask of the account.
static ACCOUNT: Dependency = Dependency::new("account")
    .rate_limit(RateLimit::new(Rate::per_second(100)).burst(5).wait(Duration::from_millis(50)))
    .bulkhead(AT_ONCE);

const AT_ONCE: u32 = 8;

/// What the bank allows: the same rate, and bursts that are larger by the requests that may be under way. Those can be
/// held up on the wire and arrive together, however evenly they were sent; more than these cannot.
const ALLOWED_BURST: u32 = 5 + AT_ONCE;
const ALLOWED_EVERY: Duration = Duration::from_millis(10);

/// How many charges, and how many refunds; and how many clerks work on each.
const TASKS: usize = 60;
const CLERKS: usize = 6;

#[derive(Clone)]
struct Account {
    http: reqwest::Client,
    bank: String,
}

impl Account {
    /// Charges a card, at a rate that the bank allows if nobody else uses the account.
    #[action(app = "bank", rate_limit(rate = "100/s", burst = 5, wait = "50ms"), bulkhead = 8, timeout = "5s")]
    async fn charge_alone(&self, task: Task) -> ductape::Result<Duration, reqwest::Error> {
        self.post("charge", task).await
    }

    /// Gives money back, at a rate that the bank allows if nobody else uses the account.
    #[action(app = "bank", rate_limit(rate = "100/s", burst = 5, wait = "50ms"), bulkhead = 8, timeout = "5s")]
    async fn refund_alone(&self, task: Task) -> ductape::Result<Duration, reqwest::Error> {
        self.post("refund", task).await
    }

    /// Charges a card.
    #[action(app = "bank", dependency(ACCOUNT), timeout = "5s")]
    async fn charge(&self, task: Task) -> ductape::Result<Duration, reqwest::Error> {
        self.post("charge", task).await
    }

    /// Gives money back.
    #[action(app = "bank", dependency(ACCOUNT), timeout = "5s")]
    async fn refund(&self, task: Task) -> ductape::Result<Duration, reqwest::Error> {
        self.post("refund", task).await
    }

    /// Gives the time from the wish to the request.
    async fn post(&self, what: &str, task: Task) -> reqwest::Result<Duration> {
        let waited = task.wished.elapsed();
        let number = task.number;
        self.http.post(format!("{}/{what}/{number}", self.bank)).send().await?.error_for_status()?;
        Ok(waited)
    }

    async fn ask(&self, kind: Kind, task: Task) -> ductape::Result<Duration, reqwest::Error> {
        match kind {
            Kind::ChargeAlone => self.charge_alone(task).await,
            Kind::RefundAlone => self.refund_alone(task).await,
            Kind::Charge => self.charge(task).await,
            Kind::Refund => self.refund(task).await,
        }
    }
}

/// A charge or a refund to be made.
#[derive(Clone, Copy)]
struct Task {
    number: usize,
    wished: Instant,
}

#[derive(Clone, Copy)]
enum Kind {
    ChargeAlone,
    RefundAlone,
    Charge,
    Refund,
}

#[tokio::main]
async fn main() -> ExitCode {
    support::finish(run().await)
}

async fn run() -> Result<(), Fault> {
    println!("{TASKS} charges and {TASKS} refunds through one account; the bank allows it 100 requests per second\n");
    println!("                                 refused by the plan          by the bank     waited in all");
    println!("               served  seconds   no place    no turn          with a 429    median   longest");
    let alone = day("each plan keeps the limit on its own", [Kind::ChargeAlone, Kind::RefundAlone]).await?;
    let shared = day("both share the account's limit", [Kind::Charge, Kind::Refund]).await?;

    same("requests that the bank had to refuse, with a shared limit", shared.refused, 0)?;
    same("the most requests at once stay within the bulkhead", shared.most_at_once <= AT_ONCE, true)?;
    println!("\n  at the bank       requests  answered 429  most at once");
    for (title, Books { requests, refused, most_at_once, .. }) in [("on their own", &alone), ("sharing", &shared)] {
        println!("    {title:12}  {requests:>10}  {refused:>12}  {most_at_once:>12}");
    }
    println!("\n  every charge and every refund is in the bank's books, once");
    Ok(())
}

/// A day at the bank: everything is charged and refunded, and compared with its books.
async fn day(title: &str, kinds: [Kind; 2]) -> Result<Books, Fault> {
    let (bank, at) = Bank::open().await?;
    let account = Account { http: support::client()?, bank: at };
    println!("\n  {title}");

    let began = Instant::now();
    let [charges, refunds] = kinds.map(|kind| tokio::spawn(work(account.clone(), kind)));
    let done = [("charges", charges.await??), ("refunds", refunds.await??)];
    let took = began.elapsed().as_secs_f32();

    let books = lock(&bank.books).clone();
    let mut refused = 0;
    for ((name, tally), mut served) in done.into_iter().zip([books.charges.clone(), books.refunds.clone()]) {
        tally.print(name, took);
        refused += tally.by_the_bank;
        served.sort_unstable();
        same(&format!("{title}: {name}, by the bank"), served.len(), TASKS)?;
        same(&format!("{title}: all {name} are made once"), served.into_iter().eq(0..TASKS), true)?;
        same(&format!("{title}: {name} that came to an end"), tally.waits.len(), TASKS)?;
    }
    same(&format!("{title}: 429s that the plans saw"), refused, books.refused)?;
    same(&format!("{title}: requests"), books.requests, 2 * TASKS + refused)?;
    Ok(books)
}

/// Clerks who work off a list, each on one task at a time.
async fn work(account: Account, kind: Kind) -> Result<Tally, Fault> {
    let list = Arc::new(Mutex::new(0..TASKS));
    let mut clerks = JoinSet::new();
    for _ in 0..CLERKS {
        let (account, list) = (account.clone(), Arc::clone(&list));
        clerks.spawn(async move {
            let next = || lock(&list).next();
            let mut tally = Tally::default();
            while let Some(number) = next() {
                tally.finish(&account, kind, Task { number, wished: Instant::now() }).await?;
            }
            Ok::<_, Fault>(tally)
        });
    }
    let mut all = Tally::default();
    while let Some(clerk) = clerks.join_next().await {
        all.add(clerk??);
    }
    all.waits.sort_unstable();
    Ok(all)
}

/// How tasks went.
#[derive(Default)]
struct Tally {
    no_place: usize,
    no_turn: usize,
    by_the_bank: usize,
    /// How long each had to wait until the request that served it.
    waits: Vec<Duration>,
}

impl Tally {
    /// Asks until it is done. A refusal says that nothing happened; after anything else one could not just ask again.
    async fn finish(&mut self, account: &Account, kind: Kind, task: Task) -> Result<(), Fault> {
        loop {
            match account.ask(kind, task).await {
                Ok(waited) => {
                    self.waits.push(waited);
                    return Ok(());
                }
                Err(error) => {
                    let later = error.retry_in().unwrap_or(ALLOWED_EVERY);
                    self.refused(error)?;
                    sleep(later).await;
                }
            }
        }
    }

    fn refused(&mut self, error: Error<reqwest::Error>) -> Result<(), Fault> {
        let count = match error.trail().entries() {
            [entry] => match &entry.event {
                Event::Skipped(Skip::BulkheadFull) => &mut self.no_place,
                Event::Skipped(Skip::RateLimited { .. }) => &mut self.no_turn,
                Event::Failed { error, .. } if error.status() == Some(StatusCode::TOO_MANY_REQUESTS) => {
                    &mut self.by_the_bank
                }
                _ => return Err(error.into()),
            },
            _ => return Err(error.into()),
        };
        *count += 1;
        Ok(())
    }

    fn add(&mut self, other: Self) {
        self.no_place += other.no_place;
        self.no_turn += other.no_turn;
        self.by_the_bank += other.by_the_bank;
        self.waits.extend(other.waits);
    }

    /// Prints a line; the waits are in order.
    fn print(&self, name: &str, took: f32) {
        let Self { no_place, no_turn, by_the_bank, waits } = self;
        let served = waits.len();
        let [median, longest] = [waits.get(served / 2), waits.last()].map(|wait| wait.map_or(0, Duration::as_millis));
        print!("    {name:9}  {served:>6}  {took:>7.2}  {no_place:>9}  {no_turn:>9}  {by_the_bank:>18}");
        println!("  {median:>6}ms  {longest:>6}ms");
    }
}

/// The bank: it counts, and holds every account to its limit.
struct Bank {
    books: Mutex<Books>,
}

#[derive(Clone)]
struct Books {
    charges: Vec<usize>,
    refunds: Vec<usize>,
    requests: usize,
    refused: usize,
    at_once: u32,
    most_at_once: u32,
    /// When the account has used up nothing of its limit.
    free_at: Instant,
}

impl Bank {
    /// Opens a bank; gives its books and its address.
    async fn open() -> Result<(Arc<Self>, String), Fault> {
        let books = Books {
            charges: Vec::new(),
            refunds: Vec::new(),
            requests: 0,
            refused: 0,
            at_once: 0,
            most_at_once: 0,
            free_at: Instant::now(),
        };
        let bank = Arc::new(Self { books: Mutex::new(books) });
        let router = Router::new().route("/{what}/{number}", post(book)).with_state(Arc::clone(&bank));
        Ok((bank, support::serve(router).await?))
    }
}

impl Books {
    /// Whether the account may make another request now.
    fn admit(&mut self) -> bool {
        self.requests += 1;
        let now = Instant::now();
        let used_until = self.free_at.max(now);
        if used_until - now > ALLOWED_EVERY * (ALLOWED_BURST - 1) {
            self.refused += 1;
            return false;
        }
        self.free_at = used_until + ALLOWED_EVERY;
        self.at_once += 1;
        self.most_at_once = self.most_at_once.max(self.at_once);
        true
    }
}

async fn book(State(bank): State<Arc<Bank>>, Path((what, number)): Path<(String, usize)>) -> StatusCode {
    if !lock(&bank.books).admit() {
        return StatusCode::TOO_MANY_REQUESTS;
    }
    // Banks take their time.
    sleep(Duration::from_millis(20)).await;
    let mut books = lock(&bank.books);
    books.at_once -= 1;
    let done = if what == "charge" { &mut books.charges } else { &mut books.refunds };
    done.push(number);
    StatusCode::OK
}
