//! Plans with all policies, over providers that fail, hang, slow down and die at random: what is left when it is over?

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use ductape::{Dependency, Outcome, Phase, Rate, RateLimit, Runtime, Verdict, action, fallback, quota};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::report::{Report, Table};

/// How many callers there are at once.
const CALLERS: u64 = 48;
/// Longer than any run may take, by the deadlines of the plans.
const LONGEST_RUN: Duration = Duration::from_secs(10);

/// What callers and providers share.
struct World {
    client: reqwest::Client,
    providers: Vec<Provider>,
    /// Runs that their callers saw end with a value, with an error, in a panic.
    served: AtomicU64,
    failed: AtomicU64,
    panicked: AtomicU64,
    /// Runs that their callers dropped.
    dropped: AtomicU64,
    /// Nobody calls any more, and the providers are fine.
    over: Arc<AtomicBool>,
}

/// A server on loopback.
struct Provider {
    address: SocketAddr,
}

const FINE: u8 = 0;
const FAILING: u8 = 1;
const HANGING: u8 = 2;
const SLOW: u8 = 3;
const DEAD: u8 = 4;
/// Fine half of the time.
const MOODS: [u8; 8] = [FINE, FINE, FINE, FINE, FAILING, HANGING, SLOW, DEAD];

#[derive(Debug, Clone)]
enum Fault {
    /// Nobody is there.
    Unreachable,
    Refused,
    /// The connection broke: who knows?
    Lost,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Fault {}

impl Fault {
    fn verdict(&self) -> Verdict {
        match self {
            Self::Unreachable => Verdict::Failover,
            Self::Refused => Verdict::Retry,
            Self::Lost => Verdict::Ambiguous,
        }
    }
}

static STORE: Dependency = Dependency::new("store").bulkhead(24).rate_limit(RateLimit::new(Rate::per_second(20_000)));

impl World {
    async fn ask(&self, provider: usize, input: u64) -> Result<u64, Fault> {
        assert!(!input.is_multiple_of(1009), "a block that panics, as some do");
        let url = format!("http://{}/{input}", self.providers[provider].address);
        let answer = self
            .client
            .get(url)
            .send()
            .await
            .map_err(|error| if error.is_connect() { Fault::Unreachable } else { Fault::Lost })?;
        if !answer.status().is_success() {
            return Err(Fault::Refused);
        }
        answer.text().await.map_err(|_| Fault::Lost)?.parse().map_err(|_| Fault::Lost)
    }

    #[fallback(
        tag = "soak-fallback",
        deadline = "3s",
        classify(Fault::verdict),
        retry_budget = "20%",
        retries = 2,
        backoff(base = "1ms", max = "5ms"),
        timeout = "50ms",
        breaker(failures = 5, cooldown = "100ms"),
        bulkhead(max = 16, wait = "5ms"),
        rate_limit(rate = "20000/s", wait = "5ms")
    )]
    async fn fall_back(&self, input: u64) -> ductape::Result<u64, Fault> {
        #[primary("first")]
        {
            self.ask(0, input).await
        }
        #[fallback("second")]
        {
            self.ask(1, input).await
        }
        #[degrade(timeout = "50ms")]
        {
            Ok(input)
        }
    }

    #[quota(
        tag = "soak-quota",
        classify(Fault::verdict),
        timeout = "50ms",
        breaker(failure_rate = "50%", window = "1s", min_calls = 10, slow_call = "30ms", cooldown = "100ms")
    )]
    async fn share(&self, input: u64) -> ductape::Result<Outcome<u64>, Fault> {
        #[provider("first", weight = 70)]
        {
            self.ask(0, input).await
        }
        #[provider("second", weight = 30)]
        {
            self.ask(1, input).await
        }
        #[fallback("third", dependency(STORE))]
        {
            self.ask(2, input).await
        }
    }

    #[fallback(
        tag = "soak-hedge",
        classify(Fault::verdict),
        hedge = "5ms",
        timeout = "50ms",
        breaker(cooldown = "100ms"),
        bulkhead = 16
    )]
    async fn hedge(&self, input: u64) -> ductape::Result<u64, Fault> {
        #[primary("second")]
        {
            self.ask(1, input).await
        }
        #[fallback("third")]
        {
            self.ask(2, input).await
        }
        #[fallback("fourth")]
        {
            self.ask(3, input).await
        }
    }

    #[fallback(
        tag = "soak-once",
        at_most_once,
        classify(Fault::verdict),
        timeout = "50ms",
        breaker(cooldown = "100ms")
    )]
    async fn once(&self, input: u64) -> ductape::Result<u64, Fault> {
        #[primary("third", bulkhead = 16)]
        {
            self.ask(2, input).await
        }
        #[reconcile]
        {
            self.ask(3, input).await.map(Some)
        }
        #[fallback("fourth", dependency(STORE))]
        {
            self.ask(3, input).await
        }
    }

    #[action(tag = "soak-cache", classify(Fault::verdict), retries = 1, backoff(base = "1ms"), timeout = "50ms",
        breaker(cooldown = "100ms"), cache(ttl = "20ms", stale = "200ms", capacity = 64, key(input % 100)))]
    async fn cached(&self, input: u64) -> ductape::Result<u64, Fault> {
        self.ask(3, input).await
    }

    async fn call(&self, plan: u64, input: u64) -> bool {
        match plan {
            0 => self.fall_back(input).await.is_ok(),
            1 => self.share(input).await.is_ok(),
            2 => self.hedge(input).await.is_ok(),
            3 => self.once(input).await.is_ok(),
            _ => self.cached(input).await.is_ok(),
        }
    }
}

const PLANS: [&str; 5] = ["soak-fallback", "soak-quota", "soak-hedge", "soak-once", "soak-cache"];

/// The chapter on the soak. Answers whether nothing was lost.
///
/// # Panics
///
/// If there are no sockets or threads.
pub fn report(report: &mut Report, time: Duration) -> bool {
    // Panics are part of it.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let executor =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("an executor");
    let runtime = Runtime::builder().build().expect("a runtime");
    let (world, lost, resident, wedged) = executor.block_on(soak(runtime.clone(), time));
    executor.shutdown_timeout(Duration::from_secs(1));
    std::panic::set_hook(hook);

    let counted =
        [&world.served, &world.failed, &world.panicked, &world.dropped].map(|count| count.load(Ordering::Relaxed));
    report.add(format!(
        "## Soak\n\n{} callers on two threads, for {} seconds, through five plans that have all policies among them, over HTTP on \
         loopback. Its four providers are fine half of the time; else they fail, hang, slow down, or are gone. Every seventh run is dropped \
         by its caller, one block in a thousand panics.",
        CALLERS,
        time.as_secs(),
    ));
    let mut table =
        Table::new(&["plan", "runs", "attempts", "served", "failed", "dropped", "in flight at the end", "places held"]);
    let mut leaks = 0;
    for tag in PLANS {
        let handle = runtime.plan(tag).expect("a plan of this program");
        let stats = handle.stats();
        let runs = &stats.since_start;
        let attempts: u64 = stats.providers.iter().map(|provider| provider.since_start.calls).sum();
        let flying: u64 = stats.in_flight + stats.providers.iter().map(|provider| provider.in_flight).sum::<u64>();
        let places = stats.providers.iter().filter_map(|provider| handle.bulkhead(&provider.provider));
        let held: u64 = places.map(|places| u64::from(places.taken) + places.waiting as u64).sum();
        leaks += flying + held;
        let served = runs.successes + runs.cached + runs.stale + runs.degraded;
        table.row(&[
            format!("`{tag}`"),
            runs.calls.to_string(),
            attempts.to_string(),
            served.to_string(),
            (runs.failures + runs.aborted).to_string(),
            runs.dropped.to_string(),
            flying.to_string(),
            held.to_string(),
        ]);
    }
    report.add(table.text());
    let wedged = wedged.join(", ");
    let [early, late] = resident;
    // What allocators keep for themselves comes and goes by as much.
    let flat = late <= early + early / 10 + 2048;
    let verdict = |holds| if holds { "yes" } else { "**NO**" };
    report.add(format!(
        "- callers saw {} runs served, {} failed, {} panicked, {} dropped\n- no run lost (each ended in time): {} ({lost} lost)\n- no \
         place and no run left behind: {} ({leaks} left)\n- every breaker closed again afterwards: {} {wedged}\n- memory flat: {} ({} KiB resident after a third of the time, {} KiB at the end)",
        counted[0],
        counted[1],
        counted[2],
        counted[3],
        verdict(lost == 0),
        verdict(leaks == 0),
        verdict(wedged.is_empty()),
        verdict(flat),
        early,
        late,
    ));
    lost == 0 && leaks == 0 && flat && wedged.is_empty()
}

/// The world after it, how many runs did not end, the memory early and late, and the breakers that stay open.
async fn soak(runtime: Runtime, time: Duration) -> (Arc<World>, u64, [u64; 2], Vec<String>) {
    let over = Arc::new(AtomicBool::new(false));
    let mut providers = Vec::new();
    for seed in 0..4 {
        providers.push(serve(seed, Arc::clone(&over)).await);
    }
    let counts = || AtomicU64::new(0);
    let world = Arc::new(World {
        client: reqwest::Client::builder().no_proxy().build().expect("a client"),
        providers,
        served: counts(),
        failed: counts(),
        panicked: counts(),
        dropped: counts(),
        over,
    });
    let mut callers = JoinSet::new();
    for number in 0..CALLERS {
        callers.spawn(call(Arc::clone(&world), runtime.clone(), number));
    }
    let began = Instant::now();
    sleep(time / 3).await;
    let early = resident();
    sleep(time.saturating_sub(began.elapsed())).await;
    let late = resident();
    world.over.store(true, Ordering::Relaxed);
    let mut lost = 0;
    while let Some(caller) = callers.join_next().await {
        lost += caller.unwrap_or(1);
    }
    let wedged = wedged(&world, &runtime).await;
    (world, lost, [early, late], wedged)
}

/// The breakers that do not close, though their providers are fine again: a probe that got lost would be such a case.
async fn wedged(world: &Arc<World>, runtime: &Runtime) -> Vec<String> {
    let mut wedged = Vec::new();
    for (number, tag) in (0..).zip(PLANS) {
        let handle = runtime.plan(tag).expect("a plan of this program");
        let names: Vec<_> = handle.plan().providers().iter().map(|provider| provider.name().to_owned()).collect();
        for name in names.iter().filter(|name| handle.breaker(name).is_some()) {
            // It gets all the calls.
            for other in names.iter().filter(|other| *other != name) {
                handle.cordon(other, "its neighbour's turn").expect("a provider of this plan");
            }
            let began = Instant::now();
            let is_closed = || handle.breaker(name).is_some_and(|breaker| breaker.phase == Phase::Closed);
            while !is_closed() && began.elapsed() < LONGEST_REST {
                let (world, runtime) = (Arc::clone(world), runtime.clone());
                let input = world.served.load(Ordering::Relaxed) + u64::from(began.elapsed().subsec_nanos());
                let _ = tokio::spawn(async move { runtime.scope(world.call(number, input)).await }).await;
                sleep(Duration::from_millis(5)).await;
            }
            if !is_closed() {
                wedged.push(format!("`{name}` of `{tag}`"));
            }
            for other in &names {
                handle.uncordon(other).expect("a provider of this plan");
            }
        }
    }
    wedged
}

/// Breakers that trip again and again stay open for up to ten cooldowns.
const LONGEST_REST: Duration = Duration::from_secs(30);

/// Calls until it is over; answers how many runs did not end in time.
async fn call(world: Arc<World>, runtime: Runtime, number: u64) -> u64 {
    let mut dice = Dice(number + 1);
    let mut lost = 0;
    while !world.over.load(Ordering::Relaxed) {
        let (plan, input) = (dice.below(5), dice.below(1_000_000));
        let run = {
            let (world, runtime) = (Arc::clone(&world), runtime.clone());
            async move { runtime.scope(world.call(plan, input)).await }
        };
        let is_dropped = dice.below(7) == 0;
        let patience = if is_dropped { Duration::from_micros(dice.below(20_000)) } else { LONGEST_RUN };
        let mut run = tokio::spawn(run);
        match timeout(patience, &mut run).await {
            Ok(Ok(served)) => world.count(served),
            Ok(Err(_)) => _ = world.panicked.fetch_add(1, Ordering::Relaxed),
            Err(_) => {
                run.abort();
                let _ = run.await;
                if is_dropped {
                    world.dropped.fetch_add(1, Ordering::Relaxed);
                } else {
                    lost += 1;
                }
            }
        }
    }
    lost
}

impl World {
    fn count(&self, served: bool) {
        let counter = if served { &self.served } else { &self.failed };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

/// A provider, whose mood changes every now and then.
async fn serve(seed: u64, over: Arc<AtomicBool>) -> Provider {
    let mood = Arc::new(AtomicU8::new(FINE));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(live(Arc::clone(&mood), over, (listener, address), Dice(seed + 100)));
    Provider { address }
}

async fn live(
    mood: Arc<AtomicU8>,
    over: Arc<AtomicBool>,
    (listener, address): (TcpListener, SocketAddr),
    mut dice: Dice,
) {
    let answer = {
        let mood = Arc::clone(&mood);
        move |path: axum::extract::Path<String>| {
            let mood = mood.load(Ordering::Relaxed);
            async move {
                match mood {
                    FAILING | DEAD => return Err(StatusCode::INTERNAL_SERVER_ERROR),
                    HANGING => sleep(Duration::from_secs(1)).await,
                    SLOW => sleep(Duration::from_millis(40)).await,
                    _ => {}
                }
                Ok(path.0)
            }
        }
    };
    let router = Router::new().route("/{input}", get(answer));
    let mut listener = Some(listener);
    loop {
        let alive = match listener.take() {
            Some(listener) => listener,
            None => TcpListener::bind(address).await.expect("its own address, which it has just left"),
        };
        let server = tokio::spawn(axum::serve(alive, router.clone()).into_future());
        loop {
            sleep(Duration::from_millis(50 + dice.below(250))).await;
            let next = MOODS[usize::try_from(dice.below(MOODS.len() as u64)).unwrap_or(0)];
            let next = if over.load(Ordering::Relaxed) { FINE } else { next };
            mood.store(next, Ordering::Relaxed);
            if next == DEAD {
                break;
            }
        }
        server.abort();
        let _ = server.await;
        sleep(Duration::from_millis(50 + dice.below(100))).await;
        mood.store(FINE, Ordering::Relaxed);
    }
}

/// Chance that repeats itself: xorshift.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

/// The resident memory of this process, in KiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse().ok()).unwrap_or(0)
}
