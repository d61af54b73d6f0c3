//! Which names does a format use? `{name}`, and those of widths and precisions: `{:width$.precision$}`.

/// What stands in the braces of a format, in its order: names, and numbers of arguments.
pub(super) fn places(format: &str) -> Vec<&str> {
    let mut places = Vec::new();
    let mut rest = format;
    while let Some(open) = rest.find('{') {
        rest = rest.get(open + 1..).unwrap_or_default();
        // `{{` is a brace.
        if let Some(behind) = rest.strip_prefix('{') {
            rest = behind;
            continue;
        }
        let Some(close) = rest.find('}') else { break };
        let (inside, behind) = rest.split_at(close);
        let (name, spec) = inside.split_once(':').unwrap_or((inside, ""));
        places.push(name.trim());
        places.extend(spec.split('$').rev().skip(1).map(last_word).collect::<Vec<_>>().into_iter().rev());
        rest = behind;
    }
    places
}

/// `width`, of `>0width`.
fn last_word(text: &str) -> &str {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    let word = text.rsplit(|letter: char| !is_part(letter)).next().unwrap_or_default();
    word.trim_start_matches(|letter: char| letter.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::places;

    #[test]
    fn names_are_those_in_braces() {
        for (format, names) in [
            ("", &[][..]),
            ("{a} {b:?}", &["a", "b"]),
            ("{{a}} {{{b}}}", &["b"]),
            ("{a:>width$.precision$}", &["a", "width", "precision"]),
            ("{:0width$}", &["", "width"]),
            ("{ a }", &["a"]),
            ("{a", &[]),
            ("}{", &[]),
        ] {
            assert_eq!(places(format), names, "{format}");
        }
    }
}
