use std::ops::Deref;

use super::{Faults, Seen};
use crate::runtime::{Builder, StartError};
use crate::sync::{Mutex, lock};
use crate::{Name, Runtime};

/// A runtime of a test's own: it shares nothing with others, repeats its random choices, takes faults, and remembers
/// what happened.
///
/// It derefs to its [`Runtime`]: run what is tested in its [`scope`](Runtime::scope).
#[derive(Debug)]
pub struct TestRuntime {
    runtime: Runtime,
    seen: Mutex<Seen>,
}

impl Default for TestRuntime {
    fn default() -> Self {
        Self::new()
    }
}

impl TestRuntime {
    /// With the seed 0, and nothing bound to healthchecks.
    pub fn new() -> Self {
        Self::seeded(0)
    }

    /// With this seed, and nothing bound to healthchecks.
    pub fn seeded(seed: u64) -> Self {
        Self::watch(Runtime::builder().seed(seed).into_runtime().0)
    }

    /// As the builder says: an environment, what healthchecks probe, overrides, a seed.
    ///
    /// # Errors
    ///
    /// As [`Builder::build`].
    pub fn build(builder: Builder) -> Result<Self, StartError> {
        builder.build().map(Self::watch)
    }

    fn watch(runtime: Runtime) -> Self {
        runtime.hub().record();
        Self { seen: Mutex::new(Seen::default()), runtime }
    }

    /// Faults of its providers and healthchecks.
    pub fn faults(&self) -> Faults {
        Faults { runtime: self.runtime.clone(), plan: None }
    }

    /// What has happened since it was made, or since [`forget`](Self::forget), clean runs included.
    pub fn seen(&self) -> Seen {
        let mut seen = lock(&self.seen);
        seen.extend(self.runtime.hub().take_recorded());
        seen.clone()
    }

    /// Begins to remember anew. Calls are counted on.
    pub fn forget(&self) {
        self.seen();
        *lock(&self.seen) = Seen::default();
    }

    /// How often the provider, step or part was called: every attempt, whatever came of it.
    ///
    /// # Panics
    ///
    /// When there is no such plan or provider; the message names the nearest ones.
    #[track_caller]
    pub fn calls(&self, plan: &str, provider: &str) -> u64 {
        self.faults().plan(plan).is_known(provider);
        self.runtime.script().calls(plan, provider)
    }

    /// The provider, step or part was called exactly so often.
    ///
    /// # Panics
    ///
    /// When it was not; the message tells what happened. When there is no such plan or provider.
    #[track_caller]
    pub fn assert_calls(&self, plan: &str, provider: &str, expected: u64) {
        let calls = self.calls(plan, provider);
        assert!(
            calls == expected,
            "`{provider}` of `{plan}` was called {calls} times, not {expected}\n{}",
            self.seen().of_plan(plan)
        );
    }

    /// The last run of the plan was served by this provider.
    ///
    /// # Panics
    ///
    /// When it was not; the message tells what happened.
    #[track_caller]
    pub fn assert_served_by(&self, plan: &str, provider: &str) {
        let seen = self.seen().of_plan(plan);
        let served = seen.last_run().and_then(|run| run.served_by());
        let told = served.map_or("nobody", Name::as_str);
        assert!(told == provider, "the last run of `{plan}` was served by {told}, not by {provider}\n{seen}");
    }
}

impl Deref for TestRuntime {
    type Target = Runtime;

    fn deref(&self) -> &Runtime {
        &self.runtime
    }
}
