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
    {
        undo(ledger, "hold").await
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
    assert_eq!(ledger.entries(), ["hold", "undo hold"]);
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
