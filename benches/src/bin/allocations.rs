//! Prints what each contender allocates for a call, and what ductape keeps of a plan: a program of its own, since the
//! allocator that counts would disturb the times.

use ductape_benches::sections::memory;
use ductape_benches::{cases, measure};

const CALLS: u64 = 1000;

fn main() {
    let executor = measure::executor();
    let _entered = executor.enter();
    for (case_index, case) in cases::all().enumerate() {
        for (row_index, row) in case.rows.iter().enumerate() {
            let contender = case.prepare(&row.entry);
            case.scene();
            // What is made once is no part of a call.
            case.run(&*contender, CALLS);
            let counted = allocation_counter::measure(|| case.run(&*contender, CALLS));
            // The batch itself, and the scope around it, are boxed once each.
            let idle = allocation_counter::measure(|| case.run(&*contender, 0));
            let count = (counted.count_total - idle.count_total) as f64 / CALLS as f64;
            let bytes = (counted.bytes_total - idle.bytes_total) as f64 / CALLS as f64;
            println!("call {case_index} {row_index} {count} {bytes}");
        }
    }
    for (name, first) in memory::state() {
        let mut first = Some(first);
        let counted = allocation_counter::measure(|| first.take().into_iter().for_each(|first| first()));
        println!("state {name} {}", counted.bytes_current);
    }
}
