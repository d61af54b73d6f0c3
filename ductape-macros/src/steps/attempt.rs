//! How is one step run? By a loop around its expression, which is polled in place.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

use super::{Model, Step};
use crate::clause::Clause;
use crate::paths::{at, private};

/// How the errors of a run can be shown, whose type may be known only now.
pub(crate) fn view(span: Span, of: &TokenStream) -> TokenStream {
    let p = private(span);
    quote_spanned! {span=>
        {
            use #p::{ByDebug as _, ByDeref as _, ByDisplay as _, ByError as _, ByNothing as _, ByScript as _};
            (&&&&&&#of.error_type()).view()
        }
    }
}

/// The index of a step or an undo in the definition.
pub(crate) fn index(index: usize) -> Literal {
    Literal::usize_unsuffixed(index)
}

/// What an error of the whole's own type means.
pub(crate) fn own_classify(classify: Option<&Clause>, span: Span) -> TokenStream {
    let p = private(span);
    if let Some(clause) = classify {
        let (path, span) = (&clause.tokens, at(clause.tokens.span()));
        quote_spanned!(span=> __form.classify(#path))
    } else {
        quote_spanned!(span=> #p::retry_all())
    }
}

/// Says what an error of a type of its own means.
fn any_classify(classify: &Clause) -> TokenStream {
    let (path, span) = (&classify.tokens, at(classify.tokens.span()));
    quote_spanned!(span=> __step.classify(__errors.classify(#path));)
}

/// Says what an error means where all parts are judged alike, those that call a plan by the error of its provider.
fn shared_classify(classify: &Clause) -> TokenStream {
    let (path, span) = (&classify.tokens, at(classify.tokens.span()));
    let p = private(span);
    quote_spanned!(span=> __step.classify(|__error| #p::judge(#path, __error));)
}

/// A step or part that need not succeed, or whose error is not the function's: its value is a
/// `Result<T, ductape::Error<E>>`. `whole` is the run that it belongs to.
pub(crate) fn result(
    model: &Model,
    at_index: usize,
    step: &Step,
    expression: &Expr,
    whole: &TokenStream,
) -> TokenStream {
    let span = at(step.marker.span());
    let p = private(span);
    let of_whole = if model.kind == super::Kind::Partial { model.clauses.get("classify") } else { None };
    let classify = if step.clauses.mentions("classify") {
        step.clauses.get("classify").map(any_classify)
    } else {
        of_whole.map(shared_classify)
    };
    let (index, view) = (index(at_index), view(span, &quote_spanned!(span=> __errors)));
    let future = typed(expression, &quote_spanned!(span=> #p::any_result()), span, &quote!(#expression));
    quote_spanned! {span=>
        {
            let mut __step = #whole.step(#index);
            let __ended = loop {
                match __step.next().await {
                    #p::Block::Provider(_) => {
                        let __future = #future;
                        // The type of its errors may be known only by this future.
                        let __errors = #p::Errors::of(&__future);
                        __step.show(#view);
                        #classify
                        if let #p::Some(__outcome) = __step.attempt(__future).await {
                            break #whole.met(#index, __outcome);
                        }
                    }
                    _ => break #whole.missed(__step),
                }
            };
            { use #p::Flat as _; __ended.flat() }
        }
    }
}

/// An async block that evaluates the expression, typed by a value that is never there.
pub(crate) fn typed(expression: &Expr, never: &TokenStream, marker: Span, value: &TokenStream) -> TokenStream {
    let span = at(expression.span());
    let p = private(span);
    let keyword = syn::Token![async](marker);
    let head = quote_spanned! {span=>
        if let #p::Some(__never) = #never {
            return __never;
        }
    };
    quote!(#keyword { #head #value })
}
