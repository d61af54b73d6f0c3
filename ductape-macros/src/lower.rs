//! What becomes of a clause? A call of the builder's method of the same name, with the user's own token as the name.

use std::time::Duration;

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use crate::clause::table::{Kind, Row};
use crate::clause::{Clause, Clauses, Value};
use crate::literal::percent::Percent;
use crate::literal::rate::{Per, Rate};
use crate::paths::{at, private};

/// The constants of a definition, each of them named and checked once, wherever it is used.
#[derive(Default)]
pub(crate) struct Constants(Vec<TokenStream>);

/// A clause as a call in a chain of builder methods.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) name: &'static str,
    pub(crate) tokens: TokenStream,
    /// The argument of the call.
    pub(crate) argument: TokenStream,
    /// Whether only the compiler knows what it adds to a sum.
    pub(crate) constant: bool,
}

/// The calls, one after the other; behind the provider's own ones, those that it has `of_plan`.
pub(crate) fn chain(calls: &[Call], of_plan: Option<Span>) -> TokenStream {
    let head = of_plan.filter(|_| !calls.is_empty()).map(|span| quote_spanned!(span=> .inherits()));
    let calls = calls.iter().map(|call| &call.tokens);
    quote!(#head #(#calls)*)
}

impl Constants {
    /// Lowers clauses; those that only the macro understands are left out.
    pub(crate) fn calls(&mut self, clauses: &Clauses) -> Vec<Call> {
        clauses.iter().filter_map(|clause| self.call(clause)).collect()
    }

    fn call(&mut self, clause: &Clause) -> Option<Call> {
        let Clause { key, row, value, tokens } = clause;
        let constant = match value {
            Value::Rust => row.kind.may_be_constant(),
            Value::Nested(clauses) => clauses.get("wait").is_some_and(|wait| wait.duration().is_none()),
            _ => false,
        };
        let argument = match (row.kind, value) {
            (Kind::Tag | Kind::Type, _) => return None,
            (Kind::Switch, _) if row.name == "json" => return None,
            // The builder is told that it is there; the run evaluates it.
            (Kind::Expression | Kind::Switch, _) => TokenStream::new(),
            (Kind::Static, _) => {
                let span = at(tokens.span());
                quote_spanned!(span=> &#tokens)
            }
            (Kind::Nested { of, .. }, Value::Nested(clauses)) => self.nested(of, row, key, clauses)?,
            (Kind::Choice { of, .. }, Value::Word(word)) => variant(of, word, at(tokens.span())),
            (Kind::Percent { of: Some(of) }, _) => self.wrapped(of, row.kind, value, tokens)?,
            (_, Value::Rust) => self.name(row.kind, tokens),
            (_, value) => literal(value, at(tokens.span()))?,
        };
        let tokens = quote!(.#key(#argument));
        Some(Call { name: row.name, tokens, argument, constant })
    }

    /// `Backoff::new().base(…)…`; what must be there is given to `new`.
    fn nested(&mut self, of: &str, row: &Row, key: &Ident, clauses: &Clauses) -> Option<TokenStream> {
        let span = at(key.span());
        let p = private(span);
        let required = row.needs().map(|inner| inner.name);
        let mut calls = self.calls(clauses);
        let first = calls.iter().position(|call| Some(call.name) == required).map(|found| calls.remove(found).argument);
        // Without it there is an error already.
        if first.is_none() && required.is_some() {
            return None;
        }
        if row.name == "backoff" {
            self.backoff(key, clauses, &calls);
        }
        let (of, chain) = (Ident::new(of, span), calls.iter().map(|call| &call.tokens));
        Some(quote_spanned!(span=> #p::#of::new(#first) #(#chain)*))
    }

    /// A check of waits that only the compiler knows.
    fn backoff(&mut self, key: &Ident, clauses: &Clauses, calls: &[Call]) {
        let span = at(key.span());
        let p = private(span);
        let wait = |name: &str| calls.iter().find(|call| call.name == name);
        if [wait("base"), wait("max")].iter().flatten().any(|call| call.constant) {
            let of = |name| {
                wait(name).map_or_else(
                    || {
                        let field = Ident::new(name, span);
                        quote_spanned!(span=> #p::Backoff::new().#field)
                    },
                    |call| call.argument.clone(),
                )
            };
            let (base, max) = (of("base"), of("max"));
            let written = clauses.get("max").or_else(|| clauses.get("base")).map(|clause| &clause.tokens);
            self.check("backoff", quote!(#base, #max), written.unwrap_or(&key.to_token_stream()));
        }
    }

    /// `RetryBudget::new(…)`.
    fn wrapped(&mut self, of: &str, kind: Kind, value: &Value, tokens: &TokenStream) -> Option<TokenStream> {
        let span = at(tokens.span());
        let p = private(span);
        let of = Ident::new(of, span);
        let inner = match value {
            Value::Rust => self.name(kind, tokens),
            value => literal(value, span)?,
        };
        Some(quote_spanned!(span=> #p::#of::new(#inner)))
    }

    /// A constant gets a name of its own: then a wrong type, or a wrong value, is reported once.
    fn name(&mut self, kind: Kind, tokens: &TokenStream) -> TokenStream {
        let span = at(tokens.span());
        let p = private(span);
        let name = format_ident!("__CONSTANT_{}", self.0.len(), span = span);
        let (of, check) = match kind {
            Kind::Duration => (quote_spanned!(span=> #p::Duration), Some("duration")),
            Kind::Age => (quote_spanned!(span=> #p::Duration), Some("age")),
            Kind::Rate => (quote_spanned!(span=> #p::Rate), Some("rate")),
            Kind::Percent { .. } => (quote_spanned!(span=> #p::Percent), Some("share")),
            Kind::Count { check, .. } => (quote_spanned!(span=> #p::u32), Some(check)),
            Kind::Number { check, .. } => (quote_spanned!(span=> #p::f64), Some(check)),
            _ => (quote_spanned!(span=> #p::bool), None),
        };
        self.0.push(quote_spanned!(span=> const #name: #of = #tokens;));
        if let Some(check) = check {
            self.check(check, name.to_token_stream(), tokens);
        }
        name.into_token_stream()
    }

    /// Adds a check whose error underlines what is written, from its first token to its last.
    pub(crate) fn check(&mut self, check: &str, arguments: TokenStream, written: &TokenStream) {
        let (first, last) = (at(written.span()), written.clone().into_iter().last());
        let p = private(first);
        let check = Ident::new(check, first);
        let mut arguments = Group::new(Delimiter::Parenthesis, arguments);
        arguments.set_span(last.map_or(first, |last| at(last.span())));
        self.0.push(quote_spanned!(first=> const _: () = #p::check::#check #arguments;));
    }

    /// For editors alone: a name that is being typed is completed as a method of the builder.
    pub(crate) fn complete(&mut self, builder: &TokenStream, clauses: &Clauses) {
        for key in clauses.unknown().filter(|key| syn::parse2::<Ident>(key.to_token_stream()).is_ok()) {
            self.0.push(quote! {
                #[allow(unexpected_cfgs)]
                const _: () = {
                    #[cfg(rust_analyzer)]
                    { #builder.#key; }
                };
            });
        }
    }

    /// The items that name and check the constants.
    pub(crate) fn into_items(self) -> TokenStream {
        self.0.into_iter().collect()
    }
}

fn literal(value: &Value, span: Span) -> Option<TokenStream> {
    let mut literal = match value {
        Value::Text(text) => Literal::string(text),
        Value::Count(count) => Literal::u32_unsuffixed(*count),
        Value::Number(number) => Literal::f64_suffixed(*number),
        Value::Flag(flag) => return Some(flag.to_token_stream()),
        Value::Duration(time) => return Some(duration(*time, span)),
        Value::Rate(rate) => return Some(per_time(*rate, span)),
        Value::Percent(percent) => return Some(hundredths(*percent, span)),
        Value::Switch | Value::Word(_) | Value::Rust | Value::Nested(_) => return None,
    };
    literal.set_span(span);
    Some(literal.into_token_stream())
}

pub(crate) fn duration(duration: Duration, span: Span) -> TokenStream {
    let p = private(span);
    let nanos = Literal::u64_unsuffixed(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX));
    quote_spanned!(span=> #p::Duration::from_nanos(#nanos))
}

/// `"100/s"` is `Rate::per_second(100)`.
fn per_time(rate: Rate, span: Span) -> TokenStream {
    let p = private(span);
    let unit = match rate.per {
        Per::Second => "per_second",
        Per::Minute => "per_minute",
        Per::Hour => "per_hour",
    };
    let (unit, count) = (Ident::new(unit, span), Literal::u32_unsuffixed(rate.count));
    quote_spanned!(span=> #p::Rate::#unit(#count))
}

/// `"12.5%"` is `Percent::hundredths(1250)`.
fn hundredths(percent: Percent, span: Span) -> TokenStream {
    let p = private(span);
    let hundredths = Literal::u32_unsuffixed(percent.hundredths);
    quote_spanned!(span=> #p::Percent::hundredths(#hundredths))
}

/// `"full"` is `Jitter::Full`.
fn variant(of: &str, word: &str, span: Span) -> TokenStream {
    let p = private(span);
    let (of, mut letters) = (Ident::new(of, span), word.chars());
    let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    let word = Ident::new(&capital, span);
    quote_spanned!(span=> #p::#of::#word)
}
