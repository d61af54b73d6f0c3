//! Which runtime is in force.

use std::cell::RefCell;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::task::{Context, Poll};

use arc_swap::ArcSwapOption;
use pin_project_lite::pin_project;

use super::Runtime;
use crate::PatchError;

thread_local! {
    /// The runtime of the innermost scope that is being polled on this thread.
    static SCOPED: RefCell<Option<Runtime>> = const { RefCell::new(None) };
}

/// The runtime that was started.
pub(super) static INSTALLED: ArcSwapOption<Runtime> = ArcSwapOption::const_empty();

/// The runtime that serves plans when none was started.
static DEFAULT: OnceLock<Runtime> = OnceLock::new();

/// Who steers plans of the program and keeps that: asked again when another runtime becomes the program's.
pub trait Follow: Send + Sync {
    /// Steers this one, which is about to be started.
    ///
    /// # Errors
    ///
    /// What is kept of a plan does not go with what else is in force there.
    fn steer(&self, runtime: &Runtime) -> Result<(), Vec<PatchError>>;
}

static FOLLOWERS: Mutex<Vec<Weak<dyn Follow>>> = Mutex::new(Vec::new());

/// Has the follower asked for as long as it lives.
pub fn follow(follower: Weak<dyn Follow>) {
    let mut followers = FOLLOWERS.lock().unwrap_or_else(PoisonError::into_inner);
    followers.retain(|known| known.strong_count() > 0);
    followers.push(follower);
}

/// All who steer a runtime that is about to be started; they are asked without the lock.
pub(super) fn followers() -> Vec<Arc<dyn Follow>> {
    let followers = FOLLOWERS.lock().unwrap_or_else(PoisonError::into_inner);
    followers.iter().filter_map(Weak::upgrade).collect()
}

/// The runtime in force here: the innermost scope's, else the one that was started, else a default one.
pub fn runtime() -> Runtime {
    with_current(Clone::clone)
}

/// Runs `then` with the runtime in force here.
pub(super) fn with_current<V>(then: impl Fn(&Runtime) -> V) -> V {
    // It is borrowed meanwhile: `then` polls nothing, so nobody's scope changes.
    let scoped = SCOPED.try_with(|scoped| scoped.try_borrow().ok()?.as_ref().map(&then)).ok().flatten();
    scoped.unwrap_or_else(|| match INSTALLED.load().as_deref() {
        Some(installed) => then(installed),
        None => then(DEFAULT.get_or_init(Runtime::fallback)),
    })
}

pin_project! {
    /// A future that runs with a runtime of its own; from [`Runtime::scope`].
    #[must_use = "futures do nothing unless polled"]
    pub struct Scope<F> {
        runtime: Option<Runtime>,
        #[pin]
        future: F,
    }
}

impl<F> Scope<F> {
    pub(super) fn new(runtime: Runtime, future: F) -> Self {
        Self { runtime: Some(runtime), future }
    }
}

impl<F: Future> Future for Scope<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _entered = Entered::new(this.runtime);
        this.future.poll(cx)
    }
}

/// While this lives, the runtime is the thread's; that of the scope around it waits in its place.
struct Entered<'a>(&'a mut Option<Runtime>);

impl<'a> Entered<'a> {
    fn new(runtime: &'a mut Option<Runtime>) -> Self {
        swap(runtime);
        Self(runtime)
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        swap(self.0);
    }
}

fn swap(runtime: &mut Option<Runtime>) {
    // Fails only while the thread ends.
    let _ = SCOPED.try_with(|scoped| {
        if let Ok(mut scoped) = scoped.try_borrow_mut() {
            std::mem::swap(&mut *scoped, runtime);
        }
    });
}
