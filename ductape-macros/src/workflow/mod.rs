//! Workflows: the body of a function, in which every step is run, and undone when a later one fails.
//!
//! After a step with an undo, the rest of the body stands in a labelled block; whatever fails in it leaves that block,
//! behind which the undo stands. So the undo borrows what it needs, the last `Ok(…)` may move it, nothing is boxed, and
//! the user's own `break`, `continue` and `return` keep working.

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

/// Reports `?` and `return` in the arguments of macros, which would leave the body past its undos.
pub(crate) fn leaks(model: &Model, body: &Body, diagnostics: &mut Diagnostics) {
    for found in lower::leaks(model, body) {
        let message = format_args!("this `{found}` in a macro would leave the workflow without undoing its steps");
        diagnostics.error(&found, message, "bind it with `let` first");
    }
}

/// The statements of the function behind its definition.
pub(crate) fn run(model: &Model, body: &Body) -> TokenStream {
    let span = at(model.function.sig.ident.span());
    let p = private(span);
    let form = form(body, "workflow");
    let view = view(span, &quote_spanned!(span=> __form));
    let block = lower::body(model, body);
    quote_spanned! {span=>
        #form
        let mut __workflow = #p::Workflow::begin(__plan, &__form, #view);
        let __body = async {
            if __workflow.has_failed() {
                return __form.told();
            }
            __form.lift(#block)
        };
        let __body = __body.await;
        __form.end(__workflow.end(__body))
    }
}
