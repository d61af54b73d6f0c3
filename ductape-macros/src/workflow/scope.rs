//! Which bindings are in scope at a place? Those of the blocks, arms, loops and conditions around it.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Pat, PatIdent};

/// The bindings in scope, innermost last; of several of one name the last counts.
#[derive(Default)]
pub(super) struct Scope(Vec<Ident>);

impl Scope {
    /// How many there are: what is bound later goes when its scope ends.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }

    /// What a pattern binds.
    pub(super) fn bind(&mut self, pattern: &Pat) {
        self.0.extend(bindings(pattern));
    }

    /// What the `let`s of a condition bind.
    pub(super) fn bind_condition(&mut self, condition: &Expr) {
        match condition {
            Expr::Let(binding) => self.bind(&binding.pat),
            Expr::Binary(both) => {
                self.bind_condition(&both.left);
                self.bind_condition(&both.right);
            }
            Expr::Paren(inner) => self.bind_condition(&inner.expr),
            Expr::Group(inner) => self.bind_condition(&inner.expr),
            _ => {}
        }
    }

    /// Those that the tokens mention, each once.
    pub(super) fn used_in(&self, tokens: &TokenStream) -> Vec<Ident> {
        let mut words = BTreeSet::new();
        collect(tokens.clone(), &mut words);
        let mut used: Vec<Ident> = Vec::new();
        for name in self.0.iter().rev().filter(|name| words.contains(&name.to_string())) {
            if !used.contains(name) {
                used.push(name.clone());
            }
        }
        used.reverse();
        used
    }
}

/// The names that a pattern binds.
pub(crate) fn bindings(pattern: &Pat) -> Vec<Ident> {
    struct Names(Vec<Ident>);
    impl VisitMut for Names {
        fn visit_pat_ident_mut(&mut self, name: &mut PatIdent) {
            // `None` and constants are patterns of the same form.
            if !name.ident.to_string().starts_with(char::is_uppercase) {
                self.0.push(name.ident.clone());
            }
            visit_mut::visit_pat_ident_mut(self, name);
        }
    }
    let mut names = Names(Vec::new());
    names.visit_pat_mut(&mut pattern.clone());
    names.0
}

/// Every word, those that a format string names included.
pub(crate) fn collect(tokens: TokenStream, words: &mut BTreeSet<String>) {
    for tree in tokens {
        match tree {
            TokenTree::Ident(word) => {
                words.insert(word.to_string());
            }
            TokenTree::Group(group) => collect(group.stream(), words),
            TokenTree::Literal(text) => {
                let text = text.to_string();
                let inside = text.split('{').skip(1);
                let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
                words.extend(inside.map(|rest| rest.chars().take_while(|letter| is_part(*letter)).collect()));
            }
            TokenTree::Punct(_) => {}
        }
    }
}
