///**Fallback `f`**
///
///| provider | role |
///| --- | --- |
///| `a` | primary |
///| `c` | fallback |
///
///Worst case: 2 attempts, 20s.
#[allow(unused)]
async fn f(a: u8) -> ductape::Result<u8, String> {
    let __plan: &'static ::ductape::__private::v0_1::Site = {
        static __PROVIDERS: [::ductape::__private::v0_1::Provider; 2] = [
            ::ductape::__private::v0_1::ProviderClauses::new("a").build(),
            ::ductape::__private::v0_1::ProviderClauses::new("c").build(),
        ];
        static __PLAN: ::ductape::__private::v0_1::Site = ::ductape::__private::v0_1::Site::new(
            ::ductape::__private::v0_1::PlanClauses::fallback("f", &__PROVIDERS)
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
    __form
        .name_abort(
            async {
                if let ::ductape::__private::v0_1::Some(__never) = __form.body() {
                    return __never;
                }
                ok(a)?;
                let mut __run = ::ductape::__private::v0_1::Run::begin(
                    __plan,
                    &__form,
                    {
                        use ::ductape::__private::v0_1::{
                            ByDebug as _, ByDeref as _, ByDisplay as _, ByError as _,
                            ByNothing as _, ByScript as _,
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
                                    if let ::ductape::__private::v0_1::Some(__never) = __form
                                        .block()
                                    {
                                        return __never;
                                    }
                                    if a > 1 { { loop {} } } else { Ok(3) }
                                })
                                .await
                        }
                        ::ductape::__private::v0_1::Block::Provider(1) => {
                            __run
                                .attempt(async {
                                    if let ::ductape::__private::v0_1::Some(__never) = __form
                                        .block()
                                    {
                                        return __never;
                                    }
                                    match a {
                                        1 => loop {}
                                        _ => Ok(5),
                                    }
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
                .await,
            __plan.plan(),
            {
                use ::ductape::__private::v0_1::{
                    ByDebug as _, ByDeref as _, ByDisplay as _, ByError as _,
                    ByNothing as _, ByScript as _,
                };
                (&&&&&&__form.error_type()).view()
            },
        )
}
::core::compile_error! {
    "`#[fallback]` stands inside of another block\nhelp: move it directly into the function's body, as `#[fallback(\"b\", retries = 1, when(a > 1))]`"
}
::core::compile_error! {
    "`#[fallback]` stands inside of another block\nhelp: move it directly into the function's body, as `#[fallback(\"d\", when(…))]`"
}
::core::compile_error! {
    "`#[reconcile]` stands inside of another block\nhelp: move it directly into the function's body"
}
::core::compile_error! {
    "a statement between or after the providers\nhelp: a body consists of statements, and after them only of blocks with markers: move it into a block, or before the first"
}
