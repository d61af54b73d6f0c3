//! Values as they are written, and what they must be.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::tree::{Entry, Value};
use super::{Origin, PatchFault, literal};
use crate::Name;
use crate::engine::{Percent, Rate};
use crate::plan::range::{LONGEST, SHORTEST};
use crate::text::Span;

/// Where each value comes from that is not the code's, by its path.
pub(crate) type Origins = BTreeMap<String, Origin>;

/// A clause of a patch, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Clause<'a> {
    pub(super) entry: &'a Entry,
    /// As it is written: `retries` for all providers, `providers.twilio.retries` for one.
    pub(super) path: String,
    /// Its path from the plan, or from the provider that it is for: `breaker.cooldown`.
    pub(super) rest: String,
}

/// Reads a tree, and keeps account of what is wrong with it.
#[derive(Debug)]
pub(super) struct Reader {
    plan: Name,
    pub(super) faults: Vec<PatchFault>,
    pub(super) origins: Origins,
    /// The values of providers that come from a clause for all of them.
    pub(super) for_all: BTreeSet<String>,
    /// Where one patch takes the tries away and gives waits between them.
    pub(super) contradicted: BTreeSet<String>,
}

impl<'a> Clause<'a> {
    pub(super) fn of_plan(entry: &'a Entry) -> Self {
        Self { entry, path: key(&entry.key), rest: key(&entry.key) }
    }

    /// A clause within this one.
    pub(super) fn inner(&self, entry: &'a Entry) -> Self {
        let join = |outer: &str| format!("{outer}.{}", key(&entry.key));
        Self { entry, path: join(&self.path), rest: join(&self.rest) }
    }

    /// A clause of the provider that this one names.
    pub(super) fn of_provider(&self, entry: &'a Entry) -> Self {
        Self { rest: key(&entry.key), ..self.inner(entry) }
    }

    pub(super) fn key(&self) -> &'a str {
        &self.entry.key
    }

    pub(super) fn is_null(&self) -> bool {
        self.entry.value == Value::Null
    }
}

/// A key of a path; in quotes when it has a dot of its own.
pub(super) fn key(key: &str) -> String {
    if key.contains('.') { format!("\"{key}\"") } else { key.to_owned() }
}

impl Reader {
    pub(super) fn new(plan: &Name) -> Self {
        Self {
            plan: plan.clone(),
            faults: Vec::new(),
            origins: Origins::new(),
            for_all: BTreeSet::new(),
            contradicted: BTreeSet::new(),
        }
    }

    pub(super) fn fault(&mut self, clause: &Clause<'_>, rule: impl Display, help: impl Display) {
        let value = (!matches!(clause.entry.value, Value::Table(_))).then(|| clause.entry.value.to_string());
        self.fault_at(&clause.path, value, rule, help, clause.entry.origin.clone());
    }

    pub(super) fn fault_at(
        &mut self,
        path: &str,
        value: Option<String>,
        rule: impl Display,
        help: impl Display,
        origin: Origin,
    ) {
        let (rule, help) = (rule.to_string(), help.to_string());
        self.faults.push(PatchFault {
            plan: Some(self.plan.clone()),
            path: path.to_owned(),
            value,
            rule,
            help,
            origin,
        });
    }

    /// A key that is none here.
    pub(super) fn unknown(&mut self, clause: &Clause<'_>, what: &str, known: &[&str]) {
        let key = clause.key();
        let nearest = crate::text::nearest(key, known.iter().copied());
        let help = match nearest.first() {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("there are {}", crate::text::list(known.iter().copied())),
        };
        self.fault(clause, format_args!("unknown {what} `{key}`"), help);
    }

    /// The clauses of a table; none where it takes something back.
    pub(super) fn table<'a>(&mut self, clause: &Clause<'a>, example: &str) -> &'a [Entry] {
        match &clause.entry.value {
            Value::Table(entries) => entries,
            Value::Null => &[],
            _ => {
                self.fault(clause, format_args!("`{}` is a table", clause.key()), format_args!("write {example}"));
                &[]
            }
        }
    }

    pub(super) fn count(&mut self, clause: &Clause<'_>, range: RangeInclusive<u32>) -> Option<u32> {
        let help = format!("give a whole number from {} to {}", range.start(), range.end());
        let number = match &clause.entry.value {
            Value::Null => return None,
            Value::Integer(number) => Some(*number),
            Value::Word(word) => word.parse().ok(),
            _ => None,
        };
        let Some(number) = number else {
            self.fault(clause, format_args!("`{}` takes a whole number", clause.key()), help);
            return None;
        };
        let count = u32::try_from(number).ok().filter(|count| range.contains(count));
        if count.is_none() {
            self.fault(clause, "out of range", help);
        }
        count
    }

    pub(super) fn number(&mut self, clause: &Clause<'_>, range: RangeInclusive<f64>) -> Option<f64> {
        let help = if *range.end() < f64::MAX {
            format!("give a number from {} to {}", range.start(), range.end())
        } else {
            format!("give a number from {} on", range.start())
        };
        let number = match &clause.entry.value {
            Value::Null => return None,
            #[expect(
                clippy::cast_precision_loss,
                reason = "what is that large is out of range, or as good as the same"
            )]
            Value::Integer(number) => Some(*number as f64),
            Value::Float(number) => Some(*number),
            Value::Word(word) => word.parse().ok(),
            _ => None,
        };
        let Some(number) = number else {
            self.fault(clause, format_args!("`{}` takes a number", clause.key()), help);
            return None;
        };
        let number = Some(number).filter(|number| range.contains(number));
        if number.is_none() {
            self.fault(clause, "out of range", help);
        }
        number
    }

    pub(super) fn flag(&mut self, clause: &Clause<'_>) -> Option<bool> {
        let flag = match &clause.entry.value {
            Value::Null => return None,
            Value::Flag(flag) => Some(*flag),
            Value::Word(word) => word.parse().ok(),
            _ => None,
        };
        if flag.is_none() {
            self.fault(clause, format_args!("`{}` takes a truth value", clause.key()), "give `true` or `false`");
        }
        flag
    }

    pub(super) fn duration(&mut self, clause: &Clause<'_>) -> Option<Duration> {
        self.duration_to(clause, LONGEST)
    }

    pub(super) fn duration_to(&mut self, clause: &Clause<'_>, longest: Duration) -> Option<Duration> {
        let help = match &clause.entry.value {
            Value::Integer(number) if *number > 0 => format!("give `\"{number}s\"` for seconds, or `\"{number}ms\"`"),
            _ => "give a number and a unit, such as `\"800ms\"`, `\"1.5s\"`, `\"5m\"` or `\"1h\"`".to_owned(),
        };
        let duration = self.text(clause, "a duration", &help, literal::duration)?;
        if duration < SHORTEST || duration > longest {
            let help =
                format_args!("give a duration from `\"{}\"` to `\"{}\"`", Span(SHORTEST), Span(longest)).to_string();
            self.fault(clause, "out of range", help);
            return None;
        }
        Some(duration)
    }

    pub(super) fn rate(&mut self, clause: &Clause<'_>) -> Option<Rate> {
        let help = "give a whole number per unit of time, such as `\"100/s\"`, `\"600/m\"` or `\"10000/h\"`";
        let rate = self.text(clause, "a rate", help, literal::rate)?;
        if rate.count() == 0 {
            self.fault(clause, "out of range", "give a rate from `\"1/h\"` on");
            return None;
        }
        Some(rate)
    }

    pub(super) fn percent(&mut self, clause: &Clause<'_>) -> Option<Percent> {
        let help = "give a number and `%`, such as `\"20%\"` or `\"12.5%\"`";
        let percent = self.text(clause, "a percentage", help, literal::percent)?;
        if !percent.is_share() {
            self.fault(clause, "out of range", "give more than `\"0%\"`, and at most `\"100%\"`");
            return None;
        }
        Some(percent)
    }

    /// One of a few words.
    pub(super) fn word<V: Copy + Display>(&mut self, clause: &Clause<'_>, words: &[V]) -> Option<V> {
        let known = || words.iter().map(ToString::to_string).collect::<Vec<_>>();
        let help =
            format!("give {}", known().iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(" or "));
        self.text(clause, "one of a few words", &help, |text| {
            words.iter().copied().find(|word| word.to_string() == text)
        })
    }

    fn text<V>(&mut self, clause: &Clause<'_>, what: &str, help: &str, read: impl Fn(&str) -> Option<V>) -> Option<V> {
        let value = match &clause.entry.value {
            Value::Null => return None,
            Value::Text(text) | Value::Word(text) => read(text),
            _ => None,
        };
        if value.is_none() {
            self.fault(clause, format_args!("`{}` takes {what}", clause.key()), help);
        }
        value
    }
}
