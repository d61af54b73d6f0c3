//! Which fields does each definition yield for certain?

use std::collections::{BTreeMap, BTreeSet};

use super::Definitions;
use crate::definition::{Definition, Kind};
use crate::limits;
use crate::model::{Choice, ChoiceKind, Event, EventKind};
use crate::template::Mapping;

/// What is yielded for certain; `None` where only a run can tell.
type Fields<'a> = Option<BTreeSet<&'a str>>;

/// By kind and tag, for every definition that is run.
pub(crate) struct Yields<'a>(BTreeMap<(Kind, &'a str), Fields<'a>>);

impl<'a> Yields<'a> {
    /// Of one that is unsound, nobody knows what it is to yield.
    pub(crate) fn of(definitions: &'a Definitions, is_unsound: &dyn Fn(Kind, &str) -> bool) -> Self {
        let mut yields = Self(BTreeMap::new());
        // What runs inside others is known first: after as many rounds as may be nested, all is known that can be.
        for _ in 0..limits::MOST_NESTED {
            let round = definitions.iter().filter_map(|definition| {
                let fields = match definition {
                    unsound if is_unsound(unsound.kind(), unsound.tag()) => None,
                    Definition::Fallback(fallback) => yields.of_choices(&fallback.options),
                    Definition::Quota(quota) => yields.of_choices(quota.choices()),
                    Definition::Feature(feature) => match &feature.output {
                        Some(output) => Some(keys(output)),
                        None => yields.of_last(&feature.events),
                    },
                    Definition::Healthcheck(_) | Definition::Cache(_) => return None,
                };
                Some(((definition.kind(), definition.tag()), and_provider(fields)))
            });
            let round = round.collect();
            if yields.0 == round {
                break;
            }
            yields.0 = round;
        }
        yields
    }

    /// What every option yields.
    fn of_choices(&self, choices: impl IntoIterator<Item = &'a Choice>) -> Fields<'a> {
        let each = choices.into_iter().map(|choice| match (&choice.output, choice.kind) {
            (Some(output), _) => Some(keys(output)),
            (None, ChoiceKind::Feature) => self.of_definition(Kind::Feature, &choice.event),
            (None, ChoiceKind::Action) => None,
        });
        common(each)
    }

    /// What the last event yields; where it may fail, what is left then yields that as well.
    fn of_last(&self, events: &'a [Event]) -> Fields<'a> {
        let certain = events.iter().rposition(|event| !event.allow_fail);
        let last = events.iter().skip(certain.unwrap_or(0)).map(|event| self.of_event(event));
        common(last.chain(certain.is_none().then(|| Some(BTreeSet::new()))))
    }

    /// What an event yields, and who served it.
    pub(crate) fn of_event(&self, event: &'a Event) -> Fields<'a> {
        let kind = match (&event.output, event.kind) {
            (Some(output), _) => return and_provider(Some(keys(output))),
            (None, EventKind::Action) => return None,
            (None, EventKind::Feature) => Kind::Feature,
            (None, EventKind::Fallback) => Kind::Fallback,
            (None, EventKind::Quota) => Kind::Quota,
        };
        self.of_definition(kind, &event.event)
    }

    fn of_definition(&self, kind: Kind, tag: &'a str) -> Fields<'a> {
        self.0.get(&(kind, tag)).cloned().flatten()
    }
}

/// What all of them yield. One whose fields nobody knows may yield what the others do.
fn common<'a>(each: impl Iterator<Item = Fields<'a>>) -> Fields<'a> {
    each.flatten().reduce(|common, fields| &common & &fields)
}

fn and_provider(fields: Fields<'_>) -> Fields<'_> {
    fields.map(|mut fields| {
        fields.insert("provider");
        fields
    })
}

fn keys(mapping: &Mapping) -> BTreeSet<&str> {
    mapping.entries().map(|(key, _)| key).collect()
}
