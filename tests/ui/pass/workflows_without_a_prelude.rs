#![deny(warnings)]
#![allow(dead_code, non_camel_case_types)]
#![no_implicit_prelude]

use ::ductape::{WorkflowResult, partial, workflow};
use ::std::fmt::Error as Failure;

// What a module may well call its own.
mod std {}
mod core {}
pub struct Option;
pub struct Vec;
pub trait Clone {}
pub trait From {}
pub trait Future {}
#[allow(non_snake_case)]
fn Some() {}
#[allow(non_snake_case)]
fn Err() {}

type Plain<T> = ::core::result::Result<T, Failure>;

async fn call() -> Plain<i32> {
    Plain::Ok(1)
}

async fn back(_: i32) -> Plain<()> {
    Plain::Ok(())
}

#[workflow(deadline = "1s")]
async fn order(__step: i32, __workflow: i32) -> WorkflowResult<i32, Failure> {
    let __form = __step + __workflow;
    #[step("a")]
    let __value = call().await?;
    #[undo]
    { back(__value).await }
    let mut __error = 0;
    while __error < 2 {
        #[step("b")]
        let __outcome = call().await?;
        #[undo]
        { back(__outcome + __form).await }
        __error += call().await?;
    }
    #[step("c")]
    let __ended = call().await;
    match __ended {
        ::core::result::Result::Ok(__kept) => Plain::Ok(__value + __form + __kept),
        ::core::result::Result::Err(_) => ::core::result::Result::Err(Failure),
    }
}

#[partial]
async fn page() -> ::ductape::Result<i32, Failure> {
    #[part("a")]
    let __part_0 = call().await?;
    #[part("b")]
    let __group = call().await;
    ::core::result::Result::Ok(__part_0 + __group.unwrap_or(0))
}

fn main() {}
