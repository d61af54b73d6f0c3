//! Which bindings may be gone, or another value, when an undo runs? Those of the blocks, arms, loops and conditions around
//! it, and the variables that are assigned in the statement around it or behind it.

use proc_macro2::Ident;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Pat, Stmt};

use crate::names::{assigned, bindings, used_in_block};
use crate::steps::marker::{Noted, noted};

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

    /// The variables that statements assign, wherever in them but in undos.
    pub(super) fn bind_assigned(&mut self, statements: &[Stmt]) {
        struct Assigned<'a>(&'a mut Vec<Ident>);
        impl VisitMut for Assigned<'_> {
            fn visit_stmt_mut(&mut self, statement: &mut Stmt) {
                if !matches!(noted(statement), Noted::Undo(_)) {
                    visit_mut::visit_stmt_mut(self, statement);
                }
            }

            fn visit_expr_mut(&mut self, expression: &mut Expr) {
                let whole = assigned(expression).into_iter().filter(|assigned| !assigned.inside);
                self.0.extend(whole.map(|assigned| assigned.name));
                visit_mut::visit_expr_mut(self, expression);
            }
        }
        let mut visitor = Assigned(&mut self.0);
        for statement in statements {
            visitor.visit_stmt_mut(&mut statement.clone());
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
