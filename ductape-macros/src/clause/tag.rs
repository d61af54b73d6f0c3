//! Which tag does a definition have? The one that is given, else one made of the function's name.

use proc_macro2::Ident;

use super::Clauses;
use crate::diagnostics::Diagnostics;
use crate::literal::tag;

/// The tag that is given, or made of the function's name.
pub(crate) fn tag_of(function: &Ident, clauses: &Clauses, diagnostics: &mut Diagnostics) -> String {
    if let Some(tag) = clauses.text("tag") {
        return tag.to_owned();
    }
    let name = function.to_string();
    tag::of_function(&name).unwrap_or_else(|| {
        let mended = tag::mend(&name).unwrap_or_else(|| "my-tag".to_owned());
        if !clauses.mentions("tag") {
            let message = format_args!("no tag can be made of the name `{name}`");
            diagnostics.error(function, message, format_args!("write `tag = \"{mended}\"`"));
        }
        mended
    })
}
