//! Tags that variables of the environment cannot tell apart stop the start. A program of its own, because it is faulty.

use ductape::{Runtime, action};

#[action(tag = "sms-quota")]
async fn one() -> ductape::Result<(), std::io::Error> {
    Ok(())
}

#[action(tag = "sms_quota")]
async fn other() -> ductape::Result<(), std::io::Error> {
    Ok(())
}

#[action(tag = "all")]
async fn all() -> ductape::Result<(), std::io::Error> {
    Ok(())
}

#[tokio::test]
async fn tags_with_the_same_variables_stop_the_start() {
    let error = Runtime::builder().start().expect_err("the program is faulty").to_string();
    let lines: Vec<_> = error.lines().collect();
    let expected = [
        "DUCTAPE__ALL: the variables of the plan `all` would be those that stand for all plans; give one of them another tag, with `tag = \"…\"`",
        "DUCTAPE__SMS_QUOTA: the tags `sms-quota` and `sms_quota` have the same variables; give one of them another tag, with `tag = \"…\"`",
    ];
    assert_eq!(lines, expected);
    let runtime = Runtime::builder().build().expect("it reads no variables");
    runtime.scope(async { (one().await, other().await, all().await) }).await.0.expect("it works");
}
