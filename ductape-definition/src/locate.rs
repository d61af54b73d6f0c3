//! From a fault's path to its line and column in the text.

use std::fmt::{self, Display, Formatter};

use crate::fault::{Fault, Path, Rule, Step};
use crate::json;
use crate::shape::snake;

/// A place in a text: line and column, both from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character in its line.
    pub column: usize,
}

impl Display for Position {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

impl Fault {
    /// Where in the text that was read the fault is: at the value, or at the key that is not known. Where there is
    /// nothing, what it is missing from.
    ///
    /// ```
    /// use ductape_definition::Definition;
    ///
    /// let text = "{ \"tag\": \"c\",\n  \"expiry\": \"5 parsecs\" }";
    /// let invalid = Definition::from_json(text).expect_err("no duration");
    /// assert_eq!(invalid.faults()[0].position(text).to_string(), "2:13");
    /// ```
    pub fn position(&self, text: &str) -> Position {
        let Found { key, value } = find(text, &self.path);
        let at = if self.rule == Rule::UnknownKey { key.unwrap_or(value) } else { value };
        let syntax = (self.rule == Rule::Syntax).then(|| json::stops_at(text)).flatten();
        if let Some((line, column)) = syntax {
            return of_byte(text, line, column);
        }
        let before = text.get(..at).unwrap_or(text);
        let line = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position { line: before.matches('\n').count() + 1, column: before[line..].chars().count() + 1 }
    }
}

/// The position of a byte of a line, both from 1.
fn of_byte(text: &str, line: usize, byte: usize) -> Position {
    let written = text.split('\n').nth(line.saturating_sub(1)).unwrap_or_default();
    let before = written.char_indices().take_while(|(at, _)| at + 1 < byte).count();
    Position { line: line.max(1), column: before + 1 }
}

/// Where a value begins, and the key in front of it.
struct Found {
    key: Option<usize>,
    value: usize,
}

/// As far along the path as the text goes.
fn find(text: &str, path: &Path) -> Found {
    let mut scanner = Scanner { text, at: 0 };
    scanner.skip_space();
    let mut found = Found { key: None, value: scanner.at };
    for step in path.steps() {
        match scanner.enter(step) {
            Some(next) => found = next,
            None => break,
        }
    }
    found
}

/// Goes over JSON that has been read already; whatever it meets, it ends.
struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// From the beginning of an object or a list to that of a value in it.
    fn enter(&mut self, step: &Step) -> Option<Found> {
        let is_object = matches!(step, Step::Key(_));
        if self.peek()? != if is_object { b'{' } else { b'[' } {
            return None;
        }
        self.at += 1;
        for index in 0.. {
            self.skip_space();
            let begin = self.at;
            let is_meant = match step {
                Step::Key(key) => {
                    self.skip_string();
                    let written: String = serde_json::from_str(self.text.get(begin..self.at)?).ok()?;
                    self.skip_space();
                    self.at += 1;
                    self.skip_space();
                    // Some paths name a key in the other spelling.
                    written == *key || snake(&written) == *key
                }
                Step::Index(wanted) => index == *wanted,
            };
            if is_meant {
                return Some(Found { key: is_object.then_some(begin), value: self.at });
            }
            self.skip_value();
            self.skip_space();
            if self.peek()? != b',' {
                return None;
            }
            self.at += 1;
        }
        None
    }

    fn skip_string(&mut self) {
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == b'"' {
                return;
            }
        }
    }

    fn skip_value(&mut self) {
        let mut open = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => self.skip_string(),
                b'{' | b'[' => {
                    open += 1;
                    self.at += 1;
                }
                b'}' | b']' | b',' if open == 0 => return,
                b'}' | b']' => {
                    open -= 1;
                    self.at += 1;
                }
                _ => self.at += 1,
            }
            if open == 0 && matches!(self.peek(), Some(b',' | b'}' | b']')) {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Definition, Rule};

    #[test]
    fn faults_are_found_where_they_stand() {
        let text = r#"
{
    "tag": "pay", "nme": "täg",
    "options": [
        { "app": "a\"]", "event": "b", "checkInterval": "1m" },
        { "app": "ä", "note": [1, {"x": "]"}], "retries": -1, "event": "c" },
        { "event": "d" }
    ]
}"#;
        let invalid = Definition::from_json(text).expect_err("seven faults");
        let found: Vec<_> =
            invalid.faults().iter().map(|fault| (fault.position(text).to_string(), fault.rule)).collect();
        let expected = [
            ("3:19", Rule::UnknownKey),
            ("5:18", Rule::Form),
            ("6:18", Rule::Form),
            ("6:23", Rule::UnknownKey),
            ("6:59", Rule::Range),
            ("5:57", Rule::Together),
            ("7:9", Rule::Missing),
        ];
        let found: Vec<_> = found.iter().map(|(at, rule)| (at.as_str(), *rule)).collect();
        assert_eq!(found, expected, "{invalid}");
    }

    #[test]
    fn a_fault_of_syntax_is_where_reading_stops() {
        for (text, at) in
            [("{\n  \"ä\": tru }", "2:11"), ("{ \"a\": 1,\n\"a\": 2 }", "2:3"), ("{\n", "2:1"), ("", "1:1")]
        {
            let invalid = Definition::from_json(text).expect_err("no JSON");
            assert_eq!(invalid.faults()[0].position(text).to_string(), at, "{text}: {invalid}");
        }
    }

    #[test]
    fn what_is_not_in_the_text_is_at_its_beginning() {
        let invalid = Definition::from_json("{ \"tag\": \"c\", \"expiry\": 0 }").expect_err("zero");
        for text in ["", "  7", "{", "{\"expiry\"", "{\"expiry\":", "[]", "{\"a\":{\"b\":[", "\"ä"] {
            assert_eq!(invalid.faults()[0].position(text).line, 1, "{text}");
        }
    }
}
