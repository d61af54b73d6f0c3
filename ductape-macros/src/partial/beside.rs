//! Does a part need what another one of its group gives? The two run side by side, and what a part gives is there behind
//! the group.

use proc_macro2::Ident;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Stmt};

use crate::diagnostics::Diagnostics;
use crate::names::{assigned, bindings, used_in_expression};
use crate::steps::Model;
use crate::steps::marker::{Noted, expression, take_note};

/// Reports each part that uses what another part of its group binds, or assigns to.
pub(crate) fn own_bindings(model: &Model, block: &Block, diagnostics: &mut Diagnostics) {
    Check { model, diagnostics }.visit_block_mut(&mut block.clone());
}

struct Check<'a> {
    model: &'a Model,
    diagnostics: &'a mut Diagnostics,
}

/// What a part gives to the statements behind its group.
struct Given<'a> {
    names: Vec<Ident>,
    how: How,
    part: &'a str,
}

#[derive(Clone, Copy)]
enum How {
    Bound,
    Assigned,
    /// It is assigned to something inside of what has this name.
    Inside,
}

impl VisitMut for Check<'_> {
    fn visit_block_mut(&mut self, block: &mut Block) {
        let mut group: Vec<Given<'_>> = Vec::new();
        for statement in &mut block.stmts {
            let Noted::Step(index) = take_note(statement) else {
                group.clear();
                visit_mut::visit_stmt_mut(self, statement);
                continue;
            };
            let Some(step) = self.model.steps.get(index) else { continue };
            if let Some(expression) = expression(statement) {
                for given in &group {
                    given.refuse_in(expression, self.diagnostics);
                }
            }
            let part = step.name.as_str();
            match statement {
                Stmt::Local(local) => group.push(Given { names: bindings(&local.pat), how: How::Bound, part }),
                Stmt::Expr(expression, _) => group.extend(assigned(expression).into_iter().map(|assigned| {
                    let how = if assigned.inside { How::Inside } else { How::Assigned };
                    Given { names: vec![assigned.name], how, part }
                })),
                _ => {}
            }
        }
    }
}

impl Given<'_> {
    fn refuse_in(&self, expression: &Expr, diagnostics: &mut Diagnostics) {
        let mut reported: Vec<Ident> = Vec::new();
        for name in used_in_expression(expression, &self.names) {
            if reported.contains(&name) {
                continue;
            }
            let (message, help) = self.message(&name);
            diagnostics.error(&name, message, help);
            reported.push(name);
        }
    }

    fn message(&self, name: &Ident) -> (String, &'static str) {
        let part = self.part;
        let beside = format!("by the part `{part}` of the same group, which runs beside this one");
        match self.how {
            How::Bound => (format!("`{name}` is bound {beside}"), "put a statement between the two: it ends the group"),
            How::Assigned => {
                (format!("`{name}` is assigned {beside}"), "put a statement between the two: it ends the group")
            }
            How::Inside => (
                format!("something in `{name}` is assigned {beside}"),
                "bind the value with `let`, and assign it behind the group",
            ),
        }
    }
}
