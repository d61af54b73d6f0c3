///**Quota `later`**
///
///|  |
///|  |
///
///Worst case: 0 attempts, 0s.
#[allow(unused)]
#[allow(unused, reason = "it will be used")]
pub async fn later(&self, a: u8, b: u8) -> ductape::Result<u8, String> {
    let __plan: &'static ::ductape::__private::v0_1::Site = {
        static __PROVIDERS: [::ductape::__private::v0_1::Provider; 0] = [];
        static __PLAN: ::ductape::__private::v0_1::Site = ::ductape::__private::v0_1::Site::new(
            ::ductape::__private::v0_1::PlanClauses::quota("later", &__PROVIDERS)
                .place(
                    ::ductape::__private::v0_1::Place::new(
                        ::ductape::__private::v0_1::file!(),
                        2,
                        14,
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
                println!("{a} {b}", a = a, b = self.b(b, a). await);
                let __run = ::ductape::__private::v0_1::Run::begin(
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
                let __result = ::ductape::__private::v0_1::Err(__run.fail());
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
    "this quota has no providers\nhelp: a quota consists of `#[provider(\"…\", weight = …)]` blocks and, after them, any number of `#[fallback(\"…\")]` blocks"
}
