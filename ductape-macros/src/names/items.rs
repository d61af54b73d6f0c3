//! Which items does a block declare, and does other code name one of them?

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Block, Item, Stmt, UseTree};

use super::used_in_block;

/// The names of the items in a block, macros included.
pub(crate) fn declared(block: &Block) -> Vec<Ident> {
    let mut names = Vec::new();
    for statement in &block.stmts {
        match statement {
            Stmt::Item(Item::Const(item)) => names.push(item.ident.clone()),
            Stmt::Item(Item::Enum(item)) => names.push(item.ident.clone()),
            Stmt::Item(Item::Fn(item)) => names.push(item.sig.ident.clone()),
            Stmt::Item(Item::Macro(item)) => names.extend(item.ident.clone()),
            Stmt::Item(Item::Mod(item)) => names.push(item.ident.clone()),
            Stmt::Item(Item::Static(item)) => names.push(item.ident.clone()),
            Stmt::Item(Item::Struct(item)) => names.push(item.ident.clone()),
            Stmt::Item(Item::Type(item)) => names.push(item.ident.clone()),
            Stmt::Item(Item::Union(item)) => names.push(item.ident.clone()),
            Stmt::Item(Item::Use(item)) => imported(&item.tree, &mut names),
            _ => {}
        }
    }
    names
}

fn imported(tree: &UseTree, names: &mut Vec<Ident>) {
    match tree {
        UseTree::Path(path) => imported(&path.tree, names),
        UseTree::Name(name) => names.push(name.ident.clone()),
        UseTree::Rename(rename) => names.push(rename.rename.clone()),
        UseTree::Group(group) => group.items.iter().for_each(|tree| imported(tree, names)),
        UseTree::Glob(_) => {}
    }
}

/// The first place at which a block names one of the items.
pub(crate) fn names_item(block: &Block, items: &[Ident]) -> Option<Ident> {
    if items.is_empty() {
        return None;
    }
    used_in_block(block, items).into_iter().next().or_else(|| in_tokens(block.to_token_stream(), items))
}

/// Types, macros and the beginnings of paths: no binding is meant by these.
fn in_tokens(tokens: TokenStream, items: &[Ident]) -> Option<Ident> {
    let trees: Vec<_> = tokens.into_iter().collect();
    let is = |index: Option<usize>, mark: char| matches!(index.and_then(|at| trees.get(at)), Some(TokenTree::Punct(found)) if found.as_char() == mark);
    trees.iter().enumerate().find_map(|(index, tree)| match tree {
        TokenTree::Group(group) => in_tokens(group.stream(), items),
        TokenTree::Ident(name) if items.contains(name) => {
            let (before, after) = (|count| index.checked_sub(count), |count| index.checked_add(count));
            let is_part = is(before(1), '.') || is(before(1), ':') && is(before(2), ':');
            let is_called =
                is(after(1), '!') && matches!(trees.get(index.saturating_add(2)), Some(TokenTree::Group(_)));
            let is_root =
                is_called || is(after(1), ':') && is(after(2), ':') || name.to_string().starts_with(char::is_uppercase);
            (is_root && !is_part).then(|| name.clone())
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_known_by_their_names() {
        let code =
            "{ const A: u8 = 3; fn b() {} struct C; use d::{e, f as g, h::*}; macro_rules! i { () => {} } let j = 3; }";
        assert_eq!(declared(&syn::parse_str(code).expect("it is a block")), ["A", "b", "C", "e", "g", "i"]);
    }

    #[test]
    fn what_names_an_item_is_told_from_what_only_looks_like_it() {
        let items: Vec<Ident> = ["A", "b"].iter().map(|name| syn::parse_str(name).expect("it is a name")).collect();
        for (code, is_named) in [
            ("b();", true),
            ("A::new();", true),
            ("let x: A = 3;", true),
            ("b! { 3 }", true),
            ("b::c();", true),
            ("format!(\"{A}\");", true),
            ("let b = 3; b + 1;", false),
            ("x.b(); c::b();", false),
            ("C { b: 3 };", false),
            ("c::A;", false),
        ] {
            let block = syn::parse_str(&format!("{{ {code} }}")).expect("it is a block");
            assert_eq!(names_item(&block, &items).is_some(), is_named, "{code}");
        }
    }
}
