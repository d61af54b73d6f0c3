///**Quota `sms-quota`**
///
///| provider | role | weight | retries | backoff | timeout | healthcheck |
///| --- | --- | --- | --- | --- | --- | --- |
///| `twilio` | provider | 700 | 2 | `max = "5s"` | 1.5s | `net::health` |
///| `nexmo` | provider | `WEIGHT` | 0 |  | 1.5s | `net::health` |
///| `drained` | provider | 0 | 0 |  | 1.5s | `net::health` |
///| `post` | fallback |  | 0 |  | 1.5s | `net::health` |
///
async fn send_sms(
    &self,
    phone: &str,
    text: &str,
) -> ductape::Result<Outcome<MessageId>, SmsError> {
    let __plan: &'static ::ductape::__private::v0_1::Site = {
        const __CONSTANT_0: ::ductape::__private::v0_1::u32 = WEIGHT;
        const _: () = ::ductape::__private::v0_1::check::weight(__CONSTANT_0);
        const _: () = ::ductape::__private::v0_1::check::weights(
            &[700, __CONSTANT_0, 0],
            1000,
        );
        static __PROVIDERS: [::ductape::__private::v0_1::Provider; 4] = [
            ::ductape::__private::v0_1::ProviderClauses::new("twilio")
                .weight(700)
                .retries(2)
                .backoff(
                    ::ductape::__private::v0_1::Backoff::new()
                        .max(
                            ::ductape::__private::v0_1::Duration::from_nanos(5000000000),
                        ),
                )
                .inherits()
                .healthcheck(&net::health)
                .timeout(::ductape::__private::v0_1::Duration::from_nanos(1500000000))
                .build(),
            ::ductape::__private::v0_1::ProviderClauses::new("nexmo")
                .weight(__CONSTANT_0)
                .inherits()
                .healthcheck(&net::health)
                .timeout(::ductape::__private::v0_1::Duration::from_nanos(1500000000))
                .build(),
            ::ductape::__private::v0_1::ProviderClauses::new("drained")
                .weight(0)
                .inherits()
                .healthcheck(&net::health)
                .timeout(::ductape::__private::v0_1::Duration::from_nanos(1500000000))
                .build(),
            ::ductape::__private::v0_1::ProviderClauses::new("post")
                .inherits()
                .healthcheck(&net::health)
                .timeout(::ductape::__private::v0_1::Duration::from_nanos(1500000000))
                .build(),
        ];
        static __PLAN: ::ductape::__private::v0_1::Site = ::ductape::__private::v0_1::Site::new(
            ::ductape::__private::v0_1::PlanClauses::quota("sms-quota", &__PROVIDERS)
                .place(
                    ::ductape::__private::v0_1::Place::new(
                        ::ductape::__private::v0_1::file!(),
                        2,
                        10,
                    ),
                )
                .total(1000)
                .sticky()
                .pick(::ductape::__private::v0_1::Pick::Random)
                .failover(false)
                .all_unhealthy(::ductape::__private::v0_1::AllUnhealthy::Fail)
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
            ductape::Result<Outcome<MessageId>, SmsError>,
        >::new())
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
    __run.stick(&(phone));
    let __result = loop {
        let __answer = match __run.next().await {
            ::ductape::__private::v0_1::Block::Provider(0) => {
                __run
                    .attempt(async {
                        if let ::ductape::__private::v0_1::Some(__never) = __form.block()
                        {
                            return __never;
                        }
                        self.twilio.send(phone, text).await
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
                        self.nexmo.send(phone, text).await
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
                        unreachable!()
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
                        Ok(MessageId(0))
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
