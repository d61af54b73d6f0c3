//! What only the whole program can show is told by `start()`, all together.
//!
//! A program of its own, because it is a faulty one.

use ductape::{Runtime, action, healthcheck};

/// What nobody binds.
struct Client;

const UNBOUND: [u32; 2] = [line!(), line!() + 5];
#[healthcheck(tag = "faults-unbound", interval = "10s")]
async fn unbound(_client: &Client) -> Result<(), &'static str> {
    Ok(())
}

const FIRST: [u32; 2] = [line!(), line!() + 5];
#[action(tag = "faults-twice", app = "first")]
async fn first() -> ductape::Result<(), &'static str> {
    Ok(())
}

const SECOND: [u32; 2] = [line!(), line!() + 5];
#[action(tag = "faults-twice", app = "second")]
async fn second() -> ductape::Result<(), &'static str> {
    Ok(())
}

const FIRST_CHECK: [u32; 2] = [line!(), line!() + 5];
#[healthcheck(tag = "faults-check-twice", interval = "10s")]
async fn first_check() -> Result<(), &'static str> {
    Ok(())
}

const SECOND_CHECK: [u32; 2] = [line!(), line!() + 5];
#[healthcheck(tag = "faults-check-twice", interval = "10s")]
async fn second_check() -> Result<(), &'static str> {
    Ok(())
}

/// No fault: the only plan of this tag.
#[action(tag = "faults-fine")]
async fn fine() -> ductape::Result<(), &'static str> {
    Ok(())
}

/// Whether the text names this file with a line between the two.
fn names_place(text: &str, [above, below]: [u32; 2]) -> bool {
    (above + 1..below).any(|line| text.contains(&format!("{}:{line}:", file!())))
}

#[tokio::test(start_paused = true)]
async fn start_tells_all_faults_together() {
    let error = Runtime::builder().product("faulty").start().expect_err("this program is faulty");
    let message = error.to_string();
    assert_eq!(message.lines().count(), 3, "one line for each fault:\n{message}");
    let fault = |tag: &str| message.lines().find(|line| line.contains(tag)).expect("each fault names its tag");

    let plans = fault("`faults-twice`");
    assert!(names_place(plans, FIRST) && names_place(plans, SECOND), "both places: {plans}");
    let checks = fault("`faults-check-twice`");
    assert!(names_place(checks, FIRST_CHECK) && names_place(checks, SECOND_CHECK), "both places: {checks}");
    let nobody = fault("`faults-unbound`");
    assert!(names_place(nobody, UNBOUND), "{nobody}");

    assert!(!message.contains("faults-fine"), "{message}");
    assert_ne!(ductape::runtime().product(), "faulty", "nothing is installed");
}

#[tokio::test(start_paused = true)]
async fn what_is_mended_is_not_told_again() {
    let error = Runtime::builder().bind(&unbound, Client).start().expect_err("the tags are still used twice");
    let message = error.to_string();
    assert_eq!(message.lines().count(), 2, "{message}");
    assert!(!message.contains("faults-unbound"), "{message}");
}

#[tokio::test(start_paused = true)]
async fn build_does_not_ask_for_the_whole_program() {
    let runtime = Runtime::builder().build().expect("building checks nothing that could be wrong");
    runtime.scope(first()).await.expect("it is up");
    runtime.scope(second()).await.expect("it is up");
    runtime.scope(fine()).await.expect("it is up");
}
