//! What parses is printed as it was written, and fills or says what is missing.

#![no_main]

use ductape_definition::{Scope, Template};
use libfuzzer_sys::fuzz_target;
use serde_json::json;

fuzz_target!(|text: &str| {
    let Ok(template) = text.parse::<Template>() else { return };
    assert_eq!(template.to_string(), text);
    assert_eq!(template.to_string().parse::<Template>().as_ref(), Ok(&template));
    let root = json!({ "a": [1, { "b": "c" }], "tag": "t" });
    let root = Some(&root);
    let _ = template.fill(&Scope { input: root, response: root, sequence: root, session: root, ..Scope::default() });
});
