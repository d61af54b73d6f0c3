//! R104: undos in loops, branches and inner blocks keep what they need.

use ductape::{Verdict, WorkflowResult, workflow};

use super::Ledger;
use crate::support::{Scripted, run};

async fn done(ledger: &Ledger, what: String) -> Result<String, Scripted> {
    tokio::task::yield_now().await;
    if what.ends_with("bad") {
        return Err(Scripted { verdict: Verdict::Retry, call: 0 });
    }
    ledger.write(format!("do {what}"));
    Ok(what)
}

#[workflow(tag = "ships-all")]
async fn ships_all(ledger: &Ledger, items: &[&str], fails: bool) -> WorkflowResult<usize, Scripted> {
    let mut shipped = 0;
    for (place, item) in items.iter().enumerate() {
        if *item == "skip" {
            continue;
        }
        if *item == "stop" {
            break;
        }
        #[step("pack")]
        let packed = done(ledger, format!("pack {item}")).await?;
        #[undo]
        {
            ledger.write(format!("undo {packed} at {place}"));
            Ok(())
        }
        #[step("ship")]
        let sent = done(ledger, format!("ship {item}")).await?;
        #[undo]
        {
            let packed = packed.len();
            ledger.write(format!("undo {sent}, {item} of {packed} after {shipped}"));
            Ok(())
        }
        shipped += 1;
    }
    if fails {
        return Err(Scripted { verdict: Verdict::Retry, call: 0 });
    }
    Ok(shipped)
}

#[tokio::test(start_paused = true)]
async fn r104_every_pass_registers_undos_of_its_own_and_all_run_newest_first() {
    let ledger = Ledger::default();
    let error = run(ships_all(&ledger, &["a", "skip", "b", "stop", "c"], true)).await.expect_err("it ends so");
    assert_eq!(
        ledger.entries(),
        [
            "do pack a",
            "do ship a",
            "do pack b",
            "do ship b",
            "undo ship b, b of 6 after 1",
            "undo pack b at 2",
            "undo ship a, a of 6 after 0",
            "undo pack a at 0",
        ]
    );
    assert_eq!(error.done(), ["pack", "ship", "pack", "ship"]);
    assert_eq!(error.undone(), ["ship", "pack", "ship", "pack"]);
}

#[tokio::test(start_paused = true)]
async fn r104_a_failure_in_a_pass_undoes_that_pass_and_those_before_it() {
    let ledger = Ledger::default();
    let error = run(ships_all(&ledger, &["a", "bad"], false)).await.expect_err("the second one is bad");
    assert_eq!(error.step(), Some("pack"));
    assert_eq!(ledger.entries()[2..], ["undo ship a, a of 6 after 0", "undo pack a at 0"]);
    assert_eq!(run(ships_all(&Ledger::default(), &["a", "b"], false)).await.ok(), Some(2));
}

#[tokio::test(start_paused = true)]
async fn r104_undos_in_branches_and_blocks_run_among_the_others() {
    #[workflow(tag = "branches")]
    async fn branches(ledger: &Ledger, left: Option<&str>) -> WorkflowResult<(), Scripted> {
        #[step("first")]
        let first = done(ledger, "first".to_owned()).await?;
        #[undo]
        {
            ledger.write(format!("undo {first}"));
            Ok(())
        }
        if let Some(name) = left {
            #[step("left")]
            let value = done(ledger, format!("left {name}")).await?;
            #[undo]
            {
                ledger.write(format!("undo {value} of {name} beside {first}"));
                Ok(())
            }
            {
                #[step("inner")]
                let value = done(ledger, "inner".to_owned()).await?;
                #[undo]
                {
                    ledger.write(format!("undo {value}"));
                    Ok(())
                }
            }
        } else {
            #[step("right")]
            let value = done(ledger, "right".to_owned()).await?;
            #[undo]
            {
                ledger.write(format!("undo {value}"));
                Ok(())
            }
        }
        #[step("last")]
        let last = done(ledger, "last".to_owned()).await?;
        #[undo]
        {
            ledger.write(format!("undo {last}"));
            Ok(())
        }
        Err(Scripted { verdict: Verdict::Retry, call: 0 })
    }

    let ledger = Ledger::default();
    run(branches(&ledger, Some("x"))).await.expect_err("it ends so");
    assert_eq!(ledger.entries()[4..], ["undo last", "undo inner", "undo left x of x beside first", "undo first"]);
    let ledger = Ledger::default();
    run(branches(&ledger, None)).await.expect_err("it ends so");
    assert_eq!(ledger.entries()[3..], ["undo last", "undo right", "undo first"]);
}

#[tokio::test(start_paused = true)]
async fn r104_an_undo_in_the_last_expression_runs_too() {
    #[workflow(tag = "last-expression")]
    async fn last(ledger: &Ledger, which: u32) -> WorkflowResult<u32, Scripted> {
        match which {
            0 => Ok(0),
            count => {
                let mut sum = 0;
                while sum < count {
                    #[step("add")]
                    let added = done(ledger, format!("add {sum}")).await?;
                    #[undo]
                    {
                        ledger.write(format!("undo {added}"));
                        Ok(())
                    }
                    sum += 1;
                }
                if sum == 3 { Err(Scripted { verdict: Verdict::Retry, call: 0 }) } else { Ok(sum) }
            }
        }
    }
    let ledger = Ledger::default();
    assert_eq!(run(last(&ledger, 0)).await.ok(), Some(0));
    assert_eq!(run(last(&ledger, 2)).await.ok(), Some(2));
    assert_eq!(ledger.entries().len(), 2);
    let ledger = Ledger::default();
    run(last(&ledger, 3)).await.expect_err("it ends so");
    assert_eq!(ledger.entries()[3..], ["undo add 2", "undo add 1", "undo add 0"]);
}

#[workflow(tag = "assigns-later")]
async fn assigns_later(ledger: &Ledger, (mut left, mut right): (usize, usize)) -> WorkflowResult<(), Scripted> {
    #[step("first")]
    let mut hold = done(ledger, "first".to_owned()).await?;
    #[undo]
    {
        ledger.write(format!("undo {hold} {left} {right}"));
        Ok(())
    }
    let mut pass = 0;
    while pass < 2 {
        #[step("each")]
        hold = done(ledger, format!("each {pass}")).await?;
        #[undo]
        {
            ledger.write(format!("undo {hold} in pass {pass}"));
            pass += 100;
            Ok(())
        }
        pass += 1;
    }
    if left == 1 {
        #[step("branch")]
        let branch = done(ledger, "branch".to_owned()).await?;
        #[undo]
        {
            ledger.write(format!("undo {branch} {hold}"));
            Ok(())
        }
    }
    hold = String::new();
    (left, right) = (right, left);
    Err(Scripted { verdict: Verdict::Retry, call: left + right + hold.len() })
}

#[tokio::test(start_paused = true)]
async fn r104_an_undo_sees_what_its_variables_were_when_its_step_succeeded() {
    let ledger = Ledger::default();
    let error = run(assigns_later(&ledger, (1, 2))).await.expect_err("it ends so");
    let undos: Vec<_> = ledger.entries().into_iter().filter(|entry| entry.starts_with("undo")).collect();
    assert_eq!(
        undos,
        ["undo branch each 1", "undo each 1 in pass 1", "undo each 0 in pass 0", "undo first 1 2"],
        "{error}"
    );
}

#[workflow(tag = "undo-in-the-else-of-a-step")]
async fn in_the_else(ledger: &Ledger) -> WorkflowResult<u32, Scripted> {
    #[step("look")]
    let Some(found) = async { Ok::<_, Scripted>(None) }.await? else {
        #[step("make")]
        let made = done(ledger, "make".to_owned()).await?;
        #[undo]
        {
            ledger.write(format!("undo {made}"));
            Ok(())
        }
        return Err(Scripted { verdict: Verdict::Abort, call: 0 });
    };
    #[undo]
    {
        ledger.write("undo look");
        Ok(())
    }
    Ok(found)
}

#[tokio::test(start_paused = true)]
async fn r104_an_undo_in_the_else_of_a_step_runs() {
    let ledger = Ledger::default();
    let error = run(in_the_else(&ledger)).await.expect_err("nothing is found");
    assert_eq!(ledger.entries(), ["do make", "undo make"]);
    assert_eq!((error.done().join(" "), error.undone().join(" ")), ("look make".into(), "make".into()));
}
