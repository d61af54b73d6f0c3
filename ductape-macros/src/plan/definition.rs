//! What is a plan's definition? Statics made by const builders, checks of constants, and an entry in the registry.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use super::docs;
use super::model::{Aside, Body, Model, Provider};
use crate::clause::table::{DEFAULT_TIMEOUT, DEFAULT_TOTAL};
use crate::lower::{Call, Constants, chain, duration};
use crate::paths::{at, place, private};

/// An expression of the type `&'static Site`.
pub(super) fn definition(model: &Model, body: &Body) -> TokenStream {
    let span = at(model.function.sig.ident.span());
    let p = private(span);
    let mut constants = Constants::default();
    let of_plan = constants.calls(&model.clauses);
    let providers: Vec<_> = body.providers.iter().map(|each| provider(model, each, &of_plan, &mut constants)).collect();
    let degrade = body.degrade.as_ref().map(|aside| degrade(aside, &mut constants));
    constants.complete(&quote!(#p::PlanClauses::fallback("", &[])), &model.clauses);
    for provider in &body.providers {
        constants.complete(&quote!(#p::ProviderClauses::new("")), &provider.clauses);
    }
    weights(model, body, &of_plan, &providers, &mut constants);
    deadline(model, &of_plan, &providers, degrade.as_ref(), &mut constants);

    let constants = constants.into_items();
    let built = providers.iter().map(|provider| &provider.built);
    let count = Literal::usize_unsuffixed(providers.len());
    let kind = Ident::new(model.kind.attribute(), span);
    let tag = &model.tag;
    let place = place(model.function.sig.ident.span());
    let is_policy = |call: &&Call| model.clauses.get(call.name).is_some_and(|clause| clause.row.is_policy());
    let calls = of_plan.iter().filter(|call| !is_policy(call)).map(|call| &call.tokens);
    let description =
        (!model.clauses.has("description")).then(|| docs::first_paragraph(&model.function.attrs)).flatten();
    let description = description.map(|text| quote_spanned!(span=> .description(#text)));
    let degrade = degrade.map(|call| call.tokens);
    quote_spanned! {span=>
        {
            #constants
            static __PROVIDERS: [#p::Provider; #count] = [#(#built),*];
            static __PLAN: #p::Site = #p::Site::new(
                #p::PlanClauses::#kind(#tag, &__PROVIDERS) .place(#place) #description #(#calls)* #degrade .build()
            );
            #p::inventory::submit! { &__PLAN }
            &__PLAN
        }
    }
}

/// A provider's chain, and what of it a deadline is concerned with.
struct Lowered {
    built: TokenStream,
    need: TokenStream,
    weight: Option<Call>,
    constant_need: bool,
}

/// The clauses of a provider that say what it needs of a deadline.
const IN_NEED: [&str; 4] = ["timeout", "bulkhead", "rate_limit", "dependency"];

fn provider(model: &Model, provider: &Provider, of_plan: &[Call], constants: &mut Constants) -> Lowered {
    let span = at(provider.span);
    let p = private(span);
    let name = &provider.name;
    let inherited =
        of_plan.iter().filter(|call| model.clauses.get(call.name).is_some_and(|clause| provider.inherits(clause)));
    let own = constants.calls(&provider.clauses);
    let count = own.len();
    let calls: Vec<_> = own.into_iter().chain(inherited.cloned()).collect();
    let reconcile = provider.reconcile.as_ref().map(|aside| {
        let after = constants.calls(&aside.clauses).into_iter().find(|call| call.name == "after");
        let span = at(aside.marker.span());
        let wait =
            after.as_ref().map_or_else(|| duration(std::time::Duration::ZERO, span), |call| call.argument.clone());
        (quote_spanned!(span=> .reconcile(#wait)), after.is_some_and(|call| call.constant))
    });
    let in_need = || calls.iter().filter(|call| IN_NEED.contains(&call.name));
    let constant_need = reconcile.as_ref().is_some_and(|(_, constant)| *constant)
        || in_need().any(|call| call.constant || call.name == "dependency");
    let reconcile = reconcile.map(|(tokens, _)| tokens);
    let needed = in_need().map(|call| &call.tokens);
    let need = quote_spanned!(span=> #p::ProviderClauses::new(#name) #(#needed)* #reconcile .need());
    let description = (!provider.docs.is_empty()).then(|| {
        let docs = &provider.docs;
        quote_spanned!(span=> .description(#docs))
    });
    let (own, inherited) = calls.split_at(count);
    let (own, inherited) = (chain(own, None), chain(inherited, Some(span)));
    let built = quote_spanned!(span=> #p::ProviderClauses::new(#name) #description #own #reconcile #inherited .build());
    Lowered { built, need, weight: calls.into_iter().find(|call| call.name == "weight"), constant_need }
}

fn degrade(aside: &Aside, constants: &mut Constants) -> Call {
    let span = at(aside.marker.span());
    let given = constants.calls(&aside.clauses).into_iter().find(|call| call.name == "timeout");
    let constant = given.as_ref().is_some_and(|call| call.constant);
    let argument = given.map_or_else(|| duration(DEFAULT_TIMEOUT, span), |call| call.argument);
    Call { name: "degrade", tokens: quote_spanned!(span=> .degrade(#argument)), argument, constant }
}

/// The sum of the weights, where one of them, or the total, is a constant.
fn weights(model: &Model, body: &Body, of_plan: &[Call], providers: &[Lowered], constants: &mut Constants) {
    let total = of_plan.iter().find(|call| call.name == "total");
    let weights: Vec<_> = providers.iter().filter_map(|provider| provider.weight.as_ref()).collect();
    // One that is missing or faulty is an error already, and would only make the sum another.
    let complete = weights.len() == body.providers.iter().filter(|provider| provider.shares).count();
    let Some(constant) = weights.iter().copied().chain(total).find(|call| call.constant).filter(|_| complete) else {
        return;
    };
    let written = total.filter(|call| call.constant).unwrap_or(constant).argument.clone();
    let total =
        total.map_or_else(|| Literal::u32_unsuffixed(DEFAULT_TOTAL).into_token_stream(), |call| call.argument.clone());
    let weights = weights.iter().map(|call| &call.argument);
    if !model.clauses.is_faulty("total") {
        constants.check("weights", quote!(&[#(#weights),*], #total), &written);
    }
}

/// The sum of the needs, where one of them, or the deadline, is a constant.
fn deadline(model: &Model, of_plan: &[Call], providers: &[Lowered], degrade: Option<&Call>, constants: &mut Constants) {
    let (Some(clause), Some(call)) =
        (model.clauses.get("deadline"), of_plan.iter().find(|call| call.name == "deadline"))
    else {
        return;
    };
    let in_sum = providers.iter().any(|provider| provider.constant_need) || degrade.is_some_and(|call| call.constant);
    if !call.constant && !in_sum {
        return;
    }
    let span = at(clause.tokens.span());
    let p = private(span);
    let needs = providers.iter().map(|provider| provider.need.clone()).chain(degrade.map(|call| {
        let timeout = &call.argument;
        quote_spanned!(span=> #p::Need::degrade(#timeout))
    }));
    let deadline = &call.argument;
    constants.check("deadline", quote!(#deadline, &[#(#needs),*]), &clause.tokens);
}
