//! Tags and provider names: `[a-z0-9]+([-_.][a-z0-9]+)*`, at most 64 characters.

use crate::diagnostics::Problem;

const LONGEST: usize = 64;

const RULE: &str = "lowercase letters and digits, in parts joined by `-`, `_` or `.`, at most 64 characters";

/// Checks a tag or a name; `what` is what it is called, such as `tag`.
pub(crate) fn check(what: &str, text: &str) -> Result<(), Problem> {
    if valid(text) {
        return Ok(());
    }
    let message = if text.is_empty() {
        format!("this {what} is empty")
    } else if text.chars().count() > LONGEST {
        format!("this {what} is longer than 64 characters")
    } else {
        format!("`{}` is no valid {what}", text.escape_debug())
    };
    let help = match mend(text) {
        Some(mended) => format!("write `\"{mended}\"`: {RULE}"),
        None => format!("{} {what} is {RULE}, such as `\"stripe\"`", if what == "app" { "an" } else { "a" }),
    };
    Err(Problem::new(message, help))
}

/// The tag of a function that names none: its own name in kebab-case.
pub(crate) fn of_function(name: &str) -> Option<String> {
    let name = name.strip_prefix("r#").unwrap_or(name);
    let parts: Vec<_> = name.split('_').filter(|part| !part.is_empty()).collect();
    let tag = parts.join("-");
    valid(&tag).then_some(tag)
}

pub(crate) fn valid(text: &str) -> bool {
    let part =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    text.len() <= LONGEST && text.split(['-', '_', '.']).all(part)
}

/// A valid form made of what was written; of letters beyond ASCII there is none that its author would recognise.
pub(crate) fn mend(text: &str) -> Option<String> {
    if text.chars().any(|c| c.is_alphabetic() && !c.is_ascii()) {
        return None;
    }
    let mut mended = String::new();
    let mut after_lowercase = false;
    let mut gap = None;
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            // `PaymentFallback` has its gaps before the capitals.
            if c.is_ascii_uppercase() && after_lowercase {
                gap = gap.or(Some('-'));
            }
            if let Some(gap) = gap.take().filter(|_| !mended.is_empty()) {
                mended.push(gap);
            }
            mended.push(c.to_ascii_lowercase());
            after_lowercase = !c.is_ascii_uppercase();
        } else {
            gap = gap.or(Some(if matches!(c, '_' | '.') { c } else { '-' }));
        }
    }
    mended.truncate(LONGEST);
    let mended = mended.trim_end_matches(['-', '_', '.']);
    valid(mended).then(|| mended.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_is_kept() {
        for text in ["stripe", "a", "0", "payment-fallback", "v1.2_b-3", &"a".repeat(64)] {
            assert!(valid(text), "{text}");
        }
        for text in ["", "-a", "a-", "a--b", "a-.b", "A", "a b", "ä", "a/b", &"a".repeat(65)] {
            assert!(!valid(text), "{text}");
        }
    }

    #[test]
    fn what_was_written_is_mended() {
        for (text, mended) in [
            ("Payment Fallback!", Some("payment-fallback")),
            ("PaymentFallback", Some("payment-fallback")),
            ("HTTPClient", Some("httpclient")),
            ("--a--b--", Some("a-b")),
            ("zahlung über paypal", None),
            ("", None),
            ("!!!", None),
            ("äöü", None),
        ] {
            assert_eq!(mend(text).as_deref(), mended, "{text}");
        }
        assert_eq!(mend(&"a-".repeat(40)).map(|mended| mended.len()), Some(63));
    }

    #[test]
    fn a_function_gives_its_name() {
        for (name, tag) in [
            ("send_sms", Some("send-sms")),
            ("r#try", Some("try")),
            ("__a___b_", Some("a-b")),
            ("__", None),
            ("größe", None),
            ("Send", None),
        ] {
            assert_eq!(of_function(name).as_deref(), tag, "{name}");
        }
        assert_eq!(of_function(&"a".repeat(65)), None);
    }
}
