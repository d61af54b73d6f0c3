//! Measures ductape against its peers and writes `benches/RESULTS.md`.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use ductape_benches::measure::Effort;
use ductape_benches::report::{self, Report};
use ductape_benches::sections::calls::Counts;
use ductape_benches::sections::{Plan, calls, choice, compiling, contention, definitions, memory, soak};

fn main() -> ExitCode {
    let quick = std::env::args().any(|word| word == "--quick");
    let slice = Duration::from_millis(2);
    let plan = if quick {
        Plan { quick, effort: Effort { rounds: 5, slice }, soak: Duration::from_secs(10) }
    } else {
        Plan { quick, effort: Effort { rounds: 60, slice }, soak: Duration::from_mins(1) }
    };
    let here = std::env::current_exe().expect("a path of this program");
    let folder = here.parent().unwrap_or(Path::new("."));
    let counts = Counts::take(folder, quick);

    let mut report = Report::default();
    report.add(include_str!("head.md"));
    report.add(report::circumstances());
    let active = calls::report(&mut report, plan, &counts);
    choice::report(&mut report, plan);
    contention::report(&mut report, plan);
    definitions::report(&mut report, plan);
    memory::report(&mut report, &counts);
    if !quick {
        compiling::report(&mut report, folder.parent().unwrap_or(folder));
    }
    let nothing_lost = soak::report(&mut report, plan.soak);
    if !quick {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("RESULTS.md");
        std::fs::write(&file, report.text()).expect("a file to write the results into");
        println!("written to {}", file.display());
    }
    if active && nothing_lost { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
