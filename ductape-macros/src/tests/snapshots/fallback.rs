/// Charges a card through the first gateway
/// that works.
///
///**Fallback `payment-fallback`**
///
///| provider | role | retries | timeout | reconcile | healthcheck | when | cost |
///| --- | --- | --- | --- | --- | --- | --- | --- |
///| `stripe` | primary | 2 | 2s | after 500ms | `stripe_health` | `charge.amount > 3 \|\| key.short` | 0 |
///| `paypal` | fallback | 0 | 2s |  |  |  | 0.029 |
///
///At most once. Deadline: 15s. When nothing else is left, it degrades, within 1s. Worst case: 4 attempts, 15s.
///
/// And never twice.
pub async fn pay(&self, charge: &Charge) -> ductape::Result<Receipt, PayError> {
    let __plan: &'static ::ductape::__private::v0_1::Site = {
        static __PROVIDERS: [::ductape::__private::v0_1::Provider; 2] = [
            ::ductape::__private::v0_1::ProviderClauses::new("stripe")
                .retries(2)
                .timeout(::ductape::__private::v0_1::Duration::from_nanos(2000000000))
                .healthcheck(&stripe_health)
                .when()
                .reconcile(::ductape::__private::v0_1::Duration::from_nanos(500000000))
                .build(),
            ::ductape::__private::v0_1::ProviderClauses::new("paypal")
                .description("The second choice.")
                .timeout(::ductape::__private::v0_1::Duration::from_nanos(2000000000))
                .cost(0.029f64)
                .build(),
        ];
        static __PLAN: ::ductape::__private::v0_1::Site = ::ductape::__private::v0_1::Site::new(
            ::ductape::__private::v0_1::PlanClauses::fallback(
                    "payment-fallback",
                    &__PROVIDERS,
                )
                .place(
                    ::ductape::__private::v0_1::Place::new(
                        ::ductape::__private::v0_1::file!(),
                        6,
                        14,
                    ),
                )
                .description("Charges a card through the first gateway that works.")
                .deadline(::ductape::__private::v0_1::Duration::from_nanos(15000000000))
                .at_most_once()
                .classify()
                .degrade(::ductape::__private::v0_1::Duration::from_nanos(1000000000))
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
            ductape::Result<Receipt, PayError>,
        >::new())
            .form()
    };
    __form
        .name_abort(
            async {
                if let ::ductape::__private::v0_1::Some(__never) = __form.body() {
                    return __never;
                }
                let key = charge.idempotency_key()?;
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
                    __form.classify(PayError::verdict),
                );
                __run.when(0, charge.amount > 3 || key.short);
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
                                    let done = self.stripe.charge(charge.amount, &key).await?;
                                    Ok(Receipt {
                                        transaction_id: done.id,
                                        status: done.status,
                                    })
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
                                    Ok(self.stripe.find(&key).await?.map(Receipt::from))
                                })
                                .await
                        }
                        #[allow(unused)]
                        #[allow(clippy::unused_async)]
                        ::ductape::__private::v0_1::Block::Provider(1) => {
                            __run
                                .attempt(async {
                                    if let ::ductape::__private::v0_1::Some(__never) = __form
                                        .block()
                                    {
                                        return __never;
                                    }
                                    Ok(self.paypal.pay(charge.amount, &key).await?.into())
                                })
                                .await
                        }
                        ::ductape::__private::v0_1::Block::Degrade => {
                            __run
                                .degrade(async {
                                    if let ::ductape::__private::v0_1::Some(__never) = __form
                                        .block()
                                    {
                                        return __never;
                                    }
                                    Ok(Receipt::pending())
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
