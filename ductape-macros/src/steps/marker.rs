//! Which marker stands above a statement?

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprMacro, Meta, Stmt, parse_quote};

use crate::body::doc;
use crate::diagnostics::Diagnostics;
use crate::function::{MARKERS, STEPS};
use crate::names::is_assignment;

/// The levels that an attribute can give to a lint.
const LINTS: [&str; 4] = ["allow", "warn", "deny", "forbid"];

/// `#[step("reserve", retries = 2)]`
pub(crate) struct Marker {
    pub(crate) name: Ident,
    pub(crate) arguments: TokenStream,
}

/// What stands above a statement: markers, and the lines of a doc comment.
pub(super) struct Above {
    pub(super) markers: Vec<Marker>,
    pub(super) docs: Vec<String>,
}

/// Takes the markers off a statement, and with them the documentation of what they mark.
pub(super) fn take(statement: &mut Stmt, diagnostics: &mut Diagnostics) -> Above {
    let mut above = Above { markers: Vec::new(), docs: Vec::new() };
    let Some(attrs) = attrs_of(statement).filter(|attrs| attrs.iter().any(|attr| name_of(attr).is_some())) else {
        return above;
    };
    attrs.retain(|attribute| {
        if let Some(name) = name_of(attribute) {
            above.markers.push(Marker { arguments: arguments(&name, attribute, diagnostics), name });
            return false;
        }
        let line = doc(&attribute.meta);
        let is_kept = line.is_none();
        above.docs.extend(line);
        is_kept
    });
    above
}

fn name_of(attribute: &Attribute) -> Option<Ident> {
    let name = attribute.path().get_ident()?;
    STEPS.iter().chain(&MARKERS).any(|marker| name == marker).then(|| name.clone())
}

fn arguments(name: &Ident, attribute: &Attribute, diagnostics: &mut Diagnostics) -> TokenStream {
    let meant = match &attribute.meta {
        Meta::Path(_) => return TokenStream::new(),
        Meta::List(list) if matches!(list.delimiter, syn::MacroDelimiter::Paren(_)) => return list.tokens.clone(),
        Meta::List(list) => list.tokens.clone(),
        // `#[step = "reserve"]` is a name; an undo has none.
        Meta::NameValue(pair) if name != "undo" => pair.value.to_token_stream(),
        Meta::NameValue(_) => quote!(retries = 2),
    };
    let message = format_args!("`#[{name}]` takes its clauses in parentheses");
    diagnostics.error(&attribute.meta, message, format_args!("write `#[{name}({meant})]`"));
    if name == "undo" { TokenStream::new() } else { meant }
}

/// Notes at a statement which step or undo of the list it is.
pub(super) fn note(statement: &mut Stmt, marker: &str, index: usize) {
    let marker = Ident::new(&format!("__{marker}"), proc_macro2::Span::call_site());
    if let Some(attrs) = attrs_of(statement) {
        attrs.insert(0, parse_quote!(#[#marker(#index)]));
    }
}

/// What is noted at a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Noted {
    Nothing,
    Step(usize),
    /// That of the step with this index.
    Undo(usize),
}

/// Takes the note off a statement.
pub(crate) fn take_note(statement: &mut Stmt) -> Noted {
    let noted = noted(statement);
    if noted != Noted::Nothing
        && let Some(attrs) = attrs_of(statement)
    {
        attrs.remove(0);
    }
    noted
}

/// What is noted at a statement, which keeps the note.
pub(crate) fn noted(statement: &mut Stmt) -> Noted {
    let Some([first, ..]) = attrs_of(statement).map(|attrs| attrs.as_slice()) else { return Noted::Nothing };
    let Meta::List(list) = &first.meta else { return Noted::Nothing };
    let Ok(index) = syn::parse2::<syn::LitInt>(list.tokens.clone()).and_then(|index| index.base10_parse()) else {
        return Noted::Nothing;
    };
    if list.path.is_ident("__step") || list.path.is_ident("__part") {
        Noted::Step(index)
    } else if list.path.is_ident("__undo") {
        Noted::Undo(index)
    } else {
        Noted::Nothing
    }
}

/// The expression that a marked statement consists of, or ends in.
pub(crate) fn expression(statement: &mut Stmt) -> Option<&mut Expr> {
    if let Stmt::Macro(call) = statement {
        let (attrs, mac, semicolon) = (call.attrs.clone(), call.mac.clone(), call.semi_token);
        *statement = Stmt::Expr(Expr::Macro(ExprMacro { attrs, mac }), semicolon);
    }
    match statement {
        Stmt::Local(local) => local.init.as_mut().map(|init| &mut *init.expr),
        Stmt::Expr(expression, _) => Some(assigned_value(expression)),
        Stmt::Item(_) | Stmt::Macro(_) => None,
    }
}

/// What is assigned, where the expression assigns.
fn assigned_value(expression: &mut Expr) -> &mut Expr {
    let is_sum = matches!(expression, Expr::Binary(binary) if is_assignment(&binary.op));
    match expression {
        Expr::Assign(assignment) => &mut assignment.right,
        _ if !is_sum => expression,
        Expr::Binary(sum) => &mut sum.right,
        other => other,
    }
}

/// The expression before the `?` that it ends in, and the `?`; `None` where it does not.
pub(crate) fn before_question(expression: &Expr) -> Option<(&Expr, syn::Token![?])> {
    match expression {
        Expr::Try(question) => Some((&question.expr, question.question_token)),
        Expr::Group(group) => before_question(&group.expr),
        Expr::Paren(paren) => before_question(&paren.expr),
        Expr::Block(block) if block.attrs.is_empty() && block.label.is_none() => match block.block.stmts.as_slice() {
            [Stmt::Expr(last, None)] => before_question(last),
            _ => None,
        },
        _ => None,
    }
}

/// The attributes of a statement.
pub(super) fn attributes(statement: &mut Stmt) -> &[Attribute] {
    attrs_of(statement).map_or(&[], |attributes| attributes)
}

/// Takes the attributes off a statement that is an expression or a macro's call: it may become another.
pub(crate) fn take_attributes(statement: &mut Stmt) -> Vec<Attribute> {
    if let Stmt::Local(_) = statement {
        return Vec::new();
    }
    attrs_of(statement).map(std::mem::take).unwrap_or_default()
}

/// Gives them back, to what it has become.
pub(crate) fn give_attributes(statement: &mut Stmt, attributes: Vec<Attribute>) {
    if attributes.is_empty() {
        return;
    }
    if let Some(place) = attrs_of(statement) {
        *place = attributes;
    } else if let Stmt::Expr(expression, _) = statement {
        *expression = Expr::Verbatim(quote!(#(#attributes)* #expression));
    }
}

/// The levels of lints at a statement that is taken apart: each of its pieces gets them. One that is expected is allowed
/// instead, since it would be met in one of them, and not in the others. Only a `let` keeps them itself.
pub(crate) fn lints(statement: &mut Stmt) -> Vec<Attribute> {
    let is_local = matches!(statement, Stmt::Local(_));
    let mut lints = Vec::new();
    if let Some(attrs) = attrs_of(statement) {
        attrs.retain_mut(|attribute| {
            let is_lint = as_lint(&mut attribute.meta);
            if is_lint {
                lints.push(attribute.clone());
            }
            is_local || !is_lint
        });
    }
    lints
}

fn as_lint(meta: &mut Meta) -> bool {
    let Meta::List(levels) = meta else { return false };
    if levels.path.is_ident("expect") {
        levels.path = Ident::new("allow", levels.path.span()).into();
    }
    LINTS.iter().any(|level| levels.path.is_ident(level))
}

fn attrs_of(statement: &mut Stmt) -> Option<&mut Vec<Attribute>> {
    match statement {
        Stmt::Local(local) => Some(&mut local.attrs),
        Stmt::Macro(call) => Some(&mut call.attrs),
        Stmt::Expr(expression, _) => attrs_of_expression(leftmost(expression)),
        Stmt::Item(_) => None,
    }
}

/// Where the attributes of a statement are kept that is an expression.
fn leftmost(expression: &mut Expr) -> &mut Expr {
    match expression {
        Expr::Assign(assignment) => leftmost(&mut assignment.left),
        Expr::Binary(binary) => leftmost(&mut binary.left),
        Expr::Cast(cast) => leftmost(&mut cast.expr),
        other => other,
    }
}

macro_rules! attrs {
    ($expression:ident: $($variant:ident)*) => {
        match $expression {
            $(Expr::$variant(inner) => Some(&mut inner.attrs),)*
            _ => None,
        }
    };
}

fn attrs_of_expression(expression: &mut Expr) -> Option<&mut Vec<Attribute>> {
    attrs!(expression: Array Async Await Block Break Call Closure Const Continue Field ForLoop Group If Index Infer Let
        Lit Loop Macro Match MethodCall Paren Path Range RawAddr Reference Repeat Return Struct Try TryBlock Tuple Unary
        Unsafe While Yield)
}
