//! Which macros leave the body? What one makes of its tokens is its own affair: what can be seen in them counts, and the
//! names of the two that are known to leave. Of any other that hides a `?` or a `return`, rustc says that it does not fit.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Item, Macro, Token};

use super::lower::{Fault, Lower};
use crate::diagnostics::Problem;
use crate::paths::{at, private};
use crate::steps::attempt::typed;

impl Lower<'_> {
    /// What stands in the place of a macro's call, if it cannot stay as it is.
    pub(super) fn call(&mut self, call: &Macro) -> Option<TokenStream> {
        let (loops, exits): (Vec<_>, Vec<_>) =
            exits(&call.tokens).into_iter().partition(|exit| matches!(exit.leaves, Leaves::Loop));
        let is_refused = |exit: &&Seen| match exit.leaves {
            Leaves::Question => self.exit.is_past_a_step(),
            Leaves::ReturnOfErr => self.has_undos,
            Leaves::Return => true,
            Leaves::Loop => false,
        };
        if let Some(refused) = exits.iter().find(is_refused) {
            let past = if self.has_undos { "without undoing its steps" } else { "with a value that is not seen" };
            let message = format!("this `{}` in a macro would leave the workflow {past}", refused.token);
            let problem = Problem::new(message, "bind it with `let` first");
            self.faults.push(Fault { at: refused.token.clone(), problem });
            return None;
        }
        if !self.has_undos {
            return None;
        }
        let name = &call.path.segments.last()?.ident;
        if let Some(refused) = loops.first().filter(|_| !exits.is_empty() || name == "bail" || name == "ensure") {
            let message = format!("this `{}` stands in a macro that ends the workflow as well", refused.token);
            let problem = Problem::new(message, "bind it with `let` first");
            self.faults.push(Fault { at: refused.token.clone(), problem });
            return None;
        }
        let span = at(name.span());
        let p = private(span);
        // As in `anyhow`, `eyre` and `miette`.
        let (future, value) = if name == "bail" {
            let keyword = Token![async](span);
            let future = quote_spanned! {span=>
                #keyword {
                    if let #p::Some(__never) = __form.leaves() {
                        return __never;
                    }
                    #call
                }
            };
            (future, quote_spanned!(span=> match __value {}))
        } else if name == "ensure" || !exits.is_empty() {
            let expression = Expr::Verbatim(call.to_token_stream());
            let value = quote_spanned!(span=> #p::Ok(#call));
            let future = typed(&expression, &quote_spanned!(span=> __form.step()), span, &value);
            (future, quote_spanned!(span=> __value))
        } else {
            return None;
        };
        let failed = self.failed(span);
        Some(quote_spanned! {span=>
            (match #future.await {
                #p::Ok(__value) => #value,
                #p::Err(__error) => #failed,
            })
        })
    }
}

/// What leaves the function it stands in.
struct Seen {
    token: TokenTree,
    leaves: Leaves,
}

#[derive(Clone, Copy)]
enum Leaves {
    Question,
    /// `return Err(…)`
    ReturnOfErr,
    Return,
    /// `break` or `continue`, of a loop around the macro.
    Loop,
}

/// What leaves a function in a macro's tokens, but for what closures, async blocks and functions in them do.
fn exits(tokens: &TokenStream) -> Vec<Seen> {
    let mut reader = Reader { seen: Vec::new(), loops: 0 };
    if let Ok(mut arguments) = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens.clone()) {
        for argument in &mut arguments {
            reader.visit_expr_mut(argument);
        }
    } else if let Ok(mut statements) = Block::parse_within.parse2(tokens.clone()) {
        for statement in &mut statements {
            reader.visit_stmt_mut(statement);
        }
    } else {
        reader.scan(tokens);
    }
    reader.seen
}

struct Reader {
    seen: Vec<Seen>,
    /// How many loops of the macro's own are around.
    loops: usize,
}

impl VisitMut for Reader {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        match expression {
            Expr::Closure(_) | Expr::Async(_) | Expr::Const(_) | Expr::TryBlock(_) => return,
            Expr::Return(returned) => {
                let is_err = matches!(&returned.expr, Some(value) if is_err(value.to_token_stream().into_iter().next().as_ref()));
                self.see(
                    returned.return_token.to_token_stream(),
                    if is_err { Leaves::ReturnOfErr } else { Leaves::Return },
                );
            }
            Expr::Break(left) if self.loops == 0 && left.label.is_none() => {
                self.see(left.break_token.to_token_stream(), Leaves::Loop);
            }
            Expr::Continue(left) if self.loops == 0 => {
                self.see(left.continue_token.to_token_stream(), Leaves::Loop);
            }
            Expr::Try(question) => self.see(question.question_token.to_token_stream(), Leaves::Question),
            // Tokens that syn has no name for.
            Expr::Verbatim(tokens) => self.scan(tokens),
            _ => {}
        }
        let is_loop = matches!(expression, Expr::ForLoop(_) | Expr::While(_) | Expr::Loop(_));
        self.loops += usize::from(is_loop);
        visit_mut::visit_expr_mut(self, expression);
        self.loops -= usize::from(is_loop);
    }

    fn visit_item_mut(&mut self, _: &mut Item) {}

    fn visit_macro_mut(&mut self, call: &mut Macro) {
        let is_own_loop = self.loops > 0;
        let of_call = exits(&call.tokens).into_iter();
        self.seen.extend(of_call.filter(|exit| !(is_own_loop && matches!(exit.leaves, Leaves::Loop))));
    }
}

impl Reader {
    fn see(&mut self, token: TokenStream, leaves: Leaves) {
        self.seen.extend(token.into_iter().next().map(|token| Seen { token, leaves }));
    }

    /// Tokens of a notation that only the macro knows.
    fn scan(&mut self, tokens: &TokenStream) {
        let mut trees = tokens.clone().into_iter().peekable();
        let mut is_own = false;
        while let Some(tree) = trees.next() {
            match &tree {
                TokenTree::Ident(word) if word == "fn" => is_own = matches!(trees.peek(), Some(TokenTree::Ident(_))),
                TokenTree::Ident(word) if word == "async" => {
                    is_own = matches!(trees.peek(), Some(TokenTree::Group(_)))
                        || matches!(trees.peek(), Some(TokenTree::Ident(next)) if next == "move");
                }
                TokenTree::Ident(word) if word == "return" => {
                    let leaves = if is_err(trees.peek()) { Leaves::ReturnOfErr } else { Leaves::Return };
                    self.seen.push(Seen { token: tree, leaves });
                }
                TokenTree::Punct(mark) if mark.as_char() == '?' => {
                    self.seen.push(Seen { token: tree, leaves: Leaves::Question });
                }
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace && is_own => is_own = false,
                TokenTree::Group(group) => self.scan(&group.stream()),
                _ => {}
            }
        }
    }
}

fn is_err(word: Option<&TokenTree>) -> bool {
    matches!(word, Some(TokenTree::Ident(word)) if word == "Err")
}
