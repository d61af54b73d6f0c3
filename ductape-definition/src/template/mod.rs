//! Texts with references, such as `"$Input{amount}"`: parsed once, filled for every run.

mod fill;
mod filled;
mod mapping;
mod parse;

use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use fill::{FillError, Scope};
pub use filled::Filled;
pub use mapping::{Expression, Mapping};
pub(crate) use mapping::{Reader as MappingReader, template_problem};

/// A text with references.
///
/// A reference is `$`, a root and the way to a field: `$Input{amount}`, `$Input{address}{city}`,
/// `$Input{items}{[0]}{sku}`. A text that is one reference keeps the type of what it finds; inside a longer text it is
/// written out. `$$` is a dollar. `Display` gives a text that parses to the same template.
///
/// At most [`MOST_TEMPLATE_BYTES`](crate::limits::MOST_TEMPLATE_BYTES) long, with at most
/// [`MOST_REFERENCES`](crate::limits::MOST_REFERENCES) references of [`MOST_STEPS`](crate::limits::MOST_STEPS) steps.
///
/// ```
/// use ductape_definition::{Scope, Template};
/// use serde_json::json;
///
/// let input = json!({ "amount": 0, "to": { "city": "Accra" } });
/// let scope = Scope { input: Some(&input), ..Scope::default() };
/// let fill = |text: &str| text.parse::<Template>().map(|template| template.fill(&scope));
///
/// assert_eq!(fill("$Input{amount}")?, Ok(Some(json!(0))));
/// assert_eq!(fill("$$$Input{amount} to $Input{to}{city}")?, Ok(Some(json!("$0 to Accra"))));
/// # Ok::<(), ductape_definition::TemplateError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Template {
    pieces: Vec<Piece>,
}

/// A stretch of a template. Texts are never empty, and no two stand side by side.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Piece {
    Text(String),
    Reference(Reference),
}

/// What a template refers to: a root, and the way from there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reference {
    pub(crate) root: Root,
    pub(crate) steps: Vec<Way>,
}

/// One step of a reference.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Way {
    Field(String),
    Index(usize),
}

/// Where a reference begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Root {
    /// The run's input.
    Input,
    /// What the action answered.
    Response,
    /// What earlier events of a feature yielded, by event.
    Sequence,
    /// The run's session: `tag` and `token`.
    Session,
    /// The environment.
    Env,
    /// The product.
    Product,
    /// The time, in milliseconds since 1970.
    Now,
}

impl Root {
    pub(crate) const ALL: [Self; 7] =
        [Self::Input, Self::Response, Self::Sequence, Self::Session, Self::Env, Self::Product, Self::Now];

    /// As it is written, without the dollar.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Input => "Input",
            Self::Response => "Response",
            Self::Sequence => "Sequence",
            Self::Session => "Session",
            Self::Env => "Env",
            Self::Product => "Product",
            Self::Now => "Now",
        }
    }
}

/// Why a text is no template.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TemplateError {
    /// Where in the text, in bytes from its beginning.
    pub at: usize,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

impl std::error::Error for TemplateError {}

impl Display for TemplateError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}; {}", self.message, self.at, self.help)
    }
}

/// What a template refers to.
impl Template {
    /// The references, from left to right.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Reference(reference) => Some(reference),
            Piece::Text(_) => None,
        })
    }

    /// The text, if there is no reference in it.
    pub(crate) fn literal(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }
}

impl Reference {
    /// Where it begins.
    pub fn root(&self) -> Root {
        self.root
    }

    /// The first field on its way; `None` where it refers to all of the root, or into a list.
    pub(crate) fn field(&self, at: usize) -> Option<&str> {
        match self.steps.get(at) {
            Some(Way::Field(field)) => Some(field),
            _ => None,
        }
    }
}

impl Display for Reference {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "${}", self.root.as_str())?;
        self.steps.iter().try_for_each(|step| match step {
            Way::Field(field) => write!(f, "{{{field}}}"),
            Way::Index(index) => write!(f, "{{[{index}]}}"),
        })
    }
}

impl Display for Template {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.pieces.iter().try_for_each(|piece| match piece {
            Piece::Text(text) => f.write_str(&text.replace('$', "$$")),
            Piece::Reference(reference) => write!(f, "{reference}"),
        })
    }
}

impl Serialize for Template {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
