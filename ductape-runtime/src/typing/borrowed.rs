use std::future::{Ready, ready};
use std::marker::PhantomData;

/// Stands for what a probe borrows, in the lookup of [`Borrowed::share`].
pub struct Borrowed<T>(PhantomData<fn() -> T>);

impl<T> Borrowed<T> {
    /// Of the type `T`.
    #[expect(clippy::new_without_default, reason = "made by generated code alone")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T: Send + Sync + 'static> Borrowed<T> {
    /// The probe's future as it is.
    pub fn share<F>(&self, future: F) -> F {
        future
    }
}

/// What a probe may borrow.
#[diagnostic::on_unimplemented(
    message = "a healthcheck cannot borrow `{Self}`",
    label = "cannot be shared between threads",
    note = "checks run beside everything else: what they borrow is `Send + Sync + 'static`"
)]
pub trait Shareable {}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> Shareable for T {}

/// The probe borrows what cannot be shared: asked last, so that the compiler speaks of [`Shareable`], and of nothing else.
pub trait Unshareable<T> {
    /// Its bound never holds.
    fn share<F>(&self, future: F) -> Ready<Result<(), Box<str>>>
    where
        T: Shareable;
}

impl<T> Unshareable<T> for &Borrowed<T> {
    fn share<F>(&self, _: F) -> Ready<Result<(), Box<str>>>
    where
        T: Shareable,
    {
        ready(Ok(()))
    }
}
