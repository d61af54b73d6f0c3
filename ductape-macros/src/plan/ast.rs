//! What did the user write? The clauses that are sound, and the body in its parts, in their order.

use proc_macro2::{Group, Ident, Literal, TokenStream, TokenTree};
use quote::ToTokens;

use super::Kind;
use crate::body::{self, Block, Marker, Part};
use crate::clause::table::Place;
use crate::clause::{self, Clauses, Segment};
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

/// The name of a provider, which stands first.
pub(crate) enum Name {
    Missing,
    Written(Literal),
    /// What was meant by something that is no name, and is reported.
    Reported(String),
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
    let (mut name, clauses) = list(arguments, role.place(kind), named, diagnostics);
    if let (Name::Written(name), true) = (&name, role.is_aside()) {
        diagnostics.error(name, format_args!("`#[{marker}]` has no name"), format_args!("write `#[{marker}]`"));
    }
    if let (Name::Missing, true) = (&name, stands_in) {
        name = Name::Reported(String::new());
    }
    Piece::Marked(Marked { role, marker, name, clauses, docs, attrs, braces })
}

/// A list of clauses, with the name that may stand first: that of the provider which `named` marks.
fn list(arguments: TokenStream, place: Place, named: Option<&Ident>, diagnostics: &mut Diagnostics) -> (Name, Clauses) {
    let mut name = Name::Missing;
    let mut written = Vec::new();
    let segments = clause::parse(arguments, diagnostics);
    let named = named.filter(|_| !segments.iter().any(|segment| matches!(segment, Segment::Text(_))));
    for segment in segments {
        match (segment, &name) {
            (Segment::Clause(clause), Name::Missing) => match named.and_then(|_| clause.as_name()) {
                Some((text, message)) => name = reported(named, &text, clause.key, message, diagnostics),
                None => written.push(clause),
            },
            (Segment::Clause(clause), _) => written.push(clause),
            (Segment::Text(text), Name::Missing) => {
                if !written.is_empty() {
                    diagnostics.error(&text, "the name stands first", format_args!("move {text} before the clauses"));
                }
                name = Name::Written(text);
            }
            (Segment::Text(text), _) => {
                diagnostics.error(text.to_token_stream(), "a second name", "leave one of the names out");
            }
            (Segment::Unread(tokens), Name::Missing) if named.is_some() && written.is_empty() => {
                let text = clause::name_in(&tokens).unwrap_or_else(|| "stripe".to_owned());
                name = reported(named, &text, tokens, "the name of a provider is a string literal", diagnostics);
            }
            (Segment::Unread(tokens), _) => clause::unread(tokens, diagnostics),
        }
    }
    (name, clause::check(written, place, diagnostics))
}

/// Reports what stands for a name, and shows the name.
fn reported(
    marker: Option<&Ident>,
    text: &str,
    at: impl ToTokens,
    message: &str,
    diagnostics: &mut Diagnostics,
) -> Name {
    if let Some(marker) = marker {
        diagnostics.error(at, message, format_args!("write `#[{marker}({text:?})]`"));
    }
    Name::Reported(text.to_owned())
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
