//! What did the user write? The clauses that are sound, and the body in its parts, in their order.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};

use super::Kind;
use crate::body::{self, Block, Marker, Part};
use crate::clause::table::Place;
use crate::clause::{Clauses, Name, Named, list};
use crate::diagnostics::Diagnostics;
use crate::function::{Function, inner_attributes};

/// A plan as it is written.
pub(crate) struct Ast {
    pub(crate) kind: Kind,
    pub(crate) function: Function,
    pub(crate) clauses: Clauses,
    /// `#![…]` at the head of the body, as `#[…]`.
    pub(crate) inner: TokenStream,
    pub(crate) pieces: Vec<Piece>,
    /// Whether signature and body are those that the user wrote: else they are taken as unread.
    pub(crate) is_read: bool,
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
    pub(crate) name: Name,
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
pub(crate) fn read(
    kind: Kind,
    arguments: TokenStream,
    function: Function,
    is_read: bool,
    diagnostics: &mut Diagnostics,
) -> Ast {
    let (name, clauses) = list(arguments, kind.place(), None, diagnostics);
    if let Name::Written(name) = name {
        let clause = if kind == Kind::Action { "app" } else { "tag" };
        let help = format_args!("write `{clause} = {name}`");
        let message = if kind == Kind::Action {
            "the provider of an action is named by a clause"
        } else {
            "the tag of a plan is given by its clause"
        };
        diagnostics.error(&name, message, help);
    }
    let (inner, body) = inner_attributes(function.body.stream());
    let mut pieces = Vec::new();
    let body = if is_read { body } else { TokenStream::new() };
    for part in body::split(body, &kind.markers(), diagnostics) {
        match part {
            Part::Block(block) => pieces.push(marked(kind, block, diagnostics)),
            Part::Misplaced => pieces.push(Piece::Misplaced),
            Part::Statements(statements) => between(kind, statements, &mut pieces),
        }
    }
    Ast { kind, function, clauses, inner, pieces, is_read }
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
    let Block { marker: Some(Marker { name: marker, arguments }), docs, attrs, braces, stands_in } = block else {
        return Piece::Unmarked(block.braces);
    };
    let role = Role::of(&marker);
    let named = (!role.is_aside()).then_some(&marker);
    let named = named.map(|marker| Named { marker, noun: "provider", example: "stripe" });
    let (mut name, clauses) = list(arguments, role.place(kind), named.as_ref(), diagnostics);
    if let (Name::Written(name), true) = (&name, role.is_aside()) {
        diagnostics.error(name, format_args!("`#[{marker}]` has no name"), format_args!("write `#[{marker}]`"));
    }
    if let (Name::Missing, true) = (&name, stands_in) {
        name = Name::Reported(String::new());
    }
    Piece::Marked(Marked { role, marker, name, clauses, docs, attrs, braces })
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
            // One that belongs in a quota has the clauses of one.
            (Role::Provider, _) | (Role::Primary, Kind::Quota) => Place::Share,
            (Role::Primary | Role::Fallback, _) => Place::Primary,
        }
    }
}
