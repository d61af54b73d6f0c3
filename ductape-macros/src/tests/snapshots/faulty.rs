///**Fallback `f`**
///
///| provider | role | reconcile |
///| --- | --- | --- |
///| `a` | primary |  |
///| `provider-2` | fallback |  |
///| `provider-3` | fallback | yes |
///
///Deadline: 3s. Hedged after 1s. Worst case: 3 attempts, 3s.
#[allow(unused)]
async fn f() -> ductape::Result<u8, String> {
    let __plan: &'static ::ductape::__private::v0_1::Site = {
        #[allow(unexpected_cfgs)]
        const _: () = {
            #[cfg(rust_analyzer)]
            {
                ::ductape::__private::v0_1::PlanClauses::fallback("", &[]).colour;
            }
        };
        #[allow(unexpected_cfgs)]
        const _: () = {
            #[cfg(rust_analyzer)]
            {
                ::ductape::__private::v0_1::ProviderClauses::new("").weight;
            }
        };
        static __PROVIDERS: [::ductape::__private::v0_1::Provider; 3] = [
            ::ductape::__private::v0_1::ProviderClauses::new("a").build(),
            ::ductape::__private::v0_1::ProviderClauses::new("provider-2").build(),
            ::ductape::__private::v0_1::ProviderClauses::new("provider-3")
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
                .deadline(::ductape::__private::v0_1::Duration::from_nanos(3000000000))
                .hedge(::ductape::__private::v0_1::Duration::from_nanos(1000000000))
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
    let stray = 1;
    let x = 2;
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
    let __result = {
        let __served = {
            let __hedged = ::ductape::__private::v0_1::Hedged::new(&mut __run);
            let mut __clock = ::ductape::__private::v0_1::pin!(
                ::ductape::__private::v0_1::Clock::default()
            );
            let mut __lane_0 = ::ductape::__private::v0_1::pin!(
                async { let mut __lane = __hedged.lane(0); while __lane.turn(). await {
                __lane.attempt(async { if let ::ductape::__private::v0_1::Some(__never) =
                __form.block() { return __never; } Ok(1) }). await; } }
            );
            let mut __lane_1 = ::ductape::__private::v0_1::pin!(
                async { let mut __lane = __hedged.lane(1); while __lane.turn(). await {
                __lane.attempt(async { if let ::ductape::__private::v0_1::Some(__never) =
                __form.block() { return __never; } Ok(2) }). await; } }
            );
            let mut __lane_2 = ::ductape::__private::v0_1::pin!(
                async { let mut __lane = __hedged.lane(2); while __lane.turn(). await {
                __lane.attempt(async { if let ::ductape::__private::v0_1::Some(__never) =
                __form.block() { return __never; } Ok(3) }). await; } }
            );
            let __race = ::ductape::__private::v0_1::poll_fn(|__cx| {
                __hedged
                    .poll(
                        __cx,
                        __clock.as_mut(),
                        &mut [__lane_0.as_mut(), __lane_1.as_mut(), __lane_2.as_mut()],
                    )
            });
            __race.await
        };
        match __served {
            ::ductape::__private::v0_1::Some(__outcome) => {
                ::ductape::__private::v0_1::Ok(__outcome)
            }
            ::ductape::__private::v0_1::None => {
                ::ductape::__private::v0_1::Err(__run.fail())
            }
        }
    };
    __form.lower(__result)
}
::core::compile_error! {
    "`A Tag` is no valid tag\nhelp: write `\"a-tag\"`: lowercase letters and digits, in parts joined by `-`, `_` or `.`, at most 64 characters"
}
::core::compile_error! {
    "`at_most_once` is a switch and takes no value\nhelp: write `at_most_once`"
}
::core::compile_error! {
    "unknown clause `colour`\nhelp: the clauses of a `#[fallback]` function are `tag`, `name`, `description`, `deadline`, `classify`, `at_most_once`, `all_unhealthy`, `error`, `retry_budget`, `hedge`, `cache`, `json`, `retries`, `backoff`, `timeout`, `healthcheck`, `breaker`, `bulkhead`, `rate_limit` and `dependency`"
}
::core::compile_error! {
    "a block cannot be compiled conditionally\nhelp: write `when(cfg!(…))` among the provider's clauses"
}
::core::compile_error! {
    "`#[provider]` marks a block, and here is none\nhelp: write `#[provider(\"b\")] { … }`, directly in the function's body"
}
::core::compile_error! {
    "`retries` takes a whole number\nhelp: write `retries = 2`"
}
::core::compile_error! {
    "`timeout` takes a duration: a string with a unit\nhelp: write `timeout = \"5s\"`"
}
::core::compile_error! {
    "`weight` is no clause of a provider of a fallback\nhelp: `weight` belongs on a `#[provider]` of a `#[quota]`"
}
::core::compile_error! {
    "a statement between or after the providers\nhelp: a body consists of statements, and after them only of blocks with markers: move it into a block, or before the first"
}
::core::compile_error! {
    "this provider has no name\nhelp: write `#[fallback(\"stripe\")]`, the name first"
}
::core::compile_error! {
    "the provider name `a` is given twice\nhelp: a provider's name is unique in its plan"
}
::core::compile_error! {
    "the provider name `a` is given here first"
}
::core::compile_error! {
    "an `at_most_once` plan cannot have a `hedge`\nhelp: leave `hedge` out: it does the work again while it is still being done"
}
