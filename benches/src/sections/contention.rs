//! What threads cost each other on one plan, and on the peers' breakers.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::Plan;
use crate::contenders::{Contender, Entry, bare, ductape, handmade, seatbelt, tower_resilience};
use crate::measure::{drive, executor, median};
use crate::provider::{Mode, Provider};
use crate::report::{Report, Table, digits};

const CONTENDERS: [Entry; 8] = [
    bare::CALL,
    ductape::ACTION,
    ductape::ACTION_SILENT,
    ductape::ACTION_RATE,
    ductape::QUOTA,
    handmade::RETRY_BREAKER_TIMEOUT,
    seatbelt::RETRY_BREAKER_TIMEOUT,
    tower_resilience::RETRY_BREAKER_TIMEOUT,
];

pub fn report(report: &mut Report, plan: Plan) {
    report.add(
        "## Contention\n\nAll threads call through one plan, or one breaker. Millions of calls in a second, all threads \
         together; with nothing shared, two threads would do twice as many. Medians of rounds.",
    );
    let executor = executor();
    let _entered = executor.enter();
    Provider::script(Mode::Ready, Mode::Ready);
    let contenders = CONTENDERS.map(|entry| (entry.make)());
    let mut figures = CONTENDERS.map(|_| [Vec::new(), Vec::new()]);
    let rounds = if plan.quick { 3 } else { 15 };
    let slice = plan.effort.slice * 10;
    for _ in 0..rounds {
        for (contender, figures) in contenders.iter().zip(&mut figures) {
            for (threads, figures) in (1..).zip(figures) {
                figures.push(throughput(&**contender, executor.handle(), threads, slice));
            }
        }
    }
    let mut table = Table::new(&["", "1 thread", "2 threads", "2 ÷ 1"]);
    for (entry, [one, two]) in CONTENDERS.iter().zip(figures) {
        let ratio = median(two.iter().zip(&one).map(|(two, one)| two / one).collect());
        table.row(&[entry.name.to_owned(), digits(median(one)), digits(median(two)), format!("{} ×", digits(ratio))]);
    }
    report.add(table.text());
}

/// Millions of calls in a second.
fn throughput(contender: &dyn Contender, executor: &tokio::runtime::Handle, threads: usize, slice: Duration) -> f64 {
    const BATCH: u64 = 256;
    let (start, over) = (Barrier::new(threads + 1), AtomicBool::new(false));
    let work = || {
        let _entered = executor.enter();
        start.wait();
        let mut calls = 0;
        while !over.load(Ordering::Relaxed) {
            calls += drive(contender.batch(BATCH));
        }
        calls
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        start.wait();
        let began = Instant::now();
        std::thread::sleep(slice);
        over.store(true, Ordering::Relaxed);
        let calls: u64 = workers.into_iter().map(|worker| worker.join().expect("a thread that calls")).sum();
        calls as f64 / began.elapsed().as_secs_f64() / 1e6
    })
}
