//! What does a workflow's body become? The same statements, each step run in place, each undo behind what it undoes.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::visit_mut::VisitMut;
use syn::{AttrStyle, Attribute, Block, Expr, Item, Stmt};

use super::leave::Exit;
use super::nested::{Nest, Site, nest_of};
use super::scope::Scope;
use crate::diagnostics::Problem;
use crate::paths::{at, private};
use crate::steps::attempt::{index, own_classify, result, typed};
use crate::steps::marker::{Noted, before_question, expression, give_attributes, take_attributes, take_note};
use crate::steps::{Body, Model};

/// What stands in the async block that is the body.
pub(super) fn body(model: &Model, body: &Body) -> TokenStream {
    let mut lower = Lower::new(model);
    // Undos stand outside of the blocks in which the rest of the body is, and see its items all the same.
    let is_item = |statement: &Stmt| matches!(statement, Stmt::Item(item) if !matches!(item, Item::Macro(_)));
    let (items, statements): (Vec<_>, Vec<_>) = body.block.stmts.iter().cloned().partition(is_item);
    let statements = lower.rest(statements);
    let span = at(model.function.sig.ident.span());
    let value = lower.typed(at(model.function.body.span()), &statements);
    let (told, value) = (lower.leave(span), lower.lift(&value, span));
    quote_spanned! {span=>
        #(#items)*
        if __workflow.has_failed() {
            #told;
        }
        #value
    }
}

/// What cannot stand in a body as it is.
pub(super) fn faults(model: &Model, body: &Body) -> Vec<Fault> {
    let mut lower = Lower::new(model);
    lower.rest(body.block.stmts.clone());
    lower.faults
}

pub(super) struct Fault {
    pub(super) at: TokenTree,
    pub(super) problem: Problem,
}

pub(super) struct Lower<'a> {
    pub(super) model: &'a Model,
    pub(super) exit: Exit,
    /// Whether any step of the body can be undone.
    pub(super) has_undos: bool,
    pub(super) labels: usize,
    pub(super) scope: Scope,
    pub(super) nest: Option<Nest>,
    pub(super) faults: Vec<Fault>,
}

impl<'a> Lower<'a> {
    fn new(model: &'a Model) -> Self {
        let has_undos = model.has_undos();
        Self {
            model,
            exit: Exit::Return,
            has_undos,
            labels: 0,
            scope: Scope::default(),
            nest: None,
            faults: Vec::new(),
        }
    }

    /// Statements of the body, up to its end. Behind a step that can be undone, the rest stands in a block of its own.
    fn rest(&mut self, statements: Vec<Stmt>) -> TokenStream {
        let mut tokens = TokenStream::new();
        let mut rest = statements.into_iter();
        while let Some(mut statement) = rest.next() {
            match take_note(&mut statement) {
                Noted::Undo(step) => {
                    let Stmt::Expr(Expr::Block(undo), _) = statement else { continue };
                    let rest: Vec<_> = rest.collect();
                    let names = self.changed_later(&undo.block, &rest);
                    let site = Site { step, names, undo };
                    let (keep, restore) = site.over(self.labels, self.marker_of_undo(step)).unzip();
                    tokens.extend(keep);
                    tokens.extend(self.undoable(
                        |lower| lower.rest(rest),
                        |lower| {
                            let undo = lower.undo(&site);
                            quote!({ #restore #undo })
                        },
                    ));
                    return tokens;
                }
                noted => {
                    let is_last = rest.len() == 0;
                    let Some(nest) = nest_of(&mut statement, self.labels) else {
                        tokens.extend(self.one(statement, noted, is_last));
                        continue;
                    };
                    let span = at(self.model.function.sig.ident.span());
                    tokens.extend(nest.declare(span));
                    let is_looped = nest.is_looped;
                    self.nest = Some(nest);
                    let content = |lower: &mut Self| {
                        let rest: Vec<_> = rest.collect();
                        lower.scope.bind_assigned(std::slice::from_ref(&statement));
                        lower.scope.bind_assigned(&rest);
                        lower.scope.change(&rest);
                        if is_looped {
                            lower.scope.change(std::slice::from_ref(&statement));
                        }
                        let first = lower.one(statement, noted, is_last);
                        lower.scope = Scope::default();
                        let nest = lower.nest.take();
                        let rest = lower.rest(rest);
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

    /// The variables of an undo that statements behind it assign: it sees what they were when its step succeeded.
    fn changed_later(&mut self, undo: &Block, rest: &[Stmt]) -> Vec<Ident> {
        self.scope.bind_assigned(rest);
        let names = self.kept(undo, rest);
        self.scope = Scope::default();
        names
    }

    pub(super) fn marker_of_undo(&self, step: usize) -> Span {
        let undo = self.model.steps.get(step).and_then(|step| step.undo.as_ref());
        undo.map_or_else(Span::call_site, |undo| undo.marker.span())
    }

    /// One statement, whatever stands inside of it.
    fn one(&mut self, mut statement: Stmt, noted: Noted, is_last: bool) -> TokenStream {
        if let Noted::Step(step) = noted {
            return self.step(statement, step).into_token_stream();
        }
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
        let content = self.judged(&content, span);
        self.exit = outer;
        let (undo, leave) = (undo(self), self.leave(span));
        quote_spanned! {span=>
            #label: {
                if __workflow.has_failed() {
                    break #label;
                }
                #content
            }
            #undo
            #leave
        }
    }

    /// A statement whose expression is run as a step.
    pub(super) fn step(&mut self, mut statement: Stmt, at_index: usize) -> Stmt {
        let Some(step) = self.model.steps.get(at_index) else { return statement };
        let attributes = take_attributes(&mut statement);
        let Some(expression) = expression(&mut statement) else { return statement };
        let run = if let Some((value, question)) = before_question(expression) {
            let span = at(step.marker.span());
            let p = private(span);
            let own = step.policy(&self.model.clauses, "classify");
            let (classify, index) = (own_classify(own, span), index(at_index));
            let (failed, question) = (self.leave(span), question.to_token_stream());
            let never = quote_spanned!(span=> __form.step());
            let future = typed(value, &never, span, &quote!(#p::Ok(#value #question)));
            quote_spanned! {span=>
                {
                    let mut __step = __workflow.required(#index, #classify);
                    loop {
                        match __step.next().await {
                            #p::Block::Provider(_) => if let #p::Some(__outcome) = __step.attempt(#future).await {
                                // A binding of its own, which may be coerced to the type that is asked for.
                                let __value = __workflow.succeeded(#index, __outcome);
                                break __value;
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
        if let Stmt::Local(local) = &mut statement
            && let Some((_, diverge)) = local.init.as_mut().and_then(|init| init.diverge.as_mut())
        {
            self.visit_expr_mut(diverge);
        }
        give_attributes(&mut statement, attributes);
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
        let (statements, braces) = (&site.undo.block.stmts, site.undo.block.brace_token.span.join());
        // Of an empty block it is said at its braces that it has no value.
        let block_span = at(braces);
        let (keyword, block_p) = (syn::Token![async](span), private(block_span));
        let end = statements.is_empty().then(|| quote!(;));
        let typed = quote_spanned! {block_span=>
            if let #block_p::Some(__never) = __form.undo() {
                return __never;
            }
            #(#statements)* #end
        };
        let mut block = Group::new(Delimiter::Brace, typed);
        block.set_span(braces);
        let attributes =
            site.undo.attrs.iter().map(|attribute| Attribute { style: AttrStyle::Outer, ..attribute.clone() });
        quote_spanned! {span=>
            #(#attributes)*
            {
                let mut __undo = __workflow.undo(#place, #classify);
                loop {
                    match __undo.next().await {
                        #p::Block::Provider(_) => {
                            let __attempt = __undo.attempt(#keyword #block);
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
