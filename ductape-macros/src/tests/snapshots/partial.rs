///**Partial `dashboard`**
///
///| part | required | retries | timeout |
///| --- | --- | --- | --- |
///| `user` | yes | 1 | 300ms |
///| `orders` | no | 1 | 10s |
///
///Deadline: 800ms.
async fn dashboard(&self, user: UserId) -> Result<Dashboard, DashboardError> {
    let __plan: &'static ::ductape::__private::v0_1::Site = {
        static __STEPS: [::ductape::__private::v0_1::Provider; 2] = [
            ::ductape::__private::v0_1::ProviderClauses::new("user")
                .required()
                .timeout(::ductape::__private::v0_1::Duration::from_nanos(300000000))
                .inherits()
                .retries(1)
                .build(),
            ::ductape::__private::v0_1::ProviderClauses::new("orders")
                .inherits()
                .retries(1)
                .build(),
        ];
        static __PLAN: ::ductape::__private::v0_1::Site = ::ductape::__private::v0_1::Site::new(
            ::ductape::__private::v0_1::PlanClauses::partial("dashboard", &__STEPS)
                .place(
                    ::ductape::__private::v0_1::Place::new(
                        ::ductape::__private::v0_1::file!(),
                        2,
                        10,
                    ),
                )
                .deadline(::ductape::__private::v0_1::Duration::from_nanos(800000000))
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
            Result<Dashboard, DashboardError>,
        >::new())
            .partial()
    };
    let __partial = ::ductape::__private::v0_1::Partial::begin(__plan);
    let __body = async {
        if let ::ductape::__private::v0_1::Some(__never) = __form.body() {
            return __never;
        }
        let (__value_0, __value_1) = {
            let mut __part_0 = ::ductape::__private::v0_1::pin!(
                ::ductape::__private::v0_1::Part::required(async { { let mut __step =
                __partial.step(0); let __ended = loop { match __step.next(). await {
                ::ductape::__private::v0_1::Block::Provider(_) => { let __future = async
                { if let ::ductape::__private::v0_1::Some(__never) =
                ::ductape::__private::v0_1::any_result() { return __never; } self.users
                .get(user). await }; let __errors =
                ::ductape::__private::v0_1::Errors::of(& __future); __step.show({ use
                ::ductape::__private::v0_1:: { ByDebug as _, ByDeref as _, ByDisplay as
                _, ByError as _, ByNothing as _, ByScript as _ }; (&& && && __errors
                .error_type()).view() }); if let
                ::ductape::__private::v0_1::Some(__outcome) = __step.attempt(__future).
                await { break __partial.met(0, __outcome); } } _ => break __partial
                .missed(__step), } }; { use ::ductape::__private::v0_1::Flat as _;
                __ended.flat() } } })
            );
            let mut __part_1 = ::ductape::__private::v0_1::pin!(
                ::ductape::__private::v0_1::Part::optional(async { { let mut __step =
                __partial.step(1); let __ended = loop { match __step.next(). await {
                ::ductape::__private::v0_1::Block::Provider(_) => { let __future = async
                { if let ::ductape::__private::v0_1::Some(__never) =
                ::ductape::__private::v0_1::any_result() { return __never; } self.orders
                .recent(user). await }; let __errors =
                ::ductape::__private::v0_1::Errors::of(& __future); __step.show({ use
                ::ductape::__private::v0_1:: { ByDebug as _, ByDeref as _, ByDisplay as
                _, ByError as _, ByNothing as _, ByScript as _ }; (&& && && __errors
                .error_type()).view() }); __step.classify(__errors.classify(verdict)); if
                let ::ductape::__private::v0_1::Some(__outcome) = __step
                .attempt(__future). await { break __partial.met(1, __outcome); } } _ =>
                break __partial.missed(__step), } }; { use
                ::ductape::__private::v0_1::Flat as _; __ended.flat() } } })
            );
            ::ductape::__private::v0_1::poll_fn(|__cx| {
                    let mut __group = ::ductape::__private::v0_1::Group::new();
                    __group.poll(__part_0.as_mut(), __cx);
                    __group.poll(__part_1.as_mut(), __cx);
                    __group.ready()
                })
                .await;
            __partial.required(__part_0.as_mut().failure())?;
            (__part_0.as_mut().value(), __part_1.as_mut().result())
        };
        let profile = ::ductape::__private::v0_1::identity(__value_0);
        let orders = ::ductape::__private::v0_1::identity(__value_1);
        Ok(Dashboard {
            profile,
            orders: orders.ok(),
        })
    };
    let __body = __body.await;
    __partial.end(__body, &__form)
}
