//! One slip, one error: what follows from it is not said as well.

use super::messages::{HEAD, fallback, messages, provider, says};

#[test]
fn what_another_attribute_has_rewritten_is_one_error() {
    let providers = "#[primary(\"a\")] { A } #[fallback(\"b\")] { B }";
    for (item, help) in [
        (
            format!("{HEAD} {{ let __tracing_attr_span = s; async move {{ {providers} }}.await }}"),
            "`#[tracing::instrument]`",
        ),
        (
            format!("fn f() -> R {{ let body = async {{ {providers} }}; {{ rt().block_on(body) }} }}"),
            "`#[tokio::main]`",
        ),
        (
            format!("#[test] fn f() -> R {{ let body = async {{ {providers} }}; {{ rt().block_on(body) }} }}"),
            "`#[tokio::test]`",
        ),
    ] {
        says(&format!("#[fallback] {item}"), "another attribute has rewritten this body", help);
    }
    let future =
        format!("#[fallback] fn f() -> impl Future<Output = ductape::Result<u8, E>> {{ async {{ {providers} }} }}");
    says(&future, "needs an `async fn`", "`async fn f(…) -> ductape::Result<u8, E>`");
    says(
        &format!("#[action] #[quota] {HEAD} {{ {providers} }}"),
        "this function is an `#[action]` already",
        "`#[quota]` out",
    );
}

#[test]
fn one_slip_is_one_error() {
    for (body, message, help) in [
        ("#[primary(\"a\")] { A } #[reconcile] #[fallback(\"b\")] { B }", "`#[reconcile]` has no block", "one marker"),
        (
            "#[primary(\"a\")] { if x > 1 { #[fallback(\"b\")] { B } } else { A } }",
            "inside of another block",
            "`#[fallback(\"b\", when(x > 1))]`",
        ),
        ("#[primary(\"a\")] { A } #[fallback(\"b\")] b().await", "marks a block", "`#[fallback(\"b\")] { … }`"),
        ("#[primary(\"a\")] { A } #[fallback] let b = { B };", "marks a block", "`#[fallback(\"stripe\")] { … }`"),
        ("#[primary(b\"a\")] { A } #[fallback(\"b\")] { B }", "a string literal", "`#[primary(\"a\")]`"),
        ("#[primary('a')] { A } #[fallback(\"b\")] { B }", "a string literal", "`#[primary(\"a\")]`"),
        ("#[primary(42)] { A } #[fallback(\"b\")] { B }", "a string literal", "`#[primary(\"42\")]`"),
        ("#[primary(concat!(\"a\"))] { A } #[fallback(\"b\")] { B }", "a string literal", "`#[primary(\"stripe\")]`"),
        ("#[primary(\"a\")] { A } #[fallback(\"A\")] { B }", "no valid provider name", "`\"a\"`"),
        ("#[primary(\"a\")] { A } #[ductape::fallback(\"b\")] { B }", "has no path", "`#[fallback(\"b\")]`"),
        (
            "#[primary(\"a\")] { A } #[fallback(\"b\")] { B } #[provider(\"c\", weight = 20)] { C }",
            "belongs in a `#[quota]`",
            "`#[fallback(\"…\")]`",
        ),
    ] {
        says(&format!("#[fallback] {HEAD} {{ {body} }}"), message, help);
    }
}

#[test]
fn a_weight_in_another_form_is_shown_as_a_share_of_the_total() {
    for weight in ["\"30%\"", "\"30 %\"", "30.0", "0.3", "\"30\""] {
        let quota = format!("#[quota] {HEAD} {{ #[provider(\"a\", weight = {weight})] {{ A }} }}");
        says(&quota, "a whole number", "`weight = 30`");
    }
    let sticky = |key: &str| format!("#[quota(sticky = {key})] {HEAD} {{ #[provider(\"a\", weight = 100)] {{ A }} }}");
    says(&sticky("\"user-1\""), "Rust in parentheses", "`sticky(\"user-1\")`");
    says(&sticky("\"user.id\""), "Rust in parentheses", "`sticky(user.id)`");
}

#[test]
fn what_is_read_or_evaluated_otherwise_is_told_how() {
    for exit in ["return false", "ready()?", "ready().await", "all(&[a?])", "if a { return b } else { c }", "a || b?"] {
        says(&provider(&format!("when({exit})")), "evaluated in one go", "`let value = …;`");
    }
    for whole in ["{ let f = || { return a; }; f() }", "list.iter().any(|x| { return x > 1; })", "a | b || c"] {
        assert!(messages(&provider(&format!("when({whole})"))).is_empty(), "{whole}");
    }
    says(&fallback("tag = TAG"), "a string literal", "read while compiling");
    says(&fallback("tag = concat!(\"a\", \"b\")"), "a string literal", "read while compiling");
    says(
        "#[healthcheck(interval = \"1s\", env = [\"a\", \"b\"])] async fn f() -> R { A }",
        "a string",
        "`env = \"a\", env = \"b\"`",
    );
    says(&format!("#[action(\"stripe\")] {HEAD} {{ A }}"), "named by a clause", "`app = \"stripe\"`");
    let sized = "async fn größe() -> R { #[primary(\"a\")] { A } #[fallback(\"b\")] { B } }";
    says(&format!("#[fallback] {sized}"), "no tag can be made", "`tag = \"my-tag\"`");
}
