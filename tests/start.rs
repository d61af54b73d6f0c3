//! `Runtime::builder().start()`: the runtime of the process.
//!
//! A program of its own, with unique tags, because there is one such runtime in a process. The tests take turns.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use ductape::{Builder, Monitor, Outcome, Runtime, Status, fallback, healthcheck, runtime};
use tokio::sync::Mutex;
use tokio::time::sleep;

static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

#[derive(Default)]
struct Client {
    down: AtomicBool,
    asked: AtomicUsize,
}

impl Client {
    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

const ABOVE: u32 = line!();
#[healthcheck(tag = "start-client", interval = "10s", retries = 0, timeout = "1s")]
async fn client_health(client: &Client) -> Result<(), &'static str> {
    client.asked.fetch_add(1, Ordering::SeqCst);
    if client.down.load(Ordering::SeqCst) { Err("down") } else { Ok(()) }
}
const BELOW: u32 = line!();

/// Nothing that would have to be bound.
#[healthcheck(tag = "start-alone", interval = "10s", retries = 0, timeout = "1s")]
async fn alone_health() -> Result<(), &'static str> {
    Ok(())
}

/// Plans and healthchecks have spaces of tags of their own: this is no fault.
#[fallback(tag = "start-client")]
async fn serve() -> ductape::Result<Outcome<()>, &'static str> {
    #[primary("first", healthcheck(client_health))]
    {
        Ok(())
    }

    #[fallback("second")]
    {
        Ok(())
    }
}

/// All that the program needs.
fn complete(product: &'static str) -> Builder {
    Runtime::builder().product(product).bind(&client_health, Client::default())
}

fn start(product: &'static str) -> Monitor {
    complete(product).start().expect("nothing is missing, and no monitor lives")
}

/// The product of the runtime in force here.
fn here() -> String {
    runtime().product().to_owned()
}

#[tokio::test(start_paused = true)]
async fn start_installs_the_runtime_for_the_process() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let before = here();
    let monitor = start("shop");
    assert_eq!(here(), "shop");
    assert_eq!(monitor.runtime().product(), "shop");
    assert_eq!(tokio::spawn(async { here() }).await.expect("it does not panic"), "shop");
    assert_eq!(std::thread::spawn(here).join().expect("it does not panic"), "shop");
    drop(monitor);
    assert_eq!(here(), before, "until the monitor is dropped");
}

#[tokio::test(start_paused = true)]
async fn a_scope_comes_before_the_runtime_of_the_process() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let _monitor = start("shop");
    let scoped = Runtime::builder().product("test").build().expect("building checks nothing that could be wrong");
    assert_eq!(scoped.scope(async { here() }).await, "test");
    let left = scoped.scope(async { tokio::spawn(async { here() }).await.expect("it does not panic") });
    assert_eq!(left.await, "shop", "a spawned task leaves the scope");
}

#[tokio::test(start_paused = true)]
async fn start_runs_the_healthchecks_until_the_monitor_is_dropped() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let client = Arc::new(Client::default());
    client.down.store(true, Ordering::SeqCst);
    let builder = Runtime::builder().bind(&client_health, Arc::clone(&client));
    let monitor = builder.start().expect("nothing is missing, and no monitor lives");
    monitor.first_round().await;
    assert_eq!(client.asked(), 1);
    assert_eq!((client_health.status(), alone_health.status()), (Status::Unhealthy, Status::Healthy));
    assert_eq!(ductape::health().checks.len(), 2);
    assert_eq!(serve().await.expect("one is up").provider, "second", "plans know");

    client.down.store(false, Ordering::SeqCst);
    sleep(Duration::from_millis(11_010)).await;
    assert_eq!(client.asked(), 2);
    assert_eq!(client_health.status(), Status::Healthy);
    assert_eq!(serve().await.expect("one is up").provider, "first", "plans know");

    drop(monitor);
    sleep(Duration::from_secs(100)).await;
    assert_eq!(client.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_second_start_is_refused_while_the_first_monitor_lives() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let first = start("first");
    let error = complete("second").start().expect_err("the first monitor lives");
    assert!(error.to_string().contains("started already"), "{error}");
    assert_eq!(here(), "first", "the refusal changes nothing");
    first.first_round().await;
    assert_eq!(client_health.status(), Status::Healthy);

    drop(first);
    let second = start("second");
    assert_eq!(here(), "second");
    drop(second);
}

#[tokio::test(start_paused = true)]
async fn only_a_monitor_of_start_counts_and_uninstalls() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let built = complete("built").build().expect("building checks nothing that could be wrong");
    let built = built.monitor();
    let started = start("started");
    drop(built);
    assert_eq!(here(), "started");
    drop(started);
}

#[test]
fn start_outside_tokio_is_an_error_and_no_panic() {
    let _turn = ONE_AT_A_TIME.blocking_lock();
    let error = complete("outside").start().expect_err("there is no tokio runtime here");
    assert!(error.to_string().contains("tokio"), "{error}");
    assert_ne!(here(), "outside");
    complete("outside").build().expect("building needs no tokio");
}

#[tokio::test(start_paused = true)]
async fn an_unbound_healthcheck_is_named_with_its_place() {
    let _turn = ONE_AT_A_TIME.lock().await;
    let error = Runtime::builder().product("unbound").start().expect_err("a client is missing");
    let message = error.to_string();
    assert_eq!(message.lines().count(), 1, "one fault: {message}");
    assert!(message.contains("`start-client`"), "{message}");
    let at = |line| message.contains(&format!("{}:{line}:", file!()));
    assert!((ABOVE..BELOW).any(at), "{message}");
    assert_ne!(here(), "unbound");
    drop(start("bound"));
}

#[test]
fn outside_tokio_and_unbound_are_told_together() {
    let _turn = ONE_AT_A_TIME.blocking_lock();
    let message = Runtime::builder().start().expect_err("two things are missing").to_string();
    assert!(message.contains("`start-client`") && message.contains("tokio"), "{message}");
}
