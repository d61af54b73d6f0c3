use std::sync::Arc;
use std::time::Duration;

use super::RateLimit;
use super::gcra::{Bucket, Token};
use crate::moment::Moment;
use crate::sync::{Mutex, lock};

/// The tokens of one rate limit.
///
/// A lock, and no atomic word: a theoretical arrival time by itself says neither at which pace it was reckoned, without
/// which a change of rate would hand out tokens or withhold them, nor which of the tokens before it were given back.
#[derive(Debug)]
pub(crate) struct Tokens(Mutex<Bucket>);

/// A token that is kept for an attempt, given back on drop.
#[derive(Debug)]
pub(crate) struct Reservation {
    /// When the attempt may be made.
    pub(crate) at: Moment,
    /// None once it is settled.
    tokens: Option<Arc<Tokens>>,
    token: Token,
}

impl Tokens {
    /// A full bucket.
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Bucket::default()))
    }

    /// Whether there is a token now; else the time until there is one. Takes nothing.
    pub(crate) fn look(&self, definition: &RateLimit, now: Moment) -> Result<(), Duration> {
        let token = lock(&self.0).offer(definition.into(), now.0);
        soon_enough(token, now, Duration::ZERO)
    }

    /// Takes a token that is there now; else says the time until there is one.
    pub(crate) fn admit(&self, definition: &RateLimit, now: Moment) -> Result<(), Duration> {
        self.take(definition, now, Duration::ZERO).map(drop)
    }

    /// Takes a token that is there now or after `longest_wait` at most; else says the time until there is one.
    ///
    /// Tokens go out in the order in which they were asked for, so nobody passes those who wait, unless one of these
    /// gives up: then its place is the next one handed out.
    pub(crate) fn reserve(
        self: &Arc<Self>,
        definition: &RateLimit,
        now: Moment,
        longest_wait: Duration,
    ) -> Result<Reservation, Duration> {
        let token = self.take(definition, now, longest_wait)?;
        Ok(Reservation { at: Moment(token.from), tokens: Some(Arc::clone(self)), token })
    }

    /// The rate is another one from now on: what drops in until the next look drops in at this pace.
    pub(crate) fn change(&self, definition: &RateLimit, now: Moment) {
        lock(&self.0).keep(definition.into(), now.0);
    }

    fn take(&self, definition: &RateLimit, now: Moment, longest_wait: Duration) -> Result<Token, Duration> {
        let mut bucket = lock(&self.0);
        let token = bucket.offer(definition.into(), now.0);
        soon_enough(token, now, longest_wait)?;
        bucket.take(token);
        Ok(token)
    }
}

fn soon_enough(token: Token, now: Moment, longest_wait: Duration) -> Result<(), Duration> {
    let wait = Moment(token.from).since(now);
    if wait <= longest_wait { Ok(()) } else { Err(wait) }
}

impl Reservation {
    /// The attempt begins: the token is used.
    pub(crate) fn settle(mut self) {
        self.tokens = None;
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        if let Some(tokens) = &self.tokens {
            lock(&tokens.0).give_back(self.token);
        }
    }
}
