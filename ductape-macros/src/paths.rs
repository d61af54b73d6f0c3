//! Which paths may generated code name? Those through here, and no other: a user's module may shadow everything else.

use proc_macro2::{Literal, Span, TokenStream};
use quote::quote_spanned;

/// The facade's module for generated code, of this very version.
pub(crate) fn private(span: Span) -> TokenStream {
    quote_spanned!(span=> ::ductape::__private::v0_1)
}

/// For generated code that should point at `span`, without taking the user's hygiene and lints.
pub(crate) fn at(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}

/// `Place::new(…)` of a definition that stands at `span`.
pub(crate) fn place(span: Span) -> TokenStream {
    let start = span.start();
    let (line, column) = (start.line, start.column + 1);
    let (line, column) = (Literal::usize_unsuffixed(line), Literal::usize_unsuffixed(column));
    let span = at(span);
    let p = private(span);
    quote_spanned!(span=> #p::Place::new(#p::file!(), #line, #column))
}
