use std::fmt::Display;

use tracing::field::{Empty, display};
use tracing::level_filters::LevelFilter;
use tracing::{Level, Span, info, info_span};

use crate::Name;
use crate::engine::Block;
use crate::observe::{AttemptEnd, RunEnd, quietly};
use crate::plan::Plan;

/// The spans of one run: nothing, unless someone listens.
#[derive(Debug, Default)]
pub(crate) struct Trace(Option<Box<Spans>>);

#[derive(Debug)]
struct Spans {
    run: Span,
    /// Of the block under way, whose attempt it is: the provider, and its number.
    block: Span,
    plan: Name,
    provider: Name,
    attempt: u32,
}

/// What stands for the provider where it is the `#[degrade]` block.
const DEGRADE: Name = Name::from_static("degrade");

impl Trace {
    #[inline]
    pub(crate) fn run_begins(&mut self, plan: &Plan) {
        if LevelFilter::current() >= Level::INFO {
            self.0 = Spans::begin(plan);
        }
    }

    #[inline]
    pub(crate) fn block_begins(&mut self, plan: &Plan, block: Block, attempt: u32) {
        if let Some(spans) = &mut self.0 {
            spans.block_begins(plan, block, attempt);
        }
    }

    /// For one of several blocks that are under way in the run at once.
    #[inline]
    pub(crate) fn beside(&self) -> Self {
        let beside = |spans: &Spans| {
            let (run, plan) = (spans.run.clone(), spans.plan.clone());
            Box::new(Spans { run, block: Span::none(), plan, provider: DEGRADE, attempt: 0 })
        };
        Self(self.0.as_deref().map(beside))
    }

    /// While the answer lives, what happens on this thread happens in the run.
    #[inline]
    pub(crate) fn in_run(&self) -> Inside<'_> {
        Inside::new(self.0.as_ref().map(|spans| &spans.run))
    }

    /// While the answer lives, what happens on this thread happens in the block under way.
    #[inline]
    pub(crate) fn in_block(&self) -> Inside<'_> {
        Inside::new(self.0.as_ref().map(|spans| &spans.block))
    }

    /// The block under way is over.
    #[inline]
    pub(crate) fn block_ended(&mut self, end: AttemptEnd, error: Option<&dyn Display>) {
        if let Some(spans) = &mut self.0 {
            spans.block_ended(end, error);
        }
    }

    /// The run is over; `provider` is whose value it has, if any.
    #[inline]
    pub(crate) fn run_ended(&mut self, end: RunEnd, provider: Option<&str>, attempts: u32) {
        if let Some(spans) = self.0.take() {
            spans.run_ended(end, provider, attempts);
        }
    }
}

impl Drop for Trace {
    #[inline]
    fn drop(&mut self) {
        if let Some(spans) = self.0.take() {
            spans.close();
        }
    }
}

impl Spans {
    #[cold]
    fn begin(plan: &Plan) -> Option<Box<Self>> {
        let run = || {
            info_span!(
                target: "ductape",
                "ductape.run",
                otel.name = plan.tag(),
                otel.status_code = Empty,
                ductape.plan = plan.tag(),
                ductape.kind = plan.kind().as_str(),
                ductape.provider = Empty,
                ductape.attempts = Empty,
                ductape.outcome = Empty,
                "error.type" = Empty,
            )
        };
        let run = quietly(run).filter(|run| !run.is_disabled())?;
        let (plan, provider) = (plan.tag.clone(), DEGRADE);
        Some(Box::new(Self { run, block: Span::none(), plan, provider, attempt: 0 }))
    }

    #[cold]
    fn block_begins(&mut self, plan: &Plan, block: Block, attempt: u32) {
        /// Each kind of block has a span of its own name, and names are constants.
        macro_rules! span {
            ($name:literal) => {
                info_span!(
                    target: "ductape",
                    parent: &self.run,
                    $name,
                    otel.name = &*self.provider,
                    otel.status_code = Empty,
                    ductape.plan = plan.tag(),
                    ductape.provider = &*self.provider,
                    ductape.attempt = attempt,
                    ductape.outcome = Empty,
                    "error.type" = Empty,
                    error.message = Empty,
                )
            };
        }
        self.attempt = attempt;
        self.provider = match block {
            Block::Provider(provider) | Block::Reconcile(provider) => plan.all()[provider].name.clone(),
            Block::Degrade | Block::Over => DEGRADE,
        };
        let span = quietly(|| match block {
            Block::Provider(_) => span!("ductape.attempt"),
            Block::Reconcile(_) => span!("ductape.reconcile"),
            Block::Degrade | Block::Over => span!("ductape.degrade"),
        });
        self.block = span.unwrap_or_else(Span::none);
    }

    #[cold]
    fn block_ended(&mut self, end: AttemptEnd, error: Option<&dyn Display>) {
        let block = std::mem::replace(&mut self.block, Span::none());
        quietly(|| {
            record_end(&block, end.as_str(), end.is_error());
            if let Some(error) = error {
                block.record("error.message", display(error));
            }
        });
        if end.is_error() {
            quietly(|| {
                info!(
                    target: "ductape",
                    parent: &block,
                    {
                        ductape.event = "attempt_failed",
                        ductape.plan = &*self.plan,
                        ductape.provider = &*self.provider,
                        ductape.attempt = self.attempt,
                        ductape.outcome = end.as_str(),
                        error.message = error.map(display),
                    },
                    "attempt_failed"
                );
            });
        }
        close(block);
    }

    #[cold]
    fn run_ended(self, end: RunEnd, provider: Option<&str>, attempts: u32) {
        quietly(|| {
            record_end(&self.run, end.as_str(), end.is_error());
            self.run.record("ductape.attempts", attempts);
            if let Some(provider) = provider {
                self.run.record("ductape.provider", provider);
            }
        });
        self.close();
    }

    #[cold]
    fn close(self) {
        close(self.block);
        close(self.run);
    }
}

/// Each on its own: a second panic while the first unwinds would be the end of the process.
fn close(span: Span) {
    quietly(|| drop(span));
}

fn record_end(span: &Span, end: &str, is_error: bool) {
    span.record("ductape.outcome", end);
    if is_error {
        span.record("otel.status_code", "ERROR");
        span.record("error.type", end);
    }
}

/// While this lives, the span is the thread's.
pub(crate) struct Inside<'a>(Option<&'a Span>);

impl<'a> Inside<'a> {
    #[inline]
    fn new(span: Option<&'a Span>) -> Self {
        if let Some(span) = span {
            enter(span);
        }
        Self(span)
    }
}

impl Drop for Inside<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(span) = self.0 {
            exit(span);
        }
    }
}

#[cold]
fn enter(span: &Span) {
    quietly(|| span.with_subscriber(|(id, subscriber)| subscriber.enter(id)));
}

#[cold]
fn exit(span: &Span) {
    quietly(|| span.with_subscriber(|(id, subscriber)| subscriber.exit(id)));
}
