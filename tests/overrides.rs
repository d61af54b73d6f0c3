//! Overrides from files, and what is said of bad ones. With the feature `config`.

use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

use ductape::{Patch, Runtime, fallback, quota};

#[quota(tag = "sms-quota")]
async fn sms() -> ductape::Result<(), std::io::Error> {
    #[provider("twilio", weight = 70)]
    {
        Ok(())
    }
    #[provider("nexmo", weight = 30)]
    {
        Ok(())
    }
}

#[fallback(tag = "pay", timeout = "1s", breaker)]
async fn pay() -> ductape::Result<(), std::io::Error> {
    #[primary("stripe")]
    {
        Ok(())
    }
    #[fallback("paypal")]
    {
        Ok(())
    }
}

/// A file of this test alone, gone with it.
struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let file = Self(env::temp_dir().join(format!("ductape-{}-{name}", std::process::id())));
        file.write(text);
        file
    }

    fn write(&self, text: &str) {
        fs::write(&self.0, text).expect("there is room");
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn with(file: &File) -> Result<Runtime, String> {
    // Without the directory, which is another one on each machine.
    let without = |text: String| text.replace(&format!("{}", file.0.display()), "overrides");
    Runtime::builder().overrides_file(&file.0).build().map_err(|error| without(error.to_string()))
}

fn shown(runtime: &Runtime, plan: &str, path: &str) -> Option<(String, String)> {
    let effective = runtime.plan(plan).expect("it is linked").effective();
    let setting = effective.setting(path)?;
    let origin = setting.origin.to_string();
    let origin = origin.split_once(".toml:").or_else(|| origin.split_once(".json:")).map_or(origin.as_str(), |it| it.1);
    Some((setting.value.clone(), origin.to_owned()))
}

fn pair(value: &str, origin: &str) -> (String, String) {
    (value.to_owned(), origin.to_owned())
}

const TOML: &str = "\
[sms-quota]
deadline = \"30s\"
providers.twilio = { weight = 0x32, breaker.cooldown = \"30s\" }
providers.nexmo.weight = 50

[pay.providers.stripe]
cost = 0.5

[\"*\"]
breaker.enabled = false
";

const JSON: &str = r#"{
    "sms-quota": {"deadline": "30s", "providers": {
        "twilio": {"weight": 50, "breaker": {"cooldown": "30s"}}, "nexmo": {"weight": 50}
    }},
    "pay": {"providers": {"stripe": {"cost": 0.5}}},
    "*": {"breaker": {"enabled": false}}
}"#;

#[test]
fn values_come_from_a_file_with_line_and_column() {
    for (file, weight, cost) in
        [(File::new("sound.toml", TOML), "3:31", "7:8"), (File::new("sound.json", JSON), "3:30", "5:46")]
    {
        let runtime = with(&file).expect("it is sound");
        assert_eq!(shown(&runtime, "sms-quota", "providers.twilio.weight"), Some(pair("50", weight)));
        assert_eq!(shown(&runtime, "pay", "providers.stripe.cost"), Some(pair("0.5", cost)));
        assert_eq!(shown(&runtime, "sms-quota", "deadline").map(|it| it.0).as_deref(), Some("30s"));
        let pay = runtime.plan("pay").expect("it is linked").plan();
        assert!(pay.providers().iter().all(|provider| provider.breaker().is_none()), "switched off for all");
    }
}

#[test]
fn variables_count_more_than_files_and_updates_more_than_both() {
    let file = File::new("precedence.toml", "[pay]\nretries = 1\ntimeout = \"2s\"\ndeadline = \"60s\"\n");
    let variables = [("DUCTAPE__PAY__TIMEOUT", "3s"), ("DUCTAPE__PAY__RETRIES", "2")];
    let runtime = Runtime::builder().overrides_file(&file.0).variables(variables).build().expect("they are sound");
    runtime.plan("pay").expect("it is linked").update(Patch::new().retries(3)).expect("it is sound");
    assert_eq!(shown(&runtime, "pay", "deadline"), Some(pair("1m", "4:12")));
    assert_eq!(shown(&runtime, "pay", "providers.paypal.timeout"), Some(pair("3s", "DUCTAPE__PAY__TIMEOUT")));
    assert_eq!(shown(&runtime, "pay", "providers.paypal.retries"), Some(pair("3", "update")));
}

#[test]
fn of_several_files_the_last_counts() {
    let (one, two) =
        (File::new("one.toml", "pay.retries = 1\npay.timeout = \"2s\""), File::new("two.toml", "pay.retries = 5"));
    let runtime = Runtime::builder().overrides_file(&one.0).overrides_file(&two.0).build().expect("they are sound");
    assert_eq!(shown(&runtime, "pay", "providers.stripe.retries"), Some(pair("5", "1:15")));
    assert_eq!(shown(&runtime, "pay", "providers.stripe.timeout"), Some(pair("2s", "2:15")));
}

#[test]
fn bad_files_are_told_with_line_and_column() {
    for (name, text, said) in [
        ("malformed.toml", "[pay]\ntimeout = \n", "overrides:2:11: malformed TOML: "),
        ("malformed.json", "{\"pay\": {\n  \"timeout\": }}", "overrides:2:14: malformed JSON: expected value; "),
        (
            "twice.json",
            "{\"pay\": {\"retries\": 1,\n\"retries\": 2}}",
            "overrides:2:13: malformed JSON: `retries` is given twice; ",
        ),
        ("twice.toml", "pay.retries = 1\npay.retries = 2", "overrides:2:5: malformed TOML: duplicate key; "),
        ("empty.json", "", "overrides:1:1: malformed JSON: EOF while parsing a value; "),
        ("list.json", " [1]", "overrides:1:2: the file is no JSON object; give a table for each plan, by its tag"),
        ("unknown.toml", "[pya]\n", "overrides:1:1: pya: no plan has this tag; did you mean `pay`?"),
        (
            "scalar.json",
            r#"{"pay": 3}"#,
            "overrides:1:9: pay = 3: a plan is a table; give the clauses of the plan in it",
        ),
        (
            "rule.toml",
            "[sms-quota]\nproviders.twilio.weight = 80\n",
            "overrides:2:27: sms-quota: providers.twilio.weight = 80: the weights add up to 110 (`twilio` 80, `nexmo` 30), but must add up to 100; give",
        ),
        (
            "type.json",
            r#"{"pay": {"timeout": [1]}}"#,
            "overrides:1:21: pay: timeout = […]: `timeout` takes a duration; give",
        ),
        (
            "date.toml",
            "pay.timeout = 1979-05-27",
            "overrides:1:15: pay: timeout = […]: `timeout` takes a duration; give",
        ),
        (
            "large.toml",
            "pay.retries = 99999999999999999999",
            "overrides:1:15: pay: retries = 9223372036854775807: out of range",
        ),
        ("all.toml", "\"*\".timeout = 3", "overrides:1:15: *.timeout = 3: unknown policy `timeout`; there are"),
    ] {
        let error = with(&File::new(name, text)).expect_err(name);
        assert!(error.starts_with(said), "{name}: {error}");
        assert_eq!(error.lines().count(), 1, "{name}: {error}");
    }
    let missing = Runtime::builder().overrides_file("/nowhere/overrides.toml").build().expect_err("there is none");
    assert!(missing.to_string().starts_with("/nowhere/overrides.toml: cannot read the overrides: "), "{missing}");
    let both =
        with(&File::new("both.toml", "pay.retries = -1\nsms-quota.total = 0\npay.colour = 1")).expect_err("it is bad");
    assert_eq!(both.lines().count(), 3, "all together: {both}");
}

#[test]
fn reloading_changes_all_or_nothing() {
    let file = File::new("reload.toml", "pay.retries = 1\nsms-quota.timeout = \"2s\"");
    let runtime = with(&file).expect("it is sound");
    let plan = runtime.plan("pay").expect("it is linked");
    plan.update(Patch::new().provider("stripe", Patch::new().cost(9.0))).expect("it is sound");
    let before = runtime.effective();

    file.write("pay.retries = 2\nsms-quota.timeout = \"0s\"");
    let error = runtime.reload().expect_err("one of both is bad");
    assert_eq!(error.faults().len(), 1);
    assert_eq!(runtime.effective(), before, "the last good one is in force");
    file.write("pay = ");
    runtime.reload().expect_err("it is malformed");
    assert_eq!(runtime.effective(), before);
    let events = serde_json::to_value(runtime.recent_events()).expect("it serializes");
    assert_eq!(events[1]["event"], "reload_refused");
    assert_eq!(events[1]["faults"][0]["path"], "timeout");
    assert_eq!(events[2]["event"], "reload_refused");

    file.write("pay.retries = 7");
    runtime.reload().expect("it is sound");
    let events = serde_json::to_value(runtime.recent_events()).expect("it serializes");
    let told: Vec<_> = (3..6).map(|at| (&events[at]["event"], &events[at]["plan"])).collect();
    assert_eq!(
        serde_json::to_value(told).expect("it serializes"),
        serde_json::json!([["updated", "pay"], ["updated", "sms-quota"], ["reloaded", null]])
    );
    assert_eq!(events[5]["plans"], serde_json::json!(["pay", "sms-quota"]));
    assert_eq!(shown(&runtime, "pay", "providers.stripe.retries"), Some(pair("7", "1:15")));
    assert_eq!(shown(&runtime, "pay", "providers.stripe.cost"), Some(pair("9", "update")));
    assert_eq!(shown(&runtime, "sms-quota", "providers.twilio.timeout").map(|it| it.0).as_deref(), Some("10s"));
}

#[test]
fn start_reads_the_environment() {
    let this = env::current_exe().expect("it runs");
    let run = |name: &str, value: &str| {
        let child =
            Command::new(&this).args(["--exact", "child", "--ignored", "--nocapture"]).env(name, value).output();
        String::from_utf8_lossy(&child.expect("it runs").stdout).into_owned()
    };
    let said = run("DUCTAPE__PAY__RETRIES", "4");
    assert!(said.contains("retries 4, started"), "{said}");
    let said = run("DUCTAPE__PAY__RETRIES", "many");
    assert!(
        said.contains("refused: DUCTAPE__PAY__RETRIES: pay: retries = many: `retries` takes a whole number"),
        "{said}"
    );
}

/// Only as a process of its own: there is one environment in a process.
#[tokio::test]
#[ignore = "it is run by another test"]
async fn child() {
    match Runtime::builder().start() {
        Ok(monitor) => {
            pay().await.expect("it works");
            sms().await.expect("it works");
            let plan = monitor.runtime().plan("pay").expect("it is linked").plan();
            println!("retries {}, started", plan.providers()[0].retries());
        }
        Err(error) => println!("refused: {error}"),
    }
}
