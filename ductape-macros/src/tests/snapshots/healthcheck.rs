/// Whether the gateway answers.
#[cfg(feature = "stripe")]
#[allow(non_upper_case_globals)]
pub(crate) static stripe_health: ::ductape::__private::v0_1::Healthcheck<Stripe> = {
    #[inline]
    #[allow(clippy::unused_async)]
    async fn stripe_health(stripe: &Stripe) -> Result<(), StripeError> {
        stripe.ping().await
    }
    const __CONSTANT_0: ::ductape::__private::v0_1::Duration = TIMEOUT;
    const _: () = ::ductape::__private::v0_1::check::duration(__CONSTANT_0);
    ::ductape::__private::v0_1::HealthcheckClauses::new(
            "stripe-health",
            |__client| ::ductape::__private::v0_1::Box::pin({
                use ::ductape::__private::v0_1::Unshareable as _;
                (&::ductape::__private::v0_1::Borrowed::<Stripe>::new())
                    .share(async move {
                        use ::ductape::__private::v0_1::{
                            ByDebug as _, ByDeref as _, ByDisplay as _, ByError as _,
                            ByNothing as _, ByScript as _,
                        };
                        let __answer = ::ductape::__private::v0_1::Answer::of(
                            stripe_health(__client).await,
                        );
                        let __view = (&&&&&&__answer.error_type()).view();
                        __answer.described(__view)
                    })
            }),
        )
        .place(
            ::ductape::__private::v0_1::Place::new(
                ::ductape::__private::v0_1::file!(),
                5,
                21,
            ),
        )
        .interval(::ductape::__private::v0_1::Duration::from_nanos(30000000000))
        .retries(2)
        .timeout(__CONSTANT_0)
        .fall(3)
        .rise(2)
        .env(&["prd", "stg"])
        .build()
};
#[cfg(feature = "stripe")]
const _: () = {
    #[allow(deprecated)]
    const _: () = {
        ::ductape::__private::v0_1::inventory::submit! {
            & stripe_health as & 'static dyn ::ductape::__private::v0_1::AnyHealthcheck
        }
    };
};
