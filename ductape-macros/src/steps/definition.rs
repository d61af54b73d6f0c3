//! What is a definition? Its steps, and behind them their undos, as a static made by const builders.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use super::{Model, Step};
use crate::lower::{Call, Constants, chain};
use crate::paths::{at, place, private};
use crate::plan::docs::first_paragraph;

/// An expression of the type `&'static Site`.
pub(super) fn definition(model: &Model) -> TokenStream {
    let span = at(model.function.sig.ident.span());
    let p = private(span);
    let mut constants = Constants::default();
    let of_whole = constants.calls(&model.clauses);
    let steps: Vec<_> = model.steps.iter().map(|each| step(model, each, &of_whole, &mut constants)).collect();
    let undos = model.steps.iter().enumerate();
    let undos: Vec<_> = undos.filter_map(|(at, step)| undo(at, step, &mut constants)).collect();
    constants.complete(&quote!(#p::PlanClauses::fallback("", &[])), &model.clauses);
    for step in &model.steps {
        constants.complete(&quote!(#p::ProviderClauses::new("")), &step.clauses);
    }
    let constants = constants.into_items();
    let count = Literal::usize_unsuffixed(steps.len() + undos.len());
    let (kind, tag) = (Ident::new(model.kind.attribute(), span), &model.tag);
    let place = place(model.function.sig.ident.span());
    let is_of_steps = |call: &&Call| model.clauses.get(call.name).is_some_and(|clause| clause.row.is_of_steps());
    let calls = of_whole.iter().filter(|call| call.name == "classify" || !is_of_steps(call)).map(|call| &call.tokens);
    let described = model.clauses.has("description");
    let description = (!described).then(|| first_paragraph(&model.function.attrs)).flatten();
    let description = description.map(|text| quote_spanned!(span=> .description(#text)));
    quote_spanned! {span=>
        {
            #constants
            static __STEPS: [#p::Provider; #count] = [#(#steps,)* #(#undos),*];
            static __PLAN: #p::Site = #p::Site::new(
                #p::PlanClauses::#kind(#tag, &__STEPS) .place(#place) #description #(#calls)* .build()
            );
            #p::inventory::submit! { &__PLAN }
            &__PLAN
        }
    }
}

fn step(model: &Model, step: &Step, of_whole: &[Call], constants: &mut Constants) -> TokenStream {
    let span = at(step.marker.span());
    let p = private(span);
    let (name, docs) = (&step.name, &step.docs);
    let inherits = |call: &&Call| model.clauses.get(call.name).is_some_and(|clause| step.inherits(clause));
    let own = constants.calls(&step.clauses).into_iter().filter(|call| call.name != "classify");
    let own: Vec<_> = own.collect();
    let inherited: Vec<_> = of_whole.iter().filter(inherits).cloned().collect();
    deadline(model, step, of_whole, (&own, &inherited), constants);
    let (own, inherited) = (chain(&own, None), chain(&inherited, Some(span)));
    let description = (!docs.is_empty()).then(|| quote_spanned!(span=> .description(#docs)));
    let required = step.required.then(|| quote_spanned!(span=> .required()));
    quote_spanned!(span=> #p::ProviderClauses::new(#name) #description #required #own #inherited .build())
}

/// What the deadline leaves time for, where one of the values is a constant.
fn deadline(
    model: &Model,
    step: &Step,
    of_whole: &[Call],
    (own, inherited): (&[Call], &[Call]),
    constants: &mut Constants,
) {
    let find = |calls: &[Call], name: &str| calls.iter().find(|call| call.name == name).cloned();
    let either = |name: &str| find(own, name).or_else(|| find(inherited, name));
    let (Some(deadline), Some(timeout)) = (find(of_whole, "deadline"), either("timeout")) else { return };
    let retries = either("retries");
    let in_rule = [Some(&timeout), Some(&deadline), retries.as_ref()];
    let Some(constant) = in_rule.into_iter().flatten().find(|call| call.constant) else { return };
    let written = [&step.clauses, &model.clauses].into_iter().find_map(|clauses| clauses.get(constant.name));
    let Some(written) = written.map(|clause| &clause.tokens) else { return };
    let retries = retries.map_or_else(|| Literal::u32_unsuffixed(0).into_token_stream(), |call| call.argument);
    let (name, deadline, timeout) = (&step.name, &deadline.argument, &timeout.argument);
    constants.check("step", quote!(#name, #deadline, #timeout, #retries), written);
}

fn undo(at_index: usize, step: &Step, constants: &mut Constants) -> Option<TokenStream> {
    let undo = step.undo.as_ref()?;
    let span = at(undo.marker.span());
    let p = private(span);
    let (name, index) = (format!("{}.undo", step.name), Literal::usize_unsuffixed(at_index));
    let calls = constants.calls(&undo.clauses).into_iter().map(|call| call.tokens);
    Some(quote_spanned!(span=> #p::ProviderClauses::new(#name).undoes(#index) #(#calls)* .build()))
}
