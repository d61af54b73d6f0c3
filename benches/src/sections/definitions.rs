//! What it costs that a definition is data: runs by tag beside the same plan in code.

use std::error::Error;

use ductape::catalog::definition::Run;
use ductape::catalog::{Catalog, RunResult};
use ductape::fallback;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Plan;
use crate::measure::{Subject, drive, executor, interleaved};
use crate::report::{Report, Table, digits};

/// The most that a run by tag may take more than the plan in code.
const TARGET_NANOS: f64 = 2_000.0;

/// An input of ten fields.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Order {
    amount: u64,
    currency: String,
    customer: String,
    reference: String,
    email: String,
    country: String,
    items: u64,
    express: bool,
    discount: f64,
    note: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Receipt {
    id: String,
    status: String,
}

fn order() -> Order {
    Order {
        amount: 2_500,
        currency: "USD".to_owned(),
        customer: "cus_123".to_owned(),
        reference: "order-4711".to_owned(),
        email: "someone@example.com".to_owned(),
        country: "NL".to_owned(),
        items: 3,
        express: true,
        discount: 0.15,
        note: "leave it at the door".to_owned(),
    }
}

async fn charge(order: Order) -> Result<Receipt, std::fmt::Error> {
    let id = std::hint::black_box(order).reference;
    Ok(Receipt { id, status: "succeeded".to_owned() })
}

#[fallback(tag = "bench-typed")]
async fn typed(order: &Order) -> ductape::Result<Receipt, std::fmt::Error> {
    #[primary("stripe")]
    {
        charge(order.clone()).await
    }
    #[fallback("paypal")]
    {
        charge(order.clone()).await
    }
}

/// The same as data: the same two providers, every field handed on, both fields of the answer taken.
fn definition() -> Value {
    let fields = [
        ("amount", "number"),
        ("currency", "string"),
        ("customer", "string"),
        ("reference", "string"),
        ("email", "string"),
        ("country", "string"),
        ("items", "number"),
        ("express", "boolean"),
        ("discount", "number"),
        ("note", "string"),
    ];
    let declared: serde_json::Map<_, _> =
        fields.iter().map(|(field, kind)| ((*field).to_owned(), json!({ "type": kind }))).collect();
    let given: serde_json::Map<_, _> =
        fields.iter().map(|(field, _)| ((*field).to_owned(), json!(format!("$Input{{{field}}}")))).collect();
    let option = |app: &str| {
        json!({
            "type": "action", "app": app, "event": "charge", "input": given,
            "output": { "id": "$Response{id}", "status": "$Response{status}" },
        })
    };
    json!({ "tag": "bench-data", "input": declared, "options": [option("stripe"), option("paypal")] })
}

async fn catalog() -> Result<Catalog, Box<dyn Error>> {
    let catalog = Catalog::builder()
        .app("stripe", |app| app.action("charge", charge))
        .app("paypal", |app| app.action("charge", charge))
        .open()
        .await?;
    catalog.fallbacks().create(definition()).await?;
    Ok(catalog)
}

/// # Panics
///
/// If a call that is always ready fails.
pub fn report(report: &mut Report, plan: Plan) {
    report.add(
        "## Definitions as data\n\nThe same fallback of two providers, in code and as a definition that is run by tag; the \
         input has ten fields, and all of them are handed on. JSON alone: the input and the answer become values and are \
         read from them once, as at the border of every action. The target is at most 2 µs over the plan in code.",
    );
    let executor = executor();
    let catalog = executor.block_on(catalog()).expect("a sound definition");
    let _entered = executor.enter();
    let (order, input) = (order(), serde_json::to_value(order()).expect("an order is JSON"));
    let in_code = || drive(typed(&order)).expect("stripe is always ready");
    let json_alone = || {
        let read: Order = serde_json::from_value(input.clone()).expect("it is an order");
        let receipt = Receipt { id: read.reference, status: "succeeded".to_owned() };
        serde_json::to_value(receipt).expect("a receipt is JSON")
    };
    let fallbacks = catalog.fallbacks();
    let by_tag = || -> RunResult {
        drive(fallbacks.run(Run::new("bench-data").input(input.clone()))).expect("stripe is always ready")
    };
    assert_eq!((in_code().id.as_str(), by_tag()["id"].as_str()), ("order-4711", Some("order-4711")));

    let names = ["`#[fallback]` in code", "JSON alone", "definition, run by tag"];
    let subjects: Vec<Subject<'_>> = vec![
        Box::new(|calls| (0..calls).for_each(|_| _ = std::hint::black_box(in_code()))),
        Box::new(|calls| (0..calls).for_each(|_| _ = std::hint::black_box(json_alone()))),
        Box::new(|calls| (0..calls).for_each(|_| _ = std::hint::black_box(by_tag()))),
    ];
    let figures = interleaved(subjects, plan.effort);
    let mut table = Table::new(&["", "ns", "over the plan in code, ns"]);
    let code = figures[0].best();
    for (name, figure) in names.iter().zip(&figures) {
        table.row(&[(*name).to_owned(), digits(figure.best()), digits(figure.best() - code)]);
    }
    report.add(table.text());
    let over = figures[2].best() - code;
    let reached = if over <= TARGET_NANOS { "reached" } else { "missed" };
    let without_json = over - figures[1].best();
    report.add(format!(
        "The target is {reached}: {} ns of {}; without that JSON, {} ns.",
        digits(over),
        digits(TARGET_NANOS),
        digits(without_json),
    ));
}
