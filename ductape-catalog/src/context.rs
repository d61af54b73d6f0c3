//! Definitions in code, as the builders of the closures given to `define`.

use std::marker::PhantomData;
use std::time::Duration;

use ductape_definition::{Cache, DataType, Draft, Fallback, Feature, Healthcheck, Quota, Rule, Step};
use serde_json::{Map, Value, json};

use crate::collection::{Defined, Source};

/// Collects a definition: what comes out is read, and checked, like any other JSON.
#[derive(Debug)]
pub struct Context<D> {
    whole: Map<String, Value>,
    /// Whether what there is one of was called for.
    has_its_one: bool,
    slips: Vec<Slip>,
    kind: PhantomData<fn() -> D>,
}

/// What is wrong with the calls, and cannot be seen in what they have collected.
#[derive(Debug)]
struct Slip {
    path: Vec<Step>,
    rule: Rule,
    message: &'static str,
    help: &'static str,
}

/// Collects an option, or an event.
#[derive(Debug)]
pub struct Part<'c>(&'c mut Map<String, Value>);

/// A span of time: a [`Duration`], a number of milliseconds, or a text such as `"30s"`.
pub trait Span {
    /// As it is written in a definition.
    fn written(self) -> Value;
}

impl Span for Duration {
    fn written(self) -> Value {
        // A text is exact, whatever the span.
        format!("{}us", self.as_micros()).into()
    }
}

impl Span for u64 {
    fn written(self) -> Value {
        self.into()
    }
}

impl Span for &str {
    fn written(self) -> Value {
        self.into()
    }
}

impl<D> Context<D> {
    pub(crate) fn new(tag: &str) -> Self {
        let whole = Map::from_iter([("tag".to_owned(), tag.into())]);
        Self { whole, has_its_one: false, slips: Vec::new(), kind: PhantomData }
    }

    /// The name for people.
    pub fn name(&mut self, name: &str) -> &mut Self {
        self.set("name", name)
    }

    /// What it is for.
    pub fn description(&mut self, description: &str) -> &mut Self {
        self.set("description", description)
    }

    /// Any key of the definition, as it is written in JSON.
    pub fn set(&mut self, key: &str, value: impl Into<Value>) -> &mut Self {
        self.whole.insert(key.to_owned(), value.into());
        self
    }

    fn declare(&mut self, field: &str, declared: Value) -> &mut Self {
        let input = self.whole.entry("input").or_insert_with(|| json!({}));
        input[field] = declared;
        self
    }

    fn part(&mut self, list: &str) -> Part<'_> {
        let list = self.whole.entry(list).or_insert_with(|| json!([]));
        if !list.is_array() {
            *list = json!([]);
        }
        let Value::Array(items) = list else { unreachable!("it has just been made one") };
        items.push(json!({}));
        match items.last_mut() {
            Some(Value::Object(item)) => Part(item),
            _ => unreachable!("it has just been put there"),
        }
    }
}

impl<D: Defined> Source<D> for Context<D> {
    fn read(self) -> Draft {
        let draft = Draft::of_kind(D::KIND, &Value::Object(self.whole));
        self.slips
            .into_iter()
            .fold(draft, |draft, Slip { path, rule, message, help }| draft.with_fault(path, rule, message, help))
    }
}

macro_rules! inputs {
    ($($kind:ident),+) => { $(
        impl Context<$kind> {
            /// Declares a field that a run must give.
            pub fn input(&mut self, field: &str, data_type: DataType) -> &mut Self {
                self.declare(field, json!({ "type": data_type }))
            }

            /// Declares a field that a run may give.
            pub fn optional_input(&mut self, field: &str, data_type: DataType) -> &mut Self {
                self.declare(field, json!({ "type": data_type, "required": false }))
            }
        }
    )+ };
}

inputs!(Fallback, Quota, Feature);

impl Context<Fallback> {
    /// The provider that is tried first: called once, before every [`fallback`](Self::fallback).
    pub fn primary(&mut self, provider: &str) -> Part<'_> {
        let before = self.whole.get("options").and_then(Value::as_array).map_or(0, Vec::len);
        let is_second = std::mem::replace(&mut self.has_its_one, true);
        if is_second || before > 0 {
            let (rule, message) = if is_second {
                (Rule::Duplicate, "this is a second primary")
            } else {
                (Rule::Together, "the primary is not the first provider")
            };
            let path = vec![Step::Key("options".to_owned()), Step::Index(before)];
            let help = "call `primary` once, before every `fallback`";
            self.slips.push(Slip { path, rule, message, help });
        }
        self.fallback(provider)
    }

    /// The provider that is tried next.
    pub fn fallback(&mut self, provider: &str) -> Part<'_> {
        self.part("options").set("provider", provider)
    }
}

impl Context<Quota> {
    /// A provider, which needs a weight.
    pub fn provider(&mut self, provider: &str) -> Part<'_> {
        self.part("options").set("provider", provider)
    }

    /// A provider that is used when none of the others is left.
    pub fn fallback(&mut self, provider: &str) -> Part<'_> {
        self.part("fallbacks").set("provider", provider)
    }
}

impl Context<Feature> {
    /// Then, an action of an app.
    pub fn action(&mut self, app: &str, action: &str) -> Part<'_> {
        self.part("events").set("type", "action").set("app", app).set("event", action)
    }

    /// Then, a fallback.
    pub fn fallback(&mut self, tag: &str) -> Part<'_> {
        self.part("events").set("type", "fallback").set("event", tag)
    }

    /// Then, a quota.
    pub fn quota(&mut self, tag: &str) -> Part<'_> {
        self.part("events").set("type", "quota").set("event", tag)
    }

    /// Then, another feature.
    pub fn feature(&mut self, tag: &str) -> Part<'_> {
        self.part("events").set("type", "feature").set("event", tag)
    }
}

impl Context<Healthcheck> {
    /// What is probed: called once; the app and its action follow.
    pub fn probe(&mut self) -> Part<'_> {
        if std::mem::replace(&mut self.has_its_one, true) {
            let (message, help) =
                ("there are two probes", "call `probe` once, and define another healthcheck for the other");
            self.slips.push(Slip { path: Vec::new(), rule: Rule::Duplicate, message, help });
        }
        Part(&mut self.whole)
    }

    /// From one check to the next.
    pub fn interval(&mut self, interval: impl Span) -> &mut Self {
        self.set("interval", interval.written())
    }

    /// Tries within one check after the first.
    pub fn retries(&mut self, retries: u32) -> &mut Self {
        self.set("retries", retries)
    }

    /// An environment in which it runs; everywhere unless said.
    pub fn env(&mut self, slug: &str) -> &mut Self {
        self.env_input(slug, json!({}))
    }

    /// An environment in which it runs, and what the action is given there.
    pub fn env_input(&mut self, slug: &str, input: impl Into<Value>) -> &mut Self {
        self.part("envs").set("slug", slug).set("input", input);
        self
    }
}

impl Context<Cache> {
    /// How long a result is fresh.
    pub fn expiry(&mut self, expiry: impl Span) -> &mut Self {
        self.set("expiry", expiry.written())
    }
}

/// The keys of an option, an event or a probe.
#[expect(clippy::return_self_not_must_use, reason = "what is collected is kept elsewhere")]
impl Part<'_> {
    /// The app of the action.
    pub fn app(self, app: &str) -> Self {
        self.set("app", app)
    }

    /// The action that is called.
    pub fn action(self, action: &str) -> Self {
        self.set("event", action)
    }

    /// The feature that is run, instead of an action.
    pub fn feature(self, tag: &str) -> Self {
        self.set("type", "feature").set("event", tag)
    }

    /// What it is given; the run's input unless said.
    pub fn input(self, input: impl Into<Value>) -> Self {
        self.set("input", input)
    }

    /// What is taken from the response; all of it unless said.
    pub fn output(self, output: impl Into<Value>) -> Self {
        self.set("output", output)
    }

    /// Tries after the first.
    pub fn retries(self, retries: u32) -> Self {
        self.set("retries", retries)
    }

    /// Bounds one attempt.
    pub fn timeout(self, timeout: impl Span) -> Self {
        self.set("timeout", timeout.written())
    }

    /// Skip it while this is unhealthy.
    pub fn healthcheck(self, tag: &str) -> Self {
        self.set("healthcheck", tag)
    }

    /// Share of a quota's traffic.
    pub fn weight(self, weight: u32) -> Self {
        self.set("weight", weight)
    }

    /// Of an event: the feature goes on when it fails.
    pub fn allow_fail(self) -> Self {
        self.set("allow_fail", true)
    }

    /// Any key, as it is written in JSON.
    pub fn set(self, key: &str, value: impl Into<Value>) -> Self {
        self.0.insert(key.to_owned(), value.into());
        self
    }
}
