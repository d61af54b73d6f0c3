use axum::http::Method;
use ductape_console::Console;

use crate::support::{Answer, TOKEN, World};

/// Every route that changes something.
const STEERING: [(Method, &str); 6] = [
    (Method::PATCH, "/plans/sms-quota"),
    (Method::POST, "/plans/sms-quota/reset"),
    (Method::POST, "/plans/sms-quota/providers/twilio/cordon"),
    (Method::POST, "/plans/sms-quota/providers/twilio/uncordon"),
    (Method::POST, "/plans/sms-quota/providers/twilio/breaker"),
    (Method::POST, "/plans/sms-quota/providers/twilio/breaker/reset"),
];

#[tokio::test(start_paused = true)]
async fn without_a_token_there_is_nothing_that_changes_anything() {
    let world = World::new();
    for (method, path) in STEERING {
        let read_only = ductape_console::router(&world.runtime);
        let sent = Some("Bearer correct-horse-battery");
        let answer = Answer::of(read_only, method, path, sent, "{}").await;
        let must_be = if path == "/plans/sms-quota" { 405 } else { 404 };
        assert_eq!(answer.status, must_be, "{path}");
    }
    assert!(world.runtime.recent_events().is_empty());
}

#[tokio::test(start_paused = true)]
async fn who_does_not_know_the_token_is_told_how_to_send_it_and_changes_nothing() {
    let world = World::new();
    let console = Console::new().token(TOKEN).expect("it can be sent");
    let none = r#"Bearer realm="ductape""#;
    let wrong = r#"Bearer realm="ductape", error="invalid_token""#;
    let others = [
        (None, none),
        (Some(""), none),
        (Some("Bearer"), none),
        (Some(TOKEN), none),
        (Some("Basic correct-horse-battery"), none),
        (Some("Bearer "), wrong),
        (Some("Bearer correct-horse-batterx"), wrong),
        (Some("Bearer correct-horse-batter"), wrong),
        (Some("Bearer correct-horse-battery2"), wrong),
        (Some("Bearer CORRECT-HORSE-BATTERY"), wrong),
        (Some("Bearer correct-horse-battery correct-horse-battery"), wrong),
    ];
    for (method, path) in STEERING {
        for (sent, challenge) in others {
            let answer = Answer::of(console.clone().router(&world.runtime), method.clone(), path, sent, "{}").await;
            assert_eq!(answer.header("www-authenticate"), challenge, "{sent:?}");
            assert!(!answer.error(401).contains(TOKEN));
        }
    }
    assert!(world.runtime.recent_events().is_empty());
}

#[tokio::test(start_paused = true)]
async fn who_does_not_know_the_token_does_not_learn_which_plans_there_are_and_sends_no_body() {
    let world = World::new();
    let console = Console::new().token(TOKEN).expect("it can be sent");
    let answer =
        Answer::of(console.router(&world.runtime), Method::PATCH, "/plans/nowhere", None, "x".repeat(1_000_000)).await;
    answer.error(401);
}

#[tokio::test(start_paused = true)]
async fn the_scheme_is_read_as_http_says_and_reading_needs_no_token() {
    let world = World::new();
    let console = Console::new().token(TOKEN).expect("it can be sent");
    let sent = Some("bEARER   correct-horse-battery");
    let answer = Answer::of(console.clone().router(&world.runtime), Method::POST, "/plans/ask/reset", sent, "").await;
    assert_eq!(answer.json(200)["plan"], "ask");
    let answer = Answer::of(console.router(&world.runtime), Method::GET, "/plans/ask", None, "").await;
    assert_eq!(answer.json(200)["definition"]["tag"], "ask");
}

#[test]
fn a_token_that_is_none_is_refused() {
    let refused = |token: &str| Console::new().token(token).expect_err("it is none").to_string();
    assert_eq!(
        refused(""),
        "the console's token is empty, so that everybody would know it; leave it out to allow no changes"
    );
    assert_eq!(
        refused("secret\n"),
        "the console's token has a character at byte 6 that cannot be sent; use visible ASCII characters only, without \
         spaces and line breaks"
    );
    assert!(refused("geheim-äöü").contains("at byte 7"));
    assert!(refused(" ").contains("at byte 0"));
}

const VARIABLE: &str = "DUCTAPE_CONSOLE_TESTS_TOKEN";

/// Whether the variable has that value. If not, the test is run again in a process in which it has, and must succeed.
fn variable_is(value: &str, test: &str) -> bool {
    if std::env::var_os(VARIABLE).is_some_and(|now| now == value) {
        return true;
    }
    let program = std::env::current_exe().expect("it is a program");
    let again = std::process::Command::new(program).args([test, "--exact"]).env(VARIABLE, value).output();
    let again = again.expect("it starts");
    let said = String::from_utf8_lossy(&again.stdout);
    assert!(again.status.success() && said.contains("1 passed"), "{said}");
    false
}

#[test]
fn a_variable_that_is_not_set_is_refused() {
    let unset = Console::new().token_from_env("DUCTAPE_CONSOLE_TESTS_SET_NO_SUCH_VARIABLE").expect_err("it is not set");
    assert_eq!(
        unset.to_string(),
        "the environment variable `DUCTAPE_CONSOLE_TESTS_SET_NO_SUCH_VARIABLE` is not set; the console's token is to \
         stand there"
    );
}

#[test]
fn a_variable_without_a_token_is_refused() {
    if variable_is("secret\n", "token::a_variable_without_a_token_is_refused") {
        let refused = Console::new().token_from_env(VARIABLE).expect_err("it ends in a line break").to_string();
        let start = "the token in the environment variable `DUCTAPE_CONSOLE_TESTS_TOKEN` has a character at byte 6";
        assert!(refused.starts_with(start), "{refused}");
    }
}

#[test]
fn an_empty_variable_is_refused() {
    if variable_is("", "token::an_empty_variable_is_refused") {
        let refused = Console::new().token_from_env(VARIABLE).expect_err("it is empty").to_string();
        let start = "the token in the environment variable `DUCTAPE_CONSOLE_TESTS_TOKEN` is empty";
        assert!(refused.starts_with(start), "{refused}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_variable_can_hold_the_token() {
    if variable_is(TOKEN, "token::a_variable_can_hold_the_token") {
        let world = World::new();
        let console = Console::new().token_from_env(VARIABLE).expect("it is set");
        let sent = Some("Bearer correct-horse-battery");
        let answer = Answer::of(console.router(&world.runtime), Method::POST, "/plans/ask/reset", sent, "").await;
        assert_eq!(answer.json(200)["plan"], "ask");
    }
}

#[test]
fn the_token_is_never_shown() {
    let console = Console::new().strict_health().token(TOKEN).expect("it can be sent");
    let shown = format!("{console:?} {console:#?} {:?}", Console::new());
    assert!(shown.contains("Token(…)"), "{shown}");
    assert!(!shown.contains("horse"), "{shown}");
    let refused = Console::new().token("correct horse").expect_err("it has a space");
    assert!(!format!("{refused} {refused:?}").contains("horse"));
}
