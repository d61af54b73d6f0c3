use std::collections::BTreeSet;

use super::RateLimit;

/// A bucket into which a token drops at every interval, and which runs over when there are more than the burst. All times
/// are in nanoseconds.
///
/// A token is due when the bucket would run over with it; that of the next one is the theoretical arrival time of the
/// algorithm. Due times lie at least an interval apart. Each token is used once at most, no later than it is due, and
/// no earlier than it drops in, which is `burst - 1` intervals before. So between any two moments no more are used than
/// the burst, and one for each interval between them: in whatever order they are taken, given back and taken again.
///
/// That holds at each pace. When it changes, the line is reckoned anew, and a token of the old one has no place in the new
/// one: handed out again it could come too close to others. If it is not used it counts as consumed, until the bucket
/// has filled up.
#[derive(Debug, Default)]
pub(super) struct Bucket {
    pace: Pace,
    /// How often the pace has changed; a pace that returns has another line of tokens.
    line: u64,
    /// When the next token is due; if that is over, the bucket is full, and it is due when it is taken.
    next: u64,
    /// When those are due that were taken and given back while later ones were not.
    returned: BTreeSet<u64>,
}

/// What a definition comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Pace {
    interval: u64,
    burst: u64,
}

/// A token to be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    line: u64,
    due: u64,
    /// From when on it can be used.
    pub(super) from: u64,
}

impl Bucket {
    /// The first token to be had from `now` on.
    pub(super) fn offer(&mut self, pace: Pace, now: u64) -> Token {
        self.keep(pace, now);
        // One that is overdue cannot be used, but for an interval more the bucket may turn out not to miss it.
        while self.returned.first().is_some_and(|&due| due.saturating_add(pace.interval) <= now) {
            self.returned.pop_first();
        }
        let next = self.next.max(now);
        let due = self.returned.range(now..).next().map_or(next, |&returned| next.min(returned));
        Token { line: self.line, due, from: due.saturating_sub(pace.tolerance()).max(now) }
    }

    /// Takes the token on offer.
    pub(super) fn take(&mut self, token: Token) {
        if !self.returned.remove(&token.due) {
            self.next = token.due.saturating_add(self.pace.interval);
        }
    }

    /// Takes back a token that was not used.
    pub(super) fn give_back(&mut self, token: Token) {
        if token.line != self.line {
            return;
        }
        self.returned.insert(token.due);
        // The last ones are as if they had never been taken.
        while let Some(&last) = self.returned.last()
            && last.saturating_add(self.pace.interval) == self.next
        {
            self.returned.pop_last();
            self.next = last;
        }
    }

    /// When the pace changes, what is missing from the bucket stays the same share of it. So an empty bucket is empty
    /// still, and its next token comes after one interval of the new pace, however fast or slow the old one was.
    pub(super) fn keep(&mut self, pace: Pace, now: u64) {
        if self.pace == pace {
            return;
        }
        if let Some(missing) = self.next.checked_sub(now) {
            let (old, new) = (self.pace.span(), pace.span());
            let missing = (u128::from(missing) * u128::from(new)).div_ceil(u128::from(old.max(1)));
            self.next = now.saturating_add(u64::try_from(missing).unwrap_or(u64::MAX));
        }
        self.pace = pace;
        self.line += 1;
        self.returned.clear();
    }
}

impl Pace {
    /// How long it takes an empty bucket to be full.
    fn span(self) -> u64 {
        self.interval.saturating_mul(self.burst)
    }

    /// How long before it is due a token can be used.
    fn tolerance(self) -> u64 {
        self.interval.saturating_mul(self.burst.saturating_sub(1))
    }
}

impl From<&RateLimit> for Pace {
    fn from(definition: &RateLimit) -> Self {
        Self { interval: definition.rate.interval(), burst: definition.capacity().into() }
    }
}
