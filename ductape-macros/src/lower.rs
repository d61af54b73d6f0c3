//! What becomes of a clause? A call of the builder's method of the same name, with the user's own token as the name.

use std::time::Duration;

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use crate::clause::table::Kind;
use crate::clause::{Clause, Clauses, Value};
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
    pub(crate) constant: bool,
}

impl Constants {
    /// Lowers clauses; those that only the macro understands are left out.
    pub(crate) fn calls(&mut self, clauses: &Clauses) -> Vec<Call> {
        clauses.iter().filter_map(|clause| self.call(clause)).collect()
    }

    fn call(&mut self, clause: &Clause) -> Option<Call> {
        let Clause { key, row, value, tokens } = clause;
        let constant = matches!(
            (row.kind, value),
            (Kind::Duration | Kind::Count { .. } | Kind::Number { .. } | Kind::Flag, Value::Rust)
        );
        let argument = match (row.kind, value) {
            (Kind::Tag | Kind::Type, _) => return None,
            // The builder is told that it is there; the run evaluates it.
            (Kind::Expression | Kind::Switch, _) => TokenStream::new(),
            (Kind::Static, _) => {
                let span = at(tokens.span());
                quote_spanned!(span=> &#tokens)
            }
            (Kind::Nested(_), Value::Nested(clauses)) => self.backoff(key, clauses),
            (Kind::Choice { of, .. }, Value::Word(word)) => variant(of, word, at(tokens.span())),
            (_, Value::Rust) => self.name(row.kind, tokens),
            (_, value) => literal(value, at(tokens.span()))?,
        };
        let tokens = quote!(.#key(#argument));
        Some(Call { name: row.name, tokens, argument, constant })
    }

    /// `Backoff::new().base(…)…`, and a check of what only the compiler knows.
    fn backoff(&mut self, key: &Ident, clauses: &Clauses) -> TokenStream {
        let span = at(key.span());
        let p = private(span);
        let calls = self.calls(clauses);
        let chain = calls.iter().map(|call| &call.tokens);
        let built = quote_spanned!(span=> #p::Backoff::new() #(#chain)*);
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
        built
    }

    /// A constant gets a name of its own: then a wrong type, or a wrong value, is reported once.
    fn name(&mut self, kind: Kind, tokens: &TokenStream) -> TokenStream {
        let span = at(tokens.span());
        let p = private(span);
        let name = format_ident!("__CONSTANT_{}", self.0.len(), span = span);
        let (of, check) = match kind {
            Kind::Duration => (quote_spanned!(span=> #p::Duration), Some("duration")),
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

/// `"full"` is `Jitter::Full`.
fn variant(of: &str, word: &str, span: Span) -> TokenStream {
    let p = private(span);
    let (of, mut letters) = (Ident::new(of, span), word.chars());
    let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    let word = Ident::new(&capital, span);
    quote_spanned!(span=> #p::#of::#word)
}
