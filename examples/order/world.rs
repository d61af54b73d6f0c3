//! The servers: a stock, two gateways and a carrier, each with books of its own.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;

use crate::lock::lock;
use crate::shop::{CallError, Shop};
use crate::support::{self, Fault, same};

/// How a server behaves at the moment.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) enum Mode {
    #[default]
    Up,
    Down,
    RefundsFailOnce,
    NoRefunds,
}

/// A server with its books.
#[derive(Default)]
struct Server {
    name: &'static str,
    books: Mutex<Books>,
}

#[derive(Default)]
struct Books {
    mode: Mode,
    /// What was done, and what was taken back, since the books were closed.
    done: usize,
    undone: usize,
}

/// The client of a server.
pub(crate) struct Client {
    http: reqwest::Client,
    base: String,
}

impl Client {
    /// Does something for an order; gives the entry that it made in the server's books.
    pub(crate) async fn post(&self, what: &str, order: u32) -> Result<String, CallError> {
        let answer = self.http.post(format!("{}/{what}/{order}", self.base)).send().await?;
        Ok(answer.error_for_status()?.text().await?)
    }
}

pub(crate) struct World([Arc<Server>; 4]);

impl World {
    /// Starts the servers; gives the shop that depends on them.
    pub(crate) async fn start() -> Result<(Self, Shop), Fault> {
        let http = support::client()?;
        let servers =
            ["stock", "stripe", "paypal", "carrier"].map(|name| Arc::new(Server { name, books: Mutex::default() }));
        let mut clients = Vec::new();
        for server in &servers {
            let router = Router::new().route("/{what}/{order}", post(book)).with_state(Arc::clone(server));
            clients.push(Client { http: http.clone(), base: support::serve(router).await? });
        }
        let [stock, stripe, paypal, carrier] =
            <[Client; 4]>::try_from(clients).map_err(|_| "a client for each server")?;
        Ok((Self(servers), Shop { stock, stripe, paypal, carrier }))
    }

    /// Has a server behave otherwise.
    pub(crate) fn turn(&self, name: &str, mode: Mode) {
        for server in self.0.iter().filter(|server| server.name == name) {
            lock(&server.books).mode = mode;
        }
    }

    /// Compares the books of stock, Stripe, `PayPal` and carrier with what must be in them, and closes them.
    pub(crate) fn check(&self, must_be: [(usize, usize); 4]) -> Result<(), Fault> {
        for (server, (done, undone)) in self.0.iter().zip(must_be) {
            let mut books = lock(&server.books);
            println!("  {:7} did {}, took back {}", server.name, books.done, books.undone);
            same(&format!("done by {}", server.name), books.done, done)?;
            same(&format!("taken back by {}", server.name), books.undone, undone)?;
            (books.done, books.undone) = (0, 0);
        }
        Ok(())
    }
}

async fn book(
    State(server): State<Arc<Server>>,
    Path((what, order)): Path<(String, u32)>,
) -> Result<String, StatusCode> {
    let mut books = lock(&server.books);
    let takes_back = what == "refund" || what == "release";
    match books.mode {
        Mode::Down => return Err(StatusCode::SERVICE_UNAVAILABLE),
        Mode::NoRefunds if takes_back => return Err(StatusCode::SERVICE_UNAVAILABLE),
        Mode::RefundsFailOnce if takes_back => {
            books.mode = Mode::Up;
            return Err(StatusCode::SERVICE_UNAVAILABLE);
        }
        _ => {}
    }
    *(if takes_back { &mut books.undone } else { &mut books.done }) += 1;
    Ok(format!("{}-{order}", server.name))
}
