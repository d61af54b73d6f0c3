//! For tests of services that use plans: faults without touching the code, and assertions on what came of them.
//!
//! A [`TestRuntime`] shares nothing with other runtimes, repeats its random choices, and remembers what happened. Its
//! [`Faults`] say what providers, steps, parts and healthchecks do instead of what their code says. Under tokio's paused
//! clock a test takes no time, however long its timeouts and waits are. All of it exists only with the feature `testing`,
//! which belongs into `[dev-dependencies]`: without it plans have nothing of this in them.
//!
//! ```
//! # extern crate ductape_runtime as ductape;
//! use ductape::testing::TestRuntime;
//!
//! # async fn pay() -> ductape::Result<ductape::Outcome<u32>, String> { unimplemented!() }
//! # async fn stripe_fails() -> Result<(), ductape::Error<String>> {
//! let test = TestRuntime::seeded(7);
//! test.faults().provider("stripe").fail("busy".to_owned()).for_calls(3).latency("1s");
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
//! Errors that are neither a [`std::error::Error`] nor a text need a [`FromScript`]. An attempt that is to fail with
//! another type than the plan's panics, and names both.

mod delay;
mod faults;
mod from_script;
mod script;
mod scripted;
mod seen;
mod test_runtime;
mod trail;

pub use delay::Delay;
pub use faults::{Faults, HealthcheckFaults, ProviderFaults};
pub(crate) use from_script::Forge;
pub use from_script::FromScript;
pub(crate) use script::Script;
#[doc(hidden)]
pub use scripted::Scripted;
pub use seen::{LastRun, Seen};
pub use test_runtime::TestRuntime;
pub use trail::AssertTrail;
