//! What does a plan become? Its definition, as statics, and the loop that drives its blocks in place.

use proc_macro2::{Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use super::Kind;
use super::definition::definition;
use super::docs;
use super::model::{Aside, Body, Model, Provider};
use crate::function::inner_attributes;
use crate::paths::{at, private};

/// The function, its body replaced.
pub(super) fn expand(model: &Model) -> TokenStream {
    let Model { function, .. } = model;
    let (attrs, vis, sig) = (&function.attrs, &function.vis, &function.sig);
    let Some(body) = &model.body else {
        // There is an error already: nothing else should be said of what is now unused.
        return quote!(#(#attrs)* #[allow(unused)] #vis #sig { loop {} });
    };
    let docs = docs::docs(model, body);
    let inner = &body.inner;
    let statements = statements(model, body);
    let mut braces = Group::new(proc_macro2::Delimiter::Brace, quote!(#inner #statements));
    braces.set_span(function.body.span());
    quote!(#(#attrs)* #docs #vis #sig #braces)
}

fn statements(model: &Model, body: &Body) -> TokenStream {
    let span = at(model.function.sig.ident.span());
    let p = private(span);
    let definition = definition(model, body);
    let form = form(model, body);
    let run = run(model, body);
    let prelude = &body.prelude;
    let head = quote_spanned! {span=>
        let __plan: &'static #p::Site = #definition;
        #form
        let __view = {
            use #p::{ByDebug as _, ByDeref as _, ByDisplay as _, ByError as _, ByNothing as _};
            (&&&&&__form.error_type()).view()
        };
    };
    if !leaves(prelude) {
        return quote!(#head #prelude #run);
    }
    let typed = typed("body", body);
    let whole = quote_spanned!(span=> async { #typed #prelude #run });
    quote_spanned! {span=>
        #head
        __form.name_abort(#whole.await, __plan.plan(), __view)
    }
}

/// Whether statements may end the function. A macro may hide anything.
fn leaves(statements: &TokenStream) -> bool {
    statements.clone().into_iter().any(|tree| match tree {
        TokenTree::Punct(punct) => matches!(punct.as_char(), '?' | '!'),
        TokenTree::Ident(word) => word == "return",
        TokenTree::Group(group) => leaves(&group.stream()),
        TokenTree::Literal(_) => false,
    })
}

/// What the compiler knows of the return type.
fn form(model: &Model, body: &Body) -> TokenStream {
    let returns = &body.returns;
    let span = at(returns.span());
    let p = private(span);
    let signature = quote_spanned!(span=> (&#p::Signature::<#returns>::new()));
    match model.clauses.get("error") {
        None => quote_spanned! {span=>
            let __form = { use #p::{Misfit as _, Plain as _}; #signature.form() };
        },
        Some(error) => {
            let error = &error.tokens;
            quote_spanned! {span=>
                let __form = { use #p::{Misfit as _, OwnPlain as _}; #signature.own_form::<#error>() };
            }
        }
    }
}

/// The first statement of a block: it never returns, but gives the block its type.
fn typed(of: &str, body: &Body) -> TokenStream {
    let span = at(body.returns.span());
    let p = private(span);
    let of = Ident::new(of, span);
    quote_spanned! {span=>
        if let #p::Some(__never) = __form.#of() {
            return __never;
        }
    }
}

/// The user's block as a future, its `async` located at the marker: there it is said when a block moves what it may not.
fn block(braces: &Group, of: &str, marker: Span, body: &Body) -> TokenStream {
    let (inner, rest) = inner_attributes(braces.stream());
    let typed = typed(of, body);
    let mut typed_braces = Group::new(braces.delimiter(), quote!(#inner #typed #rest));
    typed_braces.set_span(braces.span());
    let keyword = syn::Token![async](at(marker));
    quote!(#keyword #typed_braces)
}

fn run(model: &Model, body: &Body) -> TokenStream {
    let span = at(model.function.sig.ident.span());
    let p = private(span);
    let classify = if let Some(clause) = model.clauses.get("classify") {
        let (path, span) = (&clause.tokens, at(clause.tokens.span()));
        quote_spanned!(span=> __form.classify(#path))
    } else {
        quote_spanned!(span=> __form.retry_all())
    };
    let strays = body.strays.iter().map(|stray| {
        let typed = typed("body", body);
        quote_spanned!(span=> let _ = async { #typed #stray };)
    });
    let said = said(model, body);
    let arms = arms(model, body);
    // Without providers there is an error already.
    let result = if arms.is_empty() {
        quote_spanned!(span=> #p::Err(__run.fail()))
    } else {
        quote_spanned! {span=>
            loop {
                let __answer = match __run.next().await {
                    #(#arms)*
                    _ => break #p::Err(__run.fail()),
                };
                if let #p::Some(__outcome) = __answer {
                    break #p::Ok(__outcome);
                }
            }
        }
    };
    let mutable = (!arms.is_empty()).then(|| quote_spanned!(span=> mut));
    quote_spanned! {span=>
        #(#strays)*
        let #mutable __run = #p::Run::begin(__plan, &__form, __view, #classify);
        #said
        let __result = #result;
        __form.lower(__result)
    }
}

/// What the run is told before it begins: `when(…)` and `sticky(…)`.
fn said(model: &Model, body: &Body) -> TokenStream {
    let mut said = TokenStream::new();
    for (at_index, provider) in body.providers.iter().enumerate() {
        if let Some(clause) = provider.clauses.get("when") {
            let (holds, span, index) = (&clause.tokens, at(clause.tokens.span()), Literal::usize_unsuffixed(at_index));
            said.extend(quote_spanned!(span=> __run.when(#index, #holds);));
        }
    }
    if let Some(clause) = model.clauses.get("sticky") {
        let (key, span) = (&clause.tokens, at(clause.tokens.span()));
        said.extend(quote_spanned!(span=> __run.stick(&(#key));));
    }
    said
}

fn arms(model: &Model, body: &Body) -> Vec<TokenStream> {
    let mut arms = Vec::new();
    // Where blocks follow an action's statements, these can give their value only by a `return`.
    let returns = (model.kind == Kind::Action).then(|| quote!(#[allow(clippy::needless_return)]));
    for (index, provider) in body.providers.iter().enumerate() {
        let Provider { span, attrs, braces, reconcile, .. } = provider;
        let index = Literal::usize_unsuffixed(index).into_token_stream();
        arms.push(arm(
            "Provider",
            Some(&index),
            "attempt",
            &quote!(#returns #attrs),
            &block(braces, "block", *span, body),
            *span,
        ));
        if let Some(Aside { marker, attrs, braces, .. }) = reconcile {
            let block = block(braces, "reconcile", marker.span(), body);
            arms.push(arm("Reconcile", Some(&index), "reconcile", attrs, &block, marker.span()));
        }
    }
    if let Some(Aside { marker, attrs, braces, .. }) = &body.degrade {
        let block = block(braces, "block", marker.span(), body);
        arms.push(arm("Degrade", None, "degrade", attrs, &block, marker.span()));
    }
    arms
}

fn arm(
    of: &str,
    index: Option<&TokenStream>,
    call: &str,
    attrs: &TokenStream,
    block: &TokenStream,
    marker: Span,
) -> TokenStream {
    let span = at(marker);
    let p = private(span);
    let (of, call) = (Ident::new(of, span), Ident::new(call, span));
    let index = index.map(|index| quote_spanned!(span=> (#index)));
    quote_spanned! {span=>
        #attrs
        #p::Block::#of #index => __run.#call(#block).await,
    }
}
