///**Fallback `pay`**
///
///| provider | role | retries | timeout | breaker | bulkhead | rate limit |
///| --- | --- | --- | --- | --- | --- | --- |
///| `stripe` | primary | 1 | 2s | after 3 failures, open 5s (shadow) | 10 | 600/m |
///| `paypal` | fallback | 0 | 10s | at 33.33% of 5 or more calls in 10s failed or slower than 1.5s, open 30s | 4 after up to 50ms | 100/s, bursts of 20 after up to 1s (shadow) |
///
///Deadline: 30s. Retry budget: 12.5%. Worst case: 3 attempts, 15.15s.
async fn pay(&self) -> ductape::Result<u8, String> {
    let __plan: &'static ::ductape::__private::v0_1::Site = {
        static __PROVIDERS: [::ductape::__private::v0_1::Provider; 2] = [
            ::ductape::__private::v0_1::ProviderClauses::new("stripe")
                .timeout(::ductape::__private::v0_1::Duration::from_nanos(2000000000))
                .retries(1)
                .bulkhead(::ductape::__private::v0_1::Bulkhead::new(10))
                .breaker(
                    ::ductape::__private::v0_1::Breaker::new()
                        .failures(3)
                        .cooldown(
                            ::ductape::__private::v0_1::Duration::from_nanos(5000000000),
                        )
                        .probes(2)
                        .shadow(),
                )
                .inherits()
                .rate_limit(
                    ::ductape::__private::v0_1::RateLimit::new(
                        ::ductape::__private::v0_1::Rate::per_minute(600),
                    ),
                )
                .build(),
            ::ductape::__private::v0_1::ProviderClauses::new("paypal")
                .breaker(
                    ::ductape::__private::v0_1::Breaker::new()
                        .failure_rate(
                            ::ductape::__private::v0_1::Percent::hundredths(3333),
                        )
                        .window(
                            ::ductape::__private::v0_1::Duration::from_nanos(10000000000),
                        )
                        .min_calls(5)
                        .slow_call(
                            ::ductape::__private::v0_1::Duration::from_nanos(1500000000),
                        ),
                )
                .bulkhead(
                    ::ductape::__private::v0_1::Bulkhead::new(4)
                        .wait(::ductape::__private::v0_1::Duration::from_nanos(50000000)),
                )
                .rate_limit(
                    ::ductape::__private::v0_1::RateLimit::new(
                            ::ductape::__private::v0_1::Rate::per_second(100),
                        )
                        .burst(20)
                        .wait(
                            ::ductape::__private::v0_1::Duration::from_nanos(1000000000),
                        )
                        .shadow(),
                )
                .build(),
        ];
        static __PLAN: ::ductape::__private::v0_1::Site = ::ductape::__private::v0_1::Site::new(
            ::ductape::__private::v0_1::PlanClauses::fallback("pay", &__PROVIDERS)
                .place(
                    ::ductape::__private::v0_1::Place::new(
                        ::ductape::__private::v0_1::file!(),
                        2,
                        10,
                    ),
                )
                .deadline(::ductape::__private::v0_1::Duration::from_nanos(30000000000))
                .retry_budget(
                    ::ductape::__private::v0_1::RetryBudget::new(
                        ::ductape::__private::v0_1::Percent::hundredths(1250),
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
