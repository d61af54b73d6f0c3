//! For tests of services that use plans: faults without touching the code, and assertions on what came of them.
//!
//! A [`TestRuntime`] shares nothing with other runtimes, repeats its random choices, and remembers what happened. Its
//! [`Faults`] say what providers, steps, parts and healthchecks do instead of what their code says. Under tokio's paused
//! clock a test takes no time, however long its timeouts and waits are. All of it exists only with the feature `testing`,
//! which belongs into `[dev-dependencies]`: without it plans have nothing of this in them.
//!
//! ```
//! # extern crate ductape_runtime as ductape;
//! # use std::time::Duration;
//! use ductape::testing::TestRuntime;
//!
//! # async fn pay() -> ductape::Result<ductape::Outcome<u32>, String> { unimplemented!() }
//! # async fn stripe_fails() -> Result<(), ductape::Error<String>> {
//! let test = TestRuntime::seeded(7);
//! test.faults().provider("stripe").fail("busy".to_owned()).for_calls(3).latency(Duration::from_secs(1));
//!
//! let receipt = test.scope(pay()).await?;
//! assert_eq!(receipt.provider, "paypal");
//! test.assert_calls("payment-fallback", "stripe", 3);
//! test.seen().assert_sequence(&["stripe retry", "paypal failover", "stripe masked"]);
//! # Ok(())
//! # }
//! ```
//!
//! # Limits
//!
//! Typed errors can be scripted wherever the error type owns what it holds, as nearly all do. Where the return type of a
//! plan is written with a lifetime, a type parameter or `Self`, an attempt that is to fail panics instead, and says so;
//! and with this feature the errors of parts and of optional steps must be `'static`. A `#[reconcile]` block is never
//! scripted: it is asked after what was.

mod faults;
mod script;
mod scripted;
mod seen;
mod test_runtime;
mod trail;

pub use faults::{Faults, HealthcheckFaults, ProviderFaults};
pub(crate) use script::Script;
#[doc(hidden)]
pub use scripted::Scripted;
pub use seen::{LastRun, Seen};
pub use test_runtime::TestRuntime;
pub use trail::AssertTrail;
