#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;

use ductape::{Outcome, action, fallback, quota};

struct Cache(String);

impl Cache {
    #[fallback]
    async fn get(&self) -> ductape::Result<&str, Error> {
        #[primary("memory")]
        { Ok(&self.0) }
        #[fallback("constant")]
        { Ok("nothing") }
    }

    #[quota]
    async fn get_mut<'a>(&'a mut self, _: &str) -> ductape::Result<Outcome<&'a mut String>, Error> {
        let value = &mut self.0;
        #[provider("memory", weight = 100)]
        { if value.is_empty() { Err(Error) } else { Err(Error) } }
    }
}

#[action]
async fn longest<'a, 'b: 'a>(one: &'a str, other: &'b str) -> ductape::Result<&'a str, Error> {
    Ok(if one.len() > other.len() { one } else { other })
}

#[fallback]
async fn borrowed_error<'a>(text: &'a str) -> ductape::Result<(), &'a str> {
    #[primary("one")]
    { Err(text) }
    #[fallback("two")]
    { Err("static") }
}

fn main() {}
