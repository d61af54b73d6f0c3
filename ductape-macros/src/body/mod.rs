//! What does a function's body consist of? Statements, and blocks with markers.
//!
//! The body is divided as tokens: what stands inside a block is the user's, and need not even parse yet.

mod block;
mod misplaced;
mod split;

use proc_macro2::{Group, Ident, TokenStream, TokenTree};

pub(crate) use block::doc;
pub(crate) use split::split;

/// A part of a body, in its order.
pub(crate) enum Part {
    /// Everything between two blocks with markers.
    Statements(Vec<TokenTree>),
    Block(Block),
    /// Here stands a marker of which is not known what was meant, and which is reported.
    Misplaced,
}

/// The markers that blocks of a body can have.
pub(crate) struct Markers {
    pub(crate) all: &'static [&'static str],
    /// That of most blocks, which one with a marker unheard of is taken for.
    pub(crate) usual: Option<&'static str>,
}

/// A block in braces, and what stands above it.
pub(crate) struct Block {
    pub(crate) marker: Option<Marker>,
    /// The lines of its doc comments.
    pub(crate) docs: Vec<String>,
    /// Attributes that are handed on, such as `#[allow(…)]`.
    pub(crate) attrs: TokenStream,
    pub(crate) braces: Group,
    /// Under a marker that is reported, since what is marked is no block.
    pub(crate) stands_in: bool,
}

/// `#[primary("stripe", retries = 2)]`
pub(crate) struct Marker {
    pub(crate) name: Ident,
    pub(crate) arguments: TokenStream,
}
