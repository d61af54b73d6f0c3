//! R30 to R32: work that must not happen twice, the question whether it did, and what is left when all else failed.

mod at_most_once;
mod degrade;
mod reconcile;
