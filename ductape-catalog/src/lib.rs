//! Definitions as data: created, fetched, updated and run by tag, with JSON in and out.

pub mod store;

pub use ductape_definition as definition;
