//! Where a catalogue keeps what must outlive its process.
//!
//! A [`Store`] keeps definitions with their versions, overrides, cordons, and the history of providers. Settings of
//! caches are definitions too, and kept as such. [`Memory`] forgets all of it with the process;
#![cfg_attr(feature = "file", doc = "[`File`] is one file that survives a kill at any instant.")]
#![cfg_attr(
    not(feature = "file"),
    doc = "with the feature `file`, there is one file that survives a kill at any instant."
)]
//!
//! ```
//! use ductape_catalog::definition::{Definition, Kind};
//! use ductape_catalog::store::{Change, Memory, Store, Versioned};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let store = Memory::new();
//! let payments = Definition::from_json(r#"{ "tag": "payments", "expiry": "60s" }"#)?;
//! store.commit(vec![Change::Define(Versioned::new(payments, 1))]).await?;
//!
//! let kept = store.load().await?;
//! assert_eq!(kept.definition(Kind::Cache, "payments").map(|kept| kept.version), Some(1));
//! # Ok(())
//! # }
//! ```

mod error;
#[cfg(feature = "file")]
mod file;
mod history;
mod kept;
mod memory;

use std::fmt::Debug;
use std::ops::Range;
use std::pin::Pin;
use std::time::SystemTime;

pub use error::StoreError;
#[cfg(feature = "file")]
pub use file::File;
pub use history::{Hour, KEPT, Recorder};
pub use kept::{Change, Kept, Versioned};
pub use memory::Memory;

/// What a store answers with, sooner or later.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Keeps what must outlive the process.
///
/// A catalogue has its store to itself: nobody else writes to it meanwhile. A future that is dropped leaves open whether
/// what it stood for was done, but never half of it.
pub trait Store: Debug + Send + Sync + 'static {
    /// All that is kept, but for the history.
    ///
    /// # Errors
    ///
    /// What is kept cannot be read.
    fn load(&self) -> Answer<'_, Kept>;

    /// Makes all of the changes, in their order, or none. Once it has answered `Ok`, they are kept whatever happens.
    ///
    /// # Errors
    ///
    /// The changes could not be written.
    fn commit(&self, changes: Vec<Change>) -> Answer<'_, ()>;

    /// Adds to the history: what is kept of the same plan, provider and hour already is added to. What is older than
    /// [`KEPT`] is forgotten.
    ///
    /// # Errors
    ///
    /// The history could not be written.
    fn record(&self, hours: Vec<Hour>) -> Answer<'_, ()>;

    /// The history of a plan in every hour of which some part lies in the range, by hour and then by provider.
    ///
    /// # Errors
    ///
    /// The history cannot be read.
    fn history(&self, plan: &str, range: Range<SystemTime>) -> Answer<'_, Vec<Hour>>;
}
