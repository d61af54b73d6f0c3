//! What does a healthcheck become? A static of the function's name, with the function inside it.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, ReturnType, Type};

use super::Model;
use super::signature::Probed;
use crate::clause::Clauses;
use crate::function::Function;
use crate::lower::Constants;
use crate::paths::{at, place, private};

pub(super) fn expand(model: &Model) -> TokenStream {
    let Model { function, tag, clauses, probed, sound } = model;
    let Function { attrs, vis, sig, body } = function;
    let name = &sig.ident;
    let span = at(name.span());
    let p = private(span);
    let probed = match probed {
        Probed::Nothing => quote!(()),
        Probed::Borrowed(probed) => probed.to_token_stream(),
    };
    let mut constants = Constants::default();
    let calls = constants.calls(clauses);
    let chain = calls.iter().filter(|call| call.name != "env").map(|call| &call.tokens);
    let env = env(clauses);
    constants.complete(&quote!(#p::HealthcheckClauses::<()>::new("", |_| loop {})), clauses);
    let constants = constants.into_items();
    let probe = probe(model);
    let place = place(name.span());
    // Documentation, and what decides whether the function is there at all, belong to the static; the rest to the function.
    let (of_static, of_function): (Vec<&Attribute>, Vec<&Attribute>) =
        attrs.iter().partition(|attribute| of_static(attribute));
    let conditions = of_static.iter().filter(|attribute| attribute.path().is_ident("cfg"));
    let unused = (!sound).then(|| quote!(#[allow(unused)]));
    // The attribute asks for it, whether or not the probe awaits anything.
    let lawful = quote!(#[allow(clippy::unused_async)]);
    quote_spanned! {span=>
        #(#of_static)*
        #[allow(non_upper_case_globals)]
        #vis static #name: #p::Healthcheck<#probed> = {
            #(#of_function)* #unused #lawful #sig #body
            #constants
            #p::HealthcheckClauses::new(#tag, #probe) .place(#place) #(#chain)* #env .build()
        };
        #(#conditions)*
        const _: () = {
            #[allow(deprecated)]
            const _: () = { #p::inventory::submit! { &#name as &'static dyn #p::AnyHealthcheck } };
        };
    }
}

fn of_static(attribute: &Attribute) -> bool {
    ["doc", "cfg", "cfg_attr", "deprecated"].iter().any(|name| attribute.path().is_ident(name))
}

/// `|client| Box::pin(async move { … })`: one try, its error as a text.
fn probe(model: &Model) -> TokenStream {
    let sig = &model.function.sig;
    let name = &sig.ident;
    let span = at(match &sig.output {
        ReturnType::Type(_, returns) => returns.span(),
        ReturnType::Default => name.span(),
    });
    let p = private(span);
    if !model.sound {
        return quote_spanned!(span=> |_| #p::Box::pin(async { #p::Ok(()) }));
    }
    let (binding, argument) = match &model.probed {
        Probed::Nothing => (quote_spanned!(span=> _), None),
        Probed::Borrowed(_) => {
            let client = quote_spanned!(Span::mixed_site()=> __client);
            (client.clone(), Some(client))
        }
    };
    let future = quote_spanned! {span=>
        async move {
            use #p::{ByDebug as _, ByDeref as _, ByDisplay as _, ByError as _, ByNothing as _, ByScript as _};
            let __answer = #p::Answer::of(#name(#argument).await);
            let __view = (&&&&&&__answer.error_type()).view();
            __answer.described(__view)
        }
    };
    let future = match &model.probed {
        Probed::Nothing => future,
        Probed::Borrowed(of) => share(of, &future),
    };
    quote_spanned!(span=> |#binding| #p::Box::pin(#future))
}

/// Asks, at the type itself, whether what the probe borrows can be shared between threads.
fn share(of: &Type, future: &TokenStream) -> TokenStream {
    let span = at(of.span());
    let p = private(span);
    quote_spanned! {span=>
        {
            use #p::Unshareable as _;
            (&#p::Borrowed::<#of>::new()).share(#future)
        }
    }
}

/// `env` may be given several times.
fn env(clauses: &Clauses) -> Option<TokenStream> {
    let given: Vec<_> = clauses.iter().filter(|clause| clause.row.name == "env").collect();
    let key = &given.first()?.key;
    let environments = given.iter().filter_map(|clause| clause.text());
    Some(quote!(.#key(&[#(#environments),*])))
}
