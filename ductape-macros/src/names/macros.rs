//! What may a macro assign or bind that only its author knows? As far as its arguments are Rust, that is known; else a
//! name before an `=` may be assigned, and a name that stands alone may be bound.

use proc_macro2::{Delimiter, Ident, Punct, Spacing, TokenStream, TokenTree};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, ExprAssign, Macro, Stmt, Token};

use super::assigned::{Assigned, assigned};
use super::tokens::{FORMATS, NO_FORMATS, text};

/// Macros that bind nothing where they stand, beside those that format.
const BIND_NOTHING: [&str; 8] = ["cfg", "dbg", "join", "json", "matches", "select", "try_join", "vec"];

/// What a statement assigns, wherever in it but in the statements that are left out.
pub(crate) fn assigned_in(statement: &Stmt, is_left_out: fn(&mut Stmt) -> bool) -> Vec<Assigned> {
    let mut assignments = Assignments { found: Vec::new(), is_left_out };
    assignments.visit_stmt_mut(&mut statement.clone());
    assignments.found
}

struct Assignments {
    found: Vec<Assigned>,
    is_left_out: fn(&mut Stmt) -> bool,
}

impl VisitMut for Assignments {
    fn visit_stmt_mut(&mut self, statement: &mut Stmt) {
        if !(self.is_left_out)(statement) {
            visit_mut::visit_stmt_mut(self, statement);
        }
    }

    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        self.found.extend(assigned(expression));
        visit_mut::visit_expr_mut(self, expression);
    }

    fn visit_macro_mut(&mut self, call: &mut Macro) {
        let name = call.path.segments.last().map(|last| last.ident.to_string());
        self.tokens(&name.unwrap_or_default(), &call.tokens);
    }
}

impl Assignments {
    fn tokens(&mut self, of: &str, tokens: &TokenStream) {
        if let Ok(arguments) = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens.clone()) {
            let has_text = arguments.iter().any(|argument| text(argument).is_some());
            let is_format = FORMATS.contains(&of) || has_text && !NO_FORMATS.contains(&of);
            for mut argument in arguments {
                match &mut argument {
                    // A name that the format gives to the value.
                    Expr::Assign(ExprAssign { right, .. }) if is_format => self.visit_expr_mut(right),
                    other => self.visit_expr_mut(other),
                }
            }
        } else if let Ok(statements) = Block::parse_within.parse2(tokens.clone()) {
            for mut statement in statements {
                self.visit_stmt_mut(&mut statement);
            }
        } else {
            self.scan(tokens);
        }
    }

    fn scan(&mut self, tokens: &TokenStream) {
        let trees: Vec<_> = tokens.clone().into_iter().collect();
        for (index, tree) in trees.iter().enumerate() {
            let is_whole = || !is_part(index.checked_sub(1).and_then(|at| trees.get(at)));
            match tree {
                TokenTree::Group(group) => self.tokens("", &group.stream()),
                TokenTree::Ident(name) if is_whole() && is_assigned(trees.get(index..).unwrap_or_default()) => {
                    self.found.push(Assigned::whole(name.clone()));
                }
                _ => {}
            }
        }
    }
}

/// Whether `name = …` or `name += …` begins here.
fn is_assigned(trees: &[TokenTree]) -> bool {
    let mark = |index: usize| match trees.get(index) {
        Some(TokenTree::Punct(mark)) => mark.as_char(),
        _ => ' ',
    };
    match (mark(1), mark(2), mark(3)) {
        ('=', next, _) => !matches!(next, '=' | '>'),
        ('+' | '-' | '*' | '/' | '%' | '^' | '&' | '|', '=', _) | ('<', '<', '=') | ('>', '>', '=') => true,
        _ => false,
    }
}

/// The names that a macro may bind: those in it that are neither called nor part of a path or of a place.
pub(crate) fn given(call: &Macro) -> Vec<Ident> {
    let mut names = Vec::new();
    let is_known = |name: &Ident| BIND_NOTHING.iter().chain(&FORMATS).any(|known| name == known);
    if !call.path.segments.last().is_some_and(|last| is_known(&last.ident)) {
        given_in(&call.tokens, &mut names);
    }
    names
}

fn given_in(tokens: &TokenStream, names: &mut Vec<Ident>) {
    let trees: Vec<_> = tokens.clone().into_iter().collect();
    for (index, tree) in trees.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|at| trees.get(at));
        let after = trees.get(index.saturating_add(1));
        match tree {
            TokenTree::Ident(name) => {
                let is_path = |mark: &Punct| mark.as_char() == ':' && mark.spacing() == Spacing::Joint;
                let is_value = matches!(after, Some(TokenTree::Group(_)))
                    || matches!(after, Some(TokenTree::Punct(mark)) if ".!?".contains(mark.as_char()) || is_path(mark));
                let is_lower = !name.to_string().starts_with(char::is_uppercase);
                if !is_value && is_lower && !is_part(before) && syn::parse_str::<Ident>(&name.to_string()).is_ok() {
                    names.push(name.clone());
                }
            }
            // A pattern; what stands behind the name of a function are arguments.
            TokenTree::Group(group) if group.delimiter() != Delimiter::Brace && !is_function(before) => {
                given_in(&group.stream(), names);
            }
            _ => {}
        }
    }
}

/// Whether what follows is a part of what stands before.
fn is_part(before: Option<&TokenTree>) -> bool {
    matches!(before, Some(TokenTree::Punct(mark)) if ".:".contains(mark.as_char()))
}

fn is_function(before: Option<&TokenTree>) -> bool {
    match before {
        Some(TokenTree::Ident(name)) => {
            !name.to_string().starts_with(char::is_uppercase) && name != "mut" && name != "let"
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(names: impl IntoIterator<Item = Ident>) -> String {
        names.into_iter().map(|name| name.to_string()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_macros_assign_is_found() {
        for (code, names) in [
            ("a = 3;", "a"),
            ("set!(a = b);", "a"),
            ("set!(a += b, c -= d);", "a c"),
            ("set!(a == b, c <= d);", ""),
            ("select! { x = f() => { a = x; } }", "x a"),
            ("any!(a = b => c; d <<= e; f => g);", "a d"),
            ("println!(\"{a}\", a = b);", ""),
            ("println!(\"{}\", { a = b; 3 });", "a"),
            ("any!(of; x.a = b; other!{ c = d });", "c"),
        ] {
            let statement = syn::parse_str(code).unwrap_or_else(|error| panic!("{code}: {error}"));
            let found = assigned_in(&statement, |_| false);
            assert_eq!(texts(found.into_iter().filter(|found| !found.inside).map(|found| found.name)), names, "{code}");
        }
    }

    #[test]
    fn what_macros_may_bind_is_found() {
        for (code, names) in [
            ("my_let!(a = b())", "a"),
            ("my_let!((a, mut b) = c.d)", "a b"),
            ("my_let!(Some(a) = b?)", "a"),
            ("my_let!(let (a, b): (u32, u8) = c::d(e))", "a b u32 u8"),
            ("bind!(a)", "a"),
            ("println!(\"{}\", a)", ""),
            ("log::info!(a)", ""),
        ] {
            let call = syn::parse_str(code).unwrap_or_else(|error| panic!("{code}: {error}"));
            assert_eq!(texts(given(&call)), names, "{code}");
        }
    }
}
