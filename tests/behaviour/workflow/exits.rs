//! R103: however the body is left, what was done is undone; macros and attributes included.

use ductape::{WorkflowResult, workflow};

use super::Ledger;
use crate::support::run;

type Anyhow<T> = WorkflowResult<T, anyhow::Error>;

async fn undo(ledger: &Ledger, what: &str) -> anyhow::Result<()> {
    tokio::task::yield_now().await;
    ledger.write(format!("undo {what}"));
    Ok(())
}

async fn act(ledger: &Ledger, what: &str) -> anyhow::Result<String> {
    tokio::task::yield_now().await;
    ledger.write(what);
    Ok(what.to_owned())
}

#[workflow(tag = "leaves-by-macros")]
async fn leaves(ledger: &Ledger, how: u32) -> Anyhow<u32> {
    // A `?` in a macro, before anything can be undone.
    let texts = vec![act(ledger, "before").await?, "3".parse::<u32>()?.to_string()];
    if how == 0 {
        anyhow::bail!("left before");
    }
    #[step("hold")]
    let hold = act(ledger, "hold").await?;
    #[undo]
    {
        undo(ledger, &hold).await
    }
    anyhow::ensure!(how != 1, "not {how}, of {}", texts.len());
    for pass in 0..2 {
        #[step("each")]
        let each = act(ledger, "each").await?;
        #[undo]
        {
            undo(ledger, &each).await
        }
        if how == 2 && pass == 1 {
            anyhow::bail!("left in pass {pass}");
        }
    }
    let number = match how {
        3 => anyhow::bail!("left in an arm"),
        other => (if other == 4 { Err(anyhow::anyhow!("left in parentheses")) } else { Ok(other) })?,
    };
    // A closure's own `?` leaves nothing but the closure.
    println!("{:?}", ["1"].iter().map(|text| Ok::<u32, anyhow::Error>(text.parse::<u32>()?)).next());
    Ok(number)
}

#[tokio::test(start_paused = true)]
async fn r103_what_a_macro_leaves_by_leads_to_the_undos() {
    let expected: [(&str, &[&str]); 5] = [
        ("left before", &[]),
        ("not 1, of 2", &["hold", "undo hold"]),
        ("left in pass 1", &["hold", "each", "each", "undo each", "undo each", "undo hold"]),
        ("left in an arm", &["hold", "each", "each", "undo each", "undo each", "undo hold"]),
        ("left in parentheses", &["hold", "each", "each", "undo each", "undo each", "undo hold"]),
    ];
    for (how, (message, entries)) in (0..).zip(expected) {
        let ledger = Ledger::default();
        let error = run(leaves(&ledger, how)).await.expect_err(message);
        assert_eq!(error.last().map(ToString::to_string).as_deref(), Some(message));
        assert_eq!(
            ledger.entries().split_first().map(|(_, rest)| rest.join(" ")),
            Some(entries.join(" ")),
            "{message}"
        );
    }
    let ledger = Ledger::default();
    assert_eq!(run(leaves(&ledger, 5)).await.expect("nothing fails"), 5);
    assert_eq!(ledger.entries(), ["before", "hold", "each", "each"]);
}

macro_rules! fail {
    ($message:expr) => {
        Err(anyhow::anyhow!($message))
    };
}

/// A workflow whose last expression is what is given.
macro_rules! ends_in {
    ($($name:ident($ledger:ident) { $($tail:tt)* })*) => {$(
        #[workflow]
        async fn $name($ledger: &Ledger) -> Anyhow<()> {
            #[step("hold")]
            let hold = act($ledger, "hold").await?;
            #[undo]
            {
                undo($ledger, &hold).await
            }
            $($tail)*
        }
    )*};
}

ends_in! {
    in_a_macro(ledger) { fail! { "it ends so" } }
    in_a_macro_in_a_branch(ledger) { if ledger.entries().is_empty() { Ok(()) } else { fail! { "it ends so" } } }
    in_the_value_of_a_step(ledger) {
        #[step("join")]
        tokio::spawn(async { fail!("it ends so") }).await?
    }
    in_a_labelled_block(ledger) {
        'label: {
            if !ledger.entries().is_empty() {
                break 'label fail!("it ends so");
            }
            Ok(())
        }
    }
    in_what_is_compiled(ledger) {
        #[cfg(not(any()))]
        { fail!("it ends so") }
        #[cfg(any())]
        { Ok(()) }
    }
    in_an_undoable_loop(ledger) {
        loop {
            #[step("each")]
            act(ledger, "each").await?;
            #[undo]
            { undo(ledger, "each").await }
            if ledger.entries().len() > 1 {
                break fail!("it ends so");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn r103_whatever_the_last_expression_is_its_error_leads_to_the_undos() {
    let hold = ["hold", "undo hold"].as_slice();
    let ledgers: [Ledger; 6] = Default::default();
    for (ledger, result, expected) in [
        (&ledgers[0], run(in_a_macro(&ledgers[0])).await, hold),
        (&ledgers[1], run(in_a_macro_in_a_branch(&ledgers[1])).await, hold),
        (&ledgers[2], run(in_the_value_of_a_step(&ledgers[2])).await, hold),
        (&ledgers[3], run(in_a_labelled_block(&ledgers[3])).await, hold),
        (&ledgers[4], run(in_what_is_compiled(&ledgers[4])).await, hold),
        (&ledgers[5], run(in_an_undoable_loop(&ledgers[5])).await, &["hold", "each", "undo each", "undo hold"]),
    ] {
        let error = result.expect_err("it ends so");
        assert_eq!(error.last().map(ToString::to_string).as_deref(), Some("it ends so"));
        assert_eq!(ledger.entries(), expected, "{error}");
    }
}

#[deprecated]
fn old() -> Result<u32, std::num::ParseIntError> {
    "3".parse()
}

#[deny(deprecated)]
#[workflow(tag = "attributes-of-statements")]
async fn attributes(ledger: &Ledger) -> Anyhow<u32> {
    #[step("hold")]
    act(ledger, "hold").await?;
    #[undo]
    #[allow(deprecated)]
    {
        old()?;
        undo(ledger, "hold").await
    }
    {
        #[step("inner")]
        act(ledger, "inner").await?;
        #[undo]
        {
            #![allow(deprecated)]
            old()?;
            undo(ledger, "inner").await
        }
    }
    #[cfg(any())]
    act(ledger, "never").await?;
    #[cfg(any())]
    return Ok(7);
    #[cfg(any())]
    anyhow::bail!("never");
    #[allow(deprecated)]
    old()?;
    #[allow(deprecated)]
    #[step("old")]
    async { old() }.await?;
    anyhow::bail!("at the end")
}

#[tokio::test(start_paused = true)]
async fn r103_attributes_of_statements_are_kept() {
    let ledger = Ledger::default();
    let error = run(attributes(&ledger)).await.expect_err("it ends so");
    assert_eq!(error.last().map(ToString::to_string).as_deref(), Some("at the end"));
    assert_eq!(ledger.entries(), ["hold", "inner", "undo inner", "undo hold"]);
}

macro_rules! undone_by {
    ($name:ident, $step:expr, $undo:block) => {
        #[workflow]
        async fn $name() -> Anyhow<()> {
            #[step("hold")]
            $step;
            #[undo]
            $undo
            Err(anyhow::anyhow!("it ends so"))
        }
    };
}

undone_by!(written_by_a_macro, { anyhow::Ok(()) }?, { anyhow::Ok(()) });

#[tokio::test(start_paused = true)]
async fn r102_steps_and_undos_may_come_from_a_macro() {
    let error = run(written_by_a_macro()).await.expect_err("it ends so");
    assert_eq!(error.undone(), ["hold"]);
}
