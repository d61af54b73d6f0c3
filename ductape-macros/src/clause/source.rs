//! How did the user write some tokens? Spaced as in the source: a stream shows itself with a space around every token.

use proc_macro2::{Delimiter, LineColumn, TokenStream, TokenTree};

/// The text of the tokens, on one line.
pub(crate) fn source(tokens: &TokenStream) -> String {
    let mut text = String::new();
    write(tokens, &mut text);
    text
}

fn write(tokens: &TokenStream, text: &mut String) -> Option<(LineColumn, LineColumn)> {
    let mut first = None;
    let mut end = None;
    for tree in tokens.clone() {
        let start = match &tree {
            TokenTree::Group(group) => group.span_open().start(),
            tree => tree.span().start(),
        };
        if end.is_some_and(|end| end != start) {
            text.push(' ');
        }
        first = first.or(Some(start));
        match &tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                let inside = text.len();
                let content = write(&group.stream(), text);
                if let Some((begin, finish)) = content.filter(|_| !open.is_empty()) {
                    if begin != group.span_open().end() {
                        text.insert(inside, ' ');
                    }
                    if finish != group.span_close().start() {
                        text.push(' ');
                    }
                }
                text.push_str(close);
                end = Some(group.span_close().end());
            }
            tree => {
                text.push_str(&tree.to_string());
                end = Some(tree.span().end());
            }
        }
    }
    first.zip(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_keep_their_spaces() {
        for text in ["Option<u8>", "PayError::verdict", "a.b > 3 && f(x, &y[0])", "{ 1 }", "|e| e.kind()", ""] {
            assert_eq!(text.parse().map(|tokens| source(&tokens)).ok().as_deref(), Some(text));
        }
    }
}
