use std::fmt::Display;
use std::sync::Arc;

use super::frame::{Frame, outer_deadline};
use crate::engine::{Block, DEGRADE, Engine, LivePlan, Reply, Step};
use crate::moment::Moment;
use crate::observe::{AttemptEnd, RunEnd, Trace};
use crate::outcome::Source;
use crate::plan::Site;
use crate::{ErrorKind, Name};

/// A run but for its values and errors: what is the same for all plans, and so compiled once, and not in users' crates.
///
/// What a clean run asks of it comes back in registers: what is written to memory in pieces and read as a whole makes the
/// processor wait.
pub(super) struct Core {
    pub(super) engine: Engine,
    /// Lent to the thread while a block is polled, hence an option.
    pub(super) frame: Option<Frame>,
    /// When the last step was made; `None` before the first.
    pub(super) now: Option<Moment>,
    pub(super) trace: Trace,
    /// A block is being polled: if the run is dropped now, the block has panicked.
    pub(super) polling: bool,
}

impl Core {
    /// A run of the plan in the runtime in force here. It begins with the first step.
    pub(super) fn new(site: &'static Site) -> Self {
        Self::of(crate::runtime::live_plan(site))
    }

    /// A run of a plan as it is in force.
    pub(super) fn of(live: Arc<LivePlan>) -> Self {
        Self {
            engine: Engine::new(outer_deadline()),
            frame: Some(Frame::new(live)),
            now: None,
            trace: Trace::default(),
            polling: false,
        }
    }

    /// A run of one provider alone, as a part of a larger run.
    pub(super) fn part(live: Arc<LivePlan>, trace: Trace, provider: usize, deadline: Moment) -> Self {
        Self {
            engine: Engine::part(provider, deadline),
            frame: Some(Frame::new(live)),
            now: None,
            trace,
            polling: false,
        }
    }

    /// When the last step was made; the first one starts the run.
    pub(super) fn started(&mut self) -> Moment {
        let (engine, frame, trace) = (&mut self.engine, &self.frame, &mut self.trace);
        *self.now.get_or_insert_with(|| {
            let now = Moment::now();
            if let Some(frame) = frame {
                if !engine.is_part() {
                    trace.run_begins(&frame.live.plan);
                }
                engine.start(&frame.live, now);
            }
            now
        })
    }

    fn step(&mut self) -> Step {
        let now = self.started();
        let Some(frame) = &mut self.frame else { return Step::Over(ErrorKind::Exhausted) };
        let _inside = self.trace.in_run();
        self.engine.next(&frame.live, now)
    }

    /// The block to call now; `None` when there is something to wait for first.
    pub(super) fn block(&mut self) -> Option<Block> {
        match self.step() {
            Step::Call { block, until } => {
                let (provider, number) = self.engine.attempt().unwrap_or((DEGRADE, 1));
                if let Some(frame) = &mut self.frame {
                    frame.begin(provider, number, until);
                    // An old value of the cache may come instead of this one.
                    if block != Block::Degrade {
                        self.trace.block_begins(&frame.live.plan, block, number);
                    }
                }
                Some(block)
            }
            Step::Over(_) => Some(Block::Over),
            Step::Wait(_) | Step::Queue(_) => None,
        }
    }

    /// The `#[degrade]` block is called.
    pub(super) fn degrade_begins(&mut self) {
        if let Some(frame) = &self.frame {
            self.trace.block_begins(&frame.live.plan, Block::Degrade, frame.number);
        }
    }

    /// Waits for what comes before the next block.
    pub(super) async fn wait(&mut self) {
        match self.step() {
            Step::Wait(until) => tokio::time::sleep_until(until.instant()).await,
            Step::Queue(until) => {
                let engine = &mut self.engine;
                let place = std::future::poll_fn(|cx| engine.poll_place(cx.waker()));
                // Whether it came in time is asked again by the engine.
                let _ = tokio::time::timeout_at(until.instant(), place).await;
            }
            Step::Call { .. } | Step::Over(_) => return,
        }
        self.now = Some(Moment::now());
    }

    /// A block is over. The answer says where a value comes from: of which provider.
    pub(super) fn settle(&mut self, reply: Reply, error: Option<&dyn Display>) -> Option<(usize, Source)> {
        self.trace.block_ended(reply.into(), error);
        let now = *self.now.insert(Moment::now());
        let frame = self.frame.as_ref()?;
        let _inside = self.trace.in_run();
        self.engine.settle(&frame.live, now, reply)
    }

    /// The provider has served, or the degrade block has.
    pub(super) fn served(&mut self, provider: usize, source: Source) -> Name {
        let provider = self.frame.as_ref().map_or(Name::from_static(""), |frame| frame.live.name_of(provider));
        self.trace_end(source.into(), Some(&provider));
        provider
    }

    /// The run fails, and its caller learns of it.
    pub(super) fn fail(&mut self) -> ErrorKind {
        let kind = match self.step() {
            Step::Over(kind) => kind,
            Step::Call { .. } | Step::Wait(_) | Step::Queue(_) => ErrorKind::Exhausted,
        };
        if let (Some(frame), Some(now)) = (&self.frame, self.now) {
            let _inside = self.trace.in_run();
            self.engine.end(&frame.live, now, kind.into());
        }
        self.trace_end(kind.into(), None);
        kind
    }

    /// Ends the span of the run, which is not its own where it is a part of a larger one.
    fn trace_end(&mut self, end: RunEnd, provider: Option<&str>) {
        if !self.engine.is_part() {
            self.trace.run_ended(end, provider, self.engine.attempts());
        }
    }
}

/// Whoever drops a run ends it: what its attempt holds goes back at once.
impl Drop for Core {
    #[inline]
    fn drop(&mut self) {
        if self.engine.under_way() {
            self.abandon();
        }
    }
}

impl Core {
    #[cold]
    fn abandon(&mut self) {
        let Some(frame) = &self.frame else { return };
        let panicked = (AttemptEnd::Panicked, RunEnd::Panicked);
        let (attempt, run) = if self.polling { panicked } else { (AttemptEnd::Dropped, RunEnd::Dropped) };
        self.trace.block_ended(attempt, None);
        {
            let _inside = self.trace.in_run();
            self.engine.abandon(&frame.live, Moment::now(), self.polling);
        }
        self.trace_end(run, None);
    }
}
