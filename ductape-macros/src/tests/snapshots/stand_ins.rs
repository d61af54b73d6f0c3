///**Fallback `f`**
///
///| provider | role | reconcile |
///| --- | --- | --- |
///| `a` | primary | yes |
///| `c` | fallback |  |
///| `d` | fallback |  |
///| `e` | fallback |  |
///| `f` | fallback |  |
///
///Worst case: 5 attempts, 1m.
#[allow(unused)]
async fn f(a: u8) -> ductape::Result<u8, String> {
    let __plan: &'static ::ductape::__private::v0_1::Site = {
        static __PROVIDERS: [::ductape::__private::v0_1::Provider; 5] = [
            ::ductape::__private::v0_1::ProviderClauses::new("a")
                .reconcile(::ductape::__private::v0_1::Duration::from_nanos(0))
                .build(),
            ::ductape::__private::v0_1::ProviderClauses::new("c").build(),
            ::ductape::__private::v0_1::ProviderClauses::new("d").build(),
            ::ductape::__private::v0_1::ProviderClauses::new("e").build(),
            ::ductape::__private::v0_1::ProviderClauses::new("f").build(),
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
                        call(a).await
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
                        if { a > 1 } { { loop {} } } else { Ok(None) }
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
                        Ok(3)
                    })
                    .await
            }
            ::ductape::__private::v0_1::Block::Provider(2) => {
                __run
                    .attempt(async {
                        if let ::ductape::__private::v0_1::Some(__never) = __form.block()
                        {
                            return __never;
                        }
                        Ok(4)
                    })
                    .await
            }
            ::ductape::__private::v0_1::Block::Provider(3) => {
                __run
                    .attempt(async {
                        if let ::ductape::__private::v0_1::Some(__never) = __form.block()
                        {
                            return __never;
                        }
                        Ok(5)
                    })
                    .await
            }
            ::ductape::__private::v0_1::Block::Provider(4) => {
                __run
                    .attempt(async {
                        if let ::ductape::__private::v0_1::Some(__never) = __form.block()
                        {
                            return __never;
                        }
                        Ok(6)
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
    "`#[primary]` marks a block, and here is none\nhelp: write `#[primary(\"a\")] { … }`, directly in the function's body"
}
::core::compile_error! {
    "`#[reconcile]` marks a block, and here is none\nhelp: write `#[reconcile] { … }`, directly in the function's body"
}
::core::compile_error! {
    "`#[fallback]` stands inside of another block\nhelp: move it directly into the function's body, as `#[fallback(\"b\", when(…))]`"
}
::core::compile_error! {
    "`#[fallback]` marks a block, and here is none\nhelp: write `#[fallback(\"c\")] { … }`, directly in the function's body"
}
::core::compile_error! {
    "`#[reconcile]` has no block\nhelp: write `#[reconcile] { … }`, or leave it out: a block has one marker"
}
::core::compile_error! {
    "the marker of a block has no path\nhelp: write `#[fallback(\"f\")]`"
}
::core::compile_error! {
    "the name of a provider is a string literal\nhelp: write `#[fallback(\"e\")]`"
}
::core::compile_error! {
    "a statement between or after the providers\nhelp: a body consists of statements, and after them only of blocks with markers: move it into a block, or before the first"
}
::core::compile_error! {
    "`#[reconcile]` needs `at_most_once`\nhelp: write `at_most_once` among the plan's clauses: elsewhere a lost answer is tried again"
}
