use std::ffi::OsString;

use super::ForPlans;
use crate::Name;
use crate::patch::{Entry, Origin, PatchFault, Value, WHOLE_RUNTIME};
use crate::runtime::registry::registry;
use crate::text::nearest;

const PREFIX: &str = "DUCTAPE__";
/// Stands for all plans.
const ALL: &str = "ALL";

/// As a name is written in a variable.
fn in_capitals(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}

/// Tags that cannot be told apart in the name of a variable.
pub(in crate::runtime) fn ambiguous() -> Vec<PatchFault> {
    let mut tags: Vec<_> = registry().plans.iter().map(|plan| (in_capitals(plan.tag()), plan.tag())).collect();
    tags.push((ALL.to_owned(), WHOLE_RUNTIME));
    tags.sort_unstable();
    tags.dedup();
    let same = tags.chunk_by(|one, other| one.0 == other.0).filter(|group| group.len() > 1);
    let fault = |group: &[(String, &str)]| {
        let named: Vec<_> = group.iter().filter(|(_, tag)| *tag != WHOLE_RUNTIME).map(|(_, tag)| *tag).collect();
        let variable = format!("{PREFIX}{}", group[0].0);
        let rule = match named.as_slice() {
            [one] => format!("the variables of the plan `{one}` would be those that stand for all plans"),
            several => format!("the tags {} have the same variables", crate::text::list(several.iter().copied())),
        };
        let help = "give one of them another tag, with `tag = \"…\"`".to_owned();
        let origin = Origin::Environment { variable: Name::from(variable) };
        PatchFault { plan: None, path: String::new(), value: None, rule, help, origin }
    };
    same.map(fault).collect()
}

/// The overrides among these variables.
pub(super) fn read(variables: Vec<(OsString, OsString)>) -> ForPlans {
    let mut ours: Vec<_> = variables
        .into_iter()
        .filter_map(|(name, value)| Some((name.into_string().ok().filter(|name| name.starts_with(PREFIX))?, value)))
        .collect();
    ours.sort_unstable();
    let mut read = ForPlans::default();
    for (name, value) in ours {
        let origin = Origin::Environment { variable: Name::from(name.clone()) };
        match (entry(&name[PREFIX.len()..], &value.to_string_lossy(), &origin), value.to_str()) {
            (_, None) => {
                let help = "give it in UTF-8".to_owned();
                read.fault(origin, "", None, "the value is no text".to_owned(), help);
            }
            (Ok(entry), Some(_)) => read.tables.push(entry),
            (Err((rule, help)), Some(value)) => {
                let shown = Value::Word(value.to_owned()).to_string();
                read.fault(origin, "", Some(shown), rule, help);
            }
        }
    }
    read
}

/// What most likely was to be written for a plan.
fn meant(plan: &str) -> Option<String> {
    // A slip in the tag of one plan is never a word for all of them.
    if plan.eq_ignore_ascii_case(ALL) {
        return Some(ALL.to_owned());
    }
    let all: Vec<_> = registry().plans.iter().map(|known| in_capitals(known.tag())).collect();
    nearest(plan, all.iter().map(String::as_str)).first().map(|&nearest| nearest.to_owned())
}

/// What can follow the prefix: for this plan, for the one that it most likely is, or for any.
fn example(plan: &str) -> String {
    let any = || registry().plans.iter().map(|known| in_capitals(known.tag())).min();
    match meant(plan).or_else(any) {
        Some(plan) if plan != ALL => format!("{plan}__DEADLINE"),
        _ => format!("{ALL}__BREAKER__ENABLED"),
    }
}

/// A tree with one branch.
fn entry(path: &str, value: &str, origin: &Origin) -> Result<Entry, (String, String)> {
    let mut parts = path.split("__");
    let plan = parts.next().unwrap_or_default();
    let rest: Vec<_> = parts.collect();
    if rest.is_empty() || rest.iter().any(|part| part.is_empty()) {
        let help = format!("name one after the plan, such as `{PREFIX}{}`", example(plan));
        return Err(("the variable names no clause".to_owned(), help));
    }
    let plans = || registry().plans.iter().copied();
    let known = plans().find(|known| in_capitals(known.tag()) == plan);
    let (tag, providers) = match known {
        Some(known) => (known.tag(), known.all().iter().map(|provider| provider.name().to_owned()).collect()),
        None if plan == ALL => (WHOLE_RUNTIME, Vec::new()),
        None => {
            let help = match meant(plan) {
                Some(meant) => format!("did you mean `{PREFIX}{meant}__{}`?", rest.join("__").to_ascii_uppercase()),
                None => "`ductape::plans()` lists those that are linked".to_owned(),
            };
            return Err((format!("no plan has a tag that is `{plan}` in capitals"), help));
        }
    };
    let mut keys = vec![tag.to_owned()];
    for (at, part) in rest.iter().enumerate() {
        let is_provider = at == 1 && rest[0] == "PROVIDERS";
        let named =
            |names: &[String]| names.iter().filter(|name| in_capitals(name) == **part).cloned().collect::<Vec<_>>();
        match named(&providers).as_slice() {
            [name] if is_provider => keys.push(name.clone()),
            [_, _, ..] if is_provider => {
                return Err((
                    format!("several providers of `{tag}` are `{part}` in capitals"),
                    "give it in a file, or rename one of them".to_owned(),
                ));
            }
            _ => keys.push(part.to_ascii_lowercase()),
        }
    }
    let last = keys.pop().unwrap_or_default();
    let of = |key: String, value| Entry { key, value, origin: origin.clone() };
    let leaf = of(last, Value::Word(value.to_owned()));
    Ok(keys.into_iter().rev().fold(leaf, |inner, key| of(key, Value::Table(vec![inner]))))
}
