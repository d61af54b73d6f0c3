///**Fallback `outer`**
///
///| provider | role |
///| --- | --- |
///| `a` | primary |
///| `b` | fallback |
///
///Worst case: 2 attempts, 20s.
#[allow(clippy::items_after_statements)]
async fn outer<'a, T>(
    &'a mut self,
    mut items: Vec<T>,
) -> ductape::Result<&'a str, Box<dyn Error>> {
    let __plan: &'static ::ductape::__private::v0_1::Site = {
        static __PROVIDERS: [::ductape::__private::v0_1::Provider; 2] = [
            ::ductape::__private::v0_1::ProviderClauses::new("a").build(),
            ::ductape::__private::v0_1::ProviderClauses::new("b").build(),
        ];
        static __PLAN: ::ductape::__private::v0_1::Site = ::ductape::__private::v0_1::Site::new(
            ::ductape::__private::v0_1::PlanClauses::fallback("outer", &__PROVIDERS)
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
        (&::ductape::__private::v0_1::Signature::<
            ductape::Result<&'a str, Box<dyn Error>>,
        >::new())
            .form()
    };
    __form
        .name_abort(
            async {
                if let ::ductape::__private::v0_1::Some(__never) = __form.body() {
                    return __never;
                }
                /// A plan of its own.
                #[fallback(tag = "inner")]
                #[allow(dead_code)]
                pub(crate) async fn inner() -> ductape::Result<u8, String> {
                    #[primary("x")] { Ok(1) }
                    #[fallback("y")] { Ok(2) }
                }
                #[derive(Clone)]
                struct Local {
                    a: u8,
                }
                if items.is_empty() {
                    items.clear();
                }
                {
                    println!("an ordinary block");
                }
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
                        #[rustfmt::skip]
                        ::ductape::__private::v0_1::Block::Provider(0) => {
                            __run
                                .attempt(async {
                                    if let ::ductape::__private::v0_1::Some(__never) = __form
                                        .block()
                                    {
                                        return __never;
                                    }
                                    items.clear();
                                    self.name().await
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
                                    match inner().await {
                                        Ok(_) => Ok("b"),
                                        Err(error) => return Err(error.into()),
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
