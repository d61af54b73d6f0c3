//! Which parts are polled side by side? Those that follow one another.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Item, Stmt};

use crate::paths::{at, private};
use crate::steps::attempt::result;
use crate::steps::marker::{Noted, before_question, expression, lints, take_note};
use crate::steps::{Model, Step};

/// The body, each group of parts in the place of its first.
pub(super) fn lowered(model: &Model, block: &Block) -> Block {
    let mut block = block.clone();
    Lower { model }.visit_block_mut(&mut block);
    block
}

struct Lower<'a> {
    model: &'a Model,
}

/// A part with the statement that it stands in.
struct Member {
    index: usize,
    statement: Stmt,
}

impl VisitMut for Lower<'_> {
    fn visit_block_mut(&mut self, block: &mut Block) {
        let mut group = Vec::new();
        for mut statement in std::mem::take(&mut block.stmts) {
            if let Noted::Step(index) = take_note(&mut statement) {
                group.push(Member { index, statement });
                continue;
            }
            self.group(std::mem::take(&mut group), &mut block.stmts);
            self.visit_stmt_mut(&mut statement);
            block.stmts.push(statement);
        }
        self.group(group, &mut block.stmts);
    }

    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        if !matches!(expression, Expr::Closure(_) | Expr::Async(_) | Expr::Const(_) | Expr::TryBlock(_)) {
            visit_mut::visit_expr_mut(self, expression);
        }
    }

    fn visit_item_mut(&mut self, _: &mut Item) {}
}

impl Lower<'_> {
    /// The parts are polled together; then each statement takes the value of its part.
    fn group(&mut self, mut members: Vec<Member>, statements: &mut Vec<Stmt>) {
        let Some(first) = members.first().and_then(|member| self.model.steps.get(member.index)) else { return };
        let span = at(first.marker.span());
        let p = private(span);
        let mut names = Vec::new();
        let (mut pinned, mut polled, mut failures, mut values) =
            (TokenStream::new(), TokenStream::new(), TokenStream::new(), TokenStream::new());
        for Member { index, statement } in &mut members {
            let lints = lints(statement);
            // Rust allows none at an assignment, and none at the end of a block.
            let is_alone = matches!(statement, Stmt::Expr(each, Some(_)) if !matches!(each, Expr::Assign(_)));
            let own_lints = if is_alone { lints.as_slice() } else { &[] };
            let is_last = matches!(statement, Stmt::Expr(_, None));
            let (Some(step), Some(expression)) = (self.model.steps.get(*index), expression(statement)) else {
                continue;
            };
            let span = at(step.marker.span());
            let p = private(span);
            let (part, value) = (name("part", *index, step), name("value", *index, step));
            let (kind, run, question) = match before_question(expression) {
                Some((before, question)) => ("required", self.run(*index, step, before), Some(question)),
                None => ("optional", self.run(*index, step, expression), None),
            };
            let kind = Ident::new(kind, span);
            pinned.extend(quote_spanned!(span=> #(#lints)* let mut #part = #p::pin!(#p::Part::#kind(async { #run }));));
            polled.extend(quote_spanned!(span=> __group.poll(#part.as_mut(), __cx);));
            values.extend(if let Some(question) = question {
                // All of it stands at the `?`: there it is said when the error cannot be the function's.
                failures.extend(quote_spanned!(at(question.span())=> __partial.required(#part.as_mut().failure())?;));
                quote_spanned!(span=> #part.as_mut().value(),)
            } else {
                quote_spanned!(span=> #part.as_mut().result(),)
            });
            // What is wrong with the value at the end of a block is said of it alone.
            *expression = Expr::Verbatim(if let Some(question) = question.filter(|_| is_last) {
                let mut value = value.clone();
                value.set_span(at(question.span()));
                value.into_token_stream()
            } else {
                quote_spanned!(span=> #(#own_lints)* #p::identity(#value))
            });
            names.push(value);
        }
        let group = quote_spanned! {span=>
            let (#(#names,)*) = {
                #pinned
                #p::poll_fn(|__cx| {
                    let mut __group = #p::Group::new();
                    #polled
                    __group.ready()
                }).await;
                #failures
                (#values)
            };
        };
        statements.push(Stmt::Expr(Expr::Verbatim(group), None));
        for Member { mut statement, .. } in members {
            if let Stmt::Local(local) = &mut statement
                && let Some((_, diverge)) = local.init.as_mut().and_then(|init| init.diverge.as_mut())
            {
                self.visit_expr_mut(diverge);
            }
            statements.push(statement);
        }
    }

    fn run(&self, index: usize, step: &Step, expression: &Expr) -> TokenStream {
        let span = at(step.marker.span());
        result(self.model, index, step, expression, &quote_spanned!(span=> __partial))
    }
}

fn name(of: &str, index: usize, step: &Step) -> Ident {
    format_ident!("__{of}_{index}", span = at(step.marker.span()))
}
