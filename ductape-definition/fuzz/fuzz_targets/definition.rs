//! What loads is printed and read again as the same; what does not names its faults.

#![no_main]

use ductape_definition::{Definition, Definitions};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match Definition::all_from_json(text) {
        Ok(definitions) => {
            let mut set = Definitions::default();
            for definition in definitions {
                assert_eq!(Definition::from_json(&definition.to_value().to_string()).as_ref(), Ok(&definition));
                let _ = set.insert(definition);
            }
            let _ = set.check_complete(None);
        }
        Err(invalid) => assert!(!invalid.faults().is_empty() && !invalid.to_string().is_empty()),
    }
});
