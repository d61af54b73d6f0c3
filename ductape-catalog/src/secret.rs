//! The token of a session must not get into what is told of a failure, however it was written there.

use std::collections::BTreeSet;

const MASK: &str = "***";
/// Ends a text that was cut off.
const CUT: char = '…';

/// Where others have written so little, it may stand for anything.
const LEFT_OUT: &str = "its message is left out: the session's token may be in it";
/// A shorter secret is found in words that have nothing to do with it.
const SHORT: usize = 4;

/// What others have written, without the secret: see [`without`]. Where a short one may be in it, nothing is left of it.
pub(crate) fn told(text: &str, secret: &str) -> String {
    if is_short(secret) && spellings(secret).iter().any(|spelling| text.contains(spelling)) {
        return LEFT_OUT.to_owned();
    }
    without(text, secret)
}

/// The text without the secret: as it is, and as it stands inside JSON or `Debug`, up to two deep. Of a text that is cut
/// off in the midst of it, without the part that is there. A short secret is looked for among whole words.
pub(crate) fn without(text: &str, secret: &str) -> String {
    if secret.is_empty() {
        return text.to_owned();
    }
    if is_short(secret) {
        return spellings(secret).iter().fold(text.to_owned(), |text, spelling| without_word(&text, spelling));
    }
    let mut text = text.to_owned();
    for spelling in spellings(secret) {
        text = text.replace(&spelling, MASK);
        if let Some((cut, last)) = text.rsplit_once(CUT) {
            let cut: String = cut.split(CUT).map(|part| without_start(part, &spelling) + "…").collect();
            text = cut + last;
        }
    }
    text
}

fn is_short(secret: &str) -> bool {
    !secret.is_empty() && secret.chars().count() < SHORT
}

fn without_word(text: &str, word: &str) -> String {
    let (mut clean, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once(word) {
        let goes_on = before.ends_with(char::is_alphanumeric) || after.starts_with(char::is_alphanumeric);
        clean.push_str(before);
        clean.push_str(if goes_on { word } else { MASK });
        rest = after;
    }
    clean + rest
}

/// Longest first: a longer one may have a shorter one in it.
fn spellings(secret: &str) -> Vec<String> {
    let mut known = BTreeSet::from([secret.to_owned()]);
    for _ in 0..2 {
        let deeper: Vec<_> = known.iter().flat_map(|text| [in_json(text), in_debug(text)]).collect();
        known.extend(deeper);
    }
    let mut known: Vec<_> = known.into_iter().collect();
    known.sort_by_key(|text| std::cmp::Reverse(text.len()));
    known
}

fn in_json(text: &str) -> String {
    within_quotes(&serde_json::Value::from(text).to_string())
}

fn in_debug(text: &str) -> String {
    within_quotes(&format!("{text:?}"))
}

fn within_quotes(quoted: &str) -> String {
    quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(quoted).to_owned()
}

/// Without the longest start of the secret that the text ends with.
fn without_start(text: &str, secret: &str) -> String {
    let mut starts = secret.char_indices().rev().map(|(at, _)| &secret[..at]).filter(|start| !start.is_empty());
    match starts.find_map(|start| text.strip_suffix(start)) {
        Some(rest) => format!("{rest}{MASK}"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_gone_however_it_was_written() {
        let secret = "q\"z\\w\n";
        let json = serde_json::json!({ "token": secret });
        for text in [
            secret.to_owned(),
            json.to_string(),
            format!("{json:?}"),
            format!("{:?}", json.to_string()),
            serde_json::Value::from(json.to_string()).to_string(),
        ] {
            let shown = without(&text, secret);
            assert!(shown.contains(MASK) && !shown.contains(['q', 'z', 'w']), "{text} → {shown}");
        }
        assert_eq!(without("nothing of it", secret), "nothing of it");
        assert_eq!(without("nothing at all", ""), "nothing at all");
    }

    #[test]
    fn a_short_one_leaves_the_words_of_others_and_no_message_that_it_may_be_in() {
        for secret in ["t", "is", "e.q"] {
            let text = format!("feature `t`: there is a fault at \"{secret}\"");
            let clean = without(&text, secret);
            assert!(clean.starts_with("feature") && clean.contains("fault"), "{clean}");
            assert!(clean.ends_with("\"***\""), "{clean}");
            assert_eq!(told(&text, secret), LEFT_OUT);
            assert_eq!(told("409", secret), "409");
        }
        assert_eq!(told("bad SECR and feature", "SECR"), "bad *** and feature");
    }

    #[test]
    fn what_is_cut_off_in_the_midst_of_it_has_no_part_of_it() {
        assert_eq!(without("token SECR…", "SECRET"), "token ***…");
        assert_eq!(without("token SECRET", "SECRET"), "token ***");
        assert_eq!(without("token SECRET SEC…, and more…SEC", "SECRET"), "token *** ***…, and more…SEC");
        assert_eq!(without("nothing…", "SECRET"), "nothing…");
    }
}
