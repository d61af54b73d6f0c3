//! Names that nothing has: the nearest one is told, and what is given under them is judged all the same.

use serde_json::{Value, json};

use super::faults::{of_a, of_pair, said};

#[test]
fn r90_unknown_names_are_told_the_nearest() {
    assert_eq!(
        of_pair(json!({"deadlin": "5s"})),
        "deadlin = \"5s\": unknown clause `deadlin`; did you mean `deadline`?"
    );
    assert_eq!(
        of_a(json!({"timout": "5s"})),
        "providers.a.timout = \"5s\": unknown clause `timout`; did you mean `timeout`?"
    );
    assert_eq!(
        of_a(json!({"breaker": {"cooldwn": null}})),
        "providers.a.breaker.cooldwn = null: unknown clause `cooldwn`; did you mean `cooldown`?"
    );
    assert_eq!(
        of_pair(json!({"providers": {"paypal": {}}})),
        "providers.paypal: unknown provider `paypal`; there are `a` and `b`"
    );
    assert_eq!(
        said("update-dependent", json!({"providers": {"mian": {"retries": 1}}})),
        ["providers.mian: unknown provider `mian`; did you mean `main`?"]
    );
    assert_eq!(
        said("update-dependent", json!({"providers": {"MAIN": {"retries": 1}}})),
        ["providers.MAIN: unknown provider `MAIN`; did you mean `main`?"]
    );
}

#[test]
fn r90_clauses_of_unknown_providers_are_judged_too() {
    let unknown = "providers.c: unknown provider `c`; there are `a` and `b`";
    let of_c = |json: Value| {
        let lines = said("update-quota", json!({"providers": {"c": json}}));
        assert_eq!(lines[0], unknown);
        lines[1..].join("\n").replace("providers.c.", "")
    };
    let out_of_range = "timeout = \"0s\": out of range; give a duration from `\"1us\"` to `\"24h\"`";
    let misspelt = "weigth = 5: unknown clause `weigth`; did you mean `weight`?";
    assert_eq!(of_c(json!({"timeout": "0s", "weigth": 5})), format!("{out_of_range}\n{misspelt}"));
    assert!(of_c(json!({"when": true})).contains("`when` is part of the code"));
    assert_eq!(
        of_c(json!({"breaker": {"failures": 0, "cooldwn": "1s"}})),
        "breaker.cooldwn = \"1s\": unknown clause `cooldwn`; did you mean `cooldown`?\nbreaker.failures = 0: out of range; give a whole number from 1 to 1000000"
    );
    assert_eq!(
        of_c(json!({"retries": 1, "backoff": {"base": "2s", "max": "1s"}})),
        "backoff.max = 1s: the longest wait, 1s, is below the first, 2s; give a longer `max`, or a shorter `base`"
    );
    // What is sound in itself, or null, is not judged together with the others.
    assert_eq!(of_c(json!({"weight": 99, "timeout": "24h", "breaker": null})), "");
    assert_eq!(of_c(json!({})), "");
    let of_all = json!({"retries": 1, "backoff": {"base": "2s", "max": "1s"}, "providers": {"c": {"backoff": {}}}});
    let lines = said("update-quota", of_all);
    assert_eq!(lines.iter().filter(|line| line.starts_with("providers.c")).count(), 1, "{lines:?}");
}

#[test]
fn r90_what_would_do_for_one_provider_is_no_fault_of_an_unknown_one() {
    let unknown = "providers.c: unknown provider `c`; there are `main` and `side`";
    // One of both shares its bulkhead, and only that one has a healthcheck.
    for sound in [json!({"bulkhead": 3}), json!({"healthcheck": {"enabled": false}})] {
        assert_eq!(said("update-dependent", json!({"providers": {"c": sound}})), [unknown]);
    }
    let of_neither =
        "providers.c.weight = 5: `weight` belongs to the `#[provider]`s of a quota, and this is none; leave it out";
    assert_eq!(said("update-dependent", json!({"providers": {"c": {"weight": 5}}})), [unknown, of_neither]);
}
