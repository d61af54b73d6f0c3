//! How is a step undone that stands in a loop, a branch or an inner block? Its bindings may be gone by then: clones are
//! kept where the undo stands, for the undo behind the statement that all of it is in. The same goes for variables that are
//! assigned later: an undo sees what was when its step succeeded.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprBlock, Stmt};

use crate::paths::{at, private};
use crate::steps::marker::{Noted, noted};

/// The undos inside of one statement of the body.
pub(super) struct Nest {
    /// What is kept: a list, where one of them is in a loop; else one place for each.
    kept: Ident,
    pub(super) is_looped: bool,
    sites: Vec<Site>,
    count: usize,
}

/// An undo, and what it keeps.
pub(super) struct Site {
    pub(super) step: usize,
    pub(super) names: Vec<Ident>,
    pub(super) undo: ExprBlock,
}

impl Site {
    fn clones(&self, span: Span) -> TokenStream {
        // What cannot be kept is told where the undo uses it.
        let clones = self.names.iter().map(|name| {
            let (p, used) = (private(at(name.span())), at(name.span()));
            quote_spanned!(used=> #p::Saved::saved(&#name))
        });
        quote_spanned!(span=> (#(#clones,)*))
    }

    fn names(&self, span: Span) -> TokenStream {
        let names = &self.names;
        quote_spanned!(span=> (#(mut #names,)*))
    }

    /// Nobody can tell which of them the undo changes: each counts as changed, so that no `mut` is unused.
    fn touched(&self, span: Span) -> TokenStream {
        let names = &self.names;
        quote_spanned!(span=> let _ = (#(&mut #names,)*);)
    }

    /// Of an undo that stands in the body itself: what keeps the values of its names, and what gives them back to it.
    pub(super) fn over(&self, number: usize, marker: Span) -> Option<(TokenStream, TokenStream)> {
        let span = at(marker);
        let kept = format_ident!("__kept_{number}", span = at(Span::call_site()));
        let (clones, names, touched) = (self.clones(span), self.names(span), self.touched(span));
        let restore = quote_spanned! {span=>
            let #names = #kept;
            #touched
        };
        (!self.names.is_empty()).then(|| (quote_spanned!(span=> let #kept = #clones;), restore))
    }
}

/// The undos inside of a statement, if there are any.
pub(super) fn nest_of(statement: &mut Stmt, number: usize) -> Option<Nest> {
    struct Count {
        undos: usize,
        looped: bool,
        loops: usize,
    }
    impl VisitMut for Count {
        fn visit_stmt_mut(&mut self, statement: &mut Stmt) {
            if let Noted::Undo(_) = noted(statement) {
                self.undos += 1;
                self.looped |= self.loops > 0;
            }
            visit_mut::visit_stmt_mut(self, statement);
        }
        fn visit_expr_mut(&mut self, expression: &mut Expr) {
            let is_loop = matches!(expression, Expr::ForLoop(_) | Expr::While(_) | Expr::Loop(_));
            self.loops += usize::from(is_loop);
            visit_mut::visit_expr_mut(self, expression);
            self.loops -= usize::from(is_loop);
        }
    }
    let mut count = Count { undos: 0, looped: false, loops: 0 };
    count.visit_stmt_mut(statement);
    let kept = format_ident!("__kept_{number}", span = at(Span::call_site()));
    (count.undos > 0).then_some(Nest { kept, is_looped: count.looped, sites: Vec::new(), count: count.undos })
}

impl Nest {
    /// Keeps what an undo needs, at the place where its step has succeeded.
    pub(super) fn keep(&mut self, site: Site, marker: Span) -> TokenStream {
        let (span, at_index) = (at(marker), self.sites.len());
        let p = private(span);
        let clones = site.clones(span);
        let kept = self.place(at_index);
        self.sites.push(site);
        if !self.is_looped {
            return quote_spanned!(span=> #kept = #p::Some(#clones););
        }
        let list = &self.kept;
        let entry = (0..self.count).map(|other| {
            if other == at_index { quote_spanned!(span=> #p::Some(#clones)) } else { quote_spanned!(span=> #p::None) }
        });
        quote_spanned!(span=> #list.push((#(#entry,)*));)
    }

    fn place(&self, index: usize) -> Ident {
        format_ident!("{}_{index}", self.kept, span = self.kept.span())
    }

    /// What stands before the statement.
    pub(super) fn declare(&self, span: Span) -> TokenStream {
        let p = private(span);
        if self.is_looped {
            let list = &self.kept;
            return quote_spanned!(span=> let mut #list = #p::Vec::new(););
        }
        let places = (0..self.count).map(|index| self.place(index));
        quote_spanned!(span=> #(let mut #places = #p::None;)*)
    }

    /// The undos, newest first; `undo` makes the run of one.
    pub(super) fn undo(&self, span: Span, undo: impl Fn(&Site) -> TokenStream) -> TokenStream {
        let p = private(span);
        let of = |site: &Site| {
            let (touched, run) = (site.touched(span), undo(site));
            (site.names(span), quote!(#touched #run))
        };
        if !self.is_looped {
            let undos = self.sites.iter().enumerate().rev().map(|(index, site)| {
                let (place, (names, run)) = (self.place(index), of(site));
                quote_spanned! {span=>
                    if let #p::Some(#names) = #place {
                        #run
                    }
                }
            });
            return quote!(#(#undos)*);
        }
        let list = &self.kept;
        let arms = self.sites.iter().enumerate().map(|(index, site)| {
            let (names, run) = of(site);
            let pattern = (0..self.count).map(|other| {
                if other == index { quote_spanned!(span=> #p::Some(#names)) } else { quote_spanned!(span=> _) }
            });
            quote_spanned! {span=>
                (#(#pattern,)*) => { #run }
            }
        });
        quote_spanned! {span=>
            while let #p::Some(__entry) = #list.pop() {
                match __entry {
                    #(#arms)*
                    _ => {}
                }
            }
        }
    }
}
