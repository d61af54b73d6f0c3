//! Names in messages: the nearest one, and lists that read as sentences.

/// The longest name for which it is worth looking for a likely one.
const LONGEST: usize = 64;

/// The known name that is most likely meant.
pub(crate) fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if written.len() > LONGEST {
        return None;
    }
    let slips = |name: &str| strsim::damerau_levenshtein(written, name);
    let likeness = |name: &str| strsim::jaro_winkler(written, name);
    known
        .into_iter()
        .filter(|name| likeness(name) >= 0.8 || slips(name) <= 1)
        .min_by(|a, b| slips(a).cmp(&slips(b)).then(likeness(b).total_cmp(&likeness(a))))
}

/// Whether a name is most likely another one with a slip in it, and not that of a sibling such as `pay-us` of `pay-uk`.
pub(crate) fn is_slip_of(written: &str, known: &str) -> bool {
    fn parts(name: &str) -> impl Iterator<Item = &str> {
        name.split(['-', '_', '.'])
    }
    let is_word = |part: &str| part.len() >= 4 && !part.bytes().any(|byte| byte.is_ascii_digit());
    let mut differing = parts(written).zip(parts(known)).filter(|(one, other)| one != other);
    match (differing.next(), differing.next()) {
        (Some((one, other)), None) if parts(written).count() == parts(known).count() => {
            is_word(one) && is_word(other) && strsim::damerau_levenshtein(one, other) <= 1
        }
        _ => false,
    }
}

/// A help for a name that is not known: the nearest one, and those there are.
pub fn known_names<'a>(written: &str, what: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    let names: Vec<_> = known.clone().into_iter().collect();
    let there_are = match names.as_slice() {
        [] => format!("there is no {what} yet"),
        names if names.len() <= 40 => format!("known: {}", list(names.iter().copied(), "and")),
        names => format!("there are {} of them", names.len()),
    };
    match nearest(written, known) {
        Some(near) => format!("did you mean `{near}`? {there_are}"),
        None => there_are,
    }
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

/// The text, cut where it gets too long for a message.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_the_name_that_was_meant() {
        for (written, meant) in [("retrys", Some("retries")), ("timout", Some("timeout")), ("colour", None)] {
            assert_eq!(nearest(written, ["retries", "timeout", "tag"]), meant, "{written}");
        }
        assert_eq!(nearest(&"retries".repeat(100_000), ["retries"]), None);
    }

    #[test]
    fn a_sibling_is_no_slip() {
        for (written, known) in [("payment-falback", "payment-fallback"), ("payment.us", "paymnet.us")] {
            assert!(is_slip_of(written, known), "{written}");
        }
        for (written, known) in
            [("pay-us", "pay-uk"), ("shard1", "shard2"), ("payment", "payment-eu"), ("bb", "b"), ("sms", "mail")]
        {
            assert!(!is_slip_of(written, known), "{written}");
        }
    }

    #[test]
    fn lists_read_as_sentences() {
        assert_eq!(list([], "and"), "");
        assert_eq!(list(["a", "b", "c"], "or"), "`a`, `b` or `c`");
        assert_eq!(shortened("häh", 2), "hä…");
    }
}
