//! Statistics as a table.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use super::{CallCounts, PlanStats, ProviderStats, RunCounts};
use crate::text::Span;

const HEADINGS: [&str; 14] = [
    "",
    "calls",
    "ok",
    "failed",
    "timeout",
    "throttled",
    "aborted",
    "dropped",
    "skipped",
    "retries",
    "masked",
    "p50",
    "p95",
    "p99",
];

/// One line: what it is of, and its figures.
type Row = [String; HEADINGS.len()];

/// A block for each window: a line for the runs of the plan, and one for the attempts of each provider.
impl Display for PlanStats {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let window = |runs: &RunCounts, calls: fn(&ProviderStats) -> &CallCounts| {
            let mut rows = vec![self.row(runs)];
            rows.extend(self.providers.iter().map(|provider| provider.row(calls(provider))));
            rows
        };
        let blocks = [
            ("last minute", window(&self.last_minute, |provider| &provider.last_minute)),
            ("last hour", window(&self.last_hour, |provider| &provider.last_hour)),
            ("since start", window(&self.since_start, |provider| &provider.since_start)),
        ];
        let mut widths = HEADINGS.map(str::len);
        widths[0] = "since start".len();
        for row in blocks.iter().flat_map(|(_, rows)| rows) {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        for (at, (name, rows)) in blocks.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            line(f, &widths, HEADINGS.iter().enumerate().map(|(at, heading)| if at == 0 { *name } else { *heading }))?;
            for row in rows {
                line(f, &widths, row.iter().map(String::as_str))?;
            }
        }
        write!(f, "\nin flight: {}", self.in_flight)?;
        let runs = &self.since_start;
        if runs.cost != 0.0 {
            write!(f, ", cost: {}, more than without fallbacks: {}", sum(runs.cost), sum(runs.extra_cost))?;
        }
        Ok(())
    }
}

fn line<'a>(f: &mut Formatter<'_>, widths: &[usize], cells: impl Iterator<Item = &'a str>) -> fmt::Result {
    for (at, (cell, width)) in cells.zip(widths).enumerate() {
        if at == 0 { write!(f, "{cell:<width$}")? } else { write!(f, "  {cell:>width$}")? }
    }
    f.write_str("\n")
}

impl PlanStats {
    fn row(&self, runs: &RunCounts) -> Row {
        let [p50, p95, p99] = [runs.latency.p50, runs.latency.p95, runs.latency.p99].map(took);
        let (failed, aborted, dropped) = (runs.failures, runs.aborted, runs.dropped);
        let [calls, ok, failed, aborted, dropped, retries, masked] = [
            runs.calls,
            runs.successes + runs.cached + runs.stale + runs.degraded,
            failed,
            aborted,
            dropped,
            runs.retries,
            runs.masked,
        ]
        .map(|count| count.to_string());
        let (name, none) = (self.plan.to_string(), String::new);
        [name, calls, ok, failed, none(), none(), aborted, dropped, none(), retries, masked, p50, p95, p99]
    }
}

impl ProviderStats {
    fn row(&self, calls: &CallCounts) -> Row {
        let latency = &calls.latency;
        let [p50, p95, p99] = [latency.p50, latency.p95, latency.p99].map(took);
        let counts = [
            calls.calls,
            calls.successes,
            calls.failures,
            calls.timeouts,
            calls.throttled,
            calls.aborted,
            calls.dropped,
            calls.skips.total(),
            calls.retries,
            calls.masked,
        ];
        let [calls, ok, failed, timeout, throttled, aborted, dropped, skipped, retries, masked] =
            counts.map(|count| count.to_string());
        let name = format!("  {}", self.provider);
        [name, calls, ok, failed, timeout, throttled, aborted, dropped, skipped, retries, masked, p50, p95, p99]
    }
}

/// To a millionth: what lies below it is what sums of fractions leave behind.
fn sum(cost: f64) -> String {
    let text = format!("{cost:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// To three digits: more would be made up.
fn took(latency: Option<Duration>) -> String {
    let Some(latency) = latency else { return "-".to_owned() };
    let nanos = u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX);
    let digit = 10_u64.pow(nanos.checked_ilog10().unwrap_or(0).saturating_sub(2));
    Span(Duration::from_nanos(nanos / digit * digit)).to_string()
}
