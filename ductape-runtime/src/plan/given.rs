/// A clause that says a value of a definition which can change later on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clause {
    Weight,
    Retries,
    Backoff,
    Timeout,
    Healthcheck,
    Breaker,
    Bulkhead,
    RateLimit,
    Dependency,
    Reconcile,
    Cost,
    Deadline,
    AllUnhealthy,
    Total,
    Pick,
    Failover,
    RetryBudget,
    Hedge,
    Cache,
    Degrade,
}

/// Which clauses a definition gives itself, and which it has from its plan.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Given {
    own: u32,
    of_plan: u32,
    inheriting: bool,
}

impl Given {
    pub(crate) const NOTHING: Self = Self { own: 0, of_plan: 0, inheriting: false };

    /// The clauses that follow are the plan's.
    pub(super) const fn inheriting(mut self) -> Self {
        self.inheriting = true;
        self
    }

    pub(super) const fn with(mut self, clause: Clause) -> Self {
        let bit = 1 << clause as u32;
        if self.inheriting {
            self.of_plan |= bit;
        } else {
            self.own |= bit;
        }
        self
    }

    /// Whether it gives the clause itself.
    pub(crate) const fn has(self, clause: Clause) -> bool {
        self.own >> clause as u32 & 1 == 1
    }

    /// Whether it has the clause from its plan.
    pub(crate) const fn inherits(self, clause: Clause) -> bool {
        self.of_plan >> clause as u32 & 1 == 1
    }
}
