//! Tags and names: `[a-z0-9]+([-_.][a-z0-9]+)*`, at most 64 characters.

use crate::fault::{Problem, Rule};

const LONGEST: usize = 64;

/// The grammar as a regular expression, for JSON Schema.
pub(crate) const PATTERN: &str = "^[a-z0-9]+([-_.][a-z0-9]+)*$";

const RULE: &str = "lowercase letters and digits, in parts joined by `-`, `_` or `.`, at most 64 characters";

/// Checks a tag or a name.
pub(crate) fn check(text: &str) -> Result<(), Problem> {
    if valid(text) {
        return Ok(());
    }
    let message = match text.len() {
        0 => "this is empty",
        length if length > LONGEST => "this is longer than 64 characters",
        _ => "this is no valid name",
    };
    let help = mend(text).map_or_else(|| format!("write {RULE}"), |mended| format!("write `\"{mended}\"`: {RULE}"));
    Err(Problem::new(Rule::Form, message, help))
}

pub(crate) fn valid(text: &str) -> bool {
    let part =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    text.len() <= LONGEST && text.split(['-', '_', '.']).all(part)
}

/// A valid form made of what was written.
fn mend(text: &str) -> Option<String> {
    if text.len() > LONGEST || !text.is_ascii() {
        return None;
    }
    let mut mended = String::new();
    let mut previous = ' ';
    for c in text.chars() {
        let gap = !c.is_ascii_alphanumeric() || c.is_ascii_uppercase() && previous.is_ascii_lowercase();
        if gap && !mended.is_empty() && !mended.ends_with('-') {
            mended.push('-');
        }
        if c.is_ascii_alphanumeric() {
            mended.push(c.to_ascii_lowercase());
        }
        previous = c;
    }
    Some(mended.trim_end_matches('-').to_owned()).filter(|mended| valid(mended))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_is_kept() {
        for text in ["stripe", "a", "0", "payment-fallback", "v1.2_b-3", &"a".repeat(64)] {
            assert!(valid(text), "{text}");
        }
        for text in ["", "-a", "a-", "a--b", "A", "a b", "ä", "a/b", &"a".repeat(65)] {
            assert!(!valid(text), "{text}");
        }
    }

    #[test]
    fn what_was_written_is_mended() {
        for (text, mended) in [
            ("Payment Fallback!", Some("payment-fallback")),
            ("paymentFallback", Some("payment-fallback")),
            ("--a--b--", Some("a-b")),
            ("über", None),
            ("", None),
        ] {
            assert_eq!(mend(text).as_deref(), mended, "{text}");
        }
    }
}
