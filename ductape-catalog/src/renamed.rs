//! Options that go by another name, since another one of their app has come or gone.

use std::collections::HashMap;

use ductape_definition::Definition;

use crate::collection::choices;

/// The names of options that both definitions have and that give themselves none, where those differ: from and to.
pub(crate) fn renamed(before: &Definition, next: &Definition) -> Vec<(String, String)> {
    let names: HashMap<_, _> = unnamed(before).into_iter().collect();
    let both = unnamed(next).into_iter().filter_map(|(option, to)| Some((names.get(&option)?.clone(), to)));
    both.filter(|(from, to)| from != to).collect()
}

/// The options without a name of their own, by app and event, and how they are called.
fn unnamed(definition: &Definition) -> Vec<((&str, &str), String)> {
    let unnamed = choices(definition).into_iter().filter(|(choice, _)| choice.provider.is_none());
    unnamed.filter_map(|(choice, name)| Some(((choice.app.as_deref()?, &*choice.event), name))).collect()
}
