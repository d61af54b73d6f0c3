///**Fallback `get-or-else`**
///
///| provider | role | retries | backoff | timeout |
///| --- | --- | --- | --- | --- |
///| `a` | primary | `RETRIES` | `base(BASE), factor(1.5 + 1.0), jitter = "equal"` | `TIMEOUT` |
///| `b` | fallback | `RETRIES` | `base = "1s", factor = 3, max = "1m"` | 10s |
///
///Deadline: `DEADLINE`.
#[allow(unused)]
async fn get_or_else<T: Clone>(value: T) -> Result<Outcome<T>, Mine> {
    let __plan: &'static ::ductape::__private::v0_1::Site = {
        const __CONSTANT_0: ::ductape::__private::v0_1::Duration = DEADLINE;
        const _: () = ::ductape::__private::v0_1::check::duration(__CONSTANT_0);
        const __CONSTANT_2: ::ductape::__private::v0_1::u32 = RETRIES;
        const _: () = ::ductape::__private::v0_1::check::retries(__CONSTANT_2);
        const __CONSTANT_4: ::ductape::__private::v0_1::Duration = TIMEOUT;
        const _: () = ::ductape::__private::v0_1::check::duration(__CONSTANT_4);
        const __CONSTANT_6: ::ductape::__private::v0_1::Duration = BASE;
        const _: () = ::ductape::__private::v0_1::check::duration(__CONSTANT_6);
        const __CONSTANT_8: ::ductape::__private::v0_1::f64 = 1.5 + 1.0;
        const _: () = ::ductape::__private::v0_1::check::factor(__CONSTANT_8);
        const _: () = ::ductape::__private::v0_1::check::backoff(
            __CONSTANT_6,
            ::ductape::__private::v0_1::Backoff::new().max,
        );
        const _: () = ::ductape::__private::v0_1::check::deadline(
            __CONSTANT_0,
            &[
                ::ductape::__private::v0_1::ProviderClauses::new("a")
                    .timeout(__CONSTANT_4)
                    .need(),
                ::ductape::__private::v0_1::ProviderClauses::new("b").need(),
            ],
        );
        static __PROVIDERS: [::ductape::__private::v0_1::Provider; 2] = [
            ::ductape::__private::v0_1::ProviderClauses::new("a")
                .timeout(__CONSTANT_4)
                .backoff(
                    ::ductape::__private::v0_1::Backoff::new()
                        .base(__CONSTANT_6)
                        .factor(__CONSTANT_8)
                        .jitter(::ductape::__private::v0_1::Jitter::Equal),
                )
                .inherits()
                .retries(__CONSTANT_2)
                .build(),
            ::ductape::__private::v0_1::ProviderClauses::new("b")
                .backoff(
                    ::ductape::__private::v0_1::Backoff::new()
                        .base(
                            ::ductape::__private::v0_1::Duration::from_nanos(1000000000),
                        )
                        .factor(3f64)
                        .max(
                            ::ductape::__private::v0_1::Duration::from_nanos(60000000000),
                        ),
                )
                .inherits()
                .retries(__CONSTANT_2)
                .build(),
        ];
        static __PLAN: ::ductape::__private::v0_1::Site = ::ductape::__private::v0_1::Site::new(
            ::ductape::__private::v0_1::PlanClauses::fallback(
                    "get-or-else",
                    &__PROVIDERS,
                )
                .place(
                    ::ductape::__private::v0_1::Place::new(
                        ::ductape::__private::v0_1::file!(),
                        2,
                        10,
                    ),
                )
                .name("A name")
                .description("A description")
                .deadline(__CONSTANT_0)
                .build(),
        );
        ::ductape::__private::v0_1::inventory::submit! {
            & __PLAN
        }
        &__PLAN
    };
    let __form = {
        use ::ductape::__private::v0_1::{Misfit as _, OwnPlain as _};
        (&::ductape::__private::v0_1::Signature::<Result<Outcome<T>, Mine>>::new())
            .own_form::<crate::Error>()
    };
    let all = [1, 2].map(|n| n + 1);
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
                        if all.len() == 1 {
                            return Ok(value.clone());
                        }
                        Err(crate::Error)
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
                        Ok(value.clone())
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
