///**Action `f`**
///
///| breaker | bulkhead |
///| --- | --- |
///| at 50% of 5 or more calls in 1s, open 30s |  after up to 1s |
///
#[allow(unused)]
async fn f() -> ductape::Result<u8, String> {
    let __plan: &'static ::ductape::__private::v0_1::Site = {
        #[allow(unexpected_cfgs)]
        const _: () = {
            #[cfg(rust_analyzer)]
            {
                ::ductape::__private::v0_1::PlanClauses::fallback("", &[]).shadow;
            }
        };
        static __PROVIDERS: [::ductape::__private::v0_1::Provider; 1] = [
            ::ductape::__private::v0_1::ProviderClauses::new("f")
                .inherits()
                .breaker(
                    ::ductape::__private::v0_1::Breaker::new()
                        .failures(3)
                        .window(
                            ::ductape::__private::v0_1::Duration::from_nanos(1000000000),
                        )
                        .min_calls(5),
                )
                .build(),
        ];
        static __PLAN: ::ductape::__private::v0_1::Site = ::ductape::__private::v0_1::Site::new(
            ::ductape::__private::v0_1::PlanClauses::action("f", &__PROVIDERS)
                .place(
                    ::ductape::__private::v0_1::Place::new(
                        ::ductape::__private::v0_1::file!(),
                        2,
                        10,
                    ),
                )
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
            #[allow(clippy::needless_return)]
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
            _ => break ::ductape::__private::v0_1::Err(__run.fail()),
        };
        if let ::ductape::__private::v0_1::Some(__outcome) = __answer {
            break ::ductape::__private::v0_1::Ok(__outcome);
        }
    };
    __form.lower(__result)
}
::core::compile_error! {
    "the rate `0/s` is out of range\nhelp: `rate_limit` takes a rate from `\"1/s\"` to `\"4294967295/s\"`"
}
::core::compile_error! {
    "`retry_budget` takes a percentage: a string with `%`\nhelp: write `retry_budget = \"20%\"`"
}
::core::compile_error! {
    "`shadow` is no clause of an `#[action]`\nhelp: `shadow` belongs in a `breaker(…)`, a `bulkhead(…)` or a `rate_limit(…)`"
}
::core::compile_error! {
    "`failures` belongs to a breaker that opens after failures in a row, and does not go with `window` and `min_calls`\nhelp: leave `failures` out, or `window` and `min_calls`"
}
::core::compile_error! {
    "`window` belongs to a breaker that opens by a share of the calls"
}
::core::compile_error! {
    "`min_calls` belongs to a breaker that opens by a share of the calls"
}
::core::compile_error! {
    "`bulkhead(…)` needs `max`\nhelp: write `bulkhead(max = 10, wait = \"1s\")`"
}
