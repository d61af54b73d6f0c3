//! Times, instructions and allocations of calls, in each case.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use super::Plan;
use crate::cases::{self, Case, Row};
use crate::measure::{Subject, executor, interleaved};
use crate::proof::prove;
use crate::report::{Report, Table, digits};

/// What the helper programs have counted, by case and row.
#[derive(Debug, Default)]
pub struct Counts {
    allocations: HashMap<(usize, usize), (f64, f64)>,
    instructions: HashMap<(usize, usize), f64>,
    /// Bytes that a plan keeps, by what is said of it.
    pub state: HashMap<String, f64>,
}

impl Counts {
    /// Runs the helpers, which lie beside this program.
    ///
    /// # Panics
    ///
    /// If the allocations cannot be counted. Without valgrind, there are no instructions.
    pub fn take(helpers: &Path, quick: bool) -> Self {
        let mut counts = Self::default();
        let output = Command::new(helpers.join("allocations")).output().expect("the helper `allocations`");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            match line.split(' ').collect::<Vec<_>>()[..] {
                ["call", case, row, count, bytes] => {
                    let key = (case.parse().expect("a number"), row.parse().expect("a number"));
                    let figures = (count.parse().expect("a count"), bytes.parse().expect("bytes"));
                    counts.allocations.insert(key, figures);
                }
                ["state", name, bytes] => {
                    counts.state.insert(name.to_owned(), bytes.parse().expect("bytes"));
                }
                _ => {}
            }
        }
        if !quick {
            for (at, case) in cases::all().enumerate() {
                for row in 0..case.rows.len() {
                    if let Some(count) = instructions(helpers, at, row) {
                        counts.instructions.insert((at, row), count);
                    }
                }
            }
        }
        counts
    }
}

/// Instructions of one call: the difference between runs with many calls and with few, by callgrind.
fn instructions(helpers: &Path, case: usize, row: usize) -> Option<f64> {
    const CALLS: u64 = 1000;
    let collected = |calls: u64| -> Option<f64> {
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(helpers.join("instructions"))
            .args([case.to_string(), row.to_string(), calls.to_string()])
            .output()
            .ok()
            .filter(|output| output.status.success())?;
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        told.lines().find_map(|line| line.split_once("Collected :"))?.1.trim().parse().ok()
    };
    Some((collected(2 * CALLS)? - collected(CALLS)?) / CALLS as f64)
}

/// The chapters on clean and on failing calls. Answers whether all contenders have proved their claims.
pub fn report(report: &mut Report, plan: Plan, counts: &Counts) -> bool {
    let mut outages = HashMap::new();
    let mut chapter = |report: &mut Report, title: &str, cases: &[Case], from: usize| {
        report.add(format!("## {title}"));
        for (at, case) in cases.iter().enumerate() {
            let verdicts: Vec<_> = (case.rows.iter())
                .map(|Row { entry, .. }| {
                    let verdict = outages.entry((entry.name, entry.claims.len())).or_insert_with(|| prove(entry));
                    verdict.clone()
                })
                .collect();
            report.add(format!("### {}\n\n{}", case.title, case.about));
            report.add(table(case, from + at, plan, counts, &verdicts).text());
        }
    };
    chapter(report, "The clean path", cases::CLEAN_CASES, 0);
    report.add(include_str!("../reading.md"));
    chapter(report, "The failing path", cases::FAILING_CASES, cases::CLEAN_CASES.len());
    report.add(format!(
        "Outages that were run to see whether retry, breaker, timeout and limit do what they are there for: {}, of which \
         failed: {}.",
        outages.len(),
        outages.values().filter(|verdict| verdict.is_err()).count(),
    ));
    outages.values().all(Result::is_ok)
}

fn table(case: &Case, number: usize, plan: Plan, counts: &Counts, verdicts: &[Result<(), String>]) -> Table {
    let executor = executor();
    let _entered = executor.enter();
    let contenders: Vec<_> = case.rows.iter().map(|row| case.prepare(&row.entry)).collect();
    case.scene();
    let subjects =
        contenders.iter().map(|contender| -> Subject<'_> { Box::new(|calls| case.run(&**contender, calls)) });
    let figures = interleaved(subjects.collect(), plan.effort);
    let ours = |name| case.rows.iter().position(|row| row.entry.name == name && row.ours.is_none());
    let mut table =
        Table::new(&["", "ns", "instructions", "allocations", "bytes allocated", "ductape takes of it", "target"]);
    for (at, row) in case.rows.iter().enumerate() {
        if let Err(seen) = &verdicts[at] {
            let name = format!("{} **disqualified**: {seen}", row.entry.name);
            table.row(&[
                name,
                String::new(),
                String::new(),
                String::new(),
                String::new(),
                String::new(),
                String::new(),
            ]);
            continue;
        }
        let (count, bytes) = counts.allocations.get(&(number, at)).copied().unwrap_or((f64::NAN, f64::NAN));
        let instructions = counts.instructions.get(&(number, at)).copied().unwrap_or(f64::NAN);
        let ratio = row.ours.and_then(ours).map(|ours| figures[ours].ratio(&figures[at]));
        let target = match ratio {
            Some(ratio) if row.target => if ratio <= 0.5 { "≤ 0.5: met" } else { "≤ 0.5: **missed**" }.to_owned(),
            None if number < cases::CLEAN_CASES.len() => {
                if count == 0.0 { "0 allocations: met" } else { "0 allocations: **missed**" }.to_owned()
            }
            _ => String::new(),
        };
        table.row(&[
            row.entry.name.to_owned(),
            digits(figures[at].best()),
            digits(instructions),
            digits(count),
            digits(bytes),
            ratio.map(|ratio| format!("{} ×", digits(ratio))).unwrap_or_default(),
            target,
        ]);
    }
    table
}
