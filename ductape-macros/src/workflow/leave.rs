//! How is a statement left early? Where a step can be undone, `?` and `return` lead to its undo.
//!
//! A body that has undos is an async block whose output nobody else can make: a `?` that is hidden in a macro, and would
//! lead past the undos, does not compile.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprMatch, Lifetime, Stmt};

use super::lower::Lower;
use crate::paths::{at, private};

/// Where a failure leads.
#[derive(Clone)]
pub(super) enum Exit {
    /// Out of the function: nothing can be undone yet.
    Return,
    /// Out of this block, behind which the undos stand.
    Undo(Lifetime),
}

impl Exit {
    pub(super) fn is_past_a_step(&self) -> bool {
        matches!(self, Exit::Undo(_))
    }
}

impl Lower<'_> {
    /// Leaves, once the run has been told of the failure.
    pub(super) fn leave(&self, span: Span) -> TokenStream {
        match &self.exit {
            Exit::Return => {
                let told = self.ended(quote_spanned!(span=> __form.told()), span);
                quote_spanned!(span=> return #told)
            }
            Exit::Undo(label) => quote_spanned!(span=> break #label),
        }
    }

    /// Leaves with the value of the body.
    pub(super) fn lift(&self, value: &TokenStream, span: Span) -> TokenStream {
        self.ended(quote_spanned!(span=> __form.lift(#value)), span)
    }

    /// Where nothing can be undone, a macro may leave the body as it likes.
    fn ended(&self, exit: TokenStream, span: Span) -> TokenStream {
        if self.has_undos { exit } else { quote_spanned!(span=> #exit.open()) }
    }

    /// `value?`, as it is written.
    pub(super) fn question(&self, question: &syn::ExprTry) -> Option<Expr> {
        if !self.has_undos {
            return None;
        }
        let span = at(question.question_token.span());
        let p = private(span);
        // A `match` needs no parentheses, and says so.
        let value = match &*question.expr {
            Expr::Paren(inner) => {
                let inner = &inner.expr;
                quote_spanned!(span=> #p::identity(#inner))
            }
            value => value.to_token_stream(),
        };
        let failed = self.failed(span);
        // In parentheses: it may be the receiver of a call, at the head of a statement.
        Some(Expr::Verbatim(quote_spanned! {span=>
            (match #value {
                #p::Ok(__value) => __value,
                #p::Err(__error) => #failed,
            })
        }))
    }

    /// The body ends with an `__error` of its own.
    pub(super) fn failed(&self, span: Span) -> TokenStream {
        let leave = self.leave(span);
        quote_spanned! {span=>
            {
                __workflow.aborted(__error);
                #leave
            }
        }
    }

    /// `return value`, where the value is the body's.
    pub(super) fn returned(&mut self, returned: &mut syn::ExprReturn) -> Expr {
        let span = at(returned.return_token.span());
        let mut value = returned.expr.take().map_or_else(|| syn::parse_quote_spanned!(span=> ()), |value| *value);
        if !is_ok(&value) {
            self.last(&mut value);
        }
        let content = self.typed(span, &value.to_token_stream());
        Expr::Verbatim(if self.exit.is_past_a_step() && !is_ok(&value) {
            self.judged(&content, span)
        } else {
            let exit = self.lift(&content, span);
            quote_spanned!(span=> return #exit)
        })
    }

    /// Leaves with a value of the body that may be an error, which leads to the undos.
    pub(super) fn judged(&self, value: &TokenStream, span: Span) -> TokenStream {
        let p = private(span);
        let (exit, failed) = (self.lift(&quote_spanned!(span=> #p::Ok(__value)), span), self.failed(span));
        quote_spanned! {span=>
            match #value {
                #p::Ok(__value) => return #exit,
                #p::Err(__error) => #failed,
            }
        }
    }

    /// A block of the type of the body, so that what does not fit is said of the user's own expression.
    pub(super) fn typed(&mut self, span: Span, content: &TokenStream) -> TokenStream {
        let (p, label) = (private(span), self.label("value", span));
        // Of an empty block it is said that it has no value.
        let end = content.is_empty().then(|| quote_spanned!(span=> ;));
        quote_spanned! {span=>
            #label: {
                if let #p::Some(__never) = __form.body() {
                    break #label __never;
                }
                #content #end
            }
        }
    }

    /// Leaves at each `Ok(…)` that is the value of the body, so that it may move what an undo borrows: any other value
    /// may be an error, and is judged at the end of its block.
    pub(super) fn last(&mut self, value: &mut Expr) {
        if !self.exit.is_past_a_step() {
            return;
        }
        match value {
            Expr::If(branches) => {
                if let Some((_, other)) = &mut branches.else_branch {
                    self.last_of(&mut branches.then_branch.stmts);
                    self.last(other);
                }
            }
            Expr::Match(ExprMatch { arms, .. }) => arms.iter_mut().for_each(|arm| self.last(&mut arm.body)),
            Expr::Block(block) => self.last_of(&mut block.block.stmts),
            Expr::Unsafe(block) => self.last_of(&mut block.block.stmts),
            Expr::Paren(inner) => self.last(&mut inner.expr),
            Expr::Group(inner) => self.last(&mut inner.expr),
            value if is_ok(value) => {
                let span = at(value.span());
                let content = self.typed(span, &value.to_token_stream());
                let exit = self.lift(&content, span);
                // In a loop, since clippy would take a `return` in a branch for one that the user has written.
                *value = Expr::Verbatim(quote_spanned!(span=> loop { return #exit; }));
            }
            _ => {}
        }
    }

    fn last_of(&mut self, statements: &mut [Stmt]) {
        if let Some(Stmt::Expr(last, None)) = statements.last_mut() {
            self.last(last);
        }
    }

    /// A label that no other has.
    pub(super) fn label(&mut self, of: &str, span: Span) -> Lifetime {
        self.labels += 1;
        Lifetime::new(&format!("'__{of}_{}", self.labels), span)
    }
}

/// `Ok(…)`
fn is_ok(value: &Expr) -> bool {
    let Expr::Call(call) = value else { return false };
    let is_name = |last: &syn::PathSegment| last.ident == "Ok";
    call.args.len() == 1 && matches!(&*call.func, Expr::Path(path) if path.path.segments.last().is_some_and(is_name))
}
