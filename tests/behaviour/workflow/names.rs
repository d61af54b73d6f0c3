//! R102, R104: what an undo names is what its step has at that place, whatever has the same name elsewhere.

use std::future::{Ready, ready};

use ductape::{Verdict, WorkflowResult, workflow};

use super::Ledger;
use crate::support::{Scripted, run};

const WHO: &str = "a const of the module";

fn release() -> &'static str {
    "a function of the module"
}

fn act<T>(value: T) -> Ready<Result<T, Scripted>> {
    ready(Ok(value))
}

fn fails<T>() -> Result<T, Scripted> {
    Err(Scripted { verdict: Verdict::Retry, call: 0 })
}

#[tokio::test(start_paused = true)]
async fn r102_an_undo_sees_the_items_of_the_body() {
    #[workflow(tag = "items")]
    async fn items(ledger: &Ledger) -> WorkflowResult<(), Scripted> {
        #[step("first")]
        act(()).await?;
        #[undo]
        {
            ledger.write(format!("{WHO}, {}", release()));
            Ok(())
        }
        const WHO: &str = "an inner const";
        fn release() -> &'static str {
            "an inner function"
        }
        ledger.write(format!("{WHO}, {}", release()));
        fails()
    }
    assert_eq!((WHO, release()), ("a const of the module", "a function of the module"));
    let ledger = Ledger::default();
    run(items(&ledger)).await.expect_err("it ends so");
    assert_eq!(ledger.entries(), ["an inner const, an inner function"; 2]);
}
