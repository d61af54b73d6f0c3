//! What does a plan become? Its definition, as statics, and the loop that drives its blocks in place.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::Kind;
use super::definition::definition;
use super::docs;
use super::model::{Aside, Body, Model, Provider};
use crate::clause::Clause;
use crate::paths::{at, private};

/// The function, its body replaced.
pub(super) fn expand(model: &Model, faulty: bool) -> TokenStream {
    let Model { function, .. } = model;
    let (attrs, vis, sig) = (&function.attrs, &function.vis, &function.sig);
    // There is an error already: nothing else should be said of what is now unused.
    let unused = faulty.then(|| quote!(#[allow(unused)]));
    let Some(body) = &model.body else { return quote!(#(#attrs)* #unused #vis #sig { loop {} }) };
    let attrs = docs::documented(model, body);
    let inner = &body.inner;
    let items = items(&body.prelude);
    let statements = statements(model, body);
    let mut braces = Group::new(Delimiter::Brace, statements);
    braces.set_span(function.body.span());
    quote!(#attrs #unused #inner #items #vis #sig #braces)
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
    };
    if !leaves(prelude) {
        return quote!(#head #prelude #run);
    }
    let typed = typed("body", body);
    let whole = quote_spanned!(span=> async { #typed #prelude #run });
    let view = view(span);
    quote_spanned! {span=>
        #head
        __form.name_abort(#whole.await, __plan.plan(), #view)
    }
}

/// How the errors can be shown: asked where it is needed, so that no future carries the answer across an await.
fn view(span: Span) -> TokenStream {
    let p = private(span);
    quote_spanned! {span=>
        {
            use #p::{ByDebug as _, ByDeref as _, ByDisplay as _, ByError as _, ByNothing as _, ByScript as _};
            (&&&&&&__form.error_type()).view()
        }
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

/// Items that the user wrote first stand behind statements that are generated.
pub(crate) fn items(statements: &TokenStream) -> Option<TokenStream> {
    const KEYWORDS: [&str; 10] = ["const", "enum", "fn", "impl", "mod", "static", "struct", "trait", "type", "use"];
    let is_keyword =
        |tree: TokenTree| matches!(tree, TokenTree::Ident(word) if KEYWORDS.iter().any(|known| word == known));
    statements.clone().into_iter().any(is_keyword).then(|| quote!(#[allow(clippy::items_after_statements)]))
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
fn future(braces: &Group, of: &str, marker: Span, body: &Body) -> TokenStream {
    let typed = typed(of, body);
    let statements = braces.stream();
    // Of an empty block it is said at its braces that it has no value.
    let end = statements.is_empty().then(|| quote!(;));
    let mut typed_braces = Group::new(Delimiter::Brace, quote!(#typed #statements #end));
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
    let said = said(model, body);
    let hedged = model.clauses.has("hedge");
    let arms = if hedged { asides(body) } else { arms(model, body) };
    let cache = model.clauses.get("cache");
    let (next, fail) = match cache {
        None => (quote_spanned!(span=> __run.next()), quote_spanned!(span=> #p::Err(__run.fail()))),
        Some(_) => (quote_spanned!(span=> __lead.next(&mut __run)), quote_spanned!(span=> __lead.fail(__run))),
    };
    // Without any block there is an error already, or all of them have lanes.
    let result = if arms.is_empty() {
        fail
    } else {
        quote_spanned! {span=>
            loop {
                let __answer = match #next.await {
                    #(#arms)*
                    _ => break #fail,
                };
                if let #p::Some(__outcome) = __answer {
                    break #p::Ok(__outcome);
                }
            }
        }
    };
    let result = if hedged { race(model, body, &result) } else { result };
    let result = match cache {
        None => result,
        Some(cache) => {
            let cached = cached(cache, model, body);
            quote_spanned! {span=>
                match #cached.await {
                    #p::Cached::Known(__result) => __result,
                    #p::Cached::Lead(__leads) => {
                        __lead = __leads;
                        let __result = #result;
                        __lead.land(__result)
                    }
                }
            }
        }
    };
    let view = view(span);
    let mutable = (hedged || !arms.is_empty()).then(|| quote_spanned!(span=> mut));
    // Before the run, so that the run is dropped first: whoever takes over then finds free what it held.
    let lead = cache.map(|_| quote_spanned!(span=> let __lead;));
    quote_spanned! {span=>
        #lead
        let #mutable __run = #p::Run::begin(__plan, &__form, #view, #classify);
        #said
        let __result = #result;
        __form.lower(__result)
    }
}

/// The lookup of the key; what cannot be kept is said at the return type, or under the key.
fn cached(cache: &Clause, model: &Model, body: &Body) -> TokenStream {
    let span = at(body.returns.span());
    let key = cache.nested().and_then(|clauses| clauses.get("key"));
    let key = key.map_or_else(
        || quote_spanned!(span=> ()),
        |clause| {
            let (key, span) = (&clause.tokens, at(clause.tokens.span()));
            let p = private(span);
            quote_spanned!(span=> { use #p::OwnKey as _; #p::Key(#key).own() })
        },
    );
    let caching = quote_spanned!(span=> __form.caching(#key));
    quote_spanned!(at(model.function.sig.ident.span())=> #caching.look(&mut __run, &|| ()))
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

/// A lane for each provider, all of them polled in place, and what follows when nobody serves.
fn race(model: &Model, body: &Body, otherwise: &TokenStream) -> TokenStream {
    let span = at(model.function.sig.ident.span());
    let p = private(span);
    let names: Vec<_> = (0..body.providers.len()).map(|index| Ident::new(&format!("__lane_{index}"), span)).collect();
    let lanes = body.providers.iter().zip(&names).enumerate().map(|(index, (provider, name))| {
        let Provider { span, attrs, braces, .. } = provider;
        let p = private(at(*span));
        let index = Literal::usize_unsuffixed(index);
        let items = items(&braces.stream());
        let block = future(braces, "block", *span, body);
        quote_spanned! {at(*span)=>
            #items #attrs
            let mut #name = #p::pin!(async {
                let mut __lane = __hedged.lane(#index);
                while __lane.turn().await {
                    __lane.attempt(#block).await;
                }
            });
        }
    });
    quote_spanned! {span=>
        {
            let __served = {
                let __hedged = #p::Hedged::new(&mut __run);
                let mut __clock = #p::pin!(#p::Clock::default());
                #(#lanes)*
                let __race = #p::poll_fn(|__cx| {
                    __hedged.poll(__cx, __clock.as_mut(), &mut [#(#names.as_mut()),*])
                });
                __race.await
            };
            match __served {
                #p::Some(__outcome) => #p::Ok(__outcome),
                #p::None => #otherwise,
            }
        }
    }
}

fn arms(model: &Model, body: &Body) -> Vec<TokenStream> {
    let mut arms = Vec::new();
    for (index, provider) in body.providers.iter().enumerate() {
        let Provider { span, attrs, braces, reconcile, .. } = provider;
        let p = private(at(*span));
        let index = Literal::usize_unsuffixed(index);
        // Where blocks follow an action's statements, these can give their value only by a `return`.
        let returns = (model.kind == Kind::Action).then(|| quote!(#[allow(clippy::needless_return)]));
        let items = items(&braces.stream());
        let block = future(braces, "block", *span, body);
        arms.push(quote_spanned! {at(*span)=>
            #returns #items #attrs
            #p::Block::Provider(#index) => __run.attempt(#block).await,
        });
        if let Some(Aside { marker, attrs, braces, .. }) = reconcile {
            let span = marker.span();
            let (p, block) = (private(at(span)), future(braces, "reconcile", span, body));
            arms.push(quote_spanned! {at(span)=>
                #attrs
                #p::Block::Reconcile(#index) => __run.reconcile(#block).await,
            });
        }
    }
    arms.extend(asides(body));
    arms
}

/// What is asked when no provider is left.
fn asides(body: &Body) -> Vec<TokenStream> {
    let mut arms = Vec::new();
    if let Some(Aside { marker, attrs, braces, .. }) = &body.degrade {
        let span = marker.span();
        let (p, block) = (private(at(span)), future(braces, "block", span, body));
        arms.push(quote_spanned! {at(span)=>
            #attrs
            #p::Block::Degrade => __run.degrade(#block).await,
        });
    }
    arms
}
