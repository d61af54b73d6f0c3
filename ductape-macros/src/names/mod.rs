//! Which of some names does a piece of code use? Those that stand in it as values, and are not bound in it anew.

mod assigned;
mod items;
mod macros;
mod places;
mod text;
mod tokens;

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Arm, Attribute, Block, Expr, ExprClosure, ExprForLoop, ExprIf, ExprLet, ExprPath, ExprWhile, Item, Local, Macro,
    Pat, PatIdent, Stmt, Type,
};

pub(crate) use assigned::{Assigned, Step, assigned, is_assignment};
pub(crate) use items::{declared, names_item};
pub(crate) use macros::{assigned_in, given};
pub(crate) use places::{overlap, places_in};

/// The names that a pattern binds.
pub(crate) fn bindings(pattern: &Pat) -> Vec<Ident> {
    struct Bound(Vec<Ident>);
    impl VisitMut for Bound {
        fn visit_pat_ident_mut(&mut self, name: &mut PatIdent) {
            // `None` and constants are patterns of the same form.
            if !name.ident.to_string().starts_with(char::is_uppercase) {
                self.0.push(name.ident.clone());
            }
            visit_mut::visit_pat_ident_mut(self, name);
        }
    }
    let mut bound = Bound(Vec::new());
    bound.visit_pat_mut(&mut pattern.clone());
    bound.0
}

/// The places at which an expression certainly uses one of the names, in their order: the texts of a macro that nobody
/// knows may be no formats.
pub(crate) fn used_in_expression(expression: &Expr, names: &[Ident]) -> Vec<Ident> {
    let mut uses = Uses { certain: true, ..Uses::of(names) };
    uses.visit_expr_mut(&mut expression.clone());
    uses.found
}

/// The places at which a block uses one of the names, or may do so, in their order.
pub(crate) fn used_in_block(block: &Block, names: &[Ident]) -> Vec<Ident> {
    let mut uses = Uses::of(names);
    uses.visit_block_mut(&mut block.clone());
    uses.found
}

/// Goes through code, and knows which names mean something else where it is.
struct Uses {
    wanted: Vec<String>,
    /// Innermost last.
    bound: Vec<String>,
    found: Vec<Ident>,
    /// Only what is certain counts.
    certain: bool,
}

impl Uses {
    fn of(names: &[Ident]) -> Self {
        Self { wanted: names.iter().map(plain).collect(), bound: Vec::new(), found: Vec::new(), certain: false }
    }

    /// A value of this name is used here.
    fn name(&mut self, name: &Ident) {
        let text = plain(name);
        if self.wanted.contains(&text) && !self.bound.contains(&text) {
            self.found.push(name.clone());
        }
    }

    /// The same, in a text, all of which stands at `span`.
    fn name_in_text(&mut self, name: &str, span: Span) {
        if let Ok(mut name) = syn::parse_str::<Ident>(name) {
            name.set_span(span);
            self.name(&name);
        }
    }

    fn bind(&mut self, pattern: &Pat) {
        self.bound.extend(bindings(pattern).iter().map(plain));
    }

    /// What is bound inside is not, behind it.
    fn scope(&mut self, inside: impl FnOnce(&mut Self)) {
        let before = self.bound.len();
        inside(self);
        self.bound.truncate(before);
    }
}

/// `r#type` and `type` are one name.
fn plain(name: &Ident) -> String {
    name.unraw().to_string()
}

impl VisitMut for Uses {
    fn visit_expr_path_mut(&mut self, path: &mut ExprPath) {
        if let (None, Some(name)) = (&path.qself, path.path.get_ident()) {
            self.name(name);
        }
    }

    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        match expression {
            Expr::Verbatim(tokens) => self.tokens(tokens.clone(), None),
            other => visit_mut::visit_expr_mut(self, other),
        }
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        self.scope(|uses| {
            // Items are there before the statement in which they stand.
            let items = block.stmts.iter().filter_map(|statement| match statement {
                Stmt::Item(Item::Fn(item)) => Some(&item.sig.ident),
                Stmt::Item(Item::Const(item)) => Some(&item.ident),
                Stmt::Item(Item::Static(item)) => Some(&item.ident),
                _ => None,
            });
            uses.bound.extend(items.map(plain));
            visit_mut::visit_block_mut(uses, block);
        });
    }

    fn visit_local_mut(&mut self, local: &mut Local) {
        if let Some(init) = &mut local.init {
            self.visit_expr_mut(&mut init.expr);
            if let Some((_, diverge)) = &mut init.diverge {
                self.visit_expr_mut(diverge);
            }
        }
        self.bind(&local.pat);
    }

    fn visit_expr_closure_mut(&mut self, closure: &mut ExprClosure) {
        self.scope(|uses| {
            closure.inputs.iter().for_each(|input| uses.bind(input));
            uses.visit_expr_mut(&mut closure.body);
        });
    }

    fn visit_arm_mut(&mut self, arm: &mut Arm) {
        self.scope(|uses| {
            uses.bind(&arm.pat);
            visit_mut::visit_arm_mut(uses, arm);
        });
    }

    fn visit_expr_let_mut(&mut self, condition: &mut ExprLet) {
        self.visit_expr_mut(&mut condition.expr);
        self.bind(&condition.pat);
    }

    fn visit_expr_if_mut(&mut self, branches: &mut ExprIf) {
        self.scope(|uses| {
            uses.visit_expr_mut(&mut branches.cond);
            uses.visit_block_mut(&mut branches.then_branch);
        });
        if let Some((_, other)) = &mut branches.else_branch {
            self.visit_expr_mut(other);
        }
    }

    fn visit_expr_while_mut(&mut self, each: &mut ExprWhile) {
        self.scope(|uses| visit_mut::visit_expr_while_mut(uses, each));
    }

    fn visit_expr_for_loop_mut(&mut self, each: &mut ExprForLoop) {
        self.visit_expr_mut(&mut each.expr);
        self.scope(|uses| {
            uses.bind(&each.pat);
            uses.visit_block_mut(&mut each.body);
        });
    }

    fn visit_macro_mut(&mut self, call: &mut Macro) {
        let name = call.path.segments.last().map(|last| last.ident.to_string());
        self.arguments(&name.unwrap_or_default(), &call.tokens);
    }

    fn visit_item_mut(&mut self, item: &mut Item) {
        // No other item sees what is bound around it.
        if let Item::Macro(rules) = item {
            self.tokens(rules.mac.tokens.clone(), None);
        }
    }

    fn visit_pat_mut(&mut self, _: &mut Pat) {}

    fn visit_type_mut(&mut self, _: &mut Type) {}

    fn visit_attribute_mut(&mut self, _: &mut Attribute) {}
}

#[cfg(test)]
mod tests {
    use quote::format_ident;

    use super::*;

    /// How often `{ code }` uses `id`.
    fn uses(code: &str) -> usize {
        let block = syn::parse_str(&format!("{{ {code} }}")).unwrap_or_else(|error| panic!("{code}: {error}"));
        used_in_block(&block, &[format_ident!("id")]).len()
    }

    #[test]
    fn a_value_of_the_name_is_used() {
        for code in [
            "id",
            "call(&id).await",
            "id.field",
            "id.method()",
            "Request { id }",
            "Request { id: id }",
            "|other| other + id",
            "async move { id }",
            "id = 3",
            "let id = id;",
            "if let Some(other) = id { }",
            "r#id",
            "list[id]",
            "loop { break id }",
        ] {
            assert_eq!(uses(code), 1, "{code}");
        }
    }

    #[test]
    fn what_only_has_the_name_is_no_use() {
        for code in [
            "self.id",
            "request.id()",
            "id::load()",
            "self::id",
            "Request { id: 4 }",
            "let Request { id: other } = request;",
            "'id: loop { break 'id }",
            "call::<id>()",
            "x as id",
            "\"{id}\"",
            "#[id] call()",
        ] {
            assert_eq!(uses(code), 0, "{code}");
        }
    }

    #[test]
    fn what_is_bound_inside_shadows_the_name_there_and_not_behind_it() {
        for (code, count) in [
            ("let id = 3; id", 0),
            ("{ let id = 3; } id", 1),
            ("let Some(id) = id else { return id }; id", 2),
            ("|id: u32| id", 0),
            ("(|id| id)(id)", 1),
            ("match x { Some(id) if id > 3 => id, _ => id }", 1),
            ("if let Some(id) = x && id > 3 { id } else { id }", 1),
            ("if let Some(id) = id { id }", 1),
            ("while let Some(id) = next() { id }", 0),
            ("for id in id { id }", 1),
            ("id(); fn id() { id }", 0),
            ("const id: u32 = 3; id", 0),
            ("let [first, id @ ..] = x; id", 0),
            ("let other @ Request { id, .. } = x; id", 0),
            ("let id = 3; format!(\"{id}\")", 0),
        ] {
            assert_eq!(uses(code), count, "{code}");
        }
    }

    #[test]
    fn the_arguments_of_macros_are_read() {
        for (code, count) in [
            ("vec![id, request.id]", 1),
            ("vec![\"{id}\"]", 0),
            ("format!(\"{id}\")", 1),
            ("format!(\"{{id}} {}\", 3)", 0),
            ("format!(\"{{{id}}}\")", 1),
            ("format!(\"{x:id$} {x:.id$} {x:>0id$}\")", 3),
            ("format!(\"{}\", \"{id}\")", 1),
            ("format!(\"{}\", text(\"{id}\"))", 0),
            ("format!(\"{id}\", id = request.id)", 0),
            ("format!(\"{id}\", id = id)", 1),
            ("format!(\"{0:?} {r#id}\", id)", 2),
            ("format!(\"{}\", { let id = 3; id })", 0),
            ("assert!(id > 3, \"{id}\")", 2),
            ("println!(\"{}\", format!(\"{id}\"))", 1),
            ("json!({ \"id\": id, \"path\": \"/{id}\" })", 1),
            ("json!({ \"id\": request.id, id: id::of(3) })", 0),
            ("info!(id = %request.id, \"…\")", 0),
            ("info!(?id, other = %id, \"{id}\")", 3),
            ("select! { x = id.next() => x, _ = other() => log!(\"{id}\") }", 2),
            ("select! { id = next() => id, Some(x) = id.next(), if id > 3 => { x } else => id }", 3),
            ("select! { biased; Some(id) = next(), if id > 3 => { id } _ = other() => {} }", 0),
            ("id!(3)", 0),
            ("any!(id != 3; 0..id)", 2),
            ("lines! { let id = 3; id }", 0),
            ("matches!(x, Some(id) if id > 3)", 0),
            ("matches!(id, Some(x) if x > 3)", 1),
            ("macro_rules! of { ($x:expr) => { id + $x } }", 1),
        ] {
            assert_eq!(uses(code), count, "{code}");
        }
    }

    #[test]
    fn texts_of_unknown_macros_are_perhaps_formats() {
        for (code, possible, certain) in [
            ("path!(\"/users/{id}\")", 1, 0),
            ("path!(\"/users/{id}\", id)", 2, 1),
            ("path!(\"/users/{id}\" => id)", 2, 1),
            ("format!(\"/users/{id}\")", 1, 1),
            ("tracing::info!(?other, \"{id}\")", 1, 1),
        ] {
            assert_eq!(uses(code), possible, "{code}");
            let expression = syn::parse_str(code).unwrap_or_else(|error| panic!("{code}: {error}"));
            assert_eq!(used_in_expression(&expression, &[format_ident!("id")]).len(), certain, "{code}");
        }
    }

    #[test]
    fn patterns_bind_their_names_and_no_constants() {
        let local: syn::Stmt = syn::parse_quote!(let (a, Some(B { ref c, d: e, .. }), None, f @ [g, ..]) = x;);
        let Stmt::Local(local) = local else { panic!("a local") };
        assert_eq!(bindings(&local.pat), ["a", "c", "e", "f", "g"]);
    }
}
