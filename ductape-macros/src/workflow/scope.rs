//! Which bindings are in scope at a place? Those of the blocks, arms, loops and conditions around it.

use proc_macro2::Ident;
use syn::{Block, Expr, Pat};

use crate::names::{bindings, used_in_block};

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

    /// Those that the block uses, each once.
    pub(super) fn used_in(&self, block: &Block) -> Vec<Ident> {
        let words = used_in_block(block, &self.0);
        let mut used: Vec<Ident> = Vec::new();
        for name in self.0.iter().rev().filter(|name| words.contains(name)) {
            if !used.contains(name) {
                used.push(name.clone());
            }
        }
        used.reverse();
        used
    }
}
