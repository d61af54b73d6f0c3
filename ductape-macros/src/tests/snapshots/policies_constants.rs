///**Quota `send`**
///
///| provider | role | weight | breaker | bulkhead | rate limit | dependency |
///| --- | --- | --- | --- | --- | --- | --- |
///| `a` | provider | 60 | at `RATE` of 20 or more calls in 30s, open `OPEN` | `MOST` after up to `WAIT` |  | `shared::STRIPE` |
///| `b` | provider | 40 | after `MOST + 1` failures, open 1m |  | `limits::RATE`, bursts of `MOST` after up to `WAIT` | `shared::STRIPE` |
///
///Deadline: `DEADLINE`. Retry budget: `SHARE`.
async fn send(&self) -> ductape::Result<u8, String> {
    let __plan: &'static ::ductape::__private::v0_1::Site = {
        const __CONSTANT_0: ::ductape::__private::v0_1::Duration = DEADLINE;
        const _: () = ::ductape::__private::v0_1::check::duration(__CONSTANT_0);
        const __CONSTANT_2: ::ductape::__private::v0_1::Percent = SHARE;
        const _: () = ::ductape::__private::v0_1::check::share(__CONSTANT_2);
        const __CONSTANT_4: ::ductape::__private::v0_1::Percent = RATE;
        const _: () = ::ductape::__private::v0_1::check::share(__CONSTANT_4);
        const __CONSTANT_6: ::ductape::__private::v0_1::Duration = OPEN;
        const _: () = ::ductape::__private::v0_1::check::duration(__CONSTANT_6);
        const __CONSTANT_8: ::ductape::__private::v0_1::u32 = MOST;
        const _: () = ::ductape::__private::v0_1::check::count(__CONSTANT_8);
        const __CONSTANT_10: ::ductape::__private::v0_1::Duration = WAIT;
        const _: () = ::ductape::__private::v0_1::check::duration(__CONSTANT_10);
        const __CONSTANT_12: ::ductape::__private::v0_1::u32 = MOST + 1;
        const _: () = ::ductape::__private::v0_1::check::count(__CONSTANT_12);
        const __CONSTANT_14: ::ductape::__private::v0_1::Rate = limits::RATE;
        const _: () = ::ductape::__private::v0_1::check::rate(__CONSTANT_14);
        const __CONSTANT_16: ::ductape::__private::v0_1::u32 = MOST;
        const _: () = ::ductape::__private::v0_1::check::count(__CONSTANT_16);
        const __CONSTANT_18: ::ductape::__private::v0_1::Duration = WAIT;
        const _: () = ::ductape::__private::v0_1::check::duration(__CONSTANT_18);
        const _: () = ::ductape::__private::v0_1::check::deadline(
            __CONSTANT_0,
            &[
                ::ductape::__private::v0_1::ProviderClauses::new("a")
                    .bulkhead(
                        ::ductape::__private::v0_1::Bulkhead::new(__CONSTANT_8)
                            .wait(__CONSTANT_10),
                    )
                    .dependency(&shared::STRIPE)
                    .need(),
                ::ductape::__private::v0_1::ProviderClauses::new("b")
                    .rate_limit(
                        ::ductape::__private::v0_1::RateLimit::new(__CONSTANT_14)
                            .burst(__CONSTANT_16)
                            .wait(__CONSTANT_18),
                    )
                    .dependency(&shared::STRIPE)
                    .need(),
            ],
        );
        static __PROVIDERS: [::ductape::__private::v0_1::Provider; 2] = [
            ::ductape::__private::v0_1::ProviderClauses::new("a")
                .weight(60)
                .breaker(
                    ::ductape::__private::v0_1::Breaker::new()
                        .failure_rate(__CONSTANT_4)
                        .cooldown(__CONSTANT_6),
                )
                .bulkhead(
                    ::ductape::__private::v0_1::Bulkhead::new(__CONSTANT_8)
                        .wait(__CONSTANT_10),
                )
                .inherits()
                .dependency(&shared::STRIPE)
                .build(),
            ::ductape::__private::v0_1::ProviderClauses::new("b")
                .weight(40)
                .breaker(
                    ::ductape::__private::v0_1::Breaker::new().failures(__CONSTANT_12),
                )
                .rate_limit(
                    ::ductape::__private::v0_1::RateLimit::new(__CONSTANT_14)
                        .burst(__CONSTANT_16)
                        .wait(__CONSTANT_18),
                )
                .inherits()
                .dependency(&shared::STRIPE)
                .build(),
        ];
        static __PLAN: ::ductape::__private::v0_1::Site = ::ductape::__private::v0_1::Site::new(
            ::ductape::__private::v0_1::PlanClauses::quota("send", &__PROVIDERS)
                .place(
                    ::ductape::__private::v0_1::Place::new(
                        ::ductape::__private::v0_1::file!(),
                        2,
                        10,
                    ),
                )
                .deadline(__CONSTANT_0)
                .retry_budget(::ductape::__private::v0_1::RetryBudget::new(__CONSTANT_2))
                .build(),
        );
        ::ductape::__private::v0_1::inventory::submit! {
            & __PLAN
        }
        &__PLAN
    };
    let __form = {
        use ::ductape::__private::v0_1::{Misfit as _, Plain as _};
        (&::ductape::__private::v0_1::Signature::<ductape::Result<u8, String>>::new())
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
        __form.retry_all(),
    );
    let __result = loop {
        let __answer = match __run.next().await {
            ::ductape::__private::v0_1::Block::Provider(0) => {
                __run
                    .attempt(async {
                        if let ::ductape::__private::v0_1::Some(__never) = __form.block()
                        {
                            return __never;
                        }
                        Ok(1)
                    })
                    .await
            }
            ::ductape::__private::v0_1::Block::Provider(1) => {
                __run
                    .attempt(async {
                        if let ::ductape::__private::v0_1::Some(__never) = __form.block()
                        {
                            return __never;
                        }
                        Ok(2)
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
