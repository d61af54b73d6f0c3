//! Makes calls under valgrind: `instructions <case> <row> <calls>`.

use ductape_benches::{cases, measure};

fn main() {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let [case, row, calls] = numbers[..] else { panic!("usage: instructions <case> <row> <calls>") };
    let executor = measure::executor();
    let _entered = executor.enter();
    let case = cases::all().nth(usize::try_from(case).unwrap_or(usize::MAX)).expect("a case");
    let row = case.rows[usize::try_from(row).unwrap_or(usize::MAX)];
    let contender = case.prepare(&row.entry);
    case.scene();
    case.run(&*contender, 500);
    case.run(&*contender, calls);
}
