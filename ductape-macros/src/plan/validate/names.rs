//! Names: the tag of a plan, and those of its providers.

use proc_macro2::Literal;
use quote::ToTokens;
use syn::LitStr;

use super::layout::Named;
use crate::clause::Clauses;
use crate::diagnostics::Diagnostics;
use crate::function::Function;
use crate::literal::tag as grammar;

/// The name that a literal gives, if it is a valid one; else the one that was meant.
pub(super) fn of_provider(name: &Literal, diagnostics: &mut Diagnostics) -> Result<String, String> {
    let text = syn::parse2::<LitStr>(name.to_token_stream()).map(|text| text.value()).unwrap_or_default();
    match grammar::check("provider name", &text) {
        Ok(()) => Ok(text),
        Err(problem) => {
            diagnostics.problem(name, &problem);
            Err(grammar::mend(&text).unwrap_or_default())
        }
    }
}

/// No two providers of a plan have one name; those that have none get one.
pub(super) fn unique(providers: &mut [Named], diagnostics: &mut Diagnostics) {
    for at in 0..providers.len() {
        let (before, rest) = providers.split_at_mut(at);
        let Some(named) = rest.first_mut() else { return };
        if named.provider.name.is_empty() {
            named.provider.name = format!("provider-{}", at + 1);
        }
        let name = &named.provider.name;
        let Some(first) = before.iter().find(|other| other.provider.name == *name) else { continue };
        if let (Some(first), Some(second)) = (&first.written, &named.written) {
            let help = "a provider's name is unique in its plan";
            diagnostics.twice(first, second, format_args!("the provider name `{name}`"), help);
        }
        named.provider.name = format!("provider-{}", at + 1);
    }
}

/// The only provider of an action is named like its function.
pub(super) fn of_action(function: &Function, clauses: &Clauses) -> String {
    let own = grammar::of_function(&function.sig.ident.to_string());
    own.or_else(|| clauses.text("tag").map(str::to_owned)).unwrap_or_default()
}
