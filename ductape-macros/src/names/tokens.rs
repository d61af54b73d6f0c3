//! What does a macro use? As far as its arguments are Rust, that is known; else every word that could be a value counts.

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::visit_mut::VisitMut;
use syn::{Block, Expr, ExprAssign, ExprLit, Lit, LitStr, Pat, Token};

use super::Uses;
use super::text::places;

/// Macros whose texts are no formats.
const NO_FORMATS: [&str; 8] = ["concat", "env", "include", "include_bytes", "include_str", "json", "option_env", "vec"];

impl Uses {
    /// The arguments of the macro `of`.
    pub(super) fn arguments(&mut self, of: &str, tokens: &TokenStream) {
        if of == "matches"
            && let Ok((value, pattern, guard)) = Parser::parse2(matches, tokens.clone())
        {
            self.expression(value);
            return self.scope(|uses| {
                uses.bind(&pattern);
                if let Some(guard) = guard {
                    uses.expression(guard);
                }
            });
        }
        if let Ok(arguments) = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens.clone()) {
            self.expressions(of, arguments);
        } else if let Ok(statements) = Block::parse_within.parse2(tokens.clone()) {
            let mut block = Block { brace_token: syn::token::Brace::default(), stmts: statements };
            self.visit_block_mut(&mut block);
        } else {
            self.tokens(tokens.clone(), Some(of));
        }
    }

    fn expression(&mut self, mut expression: Expr) {
        self.visit_expr_mut(&mut expression);
    }

    fn expressions(&mut self, of: &str, arguments: Punctuated<Expr, Token![,]>) {
        let is_format = !NO_FORMATS.contains(&of) && arguments.iter().any(|argument| text(argument).is_some());
        let (mut named, mut formats) = (Vec::new(), Vec::new());
        for argument in arguments {
            match argument {
                // A name that the format gives to the value.
                Expr::Assign(ExprAssign { left, right, .. }) if is_format => {
                    if let Expr::Path(path) = &*left {
                        named.extend(path.path.get_ident().map(super::plain));
                    }
                    self.expression(*right);
                }
                other => match text(&other) {
                    Some(text) => formats.push(text.clone()),
                    None => self.expression(other),
                },
            }
        }
        if is_format {
            self.scope(|uses| {
                uses.bound.extend(named);
                for text in formats {
                    uses.format(&text);
                }
            });
        }
    }

    /// Tokens of which nobody knows what they become; texts among them are formats in a macro that may know such.
    pub(super) fn tokens(&mut self, tokens: TokenStream, of: Option<&str>) {
        let trees: Vec<_> = tokens.into_iter().collect();
        let at = |index: Option<usize>| index.and_then(|index| trees.get(index));
        for (index, tree) in trees.iter().enumerate() {
            let before = |count| at(index.checked_sub(count));
            let after = |count| at(index.checked_add(count));
            match tree {
                TokenTree::Ident(name) => {
                    let is_member =
                        is(before(1), '.') && !is(before(2), '.') || is(before(1), ':') && is(before(2), ':');
                    // A path, or the name of a field, an argument or a macro.
                    let is_name = is(after(1), ':')
                        || is(after(1), '=') && !is(after(2), '=') && !is(after(2), '>')
                        || is(after(1), '!') && matches!(after(2), Some(TokenTree::Group(_)));
                    if !is_member && !is_name {
                        self.name(name);
                    }
                }
                TokenTree::Group(group) => match (before(1), before(2)) {
                    (Some(TokenTree::Punct(mark)), Some(TokenTree::Ident(name))) if mark.as_char() == '!' => {
                        self.arguments(&name.to_string(), &group.stream());
                    }
                    _ => self.tokens(group.stream(), None),
                },
                TokenTree::Literal(literal) => {
                    if of.is_some_and(|of| !NO_FORMATS.contains(&of))
                        && let Lit::Str(text) = Lit::new(literal.clone())
                    {
                        self.format(&text);
                    }
                }
                TokenTree::Punct(_) => {}
            }
        }
    }

    fn format(&mut self, text: &LitStr) {
        for name in places(&text.value()) {
            self.name_in_text(name, text.span());
        }
    }
}

/// `value, pattern if guard`
fn matches(input: ParseStream<'_>) -> syn::Result<(Expr, Pat, Option<Expr>)> {
    let value = input.parse()?;
    input.parse::<Token![,]>()?;
    let pattern = Pat::parse_multi_with_leading_vert(input)?;
    let guard = if input.peek(Token![if]) {
        input.parse::<Token![if]>()?;
        Some(input.parse()?)
    } else {
        None
    };
    input.parse::<Option<Token![,]>>()?;
    Ok((value, pattern, guard))
}

/// The text that an argument consists of.
fn text(argument: &Expr) -> Option<&LitStr> {
    match argument {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text),
        Expr::Group(group) => text(&group.expr),
        _ => None,
    }
}

fn is(tree: Option<&TokenTree>, mark: char) -> bool {
    matches!(tree, Some(TokenTree::Punct(punct)) if punct.as_char() == mark)
}
