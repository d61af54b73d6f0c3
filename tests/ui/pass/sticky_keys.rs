#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;

use ductape::quota;

macro_rules! stuck {
    ($($plan:ident($key:expr)),+) => {
        $(
            #[quota(sticky($key))]
            async fn $plan() -> ductape::Result<u32, Error> {
                #[provider("one", weight = 100)]
                { Ok(1) }
            }
        )+
    };
}

stuck!(number(7), text("user"), string(String::from("user")), pair((1, "a")), array([1, 2]), option(Some(1)));

#[quota(sticky(user))]
async fn argument(user: &str) -> ductape::Result<usize, Error> {
    #[provider("one", weight = 100)]
    { Ok(user.len()) }
}

#[quota(sticky(key))]
async fn binding(user: String) -> ductape::Result<usize, Error> {
    let key = (user.len(), user);
    #[provider("one", weight = 50)]
    { Ok(key.0) }
    #[provider("other", weight = 50)]
    { Ok(key.1.len()) }
}

#[quota(sticky(*key))]
async fn unsized_key(key: &str) -> ductape::Result<usize, Error> {
    #[provider("one", weight = 100)]
    { Ok(key.len()) }
}

fn main() {}
