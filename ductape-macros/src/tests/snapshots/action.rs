///**Action `refund`**
///
///| retries | backoff | reconcile |
///| --- | --- | --- |
///| 2 | `jitter = "none"` | yes |
///
///At most once. When nothing else is left, it degrades, within 10s. Worst case: 3 attempts, 131.2s.
async fn refund(&self, id: &str) -> ductape::Result<Refund, PayError> {
    let __plan: &'static ::ductape::__private::v0_1::Site = {
        static __PROVIDERS: [::ductape::__private::v0_1::Provider; 1] = [
            ::ductape::__private::v0_1::ProviderClauses::new("stripe")
                .reconcile(::ductape::__private::v0_1::Duration::from_nanos(0))
                .inherits()
                .retries(2)
                .backoff(
                    ::ductape::__private::v0_1::Backoff::new()
                        .jitter(::ductape::__private::v0_1::Jitter::None),
                )
                .build(),
        ];
        static __PLAN: ::ductape::__private::v0_1::Site = ::ductape::__private::v0_1::Site::new(
            ::ductape::__private::v0_1::PlanClauses::action("refund", &__PROVIDERS)
                .place(
                    ::ductape::__private::v0_1::Place::new(
                        ::ductape::__private::v0_1::file!(),
                        2,
                        10,
                    ),
                )
                .at_most_once()
                .classify()
                .degrade(::ductape::__private::v0_1::Duration::from_nanos(10000000000))
                .build(),
        );
        ::ductape::__private::v0_1::inventory::submit! {
            & __PLAN
        }
        &__PLAN
    };
    let __form = {
        use ::ductape::__private::v0_1::{Misfit as _, Plain as _};
        (&::ductape::__private::v0_1::Signature::<
            ductape::Result<Refund, PayError>,
        >::new())
            .form()
    };
    let mut __run = ::ductape::__private::v0_1::Run::begin(
        __plan,
        &__form,
        {
            use ::ductape::__private::v0_1::{
                ByDebug as _, ByDeref as _, ByDisplay as _, ByError as _, ByNothing as _,
                ByScript as _,
            };
            (&&&&&&__form.error_type()).view()
        },
        __form.classify(verdict),
    );
    let __result = loop {
        let __answer = match __run.next().await {
            #[allow(clippy::needless_return)]
            ::ductape::__private::v0_1::Block::Provider(0) => {
                __run
                    .attempt(async {
                        if let ::ductape::__private::v0_1::Some(__never) = __form.block()
                        {
                            return __never;
                        }
                        let twice = id.repeat(2);
                        return self.stripe.refund(&twice).await;
                    })
                    .await
            }
            ::ductape::__private::v0_1::Block::Reconcile(0) => {
                __run
                    .reconcile(async {
                        if let ::ductape::__private::v0_1::Some(__never) = __form
                            .reconcile()
                        {
                            return __never;
                        }
                        Ok(None)
                    })
                    .await
            }
            ::ductape::__private::v0_1::Block::Degrade => {
                __run
                    .degrade(async {
                        if let ::ductape::__private::v0_1::Some(__never) = __form.block()
                        {
                            return __never;
                        }
                        Ok(Refund::later())
                    })
                    .await
            }
            _ => break ::ductape::__private::v0_1::Err(__run.fail()),
        };
        if let ::ductape::__private::v0_1::Some(__outcome) = __answer {
            break ::ductape::__private::v0_1::Ok(__outcome);
        }
    };
    __form.lower(__result)
}
