//! Does every reference of a template find something?

use crate::fault::{Faults, Path, Problem, Rule};
use crate::model::{DataType, Event, Inputs};
use crate::template::{Reference, Root, Template, Way};
use crate::words::{known_names, list};

/// What a template may refer to at its place.
pub(crate) struct Known<'a> {
    pub(crate) roots: &'a [Root],
    pub(crate) inputs: &'a Inputs,
    pub(crate) events: &'a [Event],
}

impl Known<'_> {
    pub(crate) fn check(&self, path: &Path, template: &Template, faults: &mut Faults) {
        for reference in template.references() {
            // The input is said to be none: what it would have declared is not known.
            if reference.root == Root::Input && faults.stand_in_at(&Path::default().key("input")) {
                continue;
            }
            if let Err((message, help)) = self.find(reference) {
                let written = template.to_string().into();
                faults.add(path, &written, Problem::new(Rule::Reference, message, help));
            }
        }
    }

    fn find(&self, reference: &Reference) -> Result<(), (String, String)> {
        if !self.roots.contains(&reference.root) {
            let here: Vec<_> = self.roots.iter().map(|root| format!("${}", root.as_str())).collect();
            return Err((
                format!("`${}` is not known here", reference.root.as_str()),
                format!("here are {}", list(here.iter().map(String::as_str), "and")),
            ));
        }
        match (reference.root, reference.steps.first()) {
            (Root::Input, Some(_)) => self.input(reference),
            (Root::Session, _) if reference.field(0).is_some_and(|field| matches!(field, "tag" | "token")) => {
                match reference.steps.get(1) {
                    Some(_) => {
                        Err((format!("`{reference}` goes into a text"), "a session has a `tag` and a `token`".into()))
                    }
                    None => Ok(()),
                }
            }
            (Root::Session, _) => Err((
                format!("a session has no `{}`", reference.field(0).unwrap_or_default()),
                "write `$Session{tag}` or `$Session{token}`".to_owned(),
            )),
            (Root::Sequence, _) => {
                let event = reference.field(0).unwrap_or_default();
                if let Some(earlier) = self.events.iter().find(|earlier| earlier.name() == event) {
                    let help = format!("leave out this reference, or the `allow_fail` of `{event}`");
                    let message = || format!("`{event}` may fail, and yields nothing then");
                    return if earlier.allow_fail { Err((message(), help)) } else { Ok(()) };
                }
                let help = known_names(event, "earlier event", self.events.iter().map(Event::name));
                Err((format!("`{event}` is no earlier event"), help))
            }
            _ => Ok(()),
        }
    }

    fn input(&self, reference: &Reference) -> Result<(), (String, String)> {
        let Some(name) = reference.field(0) else {
            return Err(("an input is an object, not a list".into(), "write a field, such as `$Input{amount}`".into()));
        };
        let Some(field) = self.inputs.get(name) else {
            let help = known_names(name, "declared field", self.inputs.names());
            return Err((format!("the input declares no `{name}`"), help));
        };
        let fits = match reference.steps.get(1) {
            None => true,
            Some(Way::Field(_)) => matches!(field.data_type, DataType::Object | DataType::Any),
            Some(Way::Index(_)) => matches!(field.data_type, DataType::Array | DataType::Any),
        };
        if fits {
            return Ok(());
        }
        let message = format!("`{reference}` goes into a field of the type `{}`", field.data_type.as_str());
        Err((message, format!("write `$Input{{{name}}}`, or declare `{name}` as `object` or `array`")))
    }
}
