//! Layout: which blocks a body has, in which order, and what stands between them.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::quote;
use syn::Stmt;
use syn::parse::Parser;

use super::names;
use super::order;
use crate::clause::table::MAX_PROVIDERS;
use crate::clause::{Clauses, Name};
use crate::diagnostics::Diagnostics;
use crate::function::{Function, inner_attributes_of};
use crate::plan::Kind;
use crate::plan::ast::{Marked, Piece, Role};
use crate::plan::model::{Aside, Provider};

/// The body, each part in its place.
pub(super) struct Layout {
    pub(super) prelude: TokenStream,
    pub(super) providers: Vec<Named>,
    pub(super) degrade: Option<Aside>,
    /// Whether it is known what every marker was meant for: else nobody should miss anything.
    pub(super) is_whole: bool,
}

/// A provider, and the marker and the name that were written for it.
pub(super) struct Named {
    pub(super) provider: Provider,
    pub(super) marker: Option<(Role, Ident)>,
    /// `None` also for a name that is reported: what was meant by it is no second fault.
    pub(super) written: Option<Literal>,
}

pub(super) fn arrange(
    kind: Kind,
    function: &Function,
    clauses: &Clauses,
    mut pieces: Vec<Piece>,
    diagnostics: &mut Diagnostics,
) -> Layout {
    let is_whole = !pieces.iter().any(|piece| matches!(piece, Piece::Misplaced));
    let mut layout = Layout { prelude: TokenStream::new(), providers: Vec::new(), degrade: None, is_whole };
    if kind == Kind::Action {
        layout.providers.push(whole_body(function, clauses, &mut pieces));
    } else {
        lone_block(&mut pieces);
    }
    let mut previous: Option<Role> = (kind == Kind::Action).then_some(Role::Primary);
    // Under a marker that is reported, statements are reported too.
    let mut reported = false;
    for piece in pieces {
        match piece {
            Piece::Misplaced => {
                reported = true;
                continue;
            }
            // What stands between a provider and its `#[reconcile]` divides them no more once it is reported.
            Piece::Statements(statements) => layout.statements(kind, statements, reported, diagnostics),
            Piece::Unmarked(braces) => {
                unmarked(kind, &braces, diagnostics);
                layout.providers.push(Named::unmarked(&braces));
                previous = Some(Role::Provider);
            }
            Piece::Marked(marked) => {
                let role = marked.role;
                layout.block(kind, marked, previous, diagnostics);
                previous = Some(role);
            }
        }
        reported = false;
    }
    if layout.providers.is_empty() {
        layout.prelude = without_value(layout.prelude);
    }
    if is_whole {
        order::check(kind, function, &layout.providers, diagnostics);
    }
    if let Some(marker) = layout.providers.get(MAX_PROVIDERS).and_then(|named| named.marker.as_ref()) {
        let message = format_args!("a plan has at most {MAX_PROVIDERS} providers, and this is one more");
        diagnostics.error(&marker.1, message, "divide the plan: a provider's block may call another plan");
        layout.providers.truncate(MAX_PROVIDERS);
    }
    layout
}

/// An action's body, up to the blocks at its end, is its only provider.
///
/// A block that is marked as a provider all the same is its last expression.
fn whole_body(function: &Function, clauses: &Clauses, pieces: &mut Vec<Piece>) -> Named {
    let statements: TokenStream = match pieces.first_mut() {
        Some(Piece::Statements(statements)) => std::mem::take(statements).into_iter().collect(),
        _ => TokenStream::new(),
    };
    let marked = pieces.iter().find_map(|piece| match piece {
        Piece::Marked(marked) if !marked.role.is_aside() => Some(TokenTree::from(marked.braces.clone())),
        _ => None,
    });
    let statements: TokenStream = statements.into_iter().chain(marked).collect();
    pieces.retain(|piece| !matches!(piece, Piece::Statements(statements) if statements.is_empty()));
    let braces = only_block(&statements).unwrap_or_else(|| {
        let mut braces = Group::new(Delimiter::Brace, statements);
        braces.set_span(function.body.span());
        braces
    });
    let name = clauses.text("app").map_or_else(|| names::of_action(function, clauses), str::to_owned);
    let mut named = Named::unmarked(&braces);
    named.provider.name = name;
    named.provider.span = function.sig.ident.span();
    named
}

/// A block that is all there is.
fn only_block(statements: &TokenStream) -> Option<Group> {
    let mut trees = statements.clone().into_iter();
    match (trees.next(), trees.next()) {
        (Some(TokenTree::Group(braces)), None) if braces.delimiter() == Delimiter::Brace => Some(braces),
        _ => None,
    }
}

/// Statements without a value at their end, which would be of no type that is known, and nothing that does not parse.
fn without_value(tokens: TokenStream) -> TokenStream {
    let Ok(mut statements) = syn::Block::parse_within.parse2(tokens) else { return TokenStream::new() };
    if matches!(statements.last(), Some(Stmt::Expr(_, None))) {
        statements.pop();
    }
    quote!(#(#statements)*)
}

/// Without any provider, a block alone at the end was meant to be one.
fn lone_block(pieces: &mut Vec<Piece>) {
    let any = pieces.iter().any(|piece| matches!(piece, Piece::Marked(marked) if !marked.role.is_aside()));
    let Some(Piece::Statements(statements)) = pieces.first_mut().filter(|_| !any) else { return };
    let begins = match statements.len().checked_sub(2).and_then(|at| statements.get(at)) {
        None => true,
        Some(before) => matches!(before, TokenTree::Punct(semicolon) if semicolon.as_char() == ';'),
    };
    match statements.last() {
        Some(TokenTree::Group(braces)) if begins && braces.delimiter() == Delimiter::Brace => {
            let braces = braces.clone();
            statements.pop();
            pieces.insert(1, Piece::Unmarked(braces));
        }
        _ => {}
    }
}

fn unmarked(kind: Kind, braces: &Group, diagnostics: &mut Diagnostics) {
    let marker = match kind {
        Kind::Fallback => "#[fallback(\"name\")]",
        Kind::Quota => "#[provider(\"name\", weight = 10)]",
        Kind::Action => "#[reconcile]` or `#[degrade]",
    };
    let help = format_args!("write `{marker}` above it");
    diagnostics.error_at(braces.span_open(), "a block without a marker stands among the providers", help);
}

impl Layout {
    fn statements(&mut self, kind: Kind, statements: Vec<TokenTree>, reported: bool, diagnostics: &mut Diagnostics) {
        let tokens: TokenStream = statements.into_iter().collect();
        if self.providers.is_empty() && self.degrade.is_none() {
            self.prelude.extend(tokens);
            return;
        }
        if !reported {
            Self::stray(kind, &tokens, diagnostics);
        }
        self.prelude.extend(without_value(tokens));
    }

    fn stray(kind: Kind, tokens: &TokenStream, diagnostics: &mut Diagnostics) {
        let (message, help) = match kind {
            Kind::Action => {
                ("a statement after the blocks of an action", "move it before `#[reconcile]` and `#[degrade]`")
            }
            Kind::Fallback | Kind::Quota => (
                "a statement between or after the providers",
                "a body consists of statements, and after them only of blocks with markers: move it into a block, or before the first",
            ),
        };
        diagnostics.error(tokens, message, help);
    }

    fn block(&mut self, kind: Kind, marked: Marked, previous: Option<Role>, diagnostics: &mut Diagnostics) {
        let Marked { role, marker, .. } = &marked;
        match role {
            Role::Reconcile => match self.providers.last_mut() {
                Some(named) if named.provider.reconcile.is_none() && previous.is_some_and(|role| !role.is_aside()) => {
                    named.provider.reconcile = Some(Aside::from(marked));
                }
                _ => {
                    let help = "write it directly after the provider that it asks about, once";
                    diagnostics.error(marker, "`#[reconcile]` follows no provider", help);
                }
            },
            Role::Degrade => match &self.degrade {
                Some(first) => {
                    let help = "a plan has at most one `#[degrade]` block";
                    diagnostics.twice(&first.marker, marker, "`#[degrade]`", help);
                }
                None => self.degrade = Some(Aside::from(marked)),
            },
            _ if kind == Kind::Action => {
                let message = "an action's body is its only provider";
                let help = "leave the marker out, and name the provider with `app = \"…\"`; for several providers write `#[fallback]`";
                diagnostics.error(marker, message, help);
            }
            _ => {
                if let Some(degrade) = &self.degrade {
                    let help = "move the `#[degrade]` block to the end of the body";
                    diagnostics.error(&degrade.marker, "`#[degrade]` is not the last block", help);
                }
                self.providers.push(Named::marked(kind, marked, diagnostics));
            }
        }
    }
}

impl Named {
    fn marked(kind: Kind, marked: Marked, diagnostics: &mut Diagnostics) -> Self {
        let Marked { role, marker, name, clauses, docs, attrs, braces } = marked;
        let shares = kind == Kind::Quota && role != Role::Fallback;
        let (name, written) = match name {
            Name::Written(written) => match names::of_provider(&written, diagnostics) {
                Ok(name) => (name, Some(written)),
                Err(meant) => (meant, None),
            },
            Name::Reported(meant) => (meant, None),
            Name::Missing => {
                let example = if shares { ", weight = 70" } else { "" };
                let help = format_args!("write `#[{marker}(\"stripe\"{example})]`, the name first");
                diagnostics.error(&marker, "this provider has no name", help);
                (String::new(), None)
            }
        };
        let docs = docs.iter().map(|line| line.trim()).collect::<Vec<_>>().join("\n").trim().to_owned();
        let provider = Provider { name, span: marker.span(), clauses, docs, attrs, braces, reconcile: None, shares };
        Self { provider, marker: Some((role, marker)), written }
    }

    fn unmarked(braces: &Group) -> Self {
        let (attrs, braces) = inner_attributes_of(braces);
        let provider = Provider {
            name: String::new(),
            span: Span::call_site(),
            clauses: Clauses::default(),
            docs: String::new(),
            attrs,
            braces,
            reconcile: None,
            shares: false,
        };
        Self { provider, marker: None, written: None }
    }
}

impl From<Marked> for Aside {
    fn from(marked: Marked) -> Self {
        let Marked { marker, clauses, attrs, braces, .. } = marked;
        Self { marker, clauses, attrs, braces }
    }
}
