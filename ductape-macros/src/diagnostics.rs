//! Which errors does a definition have? All of them, collected before anything is said.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// What is wrong with a value, before it is known where the value stands.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) message: String,
    pub(crate) help: String,
}

impl Problem {
    pub(crate) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into() }
    }
}

/// The errors of one definition, in the order in which they were found.
#[derive(Default)]
pub(crate) struct Diagnostics(Vec<syn::Error>);

impl Diagnostics {
    /// Underlines all of `at`, says what is wrong, and on a line of its own what to write.
    pub(crate) fn error(&mut self, at: impl ToTokens, message: impl Display, help: impl Display) {
        self.0.push(syn::Error::new_spanned(at, text(message, help)));
    }

    /// The same, where there is only a span.
    pub(crate) fn error_at(&mut self, at: Span, message: impl Display, help: impl Display) {
        self.0.push(syn::Error::new(at, text(message, help)));
    }

    /// What was found wrong with a value that stands at `at`.
    pub(crate) fn problem(&mut self, at: impl ToTokens, problem: &Problem) {
        self.error(at, &problem.message, &problem.help);
    }

    /// Something is given twice: says so at both places.
    pub(crate) fn twice(
        &mut self,
        first: impl ToTokens,
        second: impl ToTokens,
        what: impl Display,
        help: impl Display,
    ) {
        self.error(second, format_args!("{what} is given twice"), help);
        self.beside(first, format_args!("{what} is given here first"));
    }

    /// The other place of a fault that is reported with its help.
    pub(crate) fn beside(&mut self, at: impl ToTokens, message: impl Display) {
        self.0.push(syn::Error::new_spanned(at, message));
    }

    /// What another parser found.
    pub(crate) fn parse(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    /// Whether anything is wrong.
    pub(crate) fn any(&self) -> bool {
        !self.0.is_empty()
    }

    /// As `compile_error!` items.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.0.iter().map(syn::Error::to_compile_error).collect()
    }
}

fn text(message: impl Display, help: impl Display) -> String {
    format!("{message}\nhelp: {help}")
}

/// The known name that is most likely meant.
pub(crate) fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let likeness = |name: &str| strsim::jaro_winkler(written, name);
    let slips = |name: &str| strsim::damerau_levenshtein(written, name);
    known
        .into_iter()
        .filter(|name| likeness(name) >= 0.8 || slips(name) <= 1)
        .min_by(|a, b| slips(a).cmp(&slips(b)).then(likeness(b).total_cmp(&likeness(a))))
}

/// `a`, `b` and `c`: names in backticks, joined for a sentence.
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>, and: &str) -> String {
    let quoted: Vec<_> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} {and} {last}", rest.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 5] = ["retry_budget", "retries", "timeout", "healthcheck", "tag"];

    #[test]
    fn a_slip_finds_the_name_that_was_meant() {
        for (written, meant) in
            [("retry", "retries"), ("timout", "timeout"), ("health_check", "healthcheck"), ("tga", "tag")]
        {
            assert_eq!(nearest(written, KNOWN), Some(meant), "{written}");
        }
    }

    #[test]
    fn a_name_that_is_like_none_finds_none() {
        assert_eq!(nearest("colour", KNOWN), None);
        assert_eq!(nearest("", KNOWN), None);
    }

    #[test]
    fn lists_read_as_sentences() {
        assert_eq!(list([], "and"), "");
        assert_eq!(list(["a"], "and"), "`a`");
        assert_eq!(list(["a", "b", "c"], "or"), "`a`, `b` or `c`");
    }
}
