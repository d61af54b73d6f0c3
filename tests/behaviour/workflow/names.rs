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

macro_rules! set {
    ($name:ident = $value:expr) => {
        $name = $value
    };
}

macro_rules! bind {
    ($name:ident = $value:expr) => {
        let $name = $value;
    };
}

#[tokio::test(start_paused = true)]
async fn r104_an_undo_sees_what_a_variable_was_that_macros_assign() {
    #[workflow(tag = "assigned-by-macros")]
    async fn assigned(ledger: &Ledger) -> WorkflowResult<(), Scripted> {
        let (mut held, mut order) = ("none", 1);
        #[step("order")]
        act(order).await?;
        #[undo]
        {
            ledger.write(format!("order {order}"));
            Ok(())
        }
        set!(order = 2);
        for item in ["a", "b"] {
            tokio::select! { item = act(item) => { held = item.unwrap_or(held); } }
            #[step("hold")]
            act(()).await?;
            #[undo]
            {
                ledger.write(format!("{held} of {order}"));
                Ok(())
            }
        }
        set!(order = 3);
        act((order, held)).await?;
        fails()
    }
    let ledger = Ledger::default();
    run(assigned(&ledger)).await.expect_err("it ends so");
    assert_eq!(ledger.entries(), ["b of 2", "a of 2", "order 1"]);
}

#[tokio::test(start_paused = true)]
async fn r104_an_undo_sees_what_a_macro_binds() {
    #[workflow(tag = "bound-by-a-macro")]
    async fn bound(ledger: &Ledger) -> WorkflowResult<(), Scripted> {
        let id = "outer";
        if ledger.entries().is_empty() {
            ledger.write(format!("begin {id}"));
            bind!(id = "inner");
            #[step("hold")]
            act(id).await?;
            #[undo]
            {
                ledger.write(format!("release {id}"));
                Ok(())
            }
        }
        fails()
    }
    let ledger = Ledger::default();
    run(bound(&ledger)).await.expect_err("it ends so");
    assert_eq!(ledger.entries(), ["begin outer", "release inner"]);
}

#[derive(Clone, Default)]
struct Context {
    id: u32,
    passes: u32,
}

/// Cannot be kept.
struct Total(u32);

#[tokio::test(start_paused = true)]
async fn r104_an_undo_sees_what_a_field_was_that_is_assigned() {
    #[workflow(tag = "assigned-fields")]
    async fn fields(ledger: &Ledger, mut context: Context) -> WorkflowResult<(), Scripted> {
        let (mut list, mut total) = ([0, 0], Total(0));
        for id in [1, 2] {
            total.0 += id;
            list[0] = id;
            #[step("hold")]
            context.id = act(id).await?;
            #[undo]
            {
                // What it changes itself is not kept.
                total.0 -= id;
                ledger.write(format!("release {} {list:?} {}", context.id, total.0));
                Ok(())
            }
        }
        context.passes += 1;
        context.id = 3;
        act((list, total.0, context.passes)).await?;
        fails()
    }
    let ledger = Ledger::default();
    run(fields(&ledger, Context::default())).await.expect_err("it ends so");
    assert_eq!(ledger.entries(), ["release 2 [2, 0] 1", "release 1 [1, 0] 0"]);
}

#[tokio::test(start_paused = true)]
async fn r102_an_undo_may_read_what_is_assigned_before_its_step_and_change_what_is_assigned_later() {
    #[workflow(tag = "assigned-before")]
    async fn before(ledger: &Ledger, count: &mut u32, context: &mut Context) -> WorkflowResult<(), Scripted> {
        context.id = 7;
        if context.passes == 0 {
            context.id += 1;
            #[step("hold")]
            act(()).await?;
            #[undo]
            {
                *count -= 1;
                ledger.write(format!("release {}", context.id));
                Ok(())
            }
            context.passes = 1;
        }
        *count += 3;
        fails()
    }
    let (ledger, mut count) = (Ledger::default(), 0);
    run(before(&ledger, &mut count, &mut Context::default())).await.expect_err("it ends so");
    assert_eq!((ledger.entries(), count), (vec!["release 8".to_owned()], 2));
}
