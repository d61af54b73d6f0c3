//! Which names does an assignment change?

use proc_macro2::Ident;
use syn::{BinOp, Expr, UnOp};

/// A name that an assignment changes.
pub(crate) struct Assigned {
    pub(crate) name: Ident,
    /// Something in what has this name changes, or what it points to.
    pub(crate) inside: bool,
}

/// The names that an expression changes, if it is an assignment.
pub(crate) fn assigned(expression: &Expr) -> Vec<Assigned> {
    match expression {
        Expr::Assign(assignment) => places(&assignment.left),
        Expr::Binary(binary) if is_assignment(&binary.op) => places(&binary.left),
        _ => Vec::new(),
    }
}

/// `+=` and its like.
pub(crate) fn is_assignment(operator: &BinOp) -> bool {
    use BinOp::{
        AddAssign, BitAndAssign, BitOrAssign, BitXorAssign, DivAssign, MulAssign, RemAssign, ShlAssign, ShrAssign,
        SubAssign,
    };
    matches!(
        operator,
        AddAssign(_)
            | SubAssign(_)
            | MulAssign(_)
            | DivAssign(_)
            | RemAssign(_)
            | BitAndAssign(_)
            | BitOrAssign(_)
            | BitXorAssign(_)
            | ShlAssign(_)
            | ShrAssign(_)
    )
}

fn places(place: &Expr) -> Vec<Assigned> {
    match place {
        Expr::Path(path) => {
            path.path.get_ident().map(|name| Assigned { name: name.clone(), inside: false }).into_iter().collect()
        }
        Expr::Tuple(several) => several.elems.iter().flat_map(places).collect(),
        Expr::Array(several) => several.elems.iter().flat_map(places).collect(),
        Expr::Call(several) => several.args.iter().flat_map(places).collect(),
        Expr::Struct(several) => several.fields.iter().flat_map(|field| places(&field.expr)).collect(),
        Expr::Paren(inner) => places(&inner.expr),
        Expr::Group(inner) => places(&inner.expr),
        other => owner(other).map(|name| Assigned { name, inside: true }).into_iter().collect(),
    }
}

/// `page`, of `page.orders[3].name` and of `*page`.
fn owner(place: &Expr) -> Option<Ident> {
    match place {
        Expr::Path(path) => path.path.get_ident().cloned(),
        Expr::Field(field) => owner(&field.base),
        Expr::Index(index) => owner(&index.expr),
        Expr::MethodCall(call) => owner(&call.receiver),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => owner(&unary.expr),
        Expr::Paren(inner) => owner(&inner.expr),
        Expr::Group(inner) => owner(&inner.expr),
        _ => None,
    }
}
