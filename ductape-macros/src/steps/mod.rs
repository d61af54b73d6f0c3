//! Functions that consist of steps or parts: `#[workflow]` and `#[partial]`, from the user's text to what it becomes.
//!
//! What both have in common is here; how each runs its steps is in the rooms `workflow` and `partial`.

pub(crate) mod attempt;
mod deadline;
mod definition;
mod docs;
pub(crate) mod marker;
mod read;
mod validate;

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Block, Stmt, Type};

use crate::clause::table::Place;
use crate::clause::{self, Clauses, Name, tag_of};
use crate::diagnostics::Diagnostics;
use crate::function::{self, Function, Subject, inner_attributes};
use crate::paths::{at, private};
use crate::{foreign, partial, signature, workflow};

/// Which attribute it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Workflow,
    Partial,
}

/// A function that consists of steps or parts.
pub(crate) struct Model {
    pub(crate) kind: Kind,
    pub(crate) function: Function,
    pub(crate) tag: String,
    pub(crate) clauses: Clauses,
    /// In the order in which they are written.
    pub(crate) steps: Vec<Step>,
    /// `None` where there is nothing to be lowered: then the function is there, and no more.
    pub(crate) body: Option<Body>,
}

/// The function's body: each marker of a step in it says which one it is, and nothing else.
pub(crate) struct Body {
    pub(crate) returns: Type,
    /// `#![…]` at its head, as `#[…]`.
    pub(crate) inner: TokenStream,
    pub(crate) block: Block,
}

/// A step or a part.
pub(crate) struct Step {
    pub(crate) name: String,
    pub(crate) marker: Ident,
    pub(crate) clauses: Clauses,
    pub(crate) docs: String,
    /// Its expression ends in `?`.
    pub(crate) required: bool,
    pub(crate) undo: Option<Undo>,
}

/// What undoes a step.
pub(crate) struct Undo {
    pub(crate) marker: Ident,
    pub(crate) clauses: Clauses,
    /// Where it stands among the providers of the definition.
    pub(crate) place: usize,
}

/// What the attribute makes of the function under it.
pub(crate) fn expand(kind: Kind, arguments: TokenStream, item: TokenStream) -> TokenStream {
    let attribute = kind.attribute();
    let mut function = match function::parse(attribute, item) {
        Ok(function) => function,
        Err(instead) => return instead,
    };
    let mut diagnostics = Diagnostics::default();
    let is_read = function::alone(attribute, &mut function, &mut diagnostics)
        && foreign::is_untouched(&kind.subject(), &mut function, &mut diagnostics);
    let mut model = model(kind, arguments, function, is_read, &mut diagnostics);
    if let Some(body) = &model.body {
        let is_beyond = match kind {
            Kind::Workflow => workflow::faults(&model, body, &mut diagnostics),
            Kind::Partial => {
                partial::own_bindings(&model, &body.block, &mut diagnostics);
                false
            }
        };
        if is_beyond {
            model.body = None;
        }
    }
    let mut tokens = function_of(&model, diagnostics.any());
    tokens.extend(diagnostics.into_tokens());
    tokens
}

fn model(
    kind: Kind,
    arguments: TokenStream,
    mut function: Function,
    is_read: bool,
    diagnostics: &mut Diagnostics,
) -> Model {
    let (name, clauses) = clause::list(arguments, kind.place(), None, diagnostics);
    if let Name::Written(name) = name {
        let message = format_args!("the tag of a {} is given by its clause", kind.noun());
        diagnostics.error(&name, message, format_args!("write `tag = {name}`"));
    }
    let tag = tag_of(&function.sig.ident, &clauses, diagnostics);
    if !is_read {
        return Model { kind, function, tag, clauses, steps: Vec::new(), body: None };
    }
    let returns = signature::check(&kind.subject(), &mut function, diagnostics);
    let (inner, body) = inner_attributes(function.body.stream());
    let mut braces = Group::new(Delimiter::Brace, ungrouped(body));
    braces.set_span(function.body.span());
    let mut steps = Vec::new();
    let body = match syn::parse2::<Block>(braces.into_token_stream()) {
        Ok(mut block) => {
            steps = read::read(kind, &mut block, diagnostics);
            validate::validate(kind, &function, &clauses, &mut steps, diagnostics);
            returns.map(|returns| Body { returns, inner, block })
        }
        Err(error) => {
            // In most cases the compiler has said so already, but it may know a syntax that is unknown here.
            let help = format_args!("the {}s of a body can be read only if all of it parses", kind.marker());
            diagnostics.error_at(error.span(), error, help);
            None
        }
    };
    Model { kind, function, tag, clauses, steps, body }
}

/// The function, its body replaced.
fn function_of(model: &Model, faulty: bool) -> TokenStream {
    let Function { attrs, vis, sig, body: written } = &model.function;
    // There is an error already: nothing else should be said of what is now unused.
    let unused = faulty.then(|| quote!(#[allow(unused)]));
    let Some(body) = model.body.as_ref().filter(|_| !model.steps.is_empty()) else {
        return quote!(#(#attrs)* #unused #vis #sig { loop {} });
    };
    let (attrs, inner) = (docs::documented(model), &body.inner);
    let span = at(sig.ident.span());
    let p = private(span);
    let definition = definition::definition(model);
    let run = match model.kind {
        Kind::Workflow => workflow::run(model, body),
        Kind::Partial => partial::run(model, body),
    };
    let statements = quote_spanned! {span=>
        let __plan: &'static #p::Site = #definition;
        #run
    };
    let items = crate::plan::expand::items(&written.stream());
    let mut braces = Group::new(Delimiter::Brace, statements);
    braces.set_span(written.span());
    quote!(#attrs #unused #inner #items #vis #sig #braces)
}

/// What the compiler knows of the return type: `form` is its question.
pub(crate) fn form(body: &Body, form: &str) -> TokenStream {
    let returns = &body.returns;
    let span = at(returns.span());
    let p = private(span);
    let form = Ident::new(form, span);
    quote_spanned! {span=>
        let __form = { use #p::{PartialMisfit as _, WorkflowMisfit as _}; (&#p::Signature::<#returns>::new()).#form() };
    }
}

impl Model {
    /// Whether any step can be undone.
    pub(crate) fn has_undos(&self) -> bool {
        self.steps.iter().any(|step| step.undo.is_some())
    }
}

impl Step {
    /// A policy: the step's own, else that of the whole.
    pub(crate) fn policy<'a>(&'a self, whole: &'a Clauses, name: &str) -> Option<&'a clause::Clause> {
        if self.clauses.mentions(name) { self.clauses.get(name) } else { whole.get(name) }
    }

    /// The policies that it takes from the whole.
    pub(crate) fn inherits(&self, clause: &clause::Clause) -> bool {
        clause.row.is_of_steps() && clause.row.name != "classify" && !self.clauses.mentions(clause.row.name)
    }
}

impl Kind {
    pub(crate) fn attribute(self) -> &'static str {
        match self {
            Kind::Workflow => "workflow",
            Kind::Partial => "partial",
        }
    }

    pub(crate) fn noun(self) -> &'static str {
        self.attribute()
    }

    /// The marker of what it consists of.
    pub(crate) fn marker(self) -> &'static str {
        match self {
            Kind::Workflow => "step",
            Kind::Partial => "part",
        }
    }

    /// For help: a name of one of these.
    pub(crate) fn example(self) -> &'static str {
        match self {
            Kind::Workflow => "reserve",
            Kind::Partial => "orders",
        }
    }

    fn place(self) -> Place {
        match self {
            Kind::Workflow => Place::Workflow,
            Kind::Partial => Place::Partial,
        }
    }

    fn place_of_steps(self) -> Place {
        match self {
            Kind::Workflow => Place::Step,
            Kind::Partial => Place::Part,
        }
    }

    fn subject(self) -> Subject {
        let returns = match self {
            Kind::Workflow => "write `-> ductape::WorkflowResult<T, E>`",
            Kind::Partial => "write `-> Result<T, E>`",
        };
        Subject { attribute: self.attribute(), noun: self.noun(), returns }
    }
}

/// A block that a macro was given as `$block` stands in a group that nobody sees, and that syn takes for no statement.
fn ungrouped(tokens: TokenStream) -> TokenStream {
    let block_of = |group: &Group| {
        let mut content = group.stream().into_iter();
        match (group.delimiter(), content.next(), content.next()) {
            (Delimiter::None, Some(TokenTree::Group(block)), None) if block.delimiter() == Delimiter::Brace => {
                Some(block)
            }
            _ => None,
        }
    };
    let ungroup = |tree| match tree {
        TokenTree::Group(group) => {
            let group = block_of(&group).unwrap_or(group);
            let mut inner = Group::new(group.delimiter(), ungrouped(group.stream()));
            inner.set_span(group.span());
            TokenTree::Group(inner)
        }
        other => other,
    };
    tokens.into_iter().map(ungroup).collect()
}

/// Statements, as tokens again.
pub(crate) fn tokens_of(statements: &[Stmt]) -> TokenStream {
    quote!(#(#statements)*)
}
