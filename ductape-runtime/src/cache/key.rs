use std::borrow::ToOwned;
use std::hash::Hash;

/// What can be the key of a cache.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the key of a cache",
    label = "expected a key that is `Hash + Eq + Clone + Send + Sync + 'static`, or a reference to one",
    note = "values are kept beyond the call, and so is what they belong to"
)]
pub trait CacheKey: Hash + Eq + Clone + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<K: Hash + Eq + Clone + Send + Sync + 'static> CacheKey for K {}

/// What can be kept in a cache.
#[diagnostic::on_unimplemented(
    message = "a value of type `{Self}` cannot be cached",
    label = "expected a value that is `Clone + Send + Sync + 'static`",
    note = "one value is served to many callers: an `Arc<{Self}>` can be, where `{Self}` is `Send + Sync + 'static`"
)]
pub trait CachedValue: Clone + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static> CachedValue for T {}

/// What the providers of a cached plan can fail with.
#[diagnostic::on_unimplemented(
    message = "the error of a cached plan cannot be `{Self}`",
    label = "expected an error that is `Send + Sync + 'static`",
    note = "callers that wait for one run share its error"
)]
pub trait CachedError: Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<E: Send + Sync + 'static> CachedError for E {}

/// What the user gives as a key, in the lookup of what can be kept of it.
///
/// Generated code calls `Key(…).own()`: an inherent method wins over a trait's of the same name, so that a reference is
/// told from a value.
pub struct Key<K>(pub K);

/// What a reference can point to.
#[diagnostic::on_unimplemented(
    message = "a reference to `{Self}` cannot be the key of a cache",
    label = "expected a reference to what is `Clone`",
    note = "values are kept beyond the call: of a reference that is what it points to"
)]
pub trait Ownable {
    /// As it is kept.
    type Owned;

    /// A copy to keep.
    fn own(&self) -> Self::Owned;
}

#[diagnostic::do_not_recommend]
impl<B: ToOwned + ?Sized> Ownable for B {
    type Owned = B::Owned;

    fn own(&self) -> B::Owned {
        self.to_owned()
    }
}

impl<B: ?Sized> Key<&B> {
    /// What the reference points to.
    pub fn own(self) -> B::Owned
    where
        B: Ownable,
    {
        self.0.own()
    }
}

/// The key is a value.
pub trait OwnKey<K> {
    /// The value itself.
    fn own(self) -> K;
}

impl<K> OwnKey<K> for Key<K> {
    fn own(self) -> K {
        self.0
    }
}
