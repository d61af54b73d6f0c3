use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request};
use ductape::{Forced, Patch};
use serde_json::{Value, json};

use crate::support::{Answer, World};

#[tokio::test(start_paused = true)]
async fn plans_are_listed_with_how_they_stand() {
    let world = World::new();
    world.first_fails().await;
    let sms = world.runtime.plan("sms-quota").expect("it is linked");
    sms.cordon("nexmo", "they migrate").expect("it is there");

    let list = world.get("/plans").await.json(200);
    assert_eq!([&list["product"], &list["env"]], ["messaging", "prd"]);
    let plans = list["plans"].as_array().expect("a list");
    let tags: Vec<_> = plans.iter().map(|plan| plan["tag"].as_str().unwrap_or_default()).collect();
    assert_eq!(tags, ["ask", "sms-quota"]);
    let [asked, sms] = [&plans[0], &plans[1]];
    assert_eq!([&asked["kind"], &sms["kind"], &sms["name"]], ["fallback", "quota", "Messages"]);
    assert_eq!([&asked["last_minute"]["calls"], &asked["last_minute"]["masked"]], [1, 1]);
    assert_eq!(sms["last_minute"]["calls"], 0);
    assert_eq!(sms["providers"][1]["cordoned"], "they migrate");
    assert_eq!(sms["providers"][0]["cordoned"], Value::Null);
}

#[tokio::test(start_paused = true)]
async fn a_plan_tells_definition_effective_values_statistics_and_breakers() {
    let world = World::new();
    let sms = world.runtime.plan("sms-quota").expect("it is linked");
    let half = Patch::new().provider("twilio", Patch::new().weight(50)).provider("nexmo", Patch::new().weight(50));
    sms.update(half).expect("the weights add up");
    sms.force_breaker("twilio", Some(Forced::Open));
    let sent = world.runtime.scope(crate::support::send("hello")).await.expect("nexmo works");
    assert_eq!(sent.provider, "nexmo");

    let plan = world.get("/plans/sms-quota").await.json(200);
    assert_eq!([&plan["definition"]["tag"], &plan["definition"]["kind"]], ["sms-quota", "quota"]);
    let setting = |path: &str| {
        let settings = plan["effective"].as_array().expect("a list");
        settings.iter().find(|setting| setting["path"] == path).expect("it is in force").clone()
    };
    let weight = json!({ "path": "providers.twilio.weight", "value": "50", "origin": "update" });
    assert_eq!(setting("providers.twilio.weight"), weight);
    assert_eq!(setting("providers.twilio.breaker.failures")["origin"], "code");
    assert_eq!(plan["statistics"]["since_start"]["successes"], 1);
    assert_eq!(plan["statistics"]["providers"][0]["last_minute"]["skips"]["breaker_open"], 1);
    let [twilio, nexmo] = [&plan["providers"][0], &plan["providers"][1]];
    assert_eq!([&twilio["breaker"]["state"], &twilio["breaker"]["forced"]], ["closed", "open"]);
    assert_eq!([&nexmo["breaker"], &nexmo["bulkhead"]["taken"]], [&Value::Null, &json!(0)]);
}

#[tokio::test(start_paused = true)]
async fn a_plan_that_is_not_there_is_a_404_with_the_nearest_tags() {
    let world = World::new();
    let answer = world.get("/plans/sms-qota").await;
    assert_eq!(answer.error(404), "no plan has the tag `sms-qota`; did you mean `sms-quota`?");
    assert_eq!(answer.json(404)["nearest"], json!(["sms-quota"]));
    let answer = world.get("/plans/nothing-like-it").await.json(404);
    assert_eq!(answer.get("nearest"), None);
}

#[tokio::test(start_paused = true)]
async fn a_router_can_be_nested_and_merged() {
    let world = World::new();
    let operations = || ductape_console::router(&world.runtime);
    let nested: Router = Router::new().nest("/{tenant}/ops", operations());
    assert_eq!(Answer::of(nested, Method::GET, "/acme/ops/plans/ask", None, "").await.status, 200);
    let fallback = || async { "the service's own" };
    let merged: Router = Router::new().fallback(fallback).merge(operations());
    assert_eq!(Answer::of(merged.clone(), Method::GET, "/plans/ask", None, "").await.status, 200);
    assert_eq!(Answer::of(merged, Method::GET, "/nowhere", None, "").await.text, "the service's own");
}

#[tokio::test(start_paused = true)]
async fn who_asks_for_text_gets_trees_and_tables() {
    let world = World::new();
    world.first_fails().await;
    let text = async |path: &str| {
        let request = Request::get(path).header("accept", "text/plain").body(Body::empty()).expect("it is a request");
        let answer = Answer::to(ductape_console::router(&world.runtime), request).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "text/plain; charset=utf-8"));
        assert!(answer.text.ends_with('\n'));
        answer.text
    };
    let plan = text("/plans/ask").await;
    for part in [
        "fallback ask (at most 2 attempts in 20s)\n├─ primary  first ",
        "\n  providers.first.breaker.failures = 2 (code)\n",
        "\nlast minute  calls  ok  failed",
        "\nfirst: breaker closed\n",
    ] {
        assert!(plan.contains(part), "{part} is not in {plan}");
    }
    let all = text("/plans").await;
    assert!(all.starts_with("health: healthy\n"), "{all}");
    assert!(all.contains("\nask ") && all.contains("\nsms-quota "), "{all}");

    let browser = Request::get("/plans/ask").header("accept", "text/html, */*").body(Body::empty());
    let answer = Answer::to(ductape_console::router(&world.runtime), browser.expect("it is a request")).await;
    assert_eq!(answer.json(200)["definition"]["tag"], "ask");
}

#[tokio::test(start_paused = true)]
async fn plans_that_are_data_stand_beside_those_of_the_program() {
    use ductape_runtime::dynamic::{Plan, PlanClauses, ProviderClauses, list, plan, provider};

    let world = World::new();
    let name = ductape::Name::from_static;
    let providers = ["stripe", "paypal"].map(|named| provider(ProviderClauses::new(named), name(named), None));
    let payment = plan(PlanClauses::fallback("", &[]), name("payment"), None, None, providers.into());
    list(&world.runtime, [Plan::new(&world.runtime, payment, |_| None)], []);

    let listed = world.get("/plans").await.json(200);
    let tags: Vec<_> = listed["plans"].as_array().expect("a list").iter().map(|plan| plan["tag"].clone()).collect();
    assert_eq!(tags, ["ask", "sms-quota", "payment"]);
    let payment = world.get("/plans/payment").await.json(200);
    assert_eq!(payment["definition"]["kind"], "fallback");
    assert_eq!(payment["providers"][1]["provider"], "paypal");
}
