//! What references find, and which are none.

use ductape_definition::{FillError, Mapping, Scope, Template};
use serde::Deserialize;
use serde_json::{Value, json};

fn fill(text: &str, scope: &Scope<'_>) -> Result<Option<Value>, FillError> {
    text.parse::<Template>().unwrap_or_else(|error| panic!("{text}: {error}")).fill(scope)
}

#[test]
fn a_lone_reference_keeps_its_type_and_others_are_written_out() {
    let input = json!({
        "zero": 0, "no": false, "empty": "", "nothing": null, "text": "a$b", "list": [{ "sku": "x1" }, 2],
        "address": { "city": "Accra" },
    });
    let scope = Scope { input: Some(&input), env: "prd", product: "shop", now: 7, ..Scope::default() };
    for (text, value) in [
        ("$Input{zero}", json!(0)),
        ("$Input{no}", json!(false)),
        ("$Input{empty}", json!("")),
        ("$Input{nothing}", json!(null)),
        ("$Input{text}", json!("a$b")),
        ("$Input{address}", json!({ "city": "Accra" })),
        ("$Input{address}{city}", json!("Accra")),
        ("$Input{list}{[0]}{sku}", json!("x1")),
        ("$Input", input.clone()),
        ("$Env", json!("prd")),
        ("$Now", json!(7)),
        (" $Input{zero}", json!(" 0")),
        ("$Input{zero}$Input{no}", json!("0false")),
        ("<$Input{empty}>", json!("<>")),
        ("$Input{nothing}!", json!("null!")),
        ("$Input{list}.", json!("[{\"sku\":\"x1\"},2].")),
        ("$Product-$Env at $Now", json!("shop-prd at 7")),
        ("$$5, $$Input{zero}", json!("$5, $Input{zero}")),
        ("{\"a\": {\"b\": $Input{zero}}}", json!("{\"a\": {\"b\": 0}}")),
        ("All of $Env. And $Env [$Env]", json!("All of prd. And prd [prd]")),
        ("$Env.example.com/$Input{text}.html", json!("prd.example.com/a$b.html")),
        ("plain", json!("plain")),
        ("", json!("")),
    ] {
        assert_eq!(fill(text, &scope), Ok(Some(value)), "{text}");
    }
}

#[test]
fn an_optional_input_that_is_not_given_leaves_its_key_out() {
    let mapping: Mapping =
        serde_json::from_value(json!({ "a": "$Input{a}", "b": "<$Input{b}>", "c": ["$Input{c}"] })).expect("a mapping");
    let input = json!({});
    let scope = Scope { input: Some(&input), ..Scope::default() };
    assert_eq!(mapping.fill(&scope), Ok(json!({ "b": "<>", "c": [null] })));
}

#[test]
fn what_else_is_missing_is_told() {
    let (input, response) = (json!({ "a": {} }), json!({ "id": null }));
    let scope = Scope { input: Some(&input), response: Some(&response), ..Scope::default() };
    assert_eq!(fill("$Response{id}", &scope), Ok(Some(json!(null))));
    for text in ["$Response{status}", "$Response{id}{x}", "$Input{a}{b}", "x$Response{[0]}", "$Session{tag}"] {
        let Err(FillError::Missing { reference }) = fill(text, &scope) else { panic!("{text}") };
        assert!(text.ends_with(&reference), "{text}: {reference}");
    }
}

#[test]
fn what_is_no_reference_is_refused_at_its_place() {
    for (text, at, said) in [
        ("a $", 2, "begins no reference"),
        ("$5", 0, "is no reference"),
        ("$input{a}", 0, "is no reference"),
        ("$Inptu{a}", 0, "is no reference"),
        ("$Environment", 0, "is no reference"),
        ("x $Input{a", 8, "not closed"),
        ("$Input{a{b}}", 6, "not closed"),
        ("$Input{}", 6, "is empty"),
        ("$Input{[x]}", 6, "no place in a list"),
        ("$Input{[-1]}", 6, "no place in a list"),
        ("$Input{[01]}", 6, "no place in a list"),
        ("$Input{[99999999999999999999999]}", 6, "no place in a list"),
        ("$Env{a}", 0, "has no fields"),
        ("$Sequence", 0, "needs a field"),
        ("$Session", 0, "needs a field"),
        ("$Input.a", 6, "no way to a field"),
        ("to $Response.a.b!", 12, "no way to a field"),
        ("$Input[0]", 6, "no way to a field"),
        ("$Input['a']", 6, "no way to a field"),
        ("$Input {a}", 6, "no way to a field"),
        ("$Input{a}}", 9, "closes nothing"),
        ("{$Input{a}} $Input{b}}", 21, "closes nothing"),
        ("$Env}", 4, "closes nothing"),
    ] {
        let error = text.parse::<Template>().expect_err(text);
        assert!(error.at == at && error.message.contains(said), "{text}: {error}");
    }
    for (text, write) in [
        ("$Input.amount", "`$Input{amount}`"),
        ("$Input[0]", "`$Input{[0]}`"),
        ("$Input[\"a\"]", "`$Input{a}`"),
        ("$Response  {id}", "`$Response{id}`"),
        ("$Input[]", "`$Input{field}`"),
    ] {
        let help = text.parse::<Template>().expect_err(text).help;
        assert_eq!(help, format!("write {write}"), "{text}");
    }
    for whole in ["$Input.", "All of $Input. Then …", "$Input, $Response", "$Input [sic]", "$Input $Input{a}"] {
        assert!(whole.parse::<Template>().is_ok(), "{whole}");
    }
    assert!("$input{a}".parse::<Template>().expect_err("lower case").help.contains("did you mean `$Input`?"));
}

#[test]
fn templates_have_limits() {
    for (text, said) in [
        ("a".repeat(8_193), "too long"),
        ("$Now".repeat(65), "too many references"),
        (format!("$Input{}", "{a}".repeat(17)), "too deep"),
    ] {
        let error = text.parse::<Template>().expect_err("beyond a limit");
        assert!(error.message.contains(said), "{error}");
    }
    let input = json!({ "a": "x".repeat(900_000) });
    let scope = Scope { input: Some(&input), ..Scope::default() };
    assert_eq!(fill(&"$Input{a}".repeat(64), &scope), Err(FillError::TooLarge));
    let many: serde_json::Map<_, _> = (0..100).map(|at| (at.to_string(), json!("$Input{a}"))).collect();
    let mapping: Mapping = serde_json::from_value(many.into()).expect("a mapping");
    assert_eq!(mapping.fill(&scope), Err(FillError::TooLarge));
    assert_eq!(mapping.filled(&scope).map(drop), Err(FillError::TooLarge));
}

#[test]
fn a_filled_mapping_is_read_as_the_object_that_it_is() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Charge {
        total: Option<f64>,
        note: Option<String>,
        to: Address,
        tags: Vec<String>,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    struct Address {
        city: String,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    struct Wrapped(Option<Charge>);
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Order {
        Charge { total: f64 },
    }
    let mapping: Mapping = serde_json::from_value(json!({
        "total": "$Input{amount}", "note": "$Input{note}", "to": { "city": "$Input{address}{city}" }, "tags": ["$Env"],
    }))
    .expect("a mapping");
    let input = json!({ "amount": 0, "address": { "city": "Accra" } });
    let scope = Scope { input: Some(&input), env: "prd", ..Scope::default() };
    let filled = mapping.filled(&scope).expect("all of it is there");
    let to = Address { city: "Accra".to_owned() };
    let charge = Charge { total: Some(0.0), note: None, to, tags: vec!["prd".to_owned()] };
    assert_eq!(Wrapped::deserialize(&filled).expect("it fits"), Wrapped(Some(charge)));
    let wrong = <Vec<u8>>::deserialize(&filled).expect_err("an object is no list").to_string();
    assert_eq!(wrong, "invalid type: map, expected a sequence");

    let mapping: Mapping =
        serde_json::from_value(json!({ "charge": { "total": "$Input{amount}" } })).expect("a mapping");
    let filled = mapping.filled(&scope).expect("all of it is there");
    assert_eq!(Order::deserialize(&filled).expect("it fits"), Order::Charge { total: 0.0 });
}
