use std::error::Error as StdError;
use std::fmt::{self, Debug, Display, Formatter};
use std::marker::PhantomData;
use std::ops::Deref;

#[cfg(feature = "testing")]
use crate::testing::{Forge, FromScript};

/// How an error type can be shown, found where the type is known and carried along as functions.
pub struct View<E> {
    pub(crate) show: Show<E>,
    pub(crate) source: Source<E>,
    /// How a test's script makes such an error; `None` where it cannot.
    #[cfg(feature = "testing")]
    pub(crate) forge: Option<Forge<E>>,
}

type Show<E> = fn(&E, &mut Formatter<'_>) -> fmt::Result;
type Source<E> = fn(&E) -> Option<&(dyn StdError + 'static)>;

impl<E> Clone for View<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for View<E> {}

impl<E> View<E> {
    /// The error, to be shown.
    pub(crate) fn of(self, error: &E) -> impl Display {
        struct Shown<'a, E>(&'a E, View<E>);

        impl<E> Display for Shown<'_, E> {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                (self.1.show)(self.0, f)
            }
        }

        Shown(error, self)
    }

    /// For errors of which nothing is known.
    pub(crate) const OPAQUE: Self = Self::new(|_, f| f.write_str("error"), |_| None);

    const fn new(show: Show<E>, source: Source<E>) -> Self {
        Self {
            show,
            source,
            #[cfg(feature = "testing")]
            forge: None,
        }
    }

    /// The same, of a type that a test's script can make.
    #[cfg(feature = "testing")]
    const fn scripted(mut self, forge: Forge<E>) -> Self {
        self.forge = Some(forge);
        self
    }
}

impl<E: StdError + 'static> View<E> {
    /// For an error type that is known to be one.
    pub(crate) fn of_error() -> Self {
        (&&&&&ErrorType::<E>::new()).view()
    }
}

/// Stands for the error type in the lookup of its [`View`].
///
/// Generated code imports the six traits below and calls `(&&&&&&error_type).view()`: the compiler tries the richest
/// first, and takes the first whose bound holds.
pub struct ErrorType<E>(PhantomData<fn() -> E>);

impl<E> ErrorType<E> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

/// What a probing function may return.
#[diagnostic::on_unimplemented(
    message = "a healthcheck cannot return `{Self}`",
    label = "expected a `Result`",
    note = "an `Ok` of any type says that what is probed works"
)]
pub trait Probed {
    /// Why it does not work.
    type Error;

    /// The value of a good answer says nothing more.
    fn probed(self) -> Result<(), Self::Error>;
}

#[diagnostic::do_not_recommend]
impl<T, E> Probed for Result<T, E> {
    type Error = E;

    fn probed(self) -> Result<(), E> {
        self.map(drop)
    }
}

/// What a probe answered. Its type is only inferred: here it is taken apart, once.
pub struct Answer<E>(Result<(), E>);

impl<E> Answer<E> {
    /// What the function returned.
    pub fn of(returned: impl Probed<Error = E>) -> Self {
        Self(returned.probed())
    }

    /// The type of its error.
    pub fn error_type(&self) -> ErrorType<E> {
        ErrorType::new()
    }

    /// The answer; its error as a text, as far as anything is known of its type.
    ///
    /// # Errors
    ///
    /// That of the probe.
    pub fn described(self, view: View<E>) -> Result<(), Box<str>> {
        self.0.map_err(|error| view.of(&error).to_string().into())
    }
}

/// The type is an error.
pub trait ByError<E> {
    /// How to show it.
    fn view(&self) -> View<E>;
}

impl<E: StdError + 'static> ByError<E> for &&&&&ErrorType<E> {
    fn view(&self) -> View<E> {
        let view = View::new(Display::fmt, |error| Some(error));
        #[cfg(feature = "testing")]
        let view = view.scripted(Forge::ITSELF);
        view
    }
}

/// The type leads to an error, as `anyhow::Error` and boxed errors do.
pub trait ByDeref<E> {
    /// How to show it.
    fn view(&self) -> View<E>;
}

impl<E: Deref<Target = dyn StdError + Send + Sync + 'static> + 'static> ByDeref<E> for &&&&ErrorType<E> {
    fn view(&self) -> View<E> {
        let view = View::new(|error: &E, f| Display::fmt(&**error, f), |error| Some(&**error));
        #[cfg(feature = "testing")]
        let view = view.scripted(Forge::ITSELF);
        view
    }
}

/// A test's script can make the type, though it is no error.
pub trait ByScript<E> {
    /// How to show it.
    fn view(&self) -> View<E>;
}

#[cfg(feature = "testing")]
impl<E: FromScript> ByScript<E> for &&&ErrorType<E> {
    fn view(&self) -> View<E> {
        View::new(E::show, |_| None).scripted(Forge::SCRIPTED)
    }
}

/// The type can be shown to people.
pub trait ByDisplay<E> {
    /// How to show it.
    fn view(&self) -> View<E>;
}

impl<E: Display> ByDisplay<E> for &&ErrorType<E> {
    fn view(&self) -> View<E> {
        View::new(Display::fmt, |_| None)
    }
}

/// The type can be shown to programmers.
pub trait ByDebug<E> {
    /// How to show it.
    fn view(&self) -> View<E>;
}

impl<E: Debug> ByDebug<E> for &ErrorType<E> {
    fn view(&self) -> View<E> {
        View::new(Debug::fmt, |_| None)
    }
}

/// Nothing is known of the type.
pub trait ByNothing<E> {
    /// How to show it.
    fn view(&self) -> View<E>;
}

impl<E> ByNothing<E> for ErrorType<E> {
    fn view(&self) -> View<E> {
        View::OPAQUE
    }
}
