//! What stands inside of a statement: steps, undos, and what leaves the body.

use proc_macro2::{Ident, Span, TokenTree};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Arm, Block, Expr, ExprForLoop, ExprIf, ExprWhile, Item, Stmt};

use super::lower::{Fault, Lower};
use super::nested::Site;
use crate::diagnostics::Problem;
use crate::steps::marker::{Noted, give_attributes, take_attributes, take_note};

impl VisitMut for Lower<'_> {
    fn visit_block_mut(&mut self, block: &mut Block) {
        let before = self.scope.begin();
        self.scope.declare(block);
        let mut rest = std::mem::take(&mut block.stmts).into_iter();
        while let Some(mut statement) = rest.next() {
            match take_note(&mut statement) {
                Noted::Step(step) => {
                    let statement = self.step(statement, step);
                    self.bind(&statement);
                    block.stmts.push(statement);
                }
                Noted::Undo(step) => {
                    let Stmt::Expr(Expr::Block(undo), _) = statement else { continue };
                    if let Some(item) = self.scope.item_in(&undo.block) {
                        self.refuse_item(&item);
                    }
                    let names = self.kept(&undo.block, rest.as_slice());
                    let marker = self.marker_of_undo(step);
                    if let Some(nest) = &mut self.nest {
                        let kept = nest.keep(Site { step, names, undo }, marker);
                        block.stmts.push(Stmt::Expr(Expr::Verbatim(kept), None));
                    }
                }
                Noted::Nothing => {
                    let call = if let Stmt::Macro(call) = &statement { Some(call.mac.clone()) } else { None };
                    self.visit_stmt_mut(&mut statement);
                    self.bind(&statement);
                    if let Some(call) = call {
                        self.scope.bind_given(&call);
                    }
                    block.stmts.push(statement);
                }
            }
        }
        self.scope.end(before);
    }

    fn visit_arm_mut(&mut self, arm: &mut Arm) {
        let before = self.scope.begin();
        self.scope.bind(&arm.pat);
        visit_mut::visit_arm_mut(self, arm);
        self.scope.end(before);
    }

    fn visit_expr_for_loop_mut(&mut self, each: &mut ExprForLoop) {
        self.visit_expr_mut(&mut each.expr);
        let before = self.scope.begin();
        self.scope.bind(&each.pat);
        self.visit_block_mut(&mut each.body);
        self.scope.end(before);
    }

    fn visit_expr_if_mut(&mut self, branches: &mut ExprIf) {
        let before = self.scope.begin();
        self.visit_expr_mut(&mut branches.cond);
        self.scope.bind_condition(&branches.cond);
        self.visit_block_mut(&mut branches.then_branch);
        self.scope.end(before);
        if let Some((_, other)) = &mut branches.else_branch {
            self.visit_expr_mut(other);
        }
    }

    fn visit_expr_while_mut(&mut self, each: &mut ExprWhile) {
        let before = self.scope.begin();
        self.visit_expr_mut(&mut each.cond);
        self.scope.bind_condition(&each.cond);
        self.visit_block_mut(&mut each.body);
        self.scope.end(before);
    }

    /// The attributes of a statement that becomes another stand above that.
    fn visit_stmt_mut(&mut self, statement: &mut Stmt) {
        let attributes = take_attributes(statement);
        if let Stmt::Macro(call) = statement {
            if let Some(instead) = self.call(&call.mac) {
                *statement = Stmt::Expr(Expr::Verbatim(instead), call.semi_token);
            }
        } else {
            visit_mut::visit_stmt_mut(self, statement);
        }
        give_attributes(statement, attributes);
    }

    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        match expression {
            // What leaves these leaves nothing else.
            Expr::Closure(_) | Expr::Async(_) | Expr::Const(_) | Expr::TryBlock(_) => return,
            Expr::Return(returned) => {
                if let Some(value) = &mut returned.expr {
                    self.visit_expr_mut(value);
                }
                *expression = self.returned(returned);
                return;
            }
            Expr::Macro(call) => {
                if let Some(instead) = self.call(&call.mac) {
                    *expression = Expr::Verbatim(instead);
                }
                return;
            }
            _ => {}
        }
        let receiver = receiver_of(expression);
        visit_mut::visit_expr_mut(self, expression);
        match expression {
            Expr::Try(question) => {
                if let Some(lowered) = self.question(question) {
                    *expression = lowered;
                }
            }
            Expr::MethodCall(call) => {
                if let Some(span) = receiver {
                    begin_at(&mut call.receiver, span);
                }
            }
            _ => {}
        }
    }

    fn visit_item_mut(&mut self, _: &mut Item) {}
}

/// Where `value?.call()` begins.
fn receiver_of(expression: &Expr) -> Option<Span> {
    match expression {
        Expr::MethodCall(call) if matches!(*call.receiver, Expr::Try(_)) => Some(call.receiver.span()),
        _ => None,
    }
}

/// Gives the parentheses that a `?` has become a place of the user's: what is said of the whole call is said from there.
fn begin_at(receiver: &mut Expr, span: Span) {
    if let Expr::Verbatim(tokens) = receiver {
        let spanned = |tree| match tree {
            TokenTree::Group(mut group) => {
                group.set_span(span);
                TokenTree::Group(group)
            }
            other => other,
        };
        *tokens = std::mem::take(tokens).into_iter().map(spanned).collect();
    }
}

impl Lower<'_> {
    /// The undo stands behind the block in which the item is.
    fn refuse_item(&mut self, item: &Ident) {
        let message = format!("an undo cannot use `{item}`, which is declared in an inner block");
        let help = format!("put `{item}` outside of the workflow");
        self.faults.push(Fault { at: item.clone().into(), problem: Problem::new(message, help) });
    }

    fn bind(&mut self, statement: &Stmt) {
        if let Stmt::Local(local) = statement {
            self.scope.bind(&local.pat);
        }
    }
}
