//! What others got wrong: the mistakes of published libraries for the same purpose, one test for each.

mod breakers;
mod choices;
mod values;
