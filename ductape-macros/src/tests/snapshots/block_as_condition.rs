///**Fallback `f`**
///
///| provider | role | reconcile |
///| --- | --- | --- |
///| `a` | primary | yes |
///
///At most once. Worst case: 1 attempt, 20s.
#[allow(unused)]
async fn f(a: u8) -> ductape::Result<u8, String> {
    let __plan: &'static ::ductape::__private::v0_1::Site = {
        static __PROVIDERS: [::ductape::__private::v0_1::Provider; 1] = [
            ::ductape::__private::v0_1::ProviderClauses::new("a")
                .reconcile(::ductape::__private::v0_1::Duration::from_nanos(0))
                .build(),
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
                .at_most_once()
                .classify()
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
        __form.classify(verdict),
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
            ::ductape::__private::v0_1::Block::Reconcile(0) => {
                __run
                    .reconcile(async {
                        if let ::ductape::__private::v0_1::Some(__never) = __form
                            .reconcile()
                        {
                            return __never;
                        }
                        if { Ok(None) } {
                            { loop {} }
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
::core::compile_error! {
    "`#[reconcile]` marks a block, and here is none\nhelp: write `#[reconcile] { … }`, directly in the function's body"
}
::core::compile_error! {
    "`#[fallback]` stands inside of another block\nhelp: move it directly into the function's body, as `#[fallback(\"b\", when(…))]`"
}
::core::compile_error! {
    "a statement between or after the providers\nhelp: a body consists of statements, and after them only of blocks with markers: move it into a block, or before the first"
}
