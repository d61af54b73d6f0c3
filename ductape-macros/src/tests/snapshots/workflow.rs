/// Processes an order.
///
///**Workflow `process-order`**
///
///| step | required | retries | timeout | undo |
///| --- | --- | --- | --- | --- |
///| `reserve` | yes | 2 | 2s | timeout 10s, retries 3 |
///| `notify` | no | 0 | 10s |  |
///| `ship` | yes | 0 | 10s | timeout 10s |
///
///Deadline: 30s.
pub async fn process(
    &self,
    order: &Order,
) -> ductape::WorkflowResult<Confirmation, OrderError> {
    let __plan: &'static ::ductape::__private::v0_1::Site = {
        static __STEPS: [::ductape::__private::v0_1::Provider; 5] = [
            ::ductape::__private::v0_1::ProviderClauses::new("reserve")
                .description("Sets the goods aside.")
                .required()
                .retries(2)
                .timeout(::ductape::__private::v0_1::Duration::from_nanos(2000000000))
                .build(),
            ::ductape::__private::v0_1::ProviderClauses::new("notify").build(),
            ::ductape::__private::v0_1::ProviderClauses::new("ship").required().build(),
            ::ductape::__private::v0_1::ProviderClauses::new("reserve.undo")
                .undoes(0)
                .retries(3)
                .build(),
            ::ductape::__private::v0_1::ProviderClauses::new("ship.undo")
                .undoes(2)
                .build(),
        ];
        static __PLAN: ::ductape::__private::v0_1::Site = ::ductape::__private::v0_1::Site::new(
            ::ductape::__private::v0_1::PlanClauses::workflow("process-order", &__STEPS)
                .place(
                    ::ductape::__private::v0_1::Place::new(
                        ::ductape::__private::v0_1::file!(),
                        3,
                        14,
                    ),
                )
                .description("Processes an order.")
                .deadline(::ductape::__private::v0_1::Duration::from_nanos(30000000000))
                .classify()
                .build(),
        );
        ::ductape::__private::v0_1::inventory::submit! {
            & __PLAN
        }
        &__PLAN
    };
    let __form = {
        use ::ductape::__private::v0_1::{PartialMisfit as _, WorkflowMisfit as _};
        (&::ductape::__private::v0_1::Signature::<
            ductape::WorkflowResult<Confirmation, OrderError>,
        >::new())
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
            return __form.told();
        }
        __form
            .lift('__value_7: {
                if let ::ductape::__private::v0_1::Some(__never) = __form.body() {
                    break '__value_7 __never;
                }
                let hold = {
                    let mut __step = __workflow
                        .required(0, __form.classify(OrderError::verdict));
                    loop {
                        match __step.next().await {
                            ::ductape::__private::v0_1::Block::Provider(_) => {
                                if let ::ductape::__private::v0_1::Some(__outcome) = __step
                                    .attempt(async {
                                        if let ::ductape::__private::v0_1::Some(__never) = __form
                                            .step()
                                        {
                                            return __never;
                                        }
                                        ::ductape::__private::v0_1::Ok(
                                            self.stock.reserve(&order.items).await?,
                                        )
                                    })
                                    .await
                                {
                                    let __value = __workflow.succeeded(0, __outcome);
                                    break __value;
                                }
                            }
                            _ => {
                                __workflow.failed(0, __step);
                                return __form.told();
                            }
                        }
                    }
                };
                '__undo_1: {
                    if __workflow.has_failed() {
                        break '__undo_1;
                    }
                    match '__value_6: {
                        if let ::ductape::__private::v0_1::Some(__never) = __form.body()
                        {
                            break '__value_6 __never;
                        }
                        let note = {
                            let mut __step = __workflow.step(1);
                            let __ended = loop {
                                match __step.next().await {
                                    ::ductape::__private::v0_1::Block::Provider(_) => {
                                        let __future = async {
                                            if let ::ductape::__private::v0_1::Some(__never) = ::ductape::__private::v0_1::any_result() {
                                                return __never;
                                            }
                                            self.send_sms(&order.phone).await
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
                                            break __workflow.met(1, __outcome);
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
                        let mut __kept_1 = ::ductape::__private::v0_1::Vec::new();
                        '__undo_2: {
                            if __workflow.has_failed() {
                                break '__undo_2;
                            }
                            match '__value_5: {
                                if let ::ductape::__private::v0_1::Some(__never) = __form
                                    .body()
                                {
                                    break '__value_5 __never;
                                }
                                for parcel in &order.parcels {
                                    let sent = {
                                        let mut __step = __workflow
                                            .required(2, __form.classify(OrderError::verdict));
                                        loop {
                                            match __step.next().await {
                                                ::ductape::__private::v0_1::Block::Provider(_) => {
                                                    if let ::ductape::__private::v0_1::Some(__outcome) = __step
                                                        .attempt(async {
                                                            if let ::ductape::__private::v0_1::Some(__never) = __form
                                                                .step()
                                                            {
                                                                return __never;
                                                            }
                                                            ::ductape::__private::v0_1::Ok(self.ship(parcel).await?)
                                                        })
                                                        .await
                                                    {
                                                        let __value = __workflow.succeeded(2, __outcome);
                                                        break __value;
                                                    }
                                                }
                                                _ => {
                                                    __workflow.failed(2, __step);
                                                    break '__undo_2;
                                                }
                                            }
                                        }
                                    };
                                    __kept_1
                                        .push((
                                            ::ductape::__private::v0_1::Some((
                                                ::ductape::__private::v0_1::Saved::saved(&sent),
                                            )),
                                        ));
                                    (match self.log(sent) {
                                        ::ductape::__private::v0_1::Ok(__value) => __value,
                                        ::ductape::__private::v0_1::Err(__error) => {
                                            __workflow.aborted(__error);
                                            break '__undo_2;
                                        }
                                    });
                                }
                                if order.is_test() {
                                    match '__value_3: {
                                        if let ::ductape::__private::v0_1::Some(__never) = __form
                                            .body()
                                        {
                                            break '__value_3 __never;
                                        }
                                        Err(OrderError::Test)
                                    } {
                                        ::ductape::__private::v0_1::Ok(__value) => {
                                            return __form.lift(::ductape::__private::v0_1::Ok(__value));
                                        }
                                        ::ductape::__private::v0_1::Err(__error) => {
                                            __workflow.aborted(__error);
                                            break '__undo_2;
                                        }
                                    };
                                }
                                loop {
                                    return __form
                                        .lift('__value_4: {
                                            if let ::ductape::__private::v0_1::Some(__never) = __form
                                                .body()
                                            {
                                                break '__value_4 __never;
                                            }
                                            Ok(Confirmation {
                                                hold,
                                                noted: note.is_ok(),
                                            })
                                        });
                                }
                            } {
                                ::ductape::__private::v0_1::Ok(__value) => {
                                    return __form.lift(::ductape::__private::v0_1::Ok(__value));
                                }
                                ::ductape::__private::v0_1::Err(__error) => {
                                    __workflow.aborted(__error);
                                    break '__undo_2;
                                }
                            }
                        }
                        while let ::ductape::__private::v0_1::Some(__entry) = __kept_1
                            .pop()
                        {
                            match __entry {
                                (::ductape::__private::v0_1::Some((mut sent,)),) => {
                                    let _ = (&mut sent,);
                                    {
                                        let mut __undo = __workflow
                                            .undo(4, __form.classify(OrderError::verdict));
                                        loop {
                                            match __undo.next().await {
                                                ::ductape::__private::v0_1::Block::Provider(_) => {
                                                    let __attempt = __undo
                                                        .attempt(async {
                                                            if let ::ductape::__private::v0_1::Some(__never) = __form
                                                                .undo()
                                                            {
                                                                return __never;
                                                            }
                                                            self.recall(&sent).await
                                                        });
                                                    if let ::ductape::__private::v0_1::Some(__outcome) = __attempt
                                                        .await
                                                    {
                                                        __workflow.undone(2, __outcome);
                                                        break;
                                                    }
                                                }
                                                _ => {
                                                    __workflow.not_undone(2, __undo);
                                                    break;
                                                }
                                            }
                                        }
                                    }
                                }
                                _ => {}
                            }
                        }
                        break '__undo_1;
                    } {
                        ::ductape::__private::v0_1::Ok(__value) => {
                            return __form.lift(::ductape::__private::v0_1::Ok(__value));
                        }
                        ::ductape::__private::v0_1::Err(__error) => {
                            __workflow.aborted(__error);
                            break '__undo_1;
                        }
                    }
                }
                {
                    {
                        let mut __undo = __workflow
                            .undo(3, __form.classify(OrderError::verdict));
                        loop {
                            match __undo.next().await {
                                ::ductape::__private::v0_1::Block::Provider(_) => {
                                    let __attempt = __undo
                                        .attempt(async {
                                            if let ::ductape::__private::v0_1::Some(__never) = __form
                                                .undo()
                                            {
                                                return __never;
                                            }
                                            self.stock.release(&hold).await
                                        });
                                    if let ::ductape::__private::v0_1::Some(__outcome) = __attempt
                                        .await
                                    {
                                        __workflow.undone(0, __outcome);
                                        break;
                                    }
                                }
                                _ => {
                                    __workflow.not_undone(0, __undo);
                                    break;
                                }
                            }
                        }
                    }
                }
                return __form.told();
            })
    };
    let __body = __body.await;
    __form.end(__workflow.end(__body))
}
