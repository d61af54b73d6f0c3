//! Plans as functions of every shape.

use std::fmt::Display;
use std::future::Future;

use ductape::{action, fallback, quota};

use crate::{Client, Failure};

/// Something that sends.
pub trait Sender {
    /// What it gives back.
    type Receipt;

    /// Sends.
    fn deliver_by(&mut self, text: &str) -> impl Future<Output = ductape::Result<Self::Receipt, Failure>> + Send;
}

impl Sender for Client {
    type Receipt = u64;

    #[fallback(tag = "strict-sender")]
    async fn deliver_by(&mut self, text: &str) -> ductape::Result<u64, Failure> {
        #[primary("first", retries = 1)]
        {
            self.sent += 1;
            self.send(text).await
        }

        #[fallback("second")]
        {
            self.sent += 1;
            Ok(self.sent)
        }
    }
}

impl Client {
    /// Takes itself.
    ///
    /// # Errors
    ///
    /// When nobody works.
    #[quota(tag = "strict-consume")]
    pub async fn consume(mut self, text: String) -> ductape::Result<u64, Failure> {
        #[provider("first", weight = 100)]
        {
            self.sent += 1;
            self.send(&text).await
        }
    }

    /// Lends what it has.
    ///
    /// # Errors
    ///
    /// When nobody works.
    #[fallback(tag = "strict-lend")]
    pub async fn lend<'a>(&'a self, other: &'a str) -> ductape::Result<&'a u64, &'a str> {
        #[primary("first")]
        {
            Ok(&self.sent)
        }

        #[fallback("second")]
        {
            Err(other)
        }
    }
}

/// Knows its type late.
///
/// # Errors
///
/// When nobody works.
#[fallback]
pub async fn generic<T, const N: usize>(client: &Client, parts: [T; N]) -> ductape::Result<u64, Failure>
where
    T: Display + Sync,
{
    let text = parts.each_ref().map(ToString::to_string).concat();

    #[primary("first")]
    {
        client.send(&text).await
    }

    #[fallback("second")]
    {
        Ok(text.len() as u64)
    }
}

/// Has others inside.
///
/// # Errors
///
/// When it fails.
#[action]
pub async fn outer(client: &Client) -> ductape::Result<u64, Failure> {
    #[action]
    async fn inner(client: &Client) -> ductape::Result<u64, Failure> {
        client.send("inner").await
    }

    inner(client).await.map_err(|_| Failure::Lost)
}

macro_rules! plan {
    ($(#[$meta:meta])* $name:ident, $first:block, $second:block) => {
        $(#[$meta])*
        #[fallback]
        pub async fn $name() -> ductape::Result<u64, Failure> {
            #[primary("first")]
            $first
            #[fallback("second")]
            $second
        }
    };
}

plan! {
    /// Comes out of a macro.
    ///
    /// # Errors
    ///
    /// When nobody works.
    by_macro, { Err(Failure::Lost) }, { Ok(1) }
}
