//! What does a workflow's body become? The same statements, each step run in place, each undo behind what it undoes.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::visit_mut::{self, VisitMut};
use syn::{Arm, Block, Expr, ExprForLoop, ExprIf, ExprWhile, Item, Macro, Stmt};

use super::leave::Exit;
use super::nested::{Nest, Site, nest_of};
use super::scope::Scope;
use crate::paths::{at, private};
use crate::steps::attempt::{index, own_classify, result, typed};
use crate::steps::marker::{Noted, before_question, expression, take_note};
use crate::steps::{Body, Model};

/// The body as an expression of its own type.
pub(super) fn body(model: &Model, body: &Body) -> TokenStream {
    let mut lower = Lower::new(model);
    let statements = lower.rest(body.block.stmts.clone());
    let span = at(model.function.body.span());
    lower.typed(span, &statements)
}

/// The tokens by which macros would leave the body past its undos.
pub(super) fn leaks(model: &Model, body: &Body) -> Vec<TokenTree> {
    let mut lower = Lower::new(model);
    lower.rest(body.block.stmts.clone());
    lower.faults
}

pub(super) struct Lower<'a> {
    model: &'a Model,
    pub(super) exit: Exit,
    pub(super) labels: usize,
    scope: Scope,
    nest: Option<Nest>,
    pub(super) faults: Vec<TokenTree>,
}

impl<'a> Lower<'a> {
    fn new(model: &'a Model) -> Self {
        Self { model, exit: Exit::Return, labels: 0, scope: Scope::default(), nest: None, faults: Vec::new() }
    }

    /// Statements of the body, up to its end. Behind a step that can be undone, the rest stands in a block of its own.
    fn rest(&mut self, statements: Vec<Stmt>) -> TokenStream {
        let mut tokens = TokenStream::new();
        let mut rest = statements.into_iter();
        while let Some(mut statement) = rest.next() {
            match take_note(&mut statement) {
                Noted::Undo(step) => {
                    let Stmt::Expr(Expr::Block(block), _) = statement else { continue };
                    let site = Site { step, names: Vec::new(), block: block.block };
                    let rest = rest.collect();
                    tokens.extend(self.undoable(|lower| lower.rest(rest), |lower| lower.undo(&site)));
                    return tokens;
                }
                Noted::Step(step) => tokens.extend(self.step(statement, step).to_token_stream()),
                Noted::Nothing => {
                    let is_last = rest.len() == 0;
                    let Some(nest) = nest_of(&mut statement, self.labels) else {
                        tokens.extend(self.plain(statement, is_last));
                        continue;
                    };
                    let span = at(self.model.function.sig.ident.span());
                    tokens.extend(nest.declare(span));
                    self.nest = Some(nest);
                    let content = |lower: &mut Self| {
                        let first = lower.plain(statement, is_last);
                        let nest = lower.nest.take();
                        let rest = lower.rest(rest.collect());
                        lower.nest = nest;
                        quote!(#first #rest)
                    };
                    tokens.extend(self.undoable(content, |lower| {
                        let nest = lower.nest.take();
                        nest.map(|nest| nest.undo(span, |site| lower.undo(site))).unwrap_or_default()
                    }));
                    return tokens;
                }
            }
        }
        tokens
    }

    /// An ordinary statement, whatever stands inside of it.
    fn plain(&mut self, mut statement: Stmt, is_last: bool) -> TokenStream {
        self.visit_stmt_mut(&mut statement);
        if let (true, Stmt::Expr(last, None)) = (is_last, &mut statement) {
            self.last(last);
        }
        statement.into_token_stream()
    }

    /// The rest of the body in a block, and behind it what undoes the steps before.
    fn undoable(
        &mut self,
        content: impl FnOnce(&mut Self) -> TokenStream,
        undo: impl FnOnce(&mut Self) -> TokenStream,
    ) -> TokenStream {
        let span = at(self.model.function.sig.ident.span());
        let label = self.label("undo", span);
        let outer = std::mem::replace(&mut self.exit, Exit::Undo(label.clone()));
        let content = content(self);
        let content = self.typed(at(self.model.function.body.span()), &content);
        self.exit = outer;
        let (undo, leave) = (undo(self), self.exit.leave(span));
        quote_spanned! {span=>
            #label: {
                if __workflow.has_failed() {
                    break #label;
                }
                return __form.lift(#content);
            }
            #undo
            #leave
        }
    }

    /// A statement whose expression is run as a step.
    fn step(&mut self, mut statement: Stmt, at_index: usize) -> Stmt {
        let Some(step) = self.model.steps.get(at_index) else { return statement };
        let Some(expression) = expression(&mut statement) else { return statement };
        let run = if let Some((value, question)) = before_question(expression) {
            let span = at(step.marker.span());
            let p = private(span);
            let own = step.policy(&self.model.clauses, "classify");
            let (classify, index) = (own_classify(own, span), index(at_index));
            let (failed, question) = (self.exit.leave(span), question.to_token_stream());
            let never = quote_spanned!(span=> __form.step());
            let future = typed(value, &never, span, &quote!(#p::Ok(#value #question)));
            quote_spanned! {span=>
                {
                    let mut __step = __workflow.required(#index, #classify);
                    loop {
                        match __step.next().await {
                            #p::Block::Provider(_) => if let #p::Some(__outcome) = __step.attempt(#future).await {
                                break __workflow.succeeded(#index, __outcome);
                            },
                            _ => {
                                __workflow.failed(#index, __step);
                                #failed
                            }
                        }
                    }
                }
            }
        } else {
            let whole = quote_spanned!(at(step.marker.span())=> __workflow);
            result(self.model, at_index, step, expression, &whole)
        };
        *expression = Expr::Verbatim(run);
        if let Stmt::Local(local) = &mut statement {
            if let Some((_, diverge)) = local.init.as_mut().and_then(|init| init.diverge.as_mut()) {
                self.visit_expr_mut(diverge);
            }
            self.scope.bind(&local.pat);
        }
        statement
    }

    /// The run of an undo.
    fn undo(&self, site: &Site) -> TokenStream {
        let Some((step, undo)) = self.model.steps.get(site.step).and_then(|step| Some((step, step.undo.as_ref()?)))
        else {
            return TokenStream::new();
        };
        let span = at(undo.marker.span());
        let p = private(span);
        let own = self.model.clauses.get("classify").filter(|_| !step.clauses.is_faulty("classify"));
        let classify = own_classify(own, span);
        let (place, done) = (index(undo.place), index(site.step));
        let statements = &site.block.stmts;
        // Of an empty block it is said at its braces that it has no value.
        let block_span = at(site.block.brace_token.span.join());
        let (keyword, block_p) = (syn::Token![async](span), private(block_span));
        let end = statements.is_empty().then(|| quote!(;));
        let typed = quote_spanned! {block_span=>
            if let #block_p::Some(__never) = __form.undo() {
                return __never;
            }
            #(#statements)* #end
        };
        let mut braces = Group::new(Delimiter::Brace, typed);
        braces.set_span(site.block.brace_token.span.join());
        quote_spanned! {span=>
            {
                let mut __undo = __workflow.undo(#place, #classify);
                loop {
                    match __undo.next().await {
                        #p::Block::Provider(_) => {
                            let __attempt = __undo.attempt(#keyword #braces);
                            if let #p::Some(__outcome) = __attempt.await {
                                __workflow.undone(#done, __outcome);
                                break;
                            }
                        }
                        _ => {
                            __workflow.not_undone(#done, __undo);
                            break;
                        }
                    }
                }
            }
        }
    }
}

/// Inside of a statement: steps, undos, and what leaves the body.
impl VisitMut for Lower<'_> {
    fn visit_block_mut(&mut self, block: &mut Block) {
        let before = self.scope.len();
        for mut statement in std::mem::take(&mut block.stmts) {
            match take_note(&mut statement) {
                Noted::Step(step) => block.stmts.push(self.step(statement, step)),
                Noted::Undo(step) => {
                    let Stmt::Expr(Expr::Block(undo), _) = statement else { continue };
                    let names = self.scope.used_in(&undo.block);
                    let marker = self.model.steps.get(step).and_then(|step| step.undo.as_ref());
                    let marker = marker.map_or_else(Span::call_site, |undo| undo.marker.span());
                    if let Some(nest) = &mut self.nest {
                        let kept = nest.keep(Site { step, names, block: undo.block }, marker);
                        block.stmts.push(Stmt::Expr(Expr::Verbatim(kept), None));
                    }
                }
                Noted::Nothing => {
                    self.visit_stmt_mut(&mut statement);
                    if let Stmt::Local(local) = &statement {
                        self.scope.bind(&local.pat);
                    }
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

    fn visit_macro_mut(&mut self, call: &mut Macro) {
        self.in_macro(call);
    }
}
