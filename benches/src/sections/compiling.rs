//! What compiling costs: a small program from nothing, and a crate with a hundred plans again and again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::report::{Report, Table, digits};

/// How often a crate is checked again.
const ROUNDS: usize = 5;
/// How often a program is built from nothing.
const COLD_ROUNDS: usize = 2;
const MANY: usize = 100;

const READING: &str = "The target, no slower than either peer, is missed. Of the cold build, tokio, `syn`, serde and our own two crates make \
     seven tenths: plans, statistics and events serialize, and the engine is compiled once, there, and not in every crate \
     that uses it. Of checking again, a third is our macros, which cargo compiles without optimization; the rest is rustc's, for \
     a plan that is listed and described besides being run.";

/// A crate that protects calls in one way.
struct Sample {
    name: &'static str,
    dependencies: &'static str,
    /// One protected function; `NUMBER` is its number.
    function: &'static str,
}

const SAMPLES: [Sample; 3] = [
    Sample {
        name: "ductape",
        dependencies: concat!("ductape = { path = \"", env!("CARGO_MANIFEST_DIR"), "/..\" }"),
        function: include_str!("crates/ductape.rs"),
    },
    Sample {
        name: "seatbelt",
        dependencies: "seatbelt = { version = \"0.11\", features = [\"breaker\", \"retry\", \"timeout\"] }\n\
                       tick = { version = \"0.8\", features = [\"tokio\"] }\nlayered = \"0.3\"",
        function: include_str!("crates/seatbelt.rs"),
    },
    Sample {
        name: "tower-resilience",
        dependencies: "tower = { version = \"0.5\", features = [\"util\"] }\n\
                       tower-resilience = { version = \"0.13\", features = [\"circuitbreaker\", \"retry\", \"timelimiter\"] }",
        function: include_str!("crates/tower_resilience.rs"),
    },
];

/// The chapter on compiling.
///
/// # Panics
///
/// If a sample does not compile.
pub fn report(report: &mut Report, target: &Path) {
    report.add(format!(
        "## Compiling\n\nA program with one call behind two retries, a breaker and a timeout, built from nothing (`cargo build`, the \
         sources at hand, the better of {COLD_ROUNDS}), and a crate with {MANY} such functions, checked again after its file was touched (`cargo check`, the \
         best of {ROUNDS}).",
    ));
    let root = target.join("compiling");
    let mut table =
        Table::new(&["", "crates", "cold build, s", "ductape takes of it", "check again, s", "ductape takes of it"]);
    let mut cold: Vec<_> = SAMPLES.iter().map(|sample| cold_build(&root, sample)).collect();
    for _ in 1..COLD_ROUNDS {
        for ((_, best), sample) in cold.iter_mut().zip(&SAMPLES) {
            *best = best.min(cold_build(&root, sample).1);
        }
    }
    let warm = warm(&root);
    for ((sample, (crates, cold_time)), warm_time) in SAMPLES.iter().zip(&cold).zip(&warm) {
        let ratio = |ours: f64, theirs: f64| {
            if sample.name == "ductape" { String::new() } else { format!("{} ×", digits(ours / theirs)) }
        };
        table.row(&[
            sample.name.to_owned(),
            crates.to_string(),
            digits(*cold_time),
            ratio(cold[0].1, *cold_time),
            digits(*warm_time),
            ratio(warm[0], *warm_time),
        ]);
    }
    report.add(table.text());
    report.add(READING);
    let lines = |name, function| expanded(&root, name, function).map_or("unknown".to_owned(), digits);
    report.add(format!(
        "Lines that a plan expands to, by `-Zmacro-stats`: {} for the `#[action]` above, {} for a `#[fallback]` of two (target: at \
         most 150).",
        lines("action", SAMPLES[0].function),
        lines("pair", include_str!("crates/pair.rs")),
    ));
}

/// Builds the program from nothing: how many crates there are, and the seconds that it takes.
fn cold_build(root: &Path, sample: &Sample) -> (usize, f64) {
    let folder = root.join(sample.name);
    write(&folder, sample.name, sample.dependencies, sample.function, 1);
    let _ = fs::remove_dir_all(folder.join("target"));
    // Locks and downloads first.
    let tree = cargo(&folder, &["tree", "--quiet", "--prefix", "none", "--edges", "normal,build"]);
    let mut crates: Vec<&str> = tree.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    crates.sort_unstable();
    crates.dedup();
    let began = Instant::now();
    cargo(&folder, &["build", "--quiet"]);
    (crates.len(), began.elapsed().as_secs_f64())
}

/// Checks the crates with many functions in turns: the best time of each, in seconds.
fn warm(root: &Path) -> Vec<f64> {
    let folders: Vec<_> = SAMPLES.iter().map(|sample| root.join(sample.name)).collect();
    for (folder, sample) in folders.iter().zip(&SAMPLES) {
        write(folder, sample.name, sample.dependencies, sample.function, MANY);
        cargo(folder, &["check", "--quiet"]);
    }
    let mut best = vec![f64::INFINITY; SAMPLES.len()];
    for round in 0..ROUNDS {
        for ((folder, sample), best) in folders.iter().zip(&SAMPLES).zip(&mut best) {
            // A comment more, so that the file is another one and not only newer.
            let file = folder.join("src/calls.rs");
            fs::write(&file, format!("{}\n// {round}\n", functions(sample.function, MANY))).expect("a file to write");
            let began = Instant::now();
            cargo(folder, &["check", "--quiet"]);
            *best = best.min(began.elapsed().as_secs_f64());
        }
    }
    best
}

/// The lines that a function of ductape's becomes. The pinned compiler counts them, told to act as a nightly one.
fn expanded(root: &Path, name: &str, function: &str) -> Option<f64> {
    let folder = root.join("ductape");
    write(&folder, name, SAMPLES[0].dependencies, function, 1);
    let output =
        command(&folder, &["rustc", "--quiet", "--", "-Zmacro-stats"]).env("RUSTC_BOOTSTRAP", "1").output().ok()?;
    let told = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    let row = told.lines().find(|line| line.contains("#[ductape::"))?;
    row.split_whitespace().filter_map(|word| word.replace('_', "").parse().ok()).nth(1)
}

fn write(folder: &Path, name: &str, dependencies: &str, function: &str, count: usize) {
    let manifest = format!(
        "[package]\nname = \"sample-{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt\", \"time\"] }}\n{dependencies}\n",
    );
    let put = |path: PathBuf, text: &str| {
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file to write");
    };
    put(folder.join("Cargo.toml"), &manifest);
    // The versions that are measured here, which have been downloaded.
    put(folder.join("Cargo.lock"), include_str!("../../Cargo.lock"));
    put(folder.join("rust-toolchain.toml"), include_str!("../../../rust-toolchain.toml"));
    put(folder.join("src/main.rs"), include_str!("crates/main.rs"));
    put(folder.join("src/calls.rs"), &functions(function, count));
}

fn functions(function: &str, count: usize) -> String {
    let allow = "#![allow(dead_code)]\n";
    (0..count).fold(allow.to_owned(), |text, number| text + &function.replace("NUMBER", &number.to_string()))
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments).current_dir(folder).env("CARGO_TARGET_DIR", folder.join("target"));
    // As a user has it, whatever this program was built with.
    command.env_remove("RUSTFLAGS").env_remove("RUSTUP_TOOLCHAIN");
    command
}

/// What cargo prints.
fn cargo(folder: &Path, arguments: &[&str]) -> String {
    let output = command(folder, arguments).output().expect("cargo");
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
