use std::any::{Any, type_name};
use std::error::Error;
use std::fmt::{self, Display, Formatter};

/// An error type that scripts can make, though it is no [`std::error::Error`].
///
/// Those that are need nothing, and neither do `String`, `&str`, `()`, `anyhow::Error` and boxed errors. For any other
/// type, the tests implement it:
///
/// ```
/// # extern crate ductape_runtime as ductape;
/// use ductape::testing::FromScript;
///
/// enum Refusal<'a> {
///     Busy,
///     Says(&'a str),
/// }
///
/// impl FromScript for Refusal<'_> {
///     type Given = Refusal<'static>; // what scripts give: the type itself, borrowing nothing
///
///     fn from_script(given: Refusal<'static>) -> Self {
///         given
///     }
/// }
/// ```
pub trait FromScript: Sized {
    /// What a script gives: the type itself, borrowing nothing.
    type Given: 'static;

    /// The error.
    fn from_script(given: Self::Given) -> Self;

    /// How messages show it; `error` unless said.
    ///
    /// # Errors
    ///
    /// Those of the formatter.
    fn show(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("error")
    }
}

impl FromScript for () {
    type Given = ();

    fn from_script((): ()) -> Self {}
}

macro_rules! shown {
    ($($error:ty as $given:ty),*) => {$(
        impl FromScript for $error {
            type Given = $given;

            fn from_script(given: $given) -> Self {
                given
            }

            fn show(&self, f: &mut Formatter<'_>) -> fmt::Result {
                Display::fmt(self, f)
            }
        }
    )*};
}

shown!(String as String, &str as &'static str, Box<dyn Error> as Self, Box<dyn Error + Send> as Self);

/// How an error of a plan is made of what a script gives.
pub(crate) struct Forge<E> {
    /// `None` when it is of another type.
    pub(crate) make: fn(Box<dyn Any>) -> Option<E>,
    /// The name of the type that it must be.
    pub(crate) wanted: fn() -> &'static str,
}

impl<E> Clone for Forge<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for Forge<E> {}

impl<E: 'static> Forge<E> {
    /// Of the error itself.
    pub(crate) const ITSELF: Self =
        Self { make: |given| given.downcast().ok().map(|error| *error), wanted: type_name::<E> };
}

impl<E: FromScript> Forge<E> {
    /// As the type says.
    pub(crate) const SCRIPTED: Self =
        Self { make: |given| given.downcast().ok().map(|given| E::from_script(*given)), wanted: type_name::<E::Given> };
}
