use std::marker::PhantomData;
use std::ops::Deref;

use super::View;
use super::returns::{Form, Returns, Signature};
use crate::drive::Caching;

/// The function returns neither form: asked last, so that the compiler speaks of [`Returns`], and of nothing else.
///
/// The types of value and error are left to the blocks, so that they are not found wrong as well.
pub trait Misfit<T, R> {
    /// Its bound never holds.
    fn form<E>(&self) -> MisfitForm<T, E, R>
    where
        R: Returns;

    /// Its bound never holds.
    fn own_form<E>(&self) -> MisfitForm<T, E, R>
    where
        R: Returns;
}

impl<T, R> Misfit<T, R> for &Signature<R> {
    fn form<E>(&self) -> MisfitForm<T, E, R>
    where
        R: Returns,
    {
        MisfitForm(Form::never())
    }

    fn own_form<E>(&self) -> MisfitForm<T, E, R>
    where
        R: Returns,
    {
        MisfitForm(Form::never())
    }
}

/// Stands in for a [`Form`] where there is none.
pub struct MisfitForm<T, E, R>(Form<T, E, R>);

#[expect(clippy::unused_self, reason = "stands for a type")]
impl<T, E, R> MisfitForm<T, E, R> {
    /// Has a view of every type: the lookup would fail while the type is not known yet.
    pub fn error_type(&self) -> AnyType<E> {
        AnyType::new()
    }

    /// Asks nothing of the types.
    pub fn caching<K>(&self, _: K) -> Caching<K, T, E> {
        unreachable!("a return type that compiles has a form")
    }
}

impl<T, E, R> Deref for MisfitForm<T, E, R> {
    type Target = Form<T, E, R>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// An error type that need not be known.
pub struct AnyType<E>(PhantomData<fn() -> E>);

impl<E> AnyType<E> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }
}

#[expect(clippy::unused_self, reason = "stands for a type")]
impl<E> AnyType<E> {
    /// How to show it: not at all.
    pub fn view(&self) -> View<E> {
        View::OPAQUE
    }
}
