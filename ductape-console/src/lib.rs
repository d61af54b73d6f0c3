//! Health, plans, events and steering of a [`Runtime`] over HTTP, as a router for [`axum`] 0.8.
//!
//! ```
//! # extern crate ductape_console as console;
//! // With the facade: `use ductape::console;` and its feature `console`.
//! let operations = console::router(&ductape::runtime());
//! let service: axum::Router = axum::Router::new().nest("/ops", operations);
//! # drop(service);
//! ```
//!
//! Everybody who reaches the router may read; serve it where only those can reach it who may know what your providers are
//! called. Without a token nothing can be changed: the routes for that are not there. [`Console`] sets one, and what else
//! there is to say.
//!
//! | route | answers |
//! |---|---|
//! | `GET /health` | the healthchecks: [`Health`](ductape_runtime::Health) as JSON; 503 when all are unhealthy, else 200 |
//! | `GET /health/live` | 200: the process answers, whatever its providers do |
//! | `GET /plans` | product, environment, and every plan with its last minute and how its providers stand |
//! | `GET /plans/{tag}` | a plan: `definition`, `effective` values with their origins, `statistics`, `providers` with breakers, bulkheads, health |
//! | `GET /events` | what happens from now on, as server-sent events; `?recent` begins with what is still known, `?recent=50` with the last 50 of that |
//! | `GET /metrics` | Prometheus text; with the feature `metrics`, from the exporter given to `Console::metrics` |
//!
//! Plans come as text, with trees and tables, to those who ask for that: `curl -H 'accept: text/plain'`.
//!
//! With a token, which callers send as `Authorization: Bearer …`, and else get a 401:
//!
//! | route | takes | answers |
//! |---|---|---|
//! | `PATCH /plans/{tag}` | a patch: `{"providers": {"twilio": {"weight": 50}, "nexmo": {"weight": 50}}}` | what has changed; 422 with every fault when there is one, and nothing has changed |
//! | `POST /plans/{tag}/reset` | nothing | what was cleared |
//! | `POST /plans/{tag}/providers/{provider}/cordon` | `{"reason": "they migrate"}` | how the provider stands now |
//! | `POST /plans/{tag}/providers/{provider}/uncordon` | nothing | the same |
//! | `POST /plans/{tag}/providers/{provider}/breaker` | `{"force": "open"}`, `"closed"`, or `null`: it decides again | the same |
//! | `POST /plans/{tag}/providers/{provider}/breaker/reset` | nothing | the same |
//! | `POST /reload` | nothing; with the feature `config` | that the files of overrides are in force anew; 422 with every fault, and the last good ones stay |
//!
//! Every refusal is an object with an `error` for people: 400 for a body or a query that cannot be read, 404 for a plan or
//! provider that is not there (with the `nearest` tags, or the `known` providers), 405 for a method that a route does not
//! take, 413 for a body over 64 KiB, 422 for what can be read and is wrong (with the `faults` of a patch). A path that is no
//! route of the console is left to the service around it.

mod console;
mod events;
#[cfg(feature = "metrics")]
mod metrics;
mod named;
mod read;
mod refusal;
#[cfg(feature = "config")]
mod reload;
mod sent;
mod steer;
mod token;

pub use console::Console;
pub use token::TokenError;

use axum::Router;
use ductape_runtime::Runtime;

/// What there is to read of the runtime, and nothing that changes it.
///
/// [`Console`] has more to choose.
pub fn router(runtime: &Runtime) -> Router {
    Console::new().router(runtime)
}
