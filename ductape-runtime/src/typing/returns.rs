use std::marker::PhantomData;

use super::{ErrorType, View};
use crate::plan::Plan;
use crate::told::value_alone;
use crate::{Error, Outcome, Verdict};

/// What a plan's function may return.
#[diagnostic::on_unimplemented(
    message = "a plan cannot return `{Self}`",
    label = "expected `ductape::Result<T, E>` or `ductape::Result<Outcome<T>, E>`",
    note = "a function that returns an error of its own names the providers' error type: `error(Type)`, and its error is \
            `From<ductape::Error<Type>>`"
)]
pub trait Returns {}

#[diagnostic::do_not_recommend]
impl<T, E> Returns for Result<T, Error<E>> {}

/// Stands for a function's return type in the lookup of its [`Form`].
///
/// Generated code calls `signature.form()`, or `signature.own_form::<E>()` with the clause `error(E)`. An inherent
/// method wins over a trait's of the same name, so that `Outcome<T>` is told from every other value.
pub struct Signature<R>(PhantomData<fn() -> R>);

impl<R> Signature<R> {
    /// The return type `R`.
    #[expect(clippy::new_without_default, reason = "made by generated code alone")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

/// How a run's result becomes the function's: what the generated code knows of `R`, with `T` and `E` taken from it.
pub struct Form<T, E, R>(fn(End<'_, T, E, R>) -> R);

/// The two ways in which a plan's function ends. One function pointer serves both, since every run carries it.
enum End<'a, T, E, R> {
    Run(Result<Outcome<T>, Error<E>>),
    /// In the statements before the first provider.
    Early(R, &'a Plan, View<E>),
}

impl<T, E> Signature<crate::Result<Outcome<T>, E>> {
    /// The function tells how it went.
    pub fn form(&self) -> Form<T, E, crate::Result<Outcome<T>, E>> {
        Form(|end| match end {
            End::Run(result) => result,
            End::Early(result, plan, view) => result.map_err(|error| error.named(plan, view)),
        })
    }
}

/// The function returns the bare value.
pub trait Plain {
    /// The value.
    type Value;
    /// The providers' error.
    type Error;
    /// The return type.
    type Return;

    /// How a run's result becomes the function's.
    fn form(&self) -> Form<Self::Value, Self::Error, Self::Return>;
}

impl<T, E> Plain for Signature<crate::Result<T, E>> {
    type Value = T;
    type Error = E;
    type Return = crate::Result<T, E>;

    fn form(&self) -> Form<T, E, Self::Return> {
        Form(|end| match end {
            End::Run(result) => result.map(value_alone),
            End::Early(result, plan, view) => result.map_err(|error| error.named(plan, view)),
        })
    }
}

impl<T, M> Signature<Result<Outcome<T>, M>> {
    /// The function tells how it went, and has an error of its own.
    pub fn own_form<E>(&self) -> Form<T, E, Result<Outcome<T>, M>>
    where
        M: From<Error<E>>,
    {
        Form(|end| match end {
            End::Run(result) => result.map_err(M::from),
            End::Early(result, ..) => result,
        })
    }
}

/// The function returns the bare value, and has an error of its own.
pub trait OwnPlain {
    /// The value.
    type Value;
    /// The function's error.
    type Mine;

    /// How a run's result becomes the function's.
    fn own_form<E>(&self) -> Form<Self::Value, E, Result<Self::Value, Self::Mine>>
    where
        Self::Mine: From<Error<E>>;
}

impl<T, M> OwnPlain for Signature<Result<T, M>> {
    type Value = T;
    type Mine = M;

    fn own_form<E>(&self) -> Form<T, E, Result<T, M>>
    where
        M: From<Error<E>>,
    {
        Form(|end| match end {
            End::Run(result) => result.map(value_alone).map_err(M::from),
            End::Early(result, ..) => result,
        })
    }
}

impl<T, E, R> Form<T, E, R> {
    /// Of a return type that does not compile.
    pub(super) fn never() -> Self {
        Self(|_| unreachable!("a return type that compiles has a form"))
    }

    /// `None`, typed like a provider's block: returning its content at the head of a block types the block.
    pub fn block(&self) -> Option<Result<T, E>> {
        None
    }

    /// `None`, typed like a reconcile block.
    pub fn reconcile(&self) -> Option<Result<Option<T>, E>> {
        None
    }

    /// `None`, typed like the function itself.
    pub fn body(&self) -> Option<R> {
        None
    }

    /// The providers' error type.
    pub fn error_type(&self) -> ErrorType<E> {
        ErrorType::new()
    }

    /// Takes what the clause `classify` names.
    pub fn classify(&self, verdict: fn(&E) -> Verdict) -> fn(&E) -> Verdict {
        verdict
    }

    /// What an error means where nothing is said: another try.
    pub fn retry_all(&self) -> fn(&E) -> Verdict {
        |_| Verdict::Retry
    }

    /// The function's result.
    pub fn lower(&self, result: Result<Outcome<T>, Error<E>>) -> R {
        (self.0)(End::Run(result))
    }

    /// Gives an error that left the statements before the first provider the name of its plan.
    pub fn name_abort(&self, result: R, plan: &Plan, view: View<E>) -> R {
        (self.0)(End::Early(result, plan, view))
    }
}
