//! Definitions as data: created, fetched, updated and run by tag, with JSON in and out.
//!
//! A [`Catalog`] knows apps with typed actions, and definitions that name them. A definition is checked as hard as an
//! attribute checks code, and driven by the same engine: health, breakers, limits, statistics and events are those of
//! every plan.
//!
//! ```
//! use ductape_catalog::Catalog;
//! use ductape_catalog::definition::{DataType, Run};
//! use serde_json::{Value, json};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), ductape_catalog::CatalogError> {
//! let catalog = Catalog::builder()
//!     .product("shop")
//!     .env("prd")
//!     .app("stripe", |app| app.action("charge", async |_: Value| Err::<Value, _>("stripe is down")))
//!     .app("paypal", |app| app.action("payment", async |order: Value| Ok::<_, String>(json!({ "paid": order["amount"] }))))
//!     .open()
//!     .await?;
//! catalog
//!     .fallbacks()
//!     .define("payment-fallback", |ctx| {
//!         ctx.input("amount", DataType::Number);
//!         ctx.primary("stripe").app("stripe").action("charge");
//!         ctx.fallback("paypal").app("paypal").action("payment").output(json!({ "amount": "$Response{paid}" }));
//!     })
//!     .await?;
//!
//! let result = catalog.fallbacks().run(Run::new("payment-fallback").input(json!({ "amount": 1000 }))).await?;
//! assert_eq!(result.provider, "paypal");
//! assert_eq!(result["amount"], 1000);
//! # Ok(())
//! # }
//! ```

mod app;
mod catalog;
mod code;
mod collection;
mod compile;
mod context;
mod editions;
mod error;
mod inner;
mod json;
mod key;
mod program;
mod renamed;
mod result;
mod run;
mod secret;
pub mod store;
mod verdicts;
mod world;

pub use app::{App, NewAction};
pub use catalog::{Builder, Catalog};
pub use collection::{Collection, Defined, Fetched, Processed, Source, Tracked};
pub use context::{Context, Part, Span};
pub use ductape_definition as definition;
pub use ductape_definition::{DataType, Process, ProcessAction, Run, Session};
pub use error::{CallError, CatalogError};
pub use result::RunResult;

/// What generated code names. Not part of the public interface: it may change with every version.
#[doc(hidden)]
pub mod __private {
    /// Of this version: the macros are pinned to it.
    pub mod v0_1 {
        pub use core::result::Result::{Err, Ok};

        use ductape_definition::Definitions;
        pub use ductape_runtime::dynamic::asked;
        pub use inventory;

        pub use crate::json::{Failed, JsonPlan, ToldByError, ToldByValue, Value, run_json};

        /// The set of files that `definitions!` has checked.
        ///
        /// # Panics
        ///
        /// Never: the same code has read the same files while compiling.
        pub fn definitions(files: &[(&str, &str)]) -> Definitions {
            match Definitions::from_files(files.iter().copied()) {
                Ok(set) => set,
                Err(invalid) => unreachable!("these were checked while compiling:\n{invalid}"),
            }
        }
    }
}
