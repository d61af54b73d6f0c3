//! Which places in what has a name does a block read, and which does it change?

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Macro, Token};

use super::assigned::{Step, assigned, place};
use super::used_in_block;

/// The places of one name.
#[derive(Default)]
pub(crate) struct Places {
    /// With the text of each.
    pub(crate) read: Vec<(TokenStream, Vec<Step>)>,
    pub(crate) changed: Vec<Vec<Step>>,
}

/// The places of the name in a block.
pub(crate) fn places_in(block: &Block, name: &Ident) -> Places {
    let mut reader = Reader { name, is_receiver: false, found: Places::default() };
    reader.visit_block_mut(&mut block.clone());
    let is_seen = reader.is_receiver || !reader.found.read.is_empty() || !reader.found.changed.is_empty();
    // In a format, or in a macro of which nobody knows how it uses it.
    let hidden = if is_seen { None } else { used_in_block(block, std::slice::from_ref(name)).into_iter().next() };
    reader.found.read.extend(hidden.map(|name| (name.to_token_stream(), Vec::new())));
    reader.found
}

struct Reader<'a> {
    name: &'a Ident,
    is_receiver: bool,
    found: Places,
}

impl VisitMut for Reader<'_> {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        for changed in assigned(expression).into_iter().filter(|changed| changed.name == *self.name) {
            self.found.changed.push(changed.way);
        }
        match expression {
            Expr::Assign(assignment) => return self.visit_expr_mut(&mut assignment.right),
            Expr::Binary(binary) if super::is_assignment(&binary.op) => return self.visit_expr_mut(&mut binary.right),
            Expr::Reference(reference) if reference.mutability.is_some() => {
                if let Some((_, way)) = place(&reference.expr).filter(|(name, _)| name == self.name) {
                    self.found.changed.push(way);
                    return;
                }
            }
            // Whether a method of the whole reads or changes it, nobody can tell.
            Expr::MethodCall(call)
                if place(&call.receiver).is_some_and(|(name, way)| name == *self.name && way.is_empty()) =>
            {
                self.is_receiver = true;
                call.args.iter_mut().for_each(|argument| self.visit_expr_mut(argument));
                return;
            }
            Expr::MethodCall(_) => {}
            _ => {
                if let Some((_, mut way)) = place(expression).filter(|(name, _)| name == self.name) {
                    way.truncate(way.iter().position(|step| *step == Step::Method).unwrap_or(way.len()));
                    self.found.read.push((expression.to_token_stream(), way));
                    return;
                }
            }
        }
        visit_mut::visit_expr_mut(self, expression);
    }

    fn visit_macro_mut(&mut self, call: &mut Macro) {
        if let Ok(arguments) = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(call.tokens.clone()) {
            for mut argument in arguments {
                self.visit_expr_mut(&mut argument);
            }
        }
    }
}

/// Whether one of two places is in the other.
pub(crate) fn overlap(one: &[Step], other: &[Step]) -> bool {
    one.iter().zip(other).all(|(one, other)| one == other)
}

#[cfg(test)]
mod tests {
    use quote::format_ident;

    use super::*;

    #[test]
    fn places_are_read_or_changed() {
        for (code, read, changed) in [
            ("back(ctx.id)", "ctx . id", 0),
            ("ctx.id.clone()", "ctx . id", 0),
            ("back(&ctx).await", "ctx", 0),
            ("ctx.id -= 1; ctx.of.id", "ctx . of . id", 1),
            ("take(&mut ctx.id)", "", 1),
            ("*ctx = 3", "", 1),
            ("ctx.release(ctx.id).await", "ctx . id", 0),
            ("ctx.release()", "", 0),
            ("list[ctx.at]", "ctx . at", 0),
            ("format!(\"{}\", ctx.id)", "ctx . id", 0),
            ("format!(\"{ctx}\")", "ctx", 0),
            ("other.ctx", "", 0),
        ] {
            let block = syn::parse_str(&format!("{{ {code} }}")).expect("it is a block");
            let places = places_in(&block, &format_ident!("ctx"));
            let texts: Vec<_> = places.read.iter().map(|(text, _)| text.to_string()).collect();
            assert_eq!((texts.join(", ").as_str(), places.changed.len()), (read, changed), "{code}");
        }
    }
}
