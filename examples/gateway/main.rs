//! A gateway whose definitions are data: run, read and changed over HTTP, and kept across kills.
//!
//! The definitions stand in `examples/definitions`, and are checked while this compiles. The service is a process of its
//! own, with its catalogue in a file. The session calls it as a customer and as an operator, kills it with SIGKILL,
//! starts it again, and finds the definition that was changed and what providers did before. The providers are servers
//! on loopback that live on, and every number is checked against their own counters.
//!
//! Run it with `cargo run --example gateway --features file`; it waits some seconds for the history to be written.

mod customer;
#[path = "../support/lock.rs"]
mod lock;
mod process;
mod providers;
mod service;
mod session;
#[path = "../support/mod.rs"]
mod support;

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let result = match (arguments.next().as_deref(), arguments.next(), arguments.next()) {
        (Some("serve"), Some(providers), Some(store)) => service::serve(&providers, store.as_ref()).await,
        _ => session::run().await,
    };
    support::finish(result)
}
