//! Every form of every attribute, in a crate with the strictest lints: it compiles without a word, in both editions.

#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, clippy::pedantic)]

pub mod actions;
pub mod failover;
pub mod health;
pub mod shapes;
pub mod split;
pub mod workflows;

use std::fmt;
use std::time::Duration;

use ductape::Verdict;

/// A client of some provider.
#[derive(Debug, Default)]
pub struct Client {
    sent: u64,
}

/// Why a provider failed.
#[derive(Debug)]
pub enum Failure {
    /// It did not answer in time.
    Lost,
    /// It does not want to.
    Refused,
}

/// Why a function with an error of its own failed.
#[derive(Debug)]
pub struct Mine(String);

/// Bounds an attempt.
pub const TIMEOUT: Duration = Duration::from_secs(2);

/// Tries after the first.
pub const RETRIES: u32 = 2;

impl Client {
    /// Sends some text.
    ///
    /// # Errors
    ///
    /// When the text is empty.
    pub async fn send(&self, text: &str) -> Result<u64, Failure> {
        std::future::ready(()).await;
        if text.is_empty() { Err(Failure::Refused) } else { Ok(self.sent + 1) }
    }

    /// Whether some text was sent.
    ///
    /// # Errors
    ///
    /// Never.
    pub async fn find(&self, text: &str) -> Result<Option<u64>, Failure> {
        std::future::ready(()).await;
        Ok((text.len() > 3).then_some(self.sent))
    }
}

impl Failure {
    /// What the error means.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Lost => Verdict::Ambiguous,
            Self::Refused => Verdict::Abort,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lost => "lost",
            Self::Refused => "refused",
        })
    }
}

impl std::error::Error for Failure {}

impl Mine {
    /// What happened.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl From<ductape::Error<Failure>> for Mine {
    fn from(error: ductape::Error<Failure>) -> Self {
        Self(error.to_string())
    }
}
