//! What did the user write? The clauses that are sound, and the body in its parts, in their order.

use proc_macro2::{Group, Ident, Literal, TokenStream, TokenTree};
use quote::ToTokens;

use super::Kind;
use crate::body::{self, Block, Marker, Part};
use crate::clause::table::Place;
use crate::clause::{self, Clauses, Segment};
use crate::diagnostics::Diagnostics;
use crate::function::{Function, inner_attributes};
use crate::returns::is_boxed_future;

/// A plan as it is written.
pub(crate) struct Ast {
    pub(crate) kind: Kind,
    pub(crate) function: Function,
    pub(crate) clauses: Clauses,
    /// `#![…]` at the head of the body, as `#[…]`.
    pub(crate) inner: TokenStream,
    pub(crate) pieces: Vec<Piece>,
}

/// A part of the body whose marker has been read.
pub(crate) enum Piece {
    Statements(Vec<TokenTree>),
    /// A block in braces without a marker, where only marked blocks may stand.
    Unmarked(Group),
    Marked(Marked),
    /// A marker that marks no block, and is reported: nobody should miss what it was meant for.
    Misplaced,
}

/// A block with its marker and its clauses.
pub(crate) struct Marked {
    pub(crate) role: Role,
    /// The marker's word.
    pub(crate) marker: Ident,
    /// Given first, in a provider.
    pub(crate) name: Option<Literal>,
    pub(crate) clauses: Clauses,
    pub(crate) docs: Vec<String>,
    pub(crate) attrs: TokenStream,
    pub(crate) braces: Group,
}

/// What a marked block is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Primary,
    Provider,
    Fallback,
    Reconcile,
    Degrade,
}

/// Reads the attribute's clauses, and the body with those of its markers.
pub(crate) fn read(kind: Kind, arguments: TokenStream, function: Function, diagnostics: &mut Diagnostics) -> Ast {
    let (name, clauses) = list(arguments, kind.place(), None, diagnostics);
    if let Some(name) = name {
        let help = format_args!("write `tag = {name}`");
        diagnostics.error(&name, format_args!("the tag of a plan is given by its clause"), help);
    }
    let (inner, body) = inner_attributes(function.body.stream());
    let mut pieces = Vec::new();
    // A body that another macro has wrapped is not the one that the user wrote.
    let body = if is_boxed_future(&function.sig) { TokenStream::new() } else { body };
    for part in body::split(body, kind.usual_marker(), diagnostics) {
        match part {
            Part::Block(block) => pieces.push(marked(kind, block, diagnostics)),
            Part::Misplaced => pieces.push(Piece::Misplaced),
            Part::Statements(statements) => between(kind, statements, &mut pieces),
        }
    }
    Ast { kind, function, clauses, inner, pieces }
}

/// Statements, in which a block without a marker is told from the rest, where it cannot be an ordinary one.
fn between(kind: Kind, statements: Vec<TokenTree>, pieces: &mut Vec<Piece>) {
    let after_marked = pieces.iter().any(|piece| matches!(piece, Piece::Marked(_)));
    if kind == Kind::Action || !after_marked {
        pieces.push(Piece::Statements(statements));
        return;
    }
    let mut rest = statements.into_iter().peekable();
    while let Some(tree) = rest.next_if(|tree| is_block(tree) || is_semicolon(tree)) {
        if let TokenTree::Group(braces) = tree {
            pieces.push(Piece::Unmarked(braces));
        }
    }
    let rest: Vec<_> = rest.collect();
    if !rest.is_empty() {
        pieces.push(Piece::Statements(rest));
    }
}

fn is_block(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Group(group) if group.delimiter() == proc_macro2::Delimiter::Brace)
}

fn is_semicolon(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ';')
}

fn marked(kind: Kind, block: Block, diagnostics: &mut Diagnostics) -> Piece {
    let Block { marker: Some(Marker { name: marker, arguments }), docs, attrs, braces } = block else {
        return Piece::Unmarked(block.braces);
    };
    let role = Role::of(&marker);
    let named = (!role.is_aside()).then_some(&marker);
    let (name, clauses) = list(arguments, role.place(kind), named, diagnostics);
    if let (Some(name), true) = (&name, role.is_aside()) {
        diagnostics.error(name, format_args!("`#[{marker}]` has no name"), format_args!("write `#[{marker}]`"));
    }
    Piece::Marked(Marked { role, marker, name, clauses, docs, attrs, braces })
}

/// A list of clauses, with the name that may stand first: that of the provider which `named` marks.
fn list(
    arguments: TokenStream,
    place: Place,
    named: Option<&Ident>,
    diagnostics: &mut Diagnostics,
) -> (Option<Literal>, Clauses) {
    let mut name = None;
    let mut written = Vec::new();
    let segments = clause::parse(arguments, diagnostics);
    let named = named.filter(|_| !segments.iter().any(|segment| matches!(segment, Segment::Text(_))));
    for segment in segments {
        match segment {
            Segment::Clause(clause) => match named.and_then(|marker| Some((marker, clause.as_name()?))) {
                Some((marker, (text, message))) if name.is_none() => {
                    let help = format_args!("write `#[{marker}({text})]`");
                    diagnostics.error(&clause.key, message, help);
                    name = Some(text);
                }
                _ => written.push(clause),
            },
            Segment::Text(text) if name.is_none() => {
                if !written.is_empty() {
                    diagnostics.error(&text, "the name stands first", format_args!("move {text} before the clauses"));
                }
                name = Some(text);
            }
            Segment::Text(text) => {
                diagnostics.error(text.to_token_stream(), "a second name", "leave one of the names out");
            }
        }
    }
    (name, clause::check(written, place, diagnostics))
}

impl Role {
    fn of(marker: &Ident) -> Self {
        match marker.to_string().as_str() {
            "primary" => Role::Primary,
            "provider" => Role::Provider,
            "reconcile" => Role::Reconcile,
            "degrade" => Role::Degrade,
            _ => Role::Fallback,
        }
    }

    /// Not a provider, but beside one.
    pub(crate) fn is_aside(self) -> bool {
        matches!(self, Role::Reconcile | Role::Degrade)
    }

    fn place(self, kind: Kind) -> Place {
        match (self, kind) {
            (Role::Reconcile, _) => Place::Reconcile,
            (Role::Degrade, _) => Place::Degrade,
            (Role::Fallback, Kind::Quota) => Place::Tier,
            (Role::Provider | Role::Primary, Kind::Quota) => Place::Share,
            (Role::Primary | Role::Provider | Role::Fallback, _) => Place::Primary,
        }
    }
}
