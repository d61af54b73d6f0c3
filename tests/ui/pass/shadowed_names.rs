#![deny(warnings)]
#![allow(dead_code)]

#![allow(non_camel_case_types, non_upper_case_globals, unused_macros)]

use ductape::{Verdict, action, fallback, healthcheck, quota};

type Failure = ::std::fmt::Error;
type Plain = ::core::result::Result<(), Failure>;

// What a module may well call its own.
mod std {}
mod core {}
mod alloc {}
mod ductape_runtime {}
pub struct Result;
pub struct Option;
pub struct Box;
pub struct Duration;
pub struct String;
pub trait Future {}
pub trait Into {}
pub trait From {}
pub trait Send {}
pub trait Sync {}
pub trait Fn {}
pub trait Default {}
pub trait Drop {}
pub trait Clone {}
#[derive(PartialEq)]
pub struct u32;
pub struct bool;
pub struct str;
pub struct f64;
fn drop() {}
#[allow(non_snake_case)]
fn Ok() {}
#[allow(non_snake_case)]
fn Err() {}
#[allow(non_snake_case)]
fn Some() {}
const None: () = ();
macro_rules! file { () => { Ok() }; }
macro_rules! line { () => { Ok() }; }
macro_rules! column { () => { Ok() }; }
macro_rules! concat { () => { Ok() }; }
macro_rules! assert { () => { Ok() }; }
macro_rules! panic { () => { Ok() }; }
macro_rules! matches { () => { Ok() }; }

fn verdict(_: &Failure) -> Verdict {
    Verdict::Retry
}

#[healthcheck(interval = "30s", timeout = "1s", retries = 1, fall = 2, rise = 2, env = "prd")]
async fn stripe_health() -> Plain {
    Plain::Ok(())
}

#[healthcheck(interval = "30s")]
async fn paypal_health(_: &Option) -> Plain {
    Plain::Ok(())
}

/// Charges.
#[fallback(deadline = "2m", at_most_once, classify(verdict), all_unhealthy = "fail", name = "Payments")]
async fn pay(amount: i32) -> ductape::Result<i32, Failure> {
    let key = amount;
    #[primary("stripe", retries = 1, backoff(base = "1s", jitter = "equal"), timeout = "1s", healthcheck(stripe_health), when(key == 1), cost = 2)]
    { ::core::result::Result::Ok(key) }
    #[reconcile(after = "1s")]
    { ::core::result::Result::Ok(::core::option::Option::None) }
    #[fallback("paypal", healthcheck(paypal_health))]
    { ::core::result::Result::Err(::core::fmt::Error) }
    #[degrade(timeout = "1s")]
    { ::core::result::Result::Ok(0) }
}

#[quota(sticky(user), pick = "random")]
async fn send(user: i32) -> ductape::Result<::ductape::Outcome<i32>, Failure> {
    #[provider("twilio", weight = 100)]
    { ::core::result::Result::Ok(user) }
}

#[action]
async fn charge() -> ductape::Result<i32, Failure> {
    ::core::result::Result::Ok(1)
}

fn main() {}
