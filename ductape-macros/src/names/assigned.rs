//! Which names does an assignment change?

use proc_macro2::Ident;
use syn::{BinOp, Expr, Member, UnOp};

/// A name that an assignment changes.
#[derive(Debug, Clone)]
pub(crate) struct Assigned {
    pub(crate) name: Ident,
    /// Something in what has this name changes, or what it points to.
    pub(crate) inside: bool,
    /// The way from the name to that.
    pub(crate) way: Vec<Step>,
}

/// A step of the way to a place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    Field(Member),
    Index,
    Deref,
    /// What a method leads to may be shared with others.
    Method,
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

fn places(whole: &Expr) -> Vec<Assigned> {
    match whole {
        Expr::Path(path) => path.path.get_ident().map(|name| Assigned::whole(name.clone())).into_iter().collect(),
        Expr::Tuple(several) => several.elems.iter().flat_map(places).collect(),
        Expr::Array(several) => several.elems.iter().flat_map(places).collect(),
        Expr::Call(several) => several.args.iter().flat_map(places).collect(),
        Expr::Struct(several) => several.fields.iter().flat_map(|field| places(&field.expr)).collect(),
        Expr::Paren(inner) => places(&inner.expr),
        Expr::Group(inner) => places(&inner.expr),
        other => place(other).map(|(name, way)| Assigned { name, inside: true, way }).into_iter().collect(),
    }
}

/// `page`, of `page.orders[3].name` and of `*page`, and the way to that.
pub(super) fn place(place: &Expr) -> Option<(Ident, Vec<Step>)> {
    let (base, step) = match place {
        Expr::Path(path) => return path.path.get_ident().map(|name| (name.clone(), Vec::new())),
        Expr::Field(field) => (&field.base, Some(Step::Field(field.member.clone()))),
        Expr::Index(index) => (&index.expr, Some(Step::Index)),
        Expr::MethodCall(call) => (&call.receiver, Some(Step::Method)),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => (&unary.expr, Some(Step::Deref)),
        Expr::Paren(inner) => (&inner.expr, None),
        Expr::Group(inner) => (&inner.expr, None),
        _ => return None,
    };
    let (name, mut way) = self::place(base)?;
    way.extend(step);
    Some((name, way))
}

impl Assigned {
    pub(super) fn whole(name: Ident) -> Self {
        Self { name, inside: false, way: Vec::new() }
    }
}
