//! What stands inside of a statement: steps, undos, and what leaves the body.

use syn::visit_mut::{self, VisitMut};
use syn::{Arm, Block, Expr, ExprForLoop, ExprIf, ExprWhile, Item, Stmt};

use super::lower::Lower;
use super::nested::Site;
use crate::steps::marker::{Noted, give_attributes, take_attributes, take_note};

impl VisitMut for Lower<'_> {
    fn visit_block_mut(&mut self, block: &mut Block) {
        let before = self.scope.len();
        for mut statement in std::mem::take(&mut block.stmts) {
            match take_note(&mut statement) {
                Noted::Step(step) => {
                    let statement = self.step(statement, step);
                    self.bind(&statement);
                    block.stmts.push(statement);
                }
                Noted::Undo(step) => {
                    let Stmt::Expr(Expr::Block(undo), _) = statement else { continue };
                    let names = self.scope.used_in(&undo.block);
                    let marker = self.marker_of_undo(step);
                    if let Some(nest) = &mut self.nest {
                        let kept = nest.keep(Site { step, names, block: undo.block }, marker);
                        block.stmts.push(Stmt::Expr(Expr::Verbatim(kept), None));
                    }
                }
                Noted::Nothing => {
                    self.visit_stmt_mut(&mut statement);
                    self.bind(&statement);
                    block.stmts.push(statement);
                }
            }
        }
        self.scope.truncate(before);
    }

    fn visit_arm_mut(&mut self, arm: &mut Arm) {
        let before = self.scope.len();
        self.scope.bind(&arm.pat);
        visit_mut::visit_arm_mut(self, arm);
        self.scope.truncate(before);
    }

    fn visit_expr_for_loop_mut(&mut self, each: &mut ExprForLoop) {
        self.visit_expr_mut(&mut each.expr);
        let before = self.scope.len();
        self.scope.bind(&each.pat);
        self.visit_block_mut(&mut each.body);
        self.scope.truncate(before);
    }

    fn visit_expr_if_mut(&mut self, branches: &mut ExprIf) {
        let before = self.scope.len();
        self.visit_expr_mut(&mut branches.cond);
        self.scope.bind_condition(&branches.cond);
        self.visit_block_mut(&mut branches.then_branch);
        self.scope.truncate(before);
        if let Some((_, other)) = &mut branches.else_branch {
            self.visit_expr_mut(other);
        }
    }

    fn visit_expr_while_mut(&mut self, each: &mut ExprWhile) {
        let before = self.scope.len();
        self.visit_expr_mut(&mut each.cond);
        self.scope.bind_condition(&each.cond);
        self.visit_block_mut(&mut each.body);
        self.scope.truncate(before);
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
        visit_mut::visit_expr_mut(self, expression);
        if let Expr::Try(question) = expression
            && let Some(lowered) = self.question(question)
        {
            *expression = lowered;
        }
    }

    fn visit_item_mut(&mut self, _: &mut Item) {}
}

impl Lower<'_> {
    fn bind(&mut self, statement: &Stmt) {
        if let Stmt::Local(local) = statement {
            self.scope.bind(&local.pat);
        }
    }
}
