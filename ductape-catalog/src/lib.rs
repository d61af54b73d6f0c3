//! Definitions as data: created, fetched, updated and run by tag, with JSON in and out.

pub mod store;

pub use ductape_definition as definition;

/// What generated code names. Not part of the public interface: it may change with every version.
#[doc(hidden)]
pub mod __private {
    /// Of this version: the macros are pinned to it.
    pub mod v0_1 {
        use ductape_definition::Definitions;

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
