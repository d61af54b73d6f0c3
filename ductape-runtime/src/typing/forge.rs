//! How scripts of tests fail with errors of a plan's own type; without the feature `testing`, nothing.

#[cfg(feature = "testing")]
use std::any::Any;
#[cfg(not(feature = "testing"))]
use std::marker::PhantomData;

use super::error_type::{ErrorType, View};
use super::misfit::AnyType;

/// Takes an error out of the box in which a script has it: only where its type is known can that be done.
#[cfg(feature = "testing")]
pub struct Forge<E>(Option<Unbox<E>>);

#[cfg(feature = "testing")]
type Unbox<E> = fn(Box<dyn Any + Send>) -> Option<E>;

/// Nothing: there are no scripts.
#[cfg(not(feature = "testing"))]
pub struct Forge<E>(PhantomData<fn() -> E>);

impl<E> Clone for Forge<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for Forge<E> {}

impl<E> Forge<E> {
    /// For errors whose type may borrow.
    #[cfg(feature = "testing")]
    pub(crate) const NONE: Self = Self(None);

    #[cfg(not(feature = "testing"))]
    const NONE: Self = Self(PhantomData);

    /// The error; `Ok(None)` when it is of another type.
    ///
    /// # Errors
    ///
    /// When the type may borrow.
    #[cfg(feature = "testing")]
    pub(crate) fn take(self, error: Box<dyn Any + Send>) -> Result<Option<E>, ()> {
        self.0.map(|unbox| unbox(error)).ok_or(())
    }
}

#[cfg(feature = "testing")]
impl<E: 'static> ErrorType<E> {
    /// How a script's error becomes one of this type.
    pub fn forge(&self) -> Forge<E> {
        Forge(Some(|error| error.downcast().ok().map(|error| *error)))
    }
}

#[cfg(not(feature = "testing"))]
impl<E> ErrorType<E> {
    /// Nothing: there are no scripts.
    pub fn forge(&self) -> Forge<E> {
        Forge::NONE
    }
}

#[expect(clippy::unused_self, reason = "stands for a type")]
impl<E> AnyType<E> {
    /// Nothing.
    pub fn forge(&self) -> Forge<E> {
        Forge::NONE
    }
}

impl<E> View<E> {
    /// With what scripts need to fail with such errors.
    #[cfg_attr(not(feature = "testing"), expect(unused_variables, reason = "there are no scripts"))]
    #[must_use]
    pub fn scripted(self, forge: Forge<E>) -> Self {
        Self {
            #[cfg(feature = "testing")]
            forge,
            ..self
        }
    }
}
