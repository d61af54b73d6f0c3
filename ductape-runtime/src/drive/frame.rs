//! What provider code can learn about the attempt that it runs in.

use std::cell::RefCell;
use std::fmt::{self, Debug, Formatter};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;

use super::undoing::{Undo, Undoing};
use crate::engine::{LivePlan, system_random};
use crate::moment::Moment;
use crate::{Name, Runtime};

thread_local! {
    /// What the innermost run by tag that is polled here runs in.
    static AROUND: RefCell<Option<Arc<Around>>> = const { RefCell::new(None) };
}

/// What a run by tag runs in.
pub(crate) struct Around {
    /// The tag and the token of the request's session.
    pub(crate) session: Option<(String, String)>,
    /// Whose environment and product the request is for, where that is not the runtime in force.
    pub(crate) home: Option<Runtime>,
}

/// Tells nothing of the secret.
impl Debug for Around {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Around").field("session", &self.session.as_ref().map(|(tag, _)| tag)).finish_non_exhaustive()
    }
}

pin_project! {
    /// A future whose code sees what it runs in.
    pub(crate) struct Surroundings<F> {
        around: Option<Arc<Around>>,
        #[pin]
        future: F,
    }
}

impl<F> Surroundings<F> {
    pub(crate) fn new(around: Option<Arc<Around>>, future: F) -> Self {
        Self { around, future }
    }
}

impl<F: Future> Future for Surroundings<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _inside = Inside::new(this.around);
        this.future.poll(cx)
    }
}

/// While this lives, the surroundings are the thread's; those of the run around it wait in their place.
struct Inside<'a>(&'a mut Option<Arc<Around>>);

impl<'a> Inside<'a> {
    fn new(around: &'a mut Option<Arc<Around>>) -> Self {
        exchange(around);
        Self(around)
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        exchange(self.0);
    }
}

fn exchange(around: &mut Option<Arc<Around>>) {
    // Fails only while the thread ends.
    let _ = AROUND.try_with(|current| {
        if let Ok(mut current) = current.try_borrow_mut() {
            std::mem::swap(&mut *current, around);
        }
    });
}

thread_local! {
    static CURRENT: RefCell<Option<Frame>> = const { RefCell::new(None) };
}

/// The attempt under way. A run owns its frame, and lends it to the thread while a block is polled.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) live: Arc<LivePlan>,
    /// Narrow, since every run carries it.
    provider: u8,
    pub(super) number: u32,
    pub(super) until: Moment,
    /// One for the run, made when first asked for; in halves, which pack better.
    key: Option<[u64; 2]>,
    /// What is being undone within; `None` as long as nothing ever was.
    undoing: Option<Arc<Undoing>>,
}

impl Frame {
    pub(super) fn new(live: Arc<LivePlan>) -> Self {
        Self { live, provider: 0, number: 0, until: Moment::MAX, key: None, undoing: None }
    }

    /// An attempt begins.
    pub(super) fn begin(&mut self, provider: usize, number: u32, until: Moment) {
        // Providers are at most 64, and `DEGRADE` is the largest byte.
        self.provider = u8::try_from(provider).unwrap_or(u8::MAX);
        (self.number, self.until, self.undoing) = (number, until, None);
    }

    pub(super) fn provider(&self) -> usize {
        self.provider.into()
    }

    /// When what is being undone in this attempt is over at the latest; `None` when nothing is.
    pub(super) fn undoing(&self) -> Option<Moment> {
        self.undoing.as_ref()?.until()
    }
}

/// While this lives, the frame is the thread's; the frame around it waits in its place.
pub(super) struct Entered<'a>(&'a mut Option<Frame>);

impl<'a> Entered<'a> {
    pub(super) fn new(frame: &'a mut Option<Frame>) -> Self {
        swap(frame);
        Self(frame)
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        swap(self.0);
    }
}

fn swap(frame: &mut Option<Frame>) {
    // Fails only while the thread ends: then nobody asks any more.
    let _ = CURRENT.try_with(|current| {
        if let Ok(mut current) = current.try_borrow_mut() {
            std::mem::swap(&mut *current, frame);
        }
    });
}

/// When the attempt around this code ends.
pub(super) fn outer_deadline() -> Option<Moment> {
    CURRENT.try_with(|current| current.try_borrow().ok()?.as_ref().map(|frame| frame.until)).ok().flatten()
}

/// Keeps the attempt around this code from being cut, for an undo that is over by `until`.
pub(super) fn hold(until: Moment) -> Option<Undo> {
    let begin = |frame: &mut Frame| frame.undoing.get_or_insert_default().begin(until);
    CURRENT.try_with(|current| current.try_borrow_mut().ok()?.as_mut().map(begin)).ok().flatten()
}

/// The attempt that the calling code runs in; `None` outside a provider's block, and in a task spawned from one.
///
/// A task that a block spawns on a `LocalSet` of its own is polled within the block, and sees its attempt.
///
/// ```
/// # extern crate ductape_runtime as ductape;
/// # async fn charge() {
/// if let Some(attempt) = ductape::attempt() {
///     println!("{} of {}, attempt {}", attempt.provider(), attempt.plan(), attempt.number());
///     let header = ("idempotency-key", attempt.idempotency_key());
/// }
/// # }
/// ```
pub fn attempt() -> Option<Attempt> {
    let around = AROUND.try_with(|around| around.try_borrow().ok()?.clone()).ok().flatten();
    let current = |frame: &mut Frame| Attempt {
        key: *frame.key.get_or_insert_with(system_random),
        home: around.as_ref().and_then(|around| around.home.clone()).unwrap_or_else(crate::runtime::runtime),
        around: around.clone(),
        live: Arc::clone(&frame.live),
        provider: frame.provider(),
        number: frame.number,
        until: frame.until,
    };
    CURRENT.try_with(|frame| frame.try_borrow_mut().ok()?.as_mut().map(current)).ok().flatten()
}

/// An attempt at a provider, as its code sees it; from [`attempt`].
#[derive(Clone)]
pub struct Attempt {
    live: Arc<LivePlan>,
    provider: usize,
    number: u32,
    until: Moment,
    key: [u64; 2],
    around: Option<Arc<Around>>,
    home: Runtime,
}

impl Attempt {
    /// The tag of the plan.
    pub fn plan(&self) -> &str {
        self.live.plan.tag()
    }

    /// The provider; `"degrade"` in a `#[degrade]` block.
    pub fn provider(&self) -> Name {
        self.live.name_of(self.provider)
    }

    /// The environment of the runtime in which it runs, or of the catalogue that runs it by its tag; empty unless said.
    pub fn env(&self) -> &str {
        self.home.env()
    }

    /// The product of the runtime in which it runs, or of the catalogue that runs it by its tag; empty unless said.
    pub fn product(&self) -> &str {
        self.home.product()
    }

    /// The tag of the session in which it was run by its tag; `None` without one.
    pub fn session_tag(&self) -> Option<&str> {
        Some(&self.around.as_ref()?.session.as_ref()?.0)
    }

    /// The secret of that session. Neither `Debug` nor any event or error shows it.
    pub fn session_token(&self) -> Option<&str> {
        Some(&self.around.as_ref()?.session.as_ref()?.1)
    }

    /// The number of the attempt at this provider in this run, from 1.
    ///
    /// In a `#[reconcile]` block, that of the attempt in question.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// What is left until the attempt is dropped.
    pub fn remaining(&self) -> Duration {
        self.until.since(Moment::now())
    }

    /// A key that is unique to the run and the provider, in the form of a UUID.
    ///
    /// Every attempt of the run at this provider sees the same one, its `#[reconcile]` block included. It comes from
    /// the system's randomness, also in a seeded runtime.
    pub fn idempotency_key(&self) -> String {
        let [high, low] = self.key;
        let digits = format!("{high:016x}{:016x}", low ^ self.provider as u64);
        let parts = [0..8, 8..12, 12..16, 16..20, 20..32];
        parts.map(|part| &digits[part]).join("-")
    }
}

impl Debug for Attempt {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("plan", &self.plan())
            .field("provider", &self.provider())
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}
