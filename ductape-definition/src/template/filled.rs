//! What a mapping comes to in a run, for those who read it: nothing is built that nobody keeps.

use serde::de::value::MapDeserializer;
use serde::de::{Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value};

use super::fill::Filler;
use super::{FillError, Mapping, Scope};

/// A filled [`Mapping`], whose values still stand where its references have found them. What decodes it reads them
/// there.
///
/// ```
/// use ductape_definition::{Mapping, Scope};
/// use serde::Deserialize;
/// use serde_json::json;
///
/// #[derive(Deserialize)]
/// struct Charge {
///     total: f64,
///     currency: String,
/// }
///
/// let mapping: Mapping = serde_json::from_value(json!({ "total": "$Input{amount}", "currency": "EUR" }))?;
/// let input = json!({ "amount": 2.5 });
/// let scope = Scope { input: Some(&input), ..Scope::default() };
/// let charge = Charge::deserialize(&mapping.filled(&scope)?)?;
/// assert_eq!((charge.total, charge.currency.as_str()), (2.5, "EUR"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Filled<'a>(Vec<(&'a str, Part<'a>)>);

/// A value of the mapping.
#[derive(Debug)]
pub(super) enum Part<'a> {
    Found(&'a Value),
    Made(Value),
}

impl Part<'_> {
    pub(super) fn into_value(self) -> Value {
        match self {
            Self::Found(value) => value.clone(),
            Self::Made(value) => value,
        }
    }
}

impl Mapping {
    /// As [`fill`](Self::fill), without an object being made of it.
    ///
    /// # Errors
    ///
    /// Those of [`fill`](Self::fill).
    pub fn filled<'a>(&'a self, scope: &'a Scope<'a>) -> Result<Filled<'a>, FillError> {
        let mut filler = Filler::new(scope);
        let mut parts = Vec::with_capacity(self.0.len());
        for (key, expression) in &self.0 {
            if let Some(part) = filler.part(expression)? {
                filler.take(key.len())?;
                parts.push((key.as_str(), part));
            }
        }
        Ok(Filled(parts))
    }
}

impl Filled<'_> {
    fn to_value(&self) -> Value {
        let entries = self.0.iter().map(|(key, part)| {
            let value = match part {
                Part::Found(value) => (*value).clone(),
                Part::Made(value) => value.clone(),
            };
            ((*key).to_owned(), value)
        });
        Value::Object(entries.collect::<Map<_, _>>())
    }
}

/// As the object that it is.
impl<'de> Deserializer<'de> for &'de Filled<'_> {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_map(MapDeserializer::new(self.0.iter().map(|(key, part)| (*key, part))))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.to_value().deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, serde_json::Error> for &'de Part<'_> {
    type Deserializer = &'de Value;

    fn into_deserializer(self) -> &'de Value {
        match self {
            Part::Found(value) => value,
            Part::Made(value) => value,
        }
    }
}
