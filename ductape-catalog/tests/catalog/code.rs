//! Definitions in code: what is wrong with the calls is told with what is wrong with what they say.

use ductape_catalog::definition::{Choice, Fallback, Healthcheck, Quota, Rule};
use ductape_catalog::{Catalog, CatalogError, Context};
use serde_json::{Value, json};

use crate::support::{Scripted, builder, catalog};

fn faults(refused: Result<impl std::fmt::Debug, CatalogError>) -> Vec<(String, Rule)> {
    let Err(CatalogError::Invalid(invalid)) = refused else { panic!("it is not refused: {refused:?}") };
    invalid.faults().iter().map(|fault| (fault.path.to_string(), fault.rule)).collect()
}

async fn fallback(catalog: &Catalog, define: impl FnOnce(&mut Context<Fallback>)) -> Vec<(String, Rule)> {
    faults(catalog.fallbacks().define("pay", define).await)
}

#[tokio::test(start_paused = true)]
async fn there_is_one_primary_and_it_comes_first() {
    let a = Scripted::answering(json!({}));
    let catalog = catalog(&[("stripe/x", &a), ("paypal/x", &a)]).await;
    let late = |ctx: &mut Context<Fallback>| {
        ctx.fallback("paypal").app("paypal").action("x");
        ctx.primary("stripe").app("stripe").action("x");
    };
    assert_eq!(fallback(&catalog, late).await, [("$.options[1]".to_owned(), Rule::Together)]);
    let two = |ctx: &mut Context<Fallback>| {
        ctx.primary("stripe").app("stripe").action("x");
        ctx.primary("paypal").app("paypal").action("x").set("retrys", 1);
    };
    let expected = [("$.options[1].retrys", Rule::UnknownKey), ("$.options[1]", Rule::Duplicate)];
    assert_eq!(fallback(&catalog, two).await, expected.map(|(path, rule)| (path.to_owned(), rule)));
    assert!(catalog.fallbacks().fetch("pay").await.is_err(), "nothing was defined");

    let sound = |ctx: &mut Context<Fallback>| {
        ctx.primary("stripe").app("stripe").action("x");
        ctx.fallback("paypal").app("paypal").action("x");
    };
    let fetched = catalog.fallbacks().define("pay", sound).await.expect("it is sound");
    assert_eq!(fetched.providers(), ["stripe", "paypal"]);
}

#[tokio::test(start_paused = true)]
async fn a_second_probe_does_not_take_the_place_of_the_first() {
    let a = Scripted::answering(json!({}));
    let catalog = catalog(&[("stripe/x", &a), ("paypal/x", &a)]).await;
    let two = |ctx: &mut Context<Healthcheck>| {
        ctx.interval("1m");
        ctx.probe().app("stripe").action("x");
        ctx.probe().app("paypal").action("x");
    };
    let refused = catalog.healthchecks().define("h", two).await;
    assert_eq!(faults(refused), [("$".to_owned(), Rule::Duplicate)]);
}

#[tokio::test(start_paused = true)]
async fn what_no_definition_can_name_is_refused_when_it_opens() {
    let answer = |_: Value| async { Ok::<_, std::io::Error>(json!({})) };
    let open =
        Catalog::builder().app("Bad App", |app| app.action("create-charge", answer).action("Bad Action!", answer));
    let open = open.app("stripe", |app| app.action("payment_intents.create", answer)).open().await;
    let Err(CatalogError::Invalid(invalid)) = &open else { panic!("it opens: {open:?}") };
    assert!(invalid.to_string().contains("no definition can name this app: this is no valid name"), "{invalid}");
    assert!(invalid.to_string().contains("write `\"bad-action\"`"), "{invalid}");
    assert_eq!(invalid.faults().len(), 2, "{invalid}");

    let builder = || Catalog::builder().product("my-product").env("prd");
    for (builder, path) in [(builder().env("Not An Env!"), "$.env"), (builder().product("My Product"), "$.product")] {
        assert_eq!(faults(builder.open().await), [(path.to_owned(), Rule::Form)]);
    }
    builder().open().await.expect("both are tags");
    Catalog::builder().open().await.expect("no request needs to name them");
}

/// Nobody has read it: it was written as it stands.
#[tokio::test(start_paused = true)]
async fn a_typed_definition_to_begin_with_is_judged_as_any_other() {
    let a = Scripted::answering(json!({}));
    let share = |weight, cost| Choice {
        app: Some("stripe".to_owned()),
        event: "x".to_owned(),
        weight: Some(weight),
        cost,
        ..Choice::default()
    };
    let quota = |tag: &str, options| Quota { tag: tag.to_owned(), options, ..Quota::default() };
    let open = |quotas: [Quota; 2]| builder().app("stripe", |app| a.action(app, "x")).definitions(quotas).open();
    let refused = open([quota("light", vec![share(70, None)]), quota("dear", vec![share(100, Some(f64::NAN))])]).await;
    let expected = [("$.options", Rule::Sum), ("$.options[0].cost", Rule::Form)];
    assert_eq!(faults(refused), expected.map(|(path, rule)| (path.to_owned(), rule)));
    let sound = || vec![share(100, Some(0.5))];
    let catalog = open([quota("light", sound()), quota("dear", sound())]).await.expect("both are sound");
    assert_eq!(catalog.quotas().fetch("dear").await.expect("it is there").definition.options[0].cost, Some(0.5));
}
