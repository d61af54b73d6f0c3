//! What a plan needs: its future, and what a runtime keeps of it.

use ductape::{Outcome, Runtime, action, fallback, partial, quota, workflow};

use super::calls::Counts;
use super::choice::{sixty_four, two};
use crate::measure::drive;
use crate::provider::{FIRST, Fault, Mode, Provider, SECOND};
use crate::report::{Report, Table, digits};

#[action(retries = 2, breaker)]
async fn act(input: u64) -> ductape::Result<u64, Fault> {
    FIRST.ask(input).await
}

#[fallback(retries = 2, breaker)]
async fn pair(input: u64) -> ductape::Result<u64, Fault> {
    #[primary("first")]
    {
        FIRST.ask(input).await
    }
    #[fallback("second")]
    {
        SECOND.ask(input).await
    }
}

#[fallback(retries = 2, breaker)]
async fn told(input: u64) -> ductape::Result<Outcome<u64>, Fault> {
    #[primary("first")]
    {
        FIRST.ask(input).await
    }
    #[fallback("second")]
    {
        SECOND.ask(input).await
    }
}

#[quota(retries = 2, breaker)]
async fn share(input: u64) -> ductape::Result<u64, Fault> {
    #[provider("first", weight = 70)]
    {
        FIRST.ask(input).await
    }
    #[provider("second", weight = 30)]
    {
        SECOND.ask(input).await
    }
}

#[action(retries = 2, breaker)]
async fn act_large(input: u64) -> ductape::Result<u64, Fault> {
    large(input).await
}

/// Keeps a kilobyte across its await.
async fn large(input: u64) -> Result<u64, Fault> {
    let kept = [input; 128];
    let got = FIRST.ask(input).await?;
    Ok(got + std::hint::black_box(&kept)[1] - input)
}

#[fallback(retries = 2, breaker, hedge = "200ms")]
async fn race(input: u64) -> ductape::Result<u64, Fault> {
    #[primary("first")]
    {
        FIRST.ask(input).await
    }
    #[fallback("second")]
    {
        SECOND.ask(input).await
    }
}

#[fallback(retries = 2, breaker, cache(ttl = "1s", key(input)))]
async fn keeping(input: u64) -> ductape::Result<u64, Fault> {
    #[primary("first")]
    {
        FIRST.ask(input).await
    }
    #[fallback("second")]
    {
        SECOND.ask(input).await
    }
}

#[workflow]
async fn steps(input: u64) -> ductape::WorkflowResult<u64, Fault> {
    #[step("first", retries = 2)]
    let first = FIRST.ask(input).await?;
    #[undo]
    {
        SECOND.ask(first).await.map(drop)
    }
    #[step("second", retries = 2)]
    let second = SECOND.ask(first).await?;
    Ok(second)
}

#[partial]
async fn parts(input: u64) -> ductape::Result<u64, Fault> {
    #[part("first", retries = 2)]
    let first = FIRST.ask(input).await?;
    #[part("second", retries = 2)]
    let second = SECOND.ask(input).await;
    Ok(first + second.unwrap_or(0))
}

type First = Box<dyn FnOnce()>;

/// The first run of plans in fresh runtimes; what stays allocated afterwards is their state.
///
/// # Panics
///
/// If a run fails.
pub fn state() -> Vec<(&'static str, First)> {
    Provider::script(Mode::Ready, Mode::Ready);
    // Whatever the process does once, it has done then.
    drive(Runtime::builder().build().expect("a runtime").scope(two::random(1))).expect("it serves");
    let mut firsts: Vec<(&'static str, First)> = Vec::new();
    for statistics in [true, false] {
        let runtime = || Runtime::builder().statistics(statistics).build().expect("a runtime");
        let names = if statistics { ["2-on", "64-on"] } else { ["2-off", "64-off"] };
        let (of_two, of_many) = (runtime(), runtime());
        firsts.push((names[0], Box::new(move || keep(&of_two, || two::random(1)))));
        firsts.push((names[1], Box::new(move || keep(&of_many, || sixty_four::random(1)))));
    }
    firsts
}

fn keep<F: Future<Output = ductape::Result<u64, Fault>>>(runtime: &Runtime, call: impl FnOnce() -> F) {
    drive(runtime.scope(call())).expect("it serves");
    // The state outlives the measurement: nothing is freed that was counted.
    std::mem::forget(runtime.clone());
}

pub fn report(report: &mut Report, counts: &Counts) {
    report.add("## Memory\n\nBytes of a future: what each form of a plan adds to the block's own.");
    let small = size_of_val(&FIRST.ask(1));
    let mut table = Table::new(&["", "future", "the block's own", "added"]);
    let rows = [
        ("`#[action]`", size_of_val(&act(1)), small),
        ("`#[action]`, a block that keeps 1 KiB", size_of_val(&act_large(1)), size_of_val(&large(1))),
        ("`#[fallback]` of two", size_of_val(&pair(1)), small),
        ("`#[fallback]` of two, as `Outcome`", size_of_val(&told(1)), small),
        ("`#[quota]` of two", size_of_val(&share(1)), small),
        ("`#[quota]` of 64", size_of_val(&sixty_four::smooth(1)), small),
        ("`#[fallback]` of two, `hedge`: all blocks at once", size_of_val(&race(1)), 2 * small),
        ("`#[fallback]` of two, `cache`", size_of_val(&keeping(1)), small),
        ("`#[workflow]` of two steps, one with an undo", size_of_val(&steps(1)), small),
        ("`#[partial]` of two parts: all blocks at once", size_of_val(&parts(1)), 2 * small),
    ];
    for (name, future, block) in rows {
        table.row(&[name.to_owned(), future.to_string(), block.to_string(), (future - block).to_string()]);
    }
    report.add(table.text());
    let state = |name: &str| counts.state.get(name).copied().unwrap_or(f64::NAN);
    let each = |with: &str| (state(&format!("64-{with}")) - state(&format!("2-{with}"))) / 62.0;
    report.add(format!(
        "Bytes that a runtime keeps of a provider without policies: {} with statistics (for one thread that calls; each \
         further thread has a part of its own), {} without.",
        digits(each("on")),
        digits(each("off")),
    ));
}
