//! The attributes of ductape; use the `ductape` crate.

mod body;
mod clause;
#[cfg(feature = "catalog")]
mod definitions;
mod diagnostics;
mod foreign;
mod function;
mod healthcheck;
mod literal;
mod lower;
mod names;
mod partial;
mod paths;
mod plan;
mod returns;
mod signature;
mod steps;
#[cfg(test)]
mod tests;
mod workflow;

use proc_macro::TokenStream;

/// Ordered failover: tries its providers in order, until one succeeds.
///
/// The body of the function consists of statements, then one `#[primary]` block and one or more `#[fallback]` blocks.
/// Each block is a provider: a body of its own, out of which `?` and `return` lead to the plan, and not to the caller.
///
/// ```
/// use std::fmt::Error;
///
/// use ductape::fallback;
///
/// async fn stripe(amount: u32) -> Result<u32, Error> {
///     Err(Error)
/// }
///
/// async fn paypal(amount: u32) -> Result<u32, Error> {
///     Ok(amount)
/// }
///
/// /// Charges through the first gateway that works.
/// #[fallback(tag = "payment-fallback", deadline = "15s")]
/// async fn pay(amount: u32) -> ductape::Result<u32, Error> {
///     let cents = amount * 100;
///
///     #[primary("stripe", retries = 2, timeout = "2s", when(amount > 0))]
///     {
///         let charged = stripe(cents).await?;
///         Ok(charged)
///     }
///
///     #[fallback("paypal", timeout = "2s")]
///     {
///         paypal(cents).await
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() {
/// assert_eq!(pay(3).await.ok(), Some(300));
/// # }
/// ```
///
/// The statements before the first block run once, outside the run and its deadline. In an `at_most_once` plan a
/// provider may be followed by a `#[reconcile]` block, or `#[reconcile(after = "500ms")]`, which says whether a lost
/// answer took effect: `Result<Option<T>, E>`. A plan may end with a `#[degrade]` block, or `#[degrade(timeout = "1s")]`,
/// which is used when nothing else is left: `Result<T, E>`.
///
/// # Other attributes
///
/// The attribute stands above others that rewrite the function, such as `#[tracing::instrument]` or `#[tokio::main]`:
/// they are applied to what it makes, and it reads what you wrote.
///
/// # Clauses
///
#[doc = include_str!("../docs/clauses/fallback.md")]
///
/// # Clauses of a provider
///
/// Those of these that are among the plan's clauses too are there the default of every provider.
///
#[doc = include_str!("../docs/clauses/provider.md")]
///
/// # Clauses of a backoff
///
#[doc = include_str!("../docs/clauses/backoff.md")]
///
/// # Clauses of a breaker
///
/// It opens after `failures` in a row; or, if there is any of `failure_rate`, `window`, `min_calls` and `slow_call`, by
/// a share of the calls.
///
#[doc = include_str!("../docs/clauses/breaker.md")]
///
/// # Clauses of a bulkhead
///
#[doc = include_str!("../docs/clauses/bulkhead.md")]
///
/// # Clauses of a rate limit
///
#[doc = include_str!("../docs/clauses/rate_limit.md")]
///
/// # Clauses of a cache
///
/// Callers that ask for one key at once share one run. A method's `self` is no part of the key: where two objects would
/// answer differently, put into the key what tells them apart.
///
#[doc = include_str!("../docs/clauses/cache.md")]
///
/// # Clauses of a `#[reconcile]` block
///
#[doc = include_str!("../docs/clauses/reconcile.md")]
///
/// # Clauses of a `#[degrade]` block
///
#[doc = include_str!("../docs/clauses/degrade.md")]
#[proc_macro_attribute]
pub fn fallback(arguments: TokenStream, item: TokenStream) -> TokenStream {
    plan::expand(plan::Kind::Fallback, arguments.into(), item.into()).into()
}

/// Distribution by weight: sends each call to one of its providers.
///
/// The body of the function consists of statements, then of `#[provider]` blocks, whose weights add up to `total`, then
/// of any number of `#[fallback]` blocks, which are used in order when no provider of the quota is left.
///
/// ```
/// use std::fmt::Error;
///
/// use ductape::{Outcome, quota};
///
/// #[quota(tag = "sms-quota")]
/// async fn send_sms(text: &str) -> ductape::Result<Outcome<usize>, Error> {
///     #[provider("twilio", weight = 70, retries = 2)]
///     {
///         Ok(text.len())
///     }
///
///     #[provider("nexmo", weight = 30)]
///     {
///         Ok(text.len())
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> ductape::Result<(), Error> {
/// let sent = send_sms("Hello!").await?;
/// println!("sent via {}", sent.provider);
/// # Ok(())
/// # }
/// ```
///
/// # Other attributes
///
/// The attribute stands above others that rewrite the function, such as `#[tracing::instrument]` or `#[tokio::main]`:
/// they are applied to what it makes, and it reads what you wrote.
///
/// # Clauses
///
#[doc = include_str!("../docs/clauses/quota.md")]
///
/// # Clauses of a provider
///
#[doc = include_str!("../docs/clauses/provider.md")]
///
/// # Clauses of a backoff
///
#[doc = include_str!("../docs/clauses/backoff.md")]
///
/// # Clauses of a `#[reconcile]` block
///
#[doc = include_str!("../docs/clauses/reconcile.md")]
///
/// # Clauses of a `#[degrade]` block
///
#[doc = include_str!("../docs/clauses/degrade.md")]
#[proc_macro_attribute]
pub fn quota(arguments: TokenStream, item: TokenStream) -> TokenStream {
    plan::expand(plan::Kind::Quota, arguments.into(), item.into()).into()
}

/// One protected call: the body is its only provider.
///
/// ```
/// use std::fmt::Error;
///
/// use ductape::action;
///
/// #[action(app = "stripe", retries = 2, timeout = "2s")]
/// async fn refund(id: u64) -> ductape::Result<u64, Error> {
///     Ok(id)
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// assert_eq!(refund(7).await.ok(), Some(7));
/// # }
/// ```
///
/// A `#[reconcile]` and a `#[degrade]` block may stand at the end of the body, which then gives its value by `return`.
///
/// # Other attributes
///
/// The attribute stands above others that rewrite the function, such as `#[tracing::instrument]` or `#[tokio::main]`:
/// they are applied to what it makes, and it reads what you wrote.
///
/// # Clauses
///
#[doc = include_str!("../docs/clauses/action.md")]
///
/// # Clauses of a backoff
///
#[doc = include_str!("../docs/clauses/backoff.md")]
///
/// # Clauses of a `#[reconcile]` block
///
#[doc = include_str!("../docs/clauses/reconcile.md")]
///
/// # Clauses of a `#[degrade]` block
///
#[doc = include_str!("../docs/clauses/degrade.md")]
#[proc_macro_attribute]
pub fn action(arguments: TokenStream, item: TokenStream) -> TokenStream {
    plan::expand(plan::Kind::Action, arguments.into(), item.into()).into()
}

/// Steps in the order of a function's body, undone when a later one fails.
///
/// **A workflow that is dropped, or panics, undoes nothing**: nobody is left to run its undos. It emits the event
/// `abandoned`, with the steps that were done. Where callers may hang up, as those of a web server do, spawn it:
/// `tokio::spawn(async move { shop.process(&order).await }).await`.
///
/// The body is plain Rust of the type `Result<T, E>`; the function returns `ductape::WorkflowResult<T, E>`, whose error
/// says which step failed, and what was undone. A `#[step]` is a `let` or an expression. One that ends in `?` is
/// required; any other binds its `Result<_, ductape::Error<_>>`, and the workflow goes on. Its expression is evaluated
/// anew for every try, as an async block: it borrows, and its `?` and `return` lead out of the step.
///
/// ```
/// use std::fmt::Error;
///
/// use ductape::{WorkflowResult, workflow};
///
/// async fn reserve(item: &str) -> Result<String, Error> {
///     Ok(format!("hold on {item}"))
/// }
///
/// async fn release(hold: &str) -> Result<(), Error> {
///     println!("released {hold}");
///     Ok(())
/// }
///
/// async fn charge(cents: u32) -> Result<u32, Error> {
///     if cents > 0 { Ok(cents) } else { Err(Error) }
/// }
///
/// #[workflow(tag = "process-order", deadline = "30s")]
/// async fn process(item: &str, cents: u32) -> WorkflowResult<u32, Error> {
///     #[step("reserve", retries = 2, timeout = "2s")]
///     let hold = reserve(item).await?;
///     #[undo]
///     { release(&hold).await }
///
///     #[step("charge")]
///     let paid = charge(cents).await?;
///     Ok(paid)
/// }
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() {
/// assert_eq!(process("book", 300).await.ok(), Some(300));
/// let error = process("book", 0).await.unwrap_err();
/// assert_eq!(error.step(), Some("charge"));
/// assert_eq!(error.undone(), ["reserve"]);
/// # }
/// ```
///
/// An `#[undo]` block stands directly after a required step, and is of the type `Result<(), E>`. When the workflow ends
/// with an error, by a step, a plain `?`, an `Err(…)` or the deadline, the undos of the steps that are done run, newest
/// first, one after the other, each of them even if another fails. The last `Ok(…)` may move what an undo borrows.
///
/// Called within an attempt, of a plan or another workflow, it fails when that attempt's time is up, and is undone: the
/// attempt waits for its undos, as long as their own timeouts say. If it then awaits something between its steps, it
/// cannot fail there: it is dropped, and emits `abandoned`.
///
/// Steps may stand in `if`, `match`, loops and blocks of the body. An undo there runs when its surroundings are gone: it
/// keeps clones of the bindings around it that it uses, in a loop those of every pass. Of a variable that is assigned
/// later, all of it or a field, every undo keeps a clone: it sees what was when its step succeeded. A field of `self`, or
/// of an argument that is a reference, cannot be kept: an undo that reads one which is assigned again is refused, unless it
/// assigns it itself. What a method changes, as `ids.push(…)` does, nobody can tell from an ordinary call: bind what the
/// undo needs with `let`. Items of inner blocks are out of its reach.
///
/// Behind an undo, `bail!` and `ensure!` (of `anyhow`, `eyre` and others) lead to the undos as `?` does. A `?` or `return`
/// in the arguments of a macro would lead past them: it is refused, and one that a macro hides does not compile.
///
/// # Clauses
///
/// `retries`, `backoff` and `timeout` are here the default of every step; `classify` is that of every required step, and
/// holds for undos too. The deadline bounds steps, not what stands between them, and not undos. A `timeout` that is given
/// is at most the deadline, and a retry is made only if a full try still fits; one that is not given is only a bound.
///
#[doc = include_str!("../docs/clauses/workflow.md")]
///
/// # Clauses of a step
///
#[doc = include_str!("../docs/clauses/step.md")]
///
/// # Clauses of an undo
///
#[doc = include_str!("../docs/clauses/undo.md")]
///
/// # Clauses of a backoff
///
#[doc = include_str!("../docs/clauses/backoff.md")]
#[proc_macro_attribute]
pub fn workflow(arguments: TokenStream, item: TokenStream) -> TokenStream {
    steps::expand(steps::Kind::Workflow, arguments.into(), item.into()).into()
}

/// Parts side by side, each of which can fail alone: so a response can be partial.
///
/// The function returns a `Result`. A `#[part]` is a `let` or an expression. Those that follow one another are a group:
/// they are polled side by side, in the same task and in place, and borrow what they need; any other statement ends the
/// group. A part that ends in `?` is required: it binds its value, and its failure ends the function at once. Any other
/// binds its `Result<_, ductape::Error<_>>`; a part that calls a plan binds that plan's own.
///
/// ```
/// use std::fmt::Error;
///
/// use ductape::partial;
///
/// async fn name(user: u32) -> Result<String, Error> {
///     Ok(format!("user {user}"))
/// }
///
/// async fn orders(user: u32) -> Result<Vec<u32>, Error> {
///     std::future::pending().await
/// }
///
/// /// What a page shows, as far as it is known in time.
/// #[partial(deadline = "800ms")]
/// async fn dashboard(user: u32) -> ductape::Result<(String, Option<Vec<u32>>), Error> {
///     #[part("user", timeout = "300ms", retries = 1)]
///     let name = name(user).await?;
///     #[part("orders")]
///     let orders = orders(user).await;
///     Ok((name, orders.ok()))
/// }
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() {
/// assert_eq!(dashboard(7).await.ok(), Some(("user 7".to_owned(), None)));
/// # }
/// ```
///
/// The failure of a required part is a `ductape::Error<_>`, since it may be a timeout: the function's own error is
/// `From` that, as boxed errors are. The deadline bounds every group: what is not ready then is an error of the kind
/// `Deadline`, and the function goes on to its end. Workflows in parts are an exception to both: at the deadline, one that
/// is being undone is waited for; beside a required part that fails, one is dropped, and emits `abandoned`.
///
/// # Clauses
///
/// `classify`, `retries`, `backoff` and `timeout` are here the default of every part; of a part that calls a plan,
/// `classify` judges the last error of the plan's providers. A `timeout` that is given is at most the deadline, and a retry
/// is made only if a full try still fits; one that is not given is only a bound.
///
#[doc = include_str!("../docs/clauses/partial.md")]
///
/// # Clauses of a part
///
#[doc = include_str!("../docs/clauses/step.md")]
///
/// # Clauses of a backoff
///
#[doc = include_str!("../docs/clauses/backoff.md")]
#[proc_macro_attribute]
pub fn partial(arguments: TokenStream, item: TokenStream) -> TokenStream {
    steps::expand(steps::Kind::Partial, arguments.into(), item.into()).into()
}

/// A healthcheck: the function becomes a static of its name, which `healthcheck(…)` clauses name.
///
/// The function is free and async, and has no argument, or borrows one: what is given for it, once, before start.
///
/// ```
/// use std::fmt::Error;
///
/// use ductape::{Runtime, Status, healthcheck};
///
/// struct Stripe;
///
/// impl Stripe {
///     async fn ping(&self) -> Result<(), Error> {
///         Ok(())
///     }
/// }
///
/// #[healthcheck(interval = "30s", retries = 2, timeout = "2s")]
/// async fn stripe_health(stripe: &Stripe) -> Result<(), Error> {
///     stripe.ping().await
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let monitor = Runtime::builder().bind(&stripe_health, Stripe).start()?;
/// monitor.first_round().await;
/// assert_eq!(stripe_health.status(), Status::Healthy);
/// # Ok(())
/// # }
/// ```
///
/// The static has the name of the function in lower case, which then can be no name of a local binding where the
/// static is in scope (E0530).
///
/// # Clauses
///
#[doc = include_str!("../docs/clauses/healthcheck.md")]
#[proc_macro_attribute]
pub fn healthcheck(arguments: TokenStream, item: TokenStream) -> TokenStream {
    healthcheck::expand(arguments.into(), item.into()).into()
}

/// The definitions in a folder, checked while compiling: with the feature `catalog`.
///
/// It reads every file `*.json` of the folder, which is relative to the package's `Cargo.toml`; folders in it are not
/// looked at. Each file holds one definition or a list of them. All faults are told, each as an error of its own with
/// file, line and column. What a definition names must be among them, but for apps and actions, which are known when the
/// catalogue is opened.
///
/// Its value is the set, a `ductape::catalog::definition::Definitions`, to be handed to the catalogue; the files become
/// part of the program.
///
/// ```ignore
/// let set = ductape::definitions!("definitions");
/// ```
///
/// A file that changes or disappears is checked again by the next build. Of a file that is added, stable Rust tells
/// nobody: where this matters, let the package's `build.rs` print `cargo::rerun-if-changed=definitions`, and cargo looks
/// at the whole folder.
#[cfg(feature = "catalog")]
#[proc_macro]
pub fn definitions(folder: TokenStream) -> TokenStream {
    definitions::expand(folder.into()).into()
}
