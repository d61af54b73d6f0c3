//! Which steps does a body have? Those in the function's own statements, wherever these stand; others are reported.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{Arm, Attribute, Block, Expr, Item, LitStr, Macro, Stmt};

use super::marker::{self, Above, Marker, Noted, before_question};
use super::{Kind, Step, Undo};
use crate::clause::table::Place;
use crate::clause::{self, Name, Named};
use crate::diagnostics::Diagnostics;
use crate::function::{ATTRIBUTES, STEPS, one_of, without_markers};
use crate::literal::tag;

/// Reads the markers of a body, and leaves in their place which step each is.
pub(super) fn read(kind: Kind, block: &mut Block, diagnostics: &mut Diagnostics) -> Vec<Step> {
    let mut reader = Reader { kind, steps: Vec::new(), away: 0, diagnostics };
    reader.visit_block_mut(block);
    reader.last(block);
    let steps = reader.steps;
    left_over(kind, block, diagnostics);
    steps
}

struct Reader<'a> {
    kind: Kind,
    steps: Vec<Step>,
    /// How deep inside of what is not the body's own: closures, async blocks, functions, and steps.
    away: usize,
    diagnostics: &'a mut Diagnostics,
}

impl VisitMut for Reader<'_> {
    fn visit_block_mut(&mut self, block: &mut Block) {
        let mut previous = Previous::Other;
        let mut statements = std::mem::take(&mut block.stmts).into_iter();
        while let Some(mut statement) = statements.next() {
            let is_kept = self.statement(&mut statement, &mut previous);
            if let (Previous::Step(Some(_)), Stmt::Expr(_, semicolon), 1..) =
                (previous, &mut statement, statements.len())
            {
                // A block needs none between two statements, and what a step becomes does.
                semicolon.get_or_insert_default();
            }
            if is_kept {
                block.stmts.push(statement);
            }
        }
    }

    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        let away = matches!(expression, Expr::Closure(_) | Expr::Async(_) | Expr::Const(_) | Expr::TryBlock(_));
        self.away += usize::from(away);
        visit_mut::visit_expr_mut(self, expression);
        self.away -= usize::from(away);
    }

    fn visit_arm_mut(&mut self, arm: &mut Arm) {
        let steps = self.steps.len();
        visit_mut::visit_arm_mut(self, arm);
        if self.steps.len() > steps {
            self.conditional(arm.attrs.clone());
        }
    }

    fn visit_item_mut(&mut self, item: &mut Item) {
        // A function may have an attribute of ours, and steps, of its own.
        let ours = |name: &Ident| ATTRIBUTES.iter().any(|ours| name == ours);
        let has_own = |function: &syn::ItemFn| {
            let last = |attribute: &syn::Attribute| {
                attribute.path().segments.last().is_some_and(|segment| ours(&segment.ident))
            };
            function.attrs.iter().any(last)
        };
        if matches!(item, Item::Fn(function) if has_own(function)) || !matches!(item, Item::Fn(_)) {
            return;
        }
        self.away += 1;
        visit_mut::visit_item_mut(self, item);
        self.away -= 1;
    }

    fn visit_macro_mut(&mut self, call: &mut Macro) {
        let markers = markers_in(&call.tokens);
        if markers.is_empty() {
            return;
        }
        for marker in markers {
            self.misplaced(&marker);
        }
        call.tokens = without_markers(std::mem::take(&mut call.tokens), &STEPS);
    }
}

/// What stands before a statement.
#[derive(Clone, Copy)]
enum Previous {
    Other,
    /// A step; `None` for one that is reported.
    Step(Option<usize>),
}

impl Reader<'_> {
    /// Whether the statement is to be kept.
    fn statement(&mut self, statement: &mut Stmt, previous: &mut Previous) -> bool {
        let Above { markers, docs } = marker::take(statement, self.diagnostics);
        let mut markers = markers.into_iter();
        let before = std::mem::replace(previous, Previous::Other);
        let Some(first) = markers.next() else {
            let steps = self.steps.len();
            visit_mut::visit_stmt_mut(self, statement);
            if self.steps.len() > steps {
                self.conditional(marker::attributes(statement).to_vec());
            }
            return true;
        };
        self.conditional(marker::attributes(statement).to_vec());
        if let Some(second) = markers.next() {
            let help = "leave one of the markers out: a statement has one";
            self.diagnostics.error(&second.name, format_args!("a second marker, `#[{}]`", second.name), help);
        }
        if self.away > 0 {
            self.misplaced(&first.name);
            visit_mut::visit_stmt_mut(self, statement);
            return true;
        }
        if first.name == "undo" && self.kind == Kind::Workflow {
            return self.undo(statement, first, before);
        }
        if first.name != self.kind.marker() {
            let other = match first.name.to_string().as_str() {
                "part" => "partial",
                "step" | "undo" => "workflow",
                "provider" => "quota",
                "reconcile" => "action",
                _ => "fallback",
            };
            let message = format_args!("`#[{}]` belongs in a `#[{other}]`", first.name);
            let (marker, example) = (self.kind.marker(), self.kind.example());
            self.diagnostics.error(
                &first.name,
                message,
                match first.name.to_string().as_str() {
                    "undo" => "leave the block out: a partial changes nothing that could be undone".to_owned(),
                    _ => format!("write `#[{marker}(\"{example}\")]`"),
                },
            );
            if first.name == "undo" {
                return false;
            }
            if !STEPS.iter().any(|marker| first.name == marker) {
                visit_mut::visit_stmt_mut(self, statement);
                return true;
            }
        }
        *previous = Previous::Step(self.step(statement, first, &docs));
        true
    }

    fn step(&mut self, statement: &mut Stmt, marker: Marker, docs: &[String]) -> Option<usize> {
        let index = self.steps.len();
        let Marker { name: marker, arguments } = marker;
        let place = self.kind.place_of_steps();
        let named = Named { marker: &marker, noun: self.kind.marker(), example: self.kind.example() };
        let (name, clauses) = clause::list(arguments, place, Some(&named), self.diagnostics);
        let name = self.name(&marker, name);
        let Some(expression) = marker::expression(statement) else {
            let message = format_args!("`#[{marker}]` marks a `let` or an expression, and here is none");
            let help = format_args!("write `#[{marker}(\"{name}\")] let value = call().await?;`");
            self.diagnostics.error(&marker, message, help);
            return None;
        };
        if let Some((what, span)) = statement_of_no_value(expression) {
            let help = format_args!(
                "write it above a call inside, one with a value: `#[{marker}(\"{name}\")] call().await?;`"
            );
            self.diagnostics.error_at(span, format_args!("`#[{marker}]` marks {what}, which has no value"), help);
            self.visit_expr_mut(expression);
            return None;
        }
        let required = before_question(expression).is_some();
        self.away += 1;
        self.visit_expr_mut(expression);
        self.away -= 1;
        marker::note(statement, self.kind.marker(), index);
        let docs = docs.iter().map(|line| line.trim()).collect::<Vec<_>>().join("\n").trim().to_owned();
        self.steps.push(Step { name, marker, clauses, docs, required, undo: None });
        if let Stmt::Local(local) = statement
            && let Some((_, diverge)) = local.init.as_mut().and_then(|init| init.diverge.as_mut())
        {
            self.visit_expr_mut(diverge);
        }
        Some(index)
    }

    /// The name that was given, or meant.
    fn name(&mut self, marker: &Ident, name: Name) -> String {
        match name {
            Name::Written(written) => {
                let text = syn::parse2::<LitStr>(written.to_token_stream()).map(|text| text.value());
                let text = text.unwrap_or_default();
                match tag::check(&format!("{} name", self.kind.marker()), &text) {
                    Ok(()) => text,
                    Err(problem) => {
                        self.diagnostics.problem(&written, &problem);
                        tag::mend(&text).unwrap_or_default()
                    }
                }
            }
            Name::Reported(meant) => meant,
            Name::Missing => {
                let message = format_args!("this {} has no name", self.kind.marker());
                let help = format_args!("write `#[{marker}(\"{}\")]`, the name first", self.kind.example());
                self.diagnostics.error(marker, message, help);
                String::new()
            }
        }
    }

    fn undo(&mut self, statement: &mut Stmt, marker: Marker, before: Previous) -> bool {
        let Marker { name: marker, arguments } = marker;
        let (name, clauses) = clause::list(arguments, Place::Undo, None, self.diagnostics);
        if let Name::Written(name) = name {
            self.diagnostics.error(&name, "`#[undo]` has no name", "write `#[undo]`: it undoes the step before it");
        }
        let Stmt::Expr(Expr::Block(block), _) = statement else {
            let help = "write `#[undo] { … }`, directly after the step that it undoes";
            self.diagnostics.error(&marker, "`#[undo]` marks a block, and here is none", help);
            visit_mut::visit_stmt_mut(self, statement);
            return true;
        };
        self.away += 1;
        visit_mut::visit_block_mut(self, &mut block.block);
        self.away -= 1;
        let step = match before {
            Previous::Step(Some(step)) => step,
            // That step is reported.
            Previous::Step(None) => return false,
            Previous::Other => {
                let help = "write it directly after the step that it undoes, once";
                self.diagnostics.error(&marker, "`#[undo]` follows no step", help);
                return false;
            }
        };
        let Some(undone) = self.steps.get_mut(step) else { return false };
        if !undone.required {
            let help = "end the step's expression in `?`, or leave `#[undo]` out";
            self.diagnostics.error(&marker, "`#[undo]` follows an optional step, which may not have happened", help);
            return false;
        }
        undone.undo = Some(Undo { marker, clauses, place: 0 });
        marker::note(statement, "undo", step);
        true
    }

    /// What an optional step yields is no value of a workflow.
    fn last(&mut self, block: &mut Block) {
        let Some(last @ Stmt::Expr(_, None)) = block.stmts.last_mut() else { return };
        let (Kind::Workflow, Noted::Step(step)) = (self.kind, marker::noted(last)) else { return };
        if let Some(step) = self.steps.get(step).filter(|step| !step.required) {
            let help = format_args!(
                "write `#[step(\"{}\")] let value = call().await?;`, and `Ok(value)` behind it",
                step.name
            );
            self.diagnostics.error(&step.marker, "a step cannot be the value of a workflow", help);
            marker::take_note(last);
        }
    }

    /// A step is listed however the program is compiled.
    fn conditional(&mut self, attributes: Vec<Attribute>) {
        let marker = self.kind.marker();
        for attribute in attributes.into_iter().filter(|attribute| attribute.path().is_ident("cfg")) {
            let message = format_args!("a {marker} cannot be compiled conditionally");
            let help = format_args!("put it in an `if cfg!(…)`, or the `#[cfg]` in a function that the {marker} calls");
            self.diagnostics.error(&attribute.meta, message, help);
        }
    }

    fn misplaced(&mut self, marker: &Ident) {
        misplaced(self.kind, marker, self.diagnostics);
    }
}

/// A loop, or an `if` without `else`, and its keyword.
fn statement_of_no_value(expression: &Expr) -> Option<(&'static str, Span)> {
    match expression {
        Expr::ForLoop(each) => Some(("a loop", each.for_token.span)),
        Expr::While(each) => Some(("a loop", each.while_token.span)),
        Expr::If(branches) => {
            let mut last = branches;
            while let Some((_, other)) = &last.else_branch {
                let Expr::If(next) = &**other else { return None };
                last = next;
            }
            Some(("an `if` without `else`", branches.if_token.span))
        }
        _ => None,
    }
}

fn misplaced(kind: Kind, marker: &Ident, diagnostics: &mut Diagnostics) {
    let (noun, article) = (marker.to_string(), if marker == "undo" { "an" } else { "a" });
    let message = format_args!("{article} {noun} must stand in the {}'s own body", kind.noun());
    let help = "make it a statement of the body, or of an `if`, `match`, loop or block in it";
    diagnostics.error(marker, message, help);
}

/// Markers that mark no statement: arguments, arms, items.
fn left_over(kind: Kind, block: &mut Block, diagnostics: &mut Diagnostics) {
    let tokens = block.to_token_stream();
    let markers = markers_in(&tokens);
    if markers.is_empty() {
        return;
    }
    for marker in markers {
        misplaced(kind, &marker, diagnostics);
    }
    if let Ok(without) = syn::parse2(without_markers(tokens, &STEPS)) {
        *block = without;
    }
}

/// Every marker in the tokens, but for those of functions with an attribute of their own.
fn markers_in(tokens: &TokenStream) -> Vec<Ident> {
    let trees: Vec<_> = tokens.clone().into_iter().collect();
    let mut found = Vec::new();
    let mut is_own = false;
    for (at, tree) in trees.iter().enumerate() {
        let TokenTree::Group(group) = tree else { continue };
        let is_attribute = at.checked_sub(1).and_then(|before| trees.get(before)).is_some_and(is_hash);
        if is_attribute {
            found.extend(one_of(&STEPS, group));
            is_own |= names_attribute(group);
        } else if group.delimiter() == proc_macro2::Delimiter::Brace && std::mem::take(&mut is_own) {
            // The body of that function.
        } else {
            found.extend(markers_in(&group.stream()));
        }
    }
    found
}

fn is_hash(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Punct(hash) if hash.as_char() == '#')
}

/// `[workflow(…)]`, with or without its crate.
fn names_attribute(brackets: &Group) -> bool {
    brackets.stream().into_iter().take(4).any(|tree| match tree {
        TokenTree::Ident(word) => ATTRIBUTES.iter().any(|ours| word == ours),
        _ => false,
    })
}
