//! What a definition's JSON looks like: tables that reading, messages and JSON Schema follow.

mod read;
mod schema;

use std::time::Duration;

pub(crate) use read::Reader;
pub(crate) use schema::schema;

/// An object with known keys, in groups that several objects may share.
pub(crate) struct Record {
    /// What it is called in messages, such as `a fallback`.
    pub(crate) name: &'static str,
    pub(crate) groups: &'static [&'static [Field]],
}

/// A key of a record.
pub(crate) struct Field {
    /// In snake case; camel case is read as well.
    pub(crate) key: &'static str,
    pub(crate) alias: Option<&'static str>,
    pub(crate) shape: Shape,
    pub(crate) required: bool,
    /// What stands there is in no error.
    pub(crate) secret: bool,
    pub(crate) doc: &'static str,
}

/// What a value looks like.
pub(crate) enum Shape {
    /// A tag or a name.
    Tag,
    /// Any text that is not empty, of so many characters at most.
    Text(usize),
    /// `true` or `false`.
    Switch,
    /// `true` and nothing else.
    True,
    /// A whole number from … to ….
    Whole(u64, u64),
    /// A number from … to ….
    Number(f64, f64),
    /// A duration of at most so long.
    Span(Duration),
    /// A rate such as `"100/s"`.
    Rate,
    /// A percentage such as `"20%"`.
    Percent,
    /// One of these words, in upper or lower case.
    Word(&'static [&'static str]),
    /// What an error looks like, such as `"timeout"`, `"5xx"` or `"429"`.
    ErrorClass,
    /// A list of up to so many.
    List(&'static Shape, usize),
    /// A list of at least one and up to so many.
    Several(&'static Shape, usize),
    /// An object with known keys.
    Record(&'static Record),
    /// The plain form is short for an object with this key; for an empty object if there is none.
    Short(&'static Shape, Option<&'static str>, &'static Record),
    /// An object from names of fields to records.
    Fields(&'static Record),
    /// An object of templates.
    Mapping,
    /// A text with references.
    Template,
    /// Anything, but not too deep.
    Anything,
    /// Whatever is there is tracked by the library, and not read.
    Tracked,
    /// No key, but all those of another record: the doc says where they belong.
    Elsewhere(&'static Record),
}

impl Field {
    pub(crate) const fn new(key: &'static str, shape: Shape, doc: &'static str) -> Self {
        Self { key, alias: None, shape, required: false, secret: false, doc }
    }

    /// Whether a key means this field, in either spelling.
    pub(crate) fn is_called(&self, key: &str) -> bool {
        let means = |known: &str| known == key || camel(known) == key;
        means(self.key) || self.alias.is_some_and(means)
    }

    pub(crate) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub(crate) const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    pub(crate) const fn alias(mut self, alias: &'static str) -> Self {
        self.alias = Some(alias);
        self
    }
}

impl Record {
    pub(crate) fn fields(&self) -> impl Iterator<Item = &'static Field> + Clone {
        self.all().filter(|field| !matches!(field.shape, Shape::Elsewhere(_)))
    }

    /// The keys that do not belong here, and where they do.
    pub(crate) fn elsewhere(&self) -> impl Iterator<Item = (&'static Field, &'static str)> {
        let others = self.all().filter_map(|field| match field.shape {
            Shape::Elsewhere(other) => Some((other, field.doc)),
            _ => None,
        });
        others.flat_map(|(other, doc)| other.fields().map(move |field| (field, doc)))
    }

    fn all(&self) -> impl Iterator<Item = &'static Field> + Clone {
        self.groups.iter().flat_map(|group| group.iter())
    }

    /// Whether a secret may stand in it: what is written in the wrong place may be one.
    pub(crate) fn has_a_secret(&self) -> bool {
        self.fields().any(|field| field.secret || matches!(field.shape, Shape::Record(inner) if inner.has_a_secret()))
    }

    /// The field that a key means, in either spelling.
    pub(crate) fn field(&self, key: &str) -> Option<&'static Field> {
        self.fields().find(|field| field.is_called(key))
    }
}

/// `checkInterval` as `check_interval`.
pub(crate) fn snake(key: &str) -> String {
    let mut snake = String::with_capacity(key.len() + 4);
    for (at, c) in key.chars().enumerate() {
        if c.is_ascii_uppercase() && at > 0 {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

/// `check_interval` as `checkInterval`.
pub(crate) fn camel(key: &str) -> String {
    let mut parts = key.split('_');
    let mut camel = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut chars = part.chars();
        camel.extend(chars.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(chars.as_str());
    }
    camel
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_mean_one_key() {
        for (snake_case, camel_case) in
            [("check_interval", "checkInterval"), ("tag", "tag"), ("at_most_once", "atMostOnce")]
        {
            assert_eq!(snake(camel_case), snake_case);
            assert_eq!(snake(snake_case), snake_case);
            assert_eq!(camel(snake_case), camel_case);
        }
        assert_ne!(snake("Tag_"), "tag");
    }
}
