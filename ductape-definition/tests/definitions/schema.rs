//! JSON Schema says what reading says, as far as it can.

use boon::{Compiler, SchemaIndex, Schemas};
use ductape_definition::{Definition, Kind, Rule};
use proptest::prelude::*;
use proptest::test_runner::{TestError, TestRunner};
use serde_json::{Value, json};

use crate::fallback;
use crate::properties::damaged;
use crate::seeds;

struct Schema {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Schema {
    fn of(kind: Kind) -> Self {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        let place = format!("{kind}.json");
        compiler.add_resource(&place, kind.schema()).expect("a document");
        let index = compiler.compile(&place, &mut schemas).expect("a schema");
        Self { schemas, index }
    }

    fn accepts(&self, value: &Value) -> bool {
        self.schemas.validate(value, self.index).is_ok()
    }
}

#[test]
fn schemas_accept_the_seeds_and_what_is_made_of_them() {
    for name in seeds::ALL {
        let value = serde_json::from_str(&seeds::text(name)).expect("JSON");
        let definition = Definition::from_value(&value).expect("a definition");
        let schema = Schema::of(definition.kind());
        assert!(schema.accepts(&value), "{name}");
        assert!(schema.accepts(&definition.to_value()), "{name}");
    }
}

#[test]
fn a_schema_refuses_what_reading_refuses_for_its_form() {
    let schema = Schema::of(Kind::Fallback);
    for keys in [
        json!({ "retrys": 2 }),
        json!({ "tag": "Pay!" }),
        json!({ "tag": null }),
        json!({ "kind": "quota" }),
        json!({ "options": [] }),
        json!({ "options": vec![json!({ "app": "a", "event": "b" }); 65] }),
        json!({ "retries": 100_001 }),
        json!({ "retries": "2" }),
        json!({ "timeout": "5 parsecs" }),
        json!({ "timeout": 0 }),
        json!({ "rate_limit": "0/s" }),
        json!({ "retry_budget": 20 }),
        json!({ "breaker": false }),
        json!({ "bulkhead": { "wait": "1s" } }),
        json!({ "retry_on": ["6xx"] }),
        json!({ "allUnhealthy": "try", "all_unhealthy": "try" }),
        json!({ "input": { "amount": { "type": "decimal" } } }),
        json!({ "input": { "a{": { "type": "number" } } }),
    ] {
        let value = fallback(&keys);
        assert!(Definition::of_kind(Kind::Fallback, &value).is_err(), "{keys}");
        assert!(!schema.accepts(&value), "{keys}");
    }
    assert!(schema.accepts(&fallback(&json!({}))));
    assert!(schema.accepts(&fallback(&json!({ "$schema": "fallback.json" }))));
}

/// What is read is in the schema; and what is in the schema has no key that reading does not know.
#[test]
fn reading_and_schema_agree() -> Result<(), TestError<Value>> {
    let schemas = Kind::ALL.map(Schema::of);
    let config = ProptestConfig { cases: 1_024, failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new(config).run(&damaged().prop_filter("an object", Value::is_object), |value| {
        for (kind, schema) in Kind::ALL.into_iter().zip(&schemas) {
            let in_schema = schema.accepts(&value);
            match Definition::of_kind(kind, &value) {
                Ok(_) => prop_assert!(in_schema, "{kind} {value}"),
                Err(invalid) if in_schema => {
                    let unknown = invalid.faults().iter().any(|fault| fault.rule == Rule::UnknownKey);
                    prop_assert!(!unknown, "{kind} {value}: {invalid}");
                }
                Err(_) => {}
            }
        }
        Ok(())
    })
}
