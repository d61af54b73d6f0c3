//! Workflows: the body of a function, in which every step is run, and undone when a later one fails.
//!
//! After a step with an undo, the rest of the body stands in a labelled block; whatever fails in it leaves that block,
//! behind which the undo stands. So the undo borrows what it needs, the last `Ok(…)` may move it, nothing is boxed, and
//! the user's own `break`, `continue` and `return` keep working.

mod calls;
mod changed;
mod inside;
mod leave;
mod lower;
mod nested;
mod scope;

use proc_macro2::TokenStream;
use quote::quote_spanned;

use crate::diagnostics::Diagnostics;
use crate::paths::{at, private};
use crate::steps::attempt::view;
use crate::steps::{Body, Model, form};

/// Reports what would leave the body past its undos, or past the run, and undos that would mean something else. Whether
/// there is anything of the kind.
pub(crate) fn faults(model: &Model, body: &Body, diagnostics: &mut Diagnostics) -> bool {
    let faults = lower::faults(model, body);
    for fault in &faults {
        diagnostics.problem(&fault.at, &fault.problem);
    }
    !faults.is_empty()
}

/// The statements of the function behind its definition.
pub(crate) fn run(model: &Model, body: &Body) -> TokenStream {
    let span = at(model.function.sig.ident.span());
    let p = private(span);
    let form = form(body, "workflow");
    let view = view(span, &quote_spanned!(span=> __form));
    let block = lower::body(model, body);
    let end = quote_spanned!(span=> __body.await);
    let end = if model.has_undos() { end } else { quote_spanned!(span=> __form.close(#end)) };
    quote_spanned! {span=>
        #form
        let __workflow = #p::Workflow::begin(__plan, &__form, #view);
        let __body = async { #block };
        let __body = #end;
        __form.end(__workflow.end(__body))
    }
}
