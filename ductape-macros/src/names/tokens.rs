//! What does a macro use? As far as its arguments are Rust, that is known; else every word that could be a value counts.

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::visit_mut::VisitMut;
use syn::{Block, Expr, ExprAssign, ExprLit, Lit, LitStr, Pat, Token, token};

use super::Uses;
use super::text::places;

/// Macros whose texts are no formats.
pub(super) const NO_FORMATS: [&str; 8] =
    ["concat", "env", "include", "include_bytes", "include_str", "json", "option_env", "vec"];

/// Macros whose texts are formats.
pub(super) const FORMATS: [&str; 34] = [
    "anyhow",
    "assert",
    "assert_eq",
    "assert_ne",
    "bail",
    "debug",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "debug_span",
    "ensure",
    "eprint",
    "eprintln",
    "error",
    "error_span",
    "event",
    "eyre",
    "format",
    "format_args",
    "info",
    "info_span",
    "log",
    "panic",
    "print",
    "println",
    "span",
    "todo",
    "trace",
    "trace_span",
    "unimplemented",
    "unreachable",
    "warn",
    "write",
    "writeln",
];

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
        } else if let Ok(arms) = Parser::parse2(arms, tokens.clone()) {
            for arm in arms {
                self.arm(arm);
            }
        } else {
            self.tokens(tokens.clone(), Some(of));
        }
    }

    fn arm(&mut self, Arm { pattern, future, guard, handler }: Arm) {
        if let Some(future) = future {
            self.expression(future);
        }
        self.scope(|uses| {
            if let Some(pattern) = &pattern {
                uses.bind(pattern);
            }
            if let Some(guard) = guard {
                uses.expression(guard);
            }
            uses.expression(handler);
        });
    }

    /// Whether texts of that macro are taken for formats.
    fn formats(&self, of: &str) -> bool {
        if self.certain { FORMATS.contains(&of) } else { !NO_FORMATS.contains(&of) }
    }

    fn expression(&mut self, mut expression: Expr) {
        self.visit_expr_mut(&mut expression);
    }

    fn expressions(&mut self, of: &str, arguments: Punctuated<Expr, Token![,]>) {
        let is_format = self.formats(of) && arguments.iter().any(|argument| text(argument).is_some());
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
                    if of.is_some_and(|of| self.formats(of))
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

/// A branch of a `select!`.
struct Arm {
    pattern: Option<Pat>,
    future: Option<Expr>,
    guard: Option<Expr>,
    handler: Expr,
}

/// `pattern = future, if guard => handler`, or `else => handler`, again and again.
fn arms(input: ParseStream<'_>) -> syn::Result<Vec<Arm>> {
    let mut arms = Vec::new();
    if input.peek(syn::Ident) && input.peek2(Token![;]) {
        // `biased;`
        input.parse::<syn::Ident>()?;
        input.parse::<Token![;]>()?;
    }
    while !input.is_empty() {
        let mut arm = Arm { pattern: None, future: None, guard: None, handler: syn::parse_quote!(()) };
        if input.peek(Token![else]) {
            input.parse::<Token![else]>()?;
        } else {
            arm.pattern = Some(Pat::parse_multi_with_leading_vert(input)?);
            input.parse::<Token![=]>()?;
            arm.future = Some(input.parse()?);
            if input.peek(Token![,]) {
                input.parse::<Token![,]>()?;
                input.parse::<Token![if]>()?;
                arm.guard = Some(input.parse()?);
            }
        }
        input.parse::<Token![=>]>()?;
        arm.handler = if input.peek(token::Brace) { Expr::Block(input.parse()?) } else { input.parse()? };
        let is_block = matches!(arm.handler, Expr::Block(_));
        arms.push(arm);
        if input.parse::<Option<Token![,]>>()?.is_none() && !is_block && !input.is_empty() {
            return Err(input.error("a comma is expected"));
        }
    }
    Ok(arms)
}

/// The text that an argument consists of.
pub(super) fn text(argument: &Expr) -> Option<&LitStr> {
    match argument {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text),
        Expr::Group(group) => text(&group.expr),
        _ => None,
    }
}

fn is(tree: Option<&TokenTree>, mark: char) -> bool {
    matches!(tree, Some(TokenTree::Punct(punct)) if punct.as_char() == mark)
}
