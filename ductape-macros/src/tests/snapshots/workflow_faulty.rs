///**Workflow `process`**
///
///| step | required |
///| --- | --- |
///| `a` | no |
///
#[allow(unused)]
async fn process(a: u32) -> ductape::Result<u32, Fault> {
    let __plan: &'static ::ductape::__private::v0_1::Site = {
        #[allow(unexpected_cfgs)]
        const _: () = {
            #[cfg(rust_analyzer)]
            {
                ::ductape::__private::v0_1::PlanClauses::fallback("", &[]).deadlin;
            }
        };
        static __STEPS: [::ductape::__private::v0_1::Provider; 1] = [
            ::ductape::__private::v0_1::ProviderClauses::new("a").build(),
        ];
        static __PLAN: ::ductape::__private::v0_1::Site = ::ductape::__private::v0_1::Site::new(
            ::ductape::__private::v0_1::PlanClauses::workflow("process", &__STEPS)
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
        use ::ductape::__private::v0_1::{PartialMisfit as _, WorkflowMisfit as _};
        (&::ductape::__private::v0_1::Signature::<ductape::Result<u32, Fault>>::new())
            .workflow()
    };
    let __workflow = ::ductape::__private::v0_1::Workflow::begin(
        __plan,
        &__form,
        {
            use ::ductape::__private::v0_1::{
                ByDebug as _, ByDeref as _, ByDisplay as _, ByError as _, ByNothing as _,
                ByScript as _,
            };
            (&&&&&&__form.error_type()).view()
        },
    );
    let __body = async {
        if __workflow.has_failed() {
            return __form.told().open();
        }
        __form
            .lift('__value_1: {
                if let ::ductape::__private::v0_1::Some(__never) = __form.body() {
                    break '__value_1 __never;
                }
                let a = {
                    let mut __step = __workflow.step(0);
                    let __ended = loop {
                        match __step.next().await {
                            ::ductape::__private::v0_1::Block::Provider(_) => {
                                let __future = async {
                                    if let ::ductape::__private::v0_1::Some(__never) = ::ductape::__private::v0_1::any_result() {
                                        return __never;
                                    }
                                    call(a).await
                                };
                                let __errors = ::ductape::__private::v0_1::Errors::of(
                                    &__future,
                                );
                                __step
                                    .show({
                                        use ::ductape::__private::v0_1::{
                                            ByDebug as _, ByDeref as _, ByDisplay as _, ByError as _,
                                            ByNothing as _, ByScript as _,
                                        };
                                        (&&&&&&__errors.error_type()).view()
                                    });
                                if let ::ductape::__private::v0_1::Some(__outcome) = __step
                                    .attempt(__future)
                                    .await
                                {
                                    break __workflow.met(0, __outcome);
                                }
                            }
                            _ => break __workflow.missed(__step),
                        }
                    };
                    {
                        use ::ductape::__private::v0_1::Flat as _;
                        __ended.flat()
                    }
                };
                let b = || { call() };
                println!("{}", a ?);
                Ok(a)
            })
            .open()
    };
    let __body = __form.close(__body.await);
    __form.end(__workflow.end(__body))
}
::core::compile_error! {
    "`Order` is no valid tag\nhelp: write `\"order\"`: lowercase letters and digits, in parts joined by `-`, `_` or `.`, at most 64 characters"
}
::core::compile_error! {
    "unknown clause `deadlin`\nhelp: write `deadline`; the clauses of a `#[workflow]` are `tag`, `name`, `description`, `classify`, `deadline`, `retries`, `backoff` and `timeout`"
}
::core::compile_error! {
    "`retries` takes a whole number\nhelp: write `retries = 2`"
}
::core::compile_error! {
    "unknown clause `retry`\nhelp: write `retries`; the clauses of an `#[undo]` are `retries`, `backoff` and `timeout`"
}
::core::compile_error! {
    "`#[undo]` follows an optional step, which may not have happened\nhelp: end the step's expression in `?`, or leave `#[undo]` out"
}
::core::compile_error! {
    "a step must stand in the workflow's own body\nhelp: make it a statement of the body, or of an `if`, `match`, loop or block in it"
}
