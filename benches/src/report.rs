//! Tables in Markdown, the same on the screen and in the file.

use std::fmt::Write as _;
use std::process::Command;

/// What is written, piece by piece.
#[derive(Debug, Default)]
pub struct Report(String);

impl Report {
    /// One more paragraph, heading or table.
    pub fn add(&mut self, text: impl AsRef<str>) {
        let text = text.as_ref().trim_end();
        println!("{text}\n");
        let _ = write!(self.0, "{text}\n\n");
    }

    pub fn text(&self) -> String {
        format!("{}\n", self.0.trim_end())
    }
}

/// A table; all columns but the first are figures.
#[derive(Debug)]
pub struct Table(String);

impl Table {
    pub fn new(head: &[&str]) -> Self {
        let rule = head.iter().enumerate().map(|(at, _)| if at == 0 { "---" } else { "---:" }).collect::<Vec<_>>();
        Self(format!("| {} |\n| {} |\n", head.join(" | "), rule.join(" | ")))
    }

    pub fn row(&mut self, cells: &[String]) {
        let _ = writeln!(self.0, "| {} |", cells.join(" | "));
    }

    pub fn text(&self) -> &str {
        &self.0
    }
}

/// A figure with as many digits as it deserves.
pub fn digits(figure: f64) -> String {
    match figure.abs() {
        _ if figure.is_nan() => "–".to_owned(),
        0.0 => "0".to_owned(),
        size if size < 10.0 => format!("{figure:.2}"),
        size if size < 100.0 => format!("{figure:.1}"),
        _ => format!("{figure:.0}"),
    }
}

/// The machine, the day and the versions.
pub fn circumstances() -> String {
    let read = |path| std::fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_once(':').map_or("unknown", |(_, value)| value.trim()).to_owned()
    };
    let processor = field(&read("/proc/cpuinfo"), "model name");
    let memory = field(&read("/proc/meminfo"), "MemTotal");
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let versions = ["backon", "failsafe", "pingora-load-balancing", "seatbelt", "tokio", "tower", "tower-resilience"]
        .map(|name| format!("{name} {}", version(name)));
    format!(
        "- machine: {processor}, {cores} cores, {memory}, {}\n- date: {}\n- compiler: {}\n- ductape: commit {}\n- peers: {}\n",
        told("uname", &["-s"]),
        told("date", &["-u", "+%Y-%m-%d %H:%M UTC"]),
        told("rustc", &["--version"]),
        told("git", &["-C", env!("CARGO_MANIFEST_DIR"), "describe", "--always", "--dirty", "--exclude=*"]),
        versions.join(", "),
    )
}

/// The version that this was built with.
fn version(name: &str) -> &'static str {
    let lock = include_str!("../Cargo.lock");
    let start = format!("name = \"{name}\"\nversion = \"");
    lock.split_once(&start).and_then(|(_, rest)| rest.split('"').next()).unwrap_or("unknown")
}

/// What a program prints, or that it is unknown.
pub fn told(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output = output.ok().filter(|output| output.status.success());
    output.map_or("unknown".to_owned(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
