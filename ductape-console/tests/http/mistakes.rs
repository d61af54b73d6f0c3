//! Whatever is sent: an answer, and no panic.

use axum::http::{Method, StatusCode};
use proptest::prelude::*;

use crate::support::World;

#[tokio::test(start_paused = true)]
async fn a_patch_that_cannot_be_read_says_where() {
    let world = World::new();
    for (body, status, says) in [
        ("", 400, "the body is no JSON: EOF while parsing a value at line 1 column 0"),
        ("weight = 5", 400, "the body is no JSON: expected value at line 1 column 1"),
        ("{\n  \"deadline\": \"5s\",\n}", 400, "the body is no JSON: trailing comma at line 3 column 1"),
        ("[]", 422, "the body is not what it must be: a patch is a table of clauses, not"),
        ("5", 422, "the body is not what it must be: a patch is a table of clauses, not"),
    ] {
        let error = world.send(Method::PATCH, "/plans/sms-quota", body).await.error(status);
        assert!(error.starts_with(says), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_too_long_is_not_read() {
    let world = World::new();
    let body = |bytes: usize| format!("{{}}{}", " ".repeat(bytes - 2));
    let fits = world.send(Method::PATCH, "/plans/sms-quota", &body(64 * 1024)).await;
    assert_eq!(fits.status, StatusCode::OK);
    world.send(Method::PATCH, "/plans/sms-quota", &body(64 * 1024 + 1)).await.error(413);
}

#[tokio::test(start_paused = true)]
async fn a_path_that_is_no_text_is_refused() {
    let world = World::new();
    world.get("/plans/%ff%fe").await.error(400);
    world.get("/plans/%00").await.error(404);
    world.get(&format!("/plans/{}", "x".repeat(10_000))).await.error(404);
    assert_eq!(world.get("/plans/").await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.get("/elsewhere").await.status, StatusCode::NOT_FOUND);
    let refused = world.send(Method::DELETE, "/plans/ask", "").await;
    assert_eq!(refused.headers["allow"], "GET,HEAD,PATCH");
    let error = refused.error(405);
    assert_eq!(error, "this route does not take DELETE; the header `allow` says what it takes");
    world.send(Method::POST, "/health", "").await.error(405);
}

/// Something like a patch: the right keys in the wrong places, with any values.
fn json() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "providers",
        "twilio",
        "nexmo",
        "weight",
        "retries",
        "timeout",
        "breaker",
        "bulkhead",
        "rate",
        "reason",
        "force",
        "open",
        "5s",
        "0s",
        "-1",
        "50%",
        "1/s",
        "99999999999999999999h",
        "",
        "ä\u{0}\"",
    ])
    .prop_map(|word| serde_json::Value::from(word).to_string());
    let number =
        prop::sample::select(vec!["0", "-1", "1e308", "1e-308", "18446744073709551616", "0.1", "true", "null"]);
    let leaf = prop_oneof![word.clone(), number.prop_map(str::to_owned)];
    leaf.prop_recursive(5, 40, 4, move |inner| {
        let pair = (word.clone(), inner.clone()).prop_map(|(key, value)| format!("{key}: {value}"));
        prop_oneof![
            prop::collection::vec(pair, 0..4).prop_map(|pairs| format!("{{{}}}", pairs.join(", "))),
            prop::collection::vec(inner, 0..3).prop_map(|values| format!("[{}]", values.join(", "))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_sent_is_answered(body in prop_oneof![json(), "\\PC{0,60}"], path in 0_usize..4) {
        let paths = [
            (Method::PATCH, "/plans/sms-quota"),
            (Method::POST, "/plans/sms-quota/providers/twilio/cordon"),
            (Method::POST, "/plans/sms-quota/providers/twilio/breaker"),
            (Method::POST, "/plans/sms-quota/reset"),
        ];
        let (method, path) = paths[path].clone();
        let tokio = tokio::runtime::Builder::new_current_thread().build().expect("it starts");
        let answer = tokio.block_on(async { World::new().send(method, path, &body).await });
        let status = answer.status.as_u16();
        prop_assert!([200, 400, 422].contains(&status), "{status} {}", answer.text);
        prop_assert_eq!(answer.json(status).get("error").is_some(), status != 200);
    }
}
