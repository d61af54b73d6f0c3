#[allow(non_upper_case_globals)]
static disk: ::ductape::__private::v0_1::Healthcheck<()> = {
    #[allow(clippy::unused_async)]
    async fn disk() -> std::io::Result<u64> {
        let size = tokio::fs::metadata("/").await?.len();
        Ok(size)
    }
    ::ductape::__private::v0_1::HealthcheckClauses::new(
            "disk",
            |_| ::ductape::__private::v0_1::Box::pin(async move {
                use ::ductape::__private::v0_1::{
                    ByDebug as _, ByDeref as _, ByDisplay as _, ByError as _,
                    ByNothing as _, ByScript as _,
                };
                let __answer = ::ductape::__private::v0_1::Answer::of(disk().await);
                let __view = (&&&&&&__answer.error_type()).view();
                __answer.described(__view)
            }),
        )
        .place(
            ::ductape::__private::v0_1::Place::new(
                ::ductape::__private::v0_1::file!(),
                2,
                10,
            ),
        )
        .interval(::ductape::__private::v0_1::Duration::from_nanos(60000000000))
        .build()
};
const _: () = {
    #[allow(deprecated)]
    const _: () = {
        ::ductape::__private::v0_1::inventory::submit! {
            & disk as & 'static dyn ::ductape::__private::v0_1::AnyHealthcheck
        }
    };
};
