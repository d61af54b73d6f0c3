//! Every example of the texts that the library began with, in their order, and what they promise.
//!
//! Where this library differs on purpose:
//!
//! - There is no hosted service: `workspace_id`, `user_id`, keys and tokens of an account have no counterpart.
//! - A catalogue serves one product in one environment, where the texts name both in every call: requests may name them,
//!   and another one is refused.
//! - `process-payment` does not pass the `customerId` that `payment-fallback` declares. Both are defined as they stand; the
//!   run is refused by name before any provider of the fallback is called. An input that may be missing says so.
//! - A stand-in such as `payment-failure` is never described: here it is a definition like any other. Its input is checked.
//! - `smart-payment` names `paypal-health`, which the texts never define: it is pending, its status unknown, and unknown counts
//!   as available.
//! - Waits are drawn at random from nothing to the whole wait, where the texts add up to a second to it: what is added does
//!   not spread callers while the wait is long.
//! - One failed check makes a service neither unavailable nor `503`: it has fallbacks. Only when all fail, it is.
//! - A breaker's single probe decides; what the texts let in while half open is everybody.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ductape::catalog::{Catalog, CatalogError, DataType, Process, ProcessAction, Processed, Run};
use ductape::{ErrorKind, Outcome, Phase, Status};
use serde_json::{Value, json};

/// How often each action was called, and whether those of an app fail.
#[derive(Debug, Clone, Default)]
struct World(Arc<[(AtomicUsize, AtomicUsize); 12]>);

const APPS: [(&str, &str, &str); 12] = [
    ("stripe", "create-charge", r#"{"id":"ch_1","status":"succeeded"}"#),
    ("stripe", "charge", r#"{"id":"ch_2"}"#),
    ("paypal", "create-payment", r#"{"payment_id":"pay_1","state":"approved"}"#),
    ("paypal", "charge", r#"{"id":"pay_2"}"#),
    ("square", "charge", r#"{"payment_id":"sq_1","status":"COMPLETED"}"#),
    ("adyen", "create-payment", r#"{"pspReference":"psp_1"}"#),
    ("twilio", "send-sms", r#"{"sid":"SM1","status":"queued"}"#),
    ("vonage", "send-sms", r#"{"message_id":"v1","status":"0"}"#),
    ("aws-sns", "publish-sms", r#"{"MessageId":"m1"}"#),
    ("payment-service", "validate-payment", r#"{"ok":true}"#),
    ("logging-service", "log-payment", "{}"),
    ("stripe", "ping", "{}"),
];

impl World {
    fn at(app: &str, action: &str) -> usize {
        APPS.iter().position(|known| (known.0, known.1) == (app, action)).expect("one of the apps")
    }

    /// The next so many calls fail.
    fn fails(&self, app: &str, action: &str, calls: usize) {
        self.0[Self::at(app, action)].1.store(calls, Ordering::Relaxed);
    }

    fn calls(&self, app: &str, action: &str) -> usize {
        self.0[Self::at(app, action)].0.load(Ordering::Relaxed)
    }

    fn answer(&self, at: usize) -> Result<Value, String> {
        let (calls, failing) = &self.0[at];
        calls.fetch_add(1, Ordering::Relaxed);
        let less = |left: usize| left.checked_sub(1);
        match failing.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less) {
            Ok(_) => Err(format!("{} is down", APPS[at].0)),
            Err(_) => Ok(serde_json::from_str(APPS[at].2).expect("JSON")),
        }
    }

    async fn catalog(&self, product: &str) -> Catalog {
        let mut builder = Catalog::builder().product(product).env("prd").seed(1);
        for (at, (app, action, _)) in APPS.into_iter().enumerate() {
            let world = self.clone();
            builder = builder.app(app, move |app| {
                app.action(action, move |_: Value| {
                    let answer = world.answer(at);
                    async move { answer }
                })
            });
        }
        builder.open().await.expect("nothing is defined yet")
    }
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// As the texts have it.
macro_rules! seed {
    ($name:literal) => {
        json_of(include_str!(concat!("../ductape-definition/tests/definitions/seeds/", $name, ".json")))
    };
}

/// The overview: definitions in code, a quota's run and a fallback's.
#[tokio::test(start_paused = true)]
async fn overview() {
    let calls = Arc::new([const { AtomicUsize::new(0) }; 4]);
    let action = |at: usize| {
        let calls = Arc::clone(&calls);
        move |_: Value| {
            calls[at].fetch_add(1, Ordering::Relaxed);
            // Stripe is down.
            async move { if at == 2 { Err("down") } else { Ok(json!({ "by": at })) } }
        }
    };
    let resilience = Catalog::builder()
        .product("my-product")
        .env("prd")
        .app("twilio-app", |app| {
            app.action("send-sms", action(0)).action("health", async |_: Value| Ok::<_, String>(()))
        })
        .app("nexmo-app", |app| {
            app.action("send-sms", action(1)).action("health", async |_: Value| Ok::<_, String>(()))
        })
        .app("stripe-app", |app| {
            app.action("charge", action(2)).action("health", async |_: Value| Err::<(), _>("down"))
        })
        .app("paypal-app", |app| app.action("payment", action(3)))
        .open()
        .await
        .expect("it opens");

    let healthcheck = resilience.healthchecks().define("stripe-health", |ctx| {
        ctx.probe().app("stripe-app").action("health");
        ctx.interval(30_000); // check every 30 seconds
        ctx.retries(2);
        ctx.env("prd");
    });
    let healthcheck = healthcheck.await.expect("it is sound");
    assert_eq!((healthcheck.interval, healthcheck.retries), (Duration::from_secs(30), 2));

    let quota = resilience.quotas().define("sms-quota", |ctx| {
        ctx.input("phone", DataType::String).input("message", DataType::String);
        ctx.provider("twilio").weight(70).healthcheck("twilio-health").app("twilio-app").action("send-sms").retries(2);
        ctx.provider("nexmo").weight(30).healthcheck("nexmo-health").app("nexmo-app").action("send-sms").retries(2);
    });
    assert!(quota.await.expect("it is sound").options.iter().all(|option| option.pending));

    let fallback = resilience.fallbacks().define("payment-fallback", |ctx| {
        ctx.input("amount", DataType::Number);
        ctx.primary("stripe").healthcheck("stripe-health").app("stripe-app").action("charge").retries(2);
        ctx.fallback("paypal").healthcheck("paypal-health").app("paypal-app").action("payment").retries(2);
    });
    fallback.await.expect("it is sound");

    // "A provider with weight 70 receives 70% of traffic."
    for _ in 0..100 {
        let input = json!({ "phone": "+1234567890", "message": "Hello!" });
        let run = Run::new("sms-quota").product("my-product").env("prd").input(input);
        resilience.quotas().run(run).await.expect("somebody serves");
    }
    let counted = || [0, 1, 2, 3].map(|at| calls[at].load(Ordering::Relaxed));
    assert_eq!(counted(), [70, 30, 0, 0]);

    // "If the primary fails, it automatically tries the fallback."
    let run = || Run::new("payment-fallback").input(json!({ "amount": 1000 }));
    let failed_over = resilience.fallbacks().run(run()).await.expect("paypal serves");
    assert_eq!((failed_over.provider.as_str(), counted()), ("paypal", [70, 30, 3, 1]));
    // "Resilience automatically routes traffic away from unhealthy providers."
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(resilience.healthchecks().status("stripe-health").await.expect("it is there").status, Status::Unhealthy);
    resilience.fallbacks().run(run()).await.expect("paypal serves");
    assert_eq!(counted(), [70, 30, 3, 2]);
}

/// Fallbacks: created, run, fetched, updated.
#[tokio::test(start_paused = true)]
async fn fallbacks() {
    let world = World::default();
    let ductape = world.catalog("my-product").await;
    ductape.fallbacks().create(seed!("payment-fallback")).await.expect("it is sound");
    ductape.caches().create(json!({ "tag": "payment-cache", "expiry": 60_000 })).await.expect("it is sound");

    let input = json!({ "amount": 2500, "currency": "USD", "customerId": "cus_123" });
    let run = || Run::new("payment-fallback").env("prd").product("my-product").input(input.clone());
    let asked = || run().session("user-session", "session-token").cache("payment-cache");
    let result = ductape.fallbacks().run(asked()).await.expect("stripe serves");
    assert_eq!(
        (result.provider.as_str(), &result["transactionId"], &result["status"]),
        ("stripe", &json!("ch_1"), &json!("succeeded"))
    );
    ductape.fallbacks().run(asked()).await.expect("the cache serves");
    assert_eq!(world.calls("stripe", "create-charge"), 1);

    // "Retry on failure", "failover", "return success".
    world.fails("stripe", "create-charge", 3);
    world.fails("paypal", "create-payment", 2);
    let result = ductape.fallbacks().run(run()).await.expect("paypal serves at last");
    assert_eq!((result.provider.as_str(), &result["transactionId"], result.attempts), ("paypal", &json!("pay_1"), 6));
    // "All failed: return error with failure details."
    for (app, action) in [("stripe", "create-charge"), ("paypal", "create-payment"), ("square", "charge")] {
        world.fails(app, action, 10);
    }
    let error = ductape.fallbacks().run(run()).await.expect_err("all are down");
    let CatalogError::Failed(failed) = &error else { panic!("{error}") };
    assert_eq!((failed.kind(), failed.trail().entries().len()), (ErrorKind::Exhausted, 3 + 3 + 2));

    let all = ductape.fallbacks().fetch_all().await.expect("they can be read");
    let lines: Vec<_> = all[0].definition.options.iter().zip(&all[0].options).collect();
    assert_eq!((all.len(), all[0].name.as_deref(), lines.len()), (1, Some("Payment Provider Fallback"), 3));
    assert!(lines.iter().all(|(_, tracked)| tracked.provider_status == Status::Unknown));
    assert_eq!(
        lines.iter().map(|(option, _)| option.policies.retries).collect::<Vec<_>>(),
        [Some(2), Some(2), Some(1)]
    );
    let one = ductape.fallbacks().fetch("payment-fallback").await.expect("it is there");
    assert_eq!(
        (one.description.as_deref(), one.options[0].last_available),
        (Some("Stripe to PayPal to Square fallback chain"), None)
    );

    let updated = ductape.fallbacks().update("payment-fallback", seed!("patch")).await.expect("it is sound");
    assert_eq!((updated.version, updated.providers()), (2, vec!["stripe".to_owned(), "adyen".to_owned()]));
    world.fails("stripe", "create-charge", 4);
    let result = ductape.fallbacks().run(run()).await.expect("adyen serves");
    assert_eq!((result.provider.as_str(), &result["transactionId"]), ("adyen", &json!("psp_1")));
}

/// A fallback inside a feature.
#[tokio::test(start_paused = true)]
async fn fallbacks_in_features() {
    let world = World::default();
    let ductape = world.catalog("my-product").await;
    ductape.fallbacks().create(seed!("payment-fallback")).await.expect("it is sound");
    ductape.features().create(seed!("process-payment")).await.expect("it is sound");

    let run = || Run::new("process-payment").input(json!({ "amount": 10, "currency": "USD", "userId": "u1" }));
    let error = ductape.features().run(run()).await.expect_err("nobody passes `customerId`");
    assert!(matches!(&error, CatalogError::Event { event, .. } if event == "payment-fallback"), "{error}");
    assert!(error.to_string().contains("customerId"), "{error}");
    assert_eq!((world.calls("payment-service", "validate-payment"), world.calls("stripe", "create-charge")), (1, 0));

    let mut events = seed!("process-payment")["events"].clone();
    events[1]["input"]["customerId"] = "$Input{userId}".into();
    ductape.features().update("process-payment", json!({ "events": events })).await.expect("it is sound");
    world.fails("stripe", "create-charge", 3);
    ductape.features().run(run()).await.expect("paypal serves, and it is logged");
    assert_eq!((world.calls("paypal", "create-payment"), world.calls("logging-service", "log-payment")), (1, 1));
}

/// A chain of three for messages.
#[tokio::test(start_paused = true)]
async fn sms_provider_fallback() {
    let world = World::default();
    let ductape = world.catalog("messaging-app").await;
    ductape.fallbacks().create(seed!("sms-fallback")).await.expect("it is sound");
    world.fails("twilio", "send-sms", 3);
    world.fails("vonage", "send-sms", 3);
    let input = json!({ "phone": "+1234567890", "message": "Your verification code is 123456" });
    let run = Run::new("sms-fallback").env("prd").product("messaging-app").input(input);
    let result = ductape.fallbacks().run(run).await.expect("the third serves");
    assert_eq!((result.provider.as_str(), &result["messageId"]), ("aws-sns", &json!("m1")));
}

/// "Fallback will skip unhealthy providers."
#[tokio::test(start_paused = true)]
async fn healthcheck_integration() {
    let world = World::default();
    world.fails("stripe", "ping", usize::MAX);
    let ductape = world.catalog("my-product").await;
    ductape.healthchecks().create(seed!("stripe-health")).await.expect("it is sound");
    let smart = ductape.fallbacks().create(seed!("smart-payment")).await.expect("it is sound");
    assert!(!smart.options[0].pending && smart.options[1].pending);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(world.calls("stripe", "ping"), 3);

    let result = ductape.fallbacks().run(Run::new("smart-payment").input(json!({ "amount": 5 }))).await;
    assert_eq!(result.expect("paypal serves").provider, "paypal");
    assert_eq!(world.calls("stripe", "charge"), 0);
    let tracked = &ductape.fallbacks().fetch("smart-payment").await.expect("it is there").options[0];
    assert_eq!((tracked.provider_status, tracked.last_available), (Status::Unhealthy, Some(false)));
}

/// Trigger, update, reset.
#[tokio::test(start_paused = true)]
async fn processing_fallbacks() {
    let world = World::default();
    let ductape = world.catalog("payments").await;
    let option = |app: &str, event: &str| json!({ "app": app, "event": event, "breaker": { "failures": 1 } });
    let text = json!({ "type": "string", "required": false });
    let definition = json!({
        "tag": "payment-failure",
        "input": { "orderId": text, "reason": text, "attemptedProvider": text },
        "options": [option("stripe", "charge"), option("square", "charge"), option("paypal", "charge")]
    });
    ductape.fallbacks().create(definition).await.expect("it is sound");
    let process = |request: Value| Process::from_value(&request).expect("as the texts write it");

    let trigger = json!({ "env": "prd", "product": "payments", "fallback_tag": "payment-failure", "action": "trigger",
        "input": { "orderId": "12345", "reason": "gateway_timeout", "attemptedProvider": "stripe" },
        "session": { "tag": "user-session", "token": "eyJhbGciOi..." } });
    let triggered = ductape.fallbacks().process(process(trigger.clone())).await.expect("stripe serves");
    assert!(matches!(triggered, Processed::Triggered(result) if result.provider == "stripe"));

    let update = json!({ "env": "prd", "product": "payments", "fallback_tag": "payment-failure", "action": "update",
        "input": { "maxRetries": 3, "fallbackProvider": "paypal" } });
    let Processed::Updated(updated) = ductape.fallbacks().process(process(update)).await.expect("it is sound") else {
        panic!("it was an update")
    };
    assert_eq!(updated.providers(), ["stripe", "paypal", "square"]);
    assert!(updated.definition.options.iter().all(|option| option.policies.retries == Some(3)));

    world.fails("stripe", "charge", 1);
    let triggered = ductape.fallbacks().process(process(trigger)).await.expect("paypal serves");
    assert!(matches!(triggered, Processed::Triggered(result) if result.provider == "paypal"));
    let handle = ductape.plan("payment-failure").expect("it runs");
    assert!(matches!(handle.breaker("stripe").expect("it has one").phase, Phase::Open { .. }));
    let mut reset = Process::new("payment-failure", ProcessAction::Reset);
    reset.env = Some("prd".to_owned());
    assert!(matches!(ductape.fallbacks().process(reset).await, Ok(Processed::Reset(_))));
    assert_eq!(handle.breaker("stripe").expect("it has one").phase, Phase::Closed);
}

/// The patterns: breaker, retries, bulkhead, timeouts, as keys of a definition.
#[tokio::test(start_paused = true)]
async fn patterns() {
    let world = World::default();
    let ductape = world.catalog("my-product").await;
    let policies = json!({ "tag": "guarded", "retries": 2, "backoff": { "base": "1s" }, "timeout": "5s", "breaker": true,
        "bulkhead": 5, "options": [{ "app": "stripe", "event": "charge" }] });
    ductape.fallbacks().create(policies).await.expect("it is sound");
    // "maxAttempts = 3"
    world.fails("stripe", "charge", 2);
    let result = ductape.fallbacks().run(Run::new("guarded")).await.expect("the third try is good");
    assert_eq!(result.attempts, 3);
    // "this.failures >= 5", then "Circuit breaker OPEN" for 60 seconds, then a try.
    world.fails("stripe", "charge", 5);
    for _ in 0..2 {
        ductape.fallbacks().run(Run::new("guarded")).await.expect_err("it is down");
    }
    let calls = world.calls("stripe", "charge");
    assert_eq!(calls, 3 + 5);
    ductape.fallbacks().run(Run::new("guarded")).await.expect_err("nobody is asked");
    assert_eq!(world.calls("stripe", "charge"), calls);
    tokio::time::sleep(Duration::from_secs(60)).await;
    ductape.fallbacks().run(Run::new("guarded")).await.expect("the probe closes it");
}

/// Graceful degradation: what is popular in the place of what is personal.
#[ductape::fallback(tag = "recommendations")]
async fn recommendations(is_up: bool) -> ductape::Result<Outcome<&'static str>, &'static str> {
    #[primary("personalized")]
    {
        if is_up { Ok("personal") } else { Err("unavailable") }
    }
    #[fallback("trending")]
    {
        Err("unavailable")
    }
    #[degrade]
    {
        Ok("popular")
    }
}

#[tokio::test(start_paused = true)]
async fn graceful_degradation() {
    for (is_up, served) in [(true, "personal"), (false, "popular")] {
        let outcome = recommendations(is_up).await.expect("always something");
        assert_eq!((outcome.value, outcome.is_degraded()), (served, !is_up));
    }
}
