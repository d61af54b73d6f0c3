//! From a text to a template: one look at every byte, from left to right.

use std::str::FromStr;

use super::{Piece, Reference, Root, Template, TemplateError, Way};
use crate::limits;
use crate::words::{list, nearest, shortened};

impl FromStr for Template {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, TemplateError> {
        if text.len() > limits::MOST_TEMPLATE_BYTES {
            let help = format!("write at most {} bytes", limits::MOST_TEMPLATE_BYTES);
            return Err(fault(limits::MOST_TEMPLATE_BYTES, "this text is too long", help));
        }
        let mut parser = Parser { text, at: 0 };
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut references = 0;
        // Braces of the text that are open: `{"id": $Input{id}}` is text around a reference.
        let mut open = 0_usize;
        while let Some(dollar) = parser.rest().find('$') {
            plain.push_str(&parser.rest()[..dollar]);
            open = left_open(open, &parser.rest()[..dollar]);
            parser.at += dollar + 1;
            if parser.eat('$') {
                plain.push('$');
                continue;
            }
            references += 1;
            if references > limits::MOST_REFERENCES {
                let help = format!("write at most {} references", limits::MOST_REFERENCES);
                return Err(fault(parser.at - 1, "this text has too many references", help));
            }
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
            }
            pieces.push(Piece::Reference(parser.reference()?));
            if open == 0 && parser.rest().starts_with('}') {
                return Err(fault(parser.at, "this `}` closes nothing", "leave it out"));
            }
        }
        plain.push_str(parser.rest());
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Self { pieces })
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.rest().starts_with(c);
        self.at += if found { c.len_utf8() } else { 0 };
        found
    }

    /// What follows a dollar.
    fn reference(&mut self) -> Result<Reference, TemplateError> {
        let dollar = self.at - 1;
        let rest = self.rest();
        let name = &rest[..rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len())];
        let root = Root::ALL.into_iter().find(|root| root.as_str() == name).ok_or_else(|| unknown(dollar, name))?;
        self.at += name.len();
        let mut steps = Vec::new();
        while self.rest().starts_with('{') {
            if steps.len() == limits::MOST_STEPS {
                let help = format!("write at most {} fields, one inside the other", limits::MOST_STEPS);
                return Err(fault(self.at, "this reference goes too deep", help));
            }
            steps.push(self.step()?);
        }
        let takes_fields = !matches!(root, Root::Env | Root::Product | Root::Now);
        match root {
            _ if !takes_fields && !steps.is_empty() => {
                let help = format!("write `${name}` alone");
                Err(fault(dollar, format!("`${name}` has no fields"), help))
            }
            Root::Sequence | Root::Session if !matches!(steps.first(), Some(Way::Field(_))) => {
                let what = if root == Root::Session { "tag" } else { "event" };
                let help = format!("write `${name}{{{what}}}`");
                Err(fault(dollar, format!("`${name}` needs a field"), help))
            }
            Root::Input | Root::Response if steps.is_empty() => self.whole(root),
            _ => Ok(Reference { root, steps }),
        }
    }

    /// A reference to all of a root, unless what follows is the way to a field as other languages write it.
    fn whole(&self, root: Root) -> Result<Reference, TemplateError> {
        let name = |rest: &'a str| &rest[..rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())];
        let rest = self.rest();
        let field = match rest.chars().next() {
            // The end of a sentence is followed by something else.
            Some('.') => Some(name(&rest[1..])).filter(|field| !field.is_empty()),
            Some('[') => Some(name(rest[1..].trim_start_matches(['"', '\'']))),
            Some(' ') => rest.trim_start_matches(' ').strip_prefix('{').map(name),
            _ => None,
        };
        let Some(field) = field else { return Ok(Reference { root, steps: Vec::new() }) };
        let field = match field {
            "" => "field".to_owned(),
            place if place.bytes().all(|byte| byte.is_ascii_digit()) => format!("[{place}]"),
            field => shortened(field, 40),
        };
        let help = format!("write `${}{{{field}}}`", root.as_str());
        Err(fault(self.at, "this is no way to a field", help))
    }

    /// `{field}` or `{[0]}`.
    fn step(&mut self) -> Result<Way, TemplateError> {
        let open = self.at;
        self.at += 1;
        let rest = self.rest();
        let Some(end) = rest.find(['{', '}']).filter(|end| rest[*end..].starts_with('}')) else {
            return Err(fault(open, "this `{` is not closed", "write a field and a `}`, such as `$Input{amount}`"));
        };
        let written = &rest[..end];
        self.at += end + 1;
        if written.is_empty() {
            return Err(fault(open, "this field is empty", "write the name of a field between `{` and `}`"));
        }
        let Some(index) = written.strip_prefix('[') else { return Ok(Way::Field(written.to_owned())) };
        let digits = index.strip_suffix(']').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        // `[007]` would not be printed as it was written.
        let canonical = digits.filter(|digits| *digits == "0" || !digits.starts_with('0'));
        if let Some(index) = canonical.and_then(|digits| digits.parse().ok()) {
            Ok(Way::Index(index))
        } else {
            let message = format!("`{}` is no place in a list", shortened(written, 40));
            Err(fault(open, message, "write a number from 0 on, such as `{[0]}`"))
        }
    }
}

/// How many braces are open after the text, where so many were before.
fn left_open(before: usize, text: &str) -> usize {
    text.chars().fold(before, |open, c| match c {
        '{' => open + 1,
        '}' => open.saturating_sub(1),
        _ => open,
    })
}

fn unknown(dollar: usize, name: &str) -> TemplateError {
    let roots = || Root::ALL.into_iter().map(Root::as_str);
    let there_are = list(Root::ALL.map(|root| format!("${}", root.as_str())).iter().map(String::as_str), "and");
    if name.is_empty() {
        let help = format!("write `$$` for a dollar; references begin with {there_are}");
        return fault(dollar, "this `$` begins no reference", help);
    }
    let same = roots().find(|root| root.eq_ignore_ascii_case(name));
    let help = match same.or_else(|| nearest(name, roots())) {
        Some(near) => format!("did you mean `${near}`? there are {there_are}; a dollar is `$$`"),
        None => format!("there are {there_are}; a dollar is `$$`"),
    };
    fault(dollar, format!("`${}` is no reference", shortened(name, 40)), help)
}

fn fault(at: usize, message: impl Into<String>, help: impl Into<String>) -> TemplateError {
    TemplateError { at, message: message.into(), help: help.into() }
}
