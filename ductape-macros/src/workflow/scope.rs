//! Which bindings may be gone, or another value, when an undo runs? Those of the blocks, arms, loops and conditions around
//! it, and the variables that are assigned in the statement around it or behind it.

use proc_macro2::Ident;
use syn::{Block, Expr, Macro, Pat, Stmt};

use super::changed::assigned_by;
use crate::names::{Assigned, bindings, declared, given, names_item, used_in_block};

/// The names in scope.
#[derive(Default)]
pub(super) struct Scope {
    /// Innermost last; of several of one name the last counts.
    bindings: Vec<Ident>,
    /// Items of the blocks around.
    items: Vec<Ident>,
    /// What is assigned later.
    changed: Vec<Assigned>,
}

/// How much was in scope at some place.
pub(super) struct Before(usize, usize);

impl Scope {
    /// What is bound from here on goes when its scope ends.
    pub(super) fn begin(&self) -> Before {
        Before(self.bindings.len(), self.items.len())
    }

    pub(super) fn end(&mut self, Before(bindings, items): Before) {
        self.bindings.truncate(bindings);
        self.items.truncate(items);
    }

    /// What a pattern binds.
    pub(super) fn bind(&mut self, pattern: &Pat) {
        self.bindings.extend(bindings(pattern));
    }

    /// What a statement may bind that is a macro's call.
    pub(super) fn bind_given(&mut self, call: &Macro) {
        self.bindings.extend(given(call));
    }

    /// What a block declares, all of it from its beginning on.
    pub(super) fn declare(&mut self, block: &Block) {
        self.items.extend(declared(block));
    }

    /// Where a block names an item of the blocks around.
    pub(super) fn item_in(&self, block: &Block) -> Option<Ident> {
        names_item(block, &self.items)
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

    /// The variables that statements assign.
    pub(super) fn bind_assigned(&mut self, statements: &[Stmt]) {
        let whole = assigned_by(statements).filter(|assigned| !assigned.inside && assigned.name != "self");
        self.bindings.extend(whole.map(|assigned| assigned.name));
    }

    /// What statements assign that run after what is looked at.
    pub(super) fn change(&mut self, statements: &[Stmt]) {
        self.changed.extend(assigned_by(statements));
    }

    pub(super) fn changed(&self) -> &[Assigned] {
        &self.changed
    }

    /// Those that the block uses, each once, at its first use.
    pub(super) fn used_in(&self, block: &Block) -> Vec<Ident> {
        let mut used: Vec<Ident> = Vec::new();
        for name in used_in_block(block, &self.bindings) {
            if !used.contains(&name) {
                used.push(name);
            }
        }
        used
    }
}
