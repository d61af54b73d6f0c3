use std::fmt::Write;

use ductape_catalog::{CallError, CatalogError, Run};
use ductape_runtime::attempt;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::builder;

const TOKEN: &str = "eyJhbGciOi";

#[tokio::test(start_paused = true)]
async fn provider_code_sees_the_session_and_nobody_else_sees_its_token() {
    #[derive(Deserialize)]
    struct Wrong {
        #[expect(dead_code, reason = "it is only read")]
        token: u64,
    }
    let sees = async |_: Value| {
        let attempt = attempt().ok_or("no attempt")?;
        let session = (attempt.session_tag().map(String::from), attempt.session_token().map(String::from));
        let (key, debug) = (attempt.idempotency_key(), format!("{attempt:?}"));
        Ok::<_, &str>(json!({ "env": attempt.env(), "session": session, "key": key.len(), "debug": debug }))
    };
    let catalog = builder()
        .app("a", |app| app.action("sees", sees))
        .app("b", |app| {
            app.action("wrong", async |_: Wrong| Ok::<_, &str>(()))
                .action("tells", async |input: Value| Err::<(), _>(format!("bad token {}", input["token"])))
        })
        .open()
        .await
        .expect("it opens");
    let definition = json!({ "tag": "sees", "options": [{ "app": "a", "event": "sees" }] });
    catalog.fallbacks().create(definition).await.expect("it is sound");
    let input = json!({ "token": "$Session{token}" });
    let options =
        json!([{ "app": "b", "event": "wrong", "input": input }, { "app": "b", "event": "tells", "input": input }]);
    catalog.fallbacks().create(json!({ "tag": "tells", "options": options })).await.expect("it is sound");
    let mut events = catalog.runtime().events();

    let run = Run::new("sees").session("user-session", TOKEN);
    assert!(!format!("{run:?}").contains(TOKEN));
    let result = catalog.fallbacks().run(run).await.expect("a serves");
    assert_eq!(result["session"], json!(["user-session", TOKEN]));
    assert_eq!((&result["env"], &result["key"]), (&json!("prd"), &json!(36)));
    assert!(!result["debug"].as_str().expect("a text").contains(TOKEN));
    let without = catalog.fallbacks().run(Run::new("sees")).await.expect("a serves");
    assert_eq!(without["session"], json!([null, null]));

    let error = catalog.fallbacks().run(Run::new("tells").session("s", TOKEN)).await.expect_err("nobody serves");
    for shown in [error.to_string(), format!("{error:?}")] {
        assert!(shown.contains("***") && !shown.contains(TOKEN), "{shown}");
    }
    let mut count = 0;
    while let Ok(Some(event)) = tokio::time::timeout(std::time::Duration::from_millis(1), events.next()).await {
        assert!(!format!("{event:?}").contains(TOKEN));
        count += 1;
    }
    assert!(count > 0);
}

/// Everything that can be told of an error.
fn told(error: &CatalogError) -> String {
    let mut told = format!("{error} {error:?}");
    if let CatalogError::Event { error, .. } | CatalogError::Failed(error) = error {
        let nested = error.last().and_then(CallError::nested_run).map(self::told).unwrap_or_default();
        write!(told, " {:?} {:?} {nested}", error.trail(), error.last()).expect("it is a text");
    }
    told
}

#[tokio::test(start_paused = true)]
async fn a_token_is_in_no_error_however_deep_it_is_and_however_it_is_written() {
    // With what JSON and `Debug` write in another way, and longer than what messages show of a value.
    let token = format!("q\"z\\k\nj{}", "wv".repeat(60));
    let is_clean = |told: &str| !["q\"z", "q\\", "wv"].iter().any(|part| told.contains(part));
    let fails = async |input: Value| Err::<(), _>(format!("{input} {input:?} {:?}", input.to_string()));
    let catalog = builder().app("a", |app| app.action("fails", fails)).open().await.expect("it opens");
    let fields = json!({ "n": { "type": "number" } });
    let options = json!([{ "app": "a", "event": "fails", "input": { "n": "$Session{token}" } }]);
    let inner = json!({ "tag": "inner", "input": fields, "options": options });
    catalog.fallbacks().create(inner).await.expect("it is sound");
    catalog.fallbacks().create(json!({ "tag": "tells", "options": options })).await.expect("it is sound");
    for (tag, event, input) in [
        // Refused within the run, and told by an action deeper within.
        ("refused", "inner", json!({ "n": "$Session{token}" })),
        ("told", "inner", json!({ "n": 1 })),
    ] {
        let events = json!([{ "type": "fallback", "event": event, "input": input }]);
        catalog.features().create(json!({ "tag": tag, "events": events })).await.expect("it is sound");
        let error = catalog.features().run(Run::new(tag).session("s", &*token)).await.expect_err("it fails");
        let told = told(&error);
        assert!(told.contains("***") && is_clean(&told), "{told}");
    }
    let error = catalog.fallbacks().run(Run::new("tells").session("s", &*token)).await.expect_err("it fails");
    assert!(told(&error).contains("***") && is_clean(&told(&error)), "{}", told(&error));

    // Refused before the run: as a value, and as a key.
    let input = json!({ "n": token, &*token: 1 });
    let run = Run::new("inner").session("s", &*token).input(input);
    let error = catalog.fallbacks().run(run).await.expect_err("it is refused");
    assert!(matches!(error, CatalogError::Invalid(_)) && is_clean(&told(&error)), "{}", told(&error));
}

#[tokio::test(start_paused = true)]
async fn a_short_token_garbles_nothing() {
    let fails = async |input: Value| Err::<(), _>(format!("no account {input}"));
    let catalog = builder().app("a", |app| app.action("fails", fails)).open().await.expect("it opens");
    let fields = json!({ "n": { "type": "number" } });
    let options = json!([{ "app": "a", "event": "fails", "input": { "n": "$Session{token}" } }]);
    catalog
        .fallbacks()
        .create(json!({ "tag": "pay", "input": fields, "options": options }))
        .await
        .expect("it is sound");
    let run = |input: Value| Run::new("pay").session("s", "7").input(input);
    let refused = catalog.fallbacks().run(run(json!({ "n": "7" }))).await.expect_err("it is refused").to_string();
    assert!(refused.contains("$.n: ") && refused.contains("number") && !refused.contains('7'), "{refused}");
    let failed = catalog.fallbacks().run(run(json!({ "n": 1 }))).await.expect_err("nobody serves");
    let events = json!([{ "type": "fallback", "event": "pay", "input": { "n": 1 } }]);
    catalog.features().create(json!({ "tag": "around", "events": events })).await.expect("it is sound");
    let inside = catalog.features().run(Run::new("around").session("s", "7")).await.expect_err("nobody serves");
    for error in [failed, inside] {
        let told = told(&error);
        assert!(told.contains("its message is left out") && !told.contains("no account"), "{told}");
    }
}
