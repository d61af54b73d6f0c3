//! Measures ductape against its peers and writes `benches/RESULTS.md`.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use ductape_benches::measure::Effort;
use ductape_benches::report::{self, Report};
use ductape_benches::sections::calls::Counts;
use ductape_benches::sections::{Plan, calls, choice, contention, memory};

fn main() -> ExitCode {
    let quick = std::env::args().any(|word| word == "--quick");
    let slice = Duration::from_millis(2);
    let plan = if quick {
        Plan { quick, effort: Effort { rounds: 5, slice } }
    } else {
        Plan { quick, effort: Effort { rounds: 60, slice } }
    };
    let here = std::env::current_exe().expect("a path of this program");
    let counts = Counts::take(here.parent().unwrap_or(Path::new(".")), quick);

    let mut report = Report::default();
    report.add(include_str!("head.md"));
    report.add(report::circumstances());
    let active = calls::report(&mut report, plan, &counts);
    choice::report(&mut report, plan);
    contention::report(&mut report, plan);
    memory::report(&mut report, &counts);
    if !quick {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("RESULTS.md");
        std::fs::write(&file, report.text()).expect("a file to write the results into");
        println!("written to {}", file.display());
    }
    if active { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
