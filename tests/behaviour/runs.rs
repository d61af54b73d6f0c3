//! R1 to R7 and R9: the order of a run, and what ends it. R8 is tested in `tests/allocations.rs` and in `futures`.

mod bodies;
mod forms;
mod loops;
mod nested;
mod order;
mod turns;
