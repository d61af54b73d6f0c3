//! What a scrape of `/metrics` says.

use std::collections::BTreeMap;

use reqwest::Method;

use crate::operator::Operator;
use crate::support::{Fault, same};

/// Every series with its value.
pub(crate) struct Figures(BTreeMap<String, f64>);

/// The series that are not zero from the start on: nobody is unhealthy.
const HEALTHY: &str = "ductape_healthy{";

impl Figures {
    pub(crate) async fn read(operator: &Operator) -> Result<Self, Fault> {
        let text = operator.call(Method::GET, "/metrics", None).await?.error_for_status()?.text().await?;
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        let pairs = lines.map(|line| {
            let (series, value) = line.rsplit_once(' ').ok_or_else(|| format!("no value in {line:?}"))?;
            Ok::<_, Fault>((series.to_owned(), value.parse()?))
        });
        pairs.collect::<Result<_, _>>().map(Self)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Every series of the plan is there, and says that nothing has happened.
    pub(crate) fn check_untouched(&self) -> Result<(), Fault> {
        let of = |start: &str| self.0.keys().filter(|series| series.starts_with(start)).count();
        for (start, must_be) in [
            ("ductape_runs_total{plan=\"sms-quota\",outcome=", 10),
            ("ductape_attempts_total{plan=\"sms-quota\",provider=\"twilio\",outcome=", 7),
            ("ductape_attempts_total{plan=\"sms-quota\",provider=\"nexmo\",outcome=", 7),
            ("ductape_skips_total{plan=\"sms-quota\",provider=\"nexmo\",reason=", 9),
            ("ductape_breaker_state{plan=\"sms-quota\",provider=", 2),
            ("ductape_run_duration_seconds_bucket{plan=\"sms-quota\",le=", 6),
            (HEALTHY, 2),
        ] {
            same(start, of(start), must_be)?;
        }
        for (series, &value) in &self.0 {
            let must_be = if series.starts_with(HEALTHY) { 1.0 } else { 0.0 };
            same(series, value, must_be)?;
        }
        Ok(())
    }

    /// Nothing that happened has made a series that was not there before, so that none begins with a jump.
    pub(crate) fn check_same_series(&self, before: &Self) -> Result<(), Fault> {
        match self.0.keys().find(|series| !before.0.contains_key(*series)) {
            Some(series) => Err(format!("{series} was not there before the first call").into()),
            None => same("series", self.len(), before.len()),
        }
    }

    /// How many attempts ended like that, which must be what the carrier has counted.
    pub(crate) fn check_attempts(&self, provider: &str, outcome: &str, counted: usize) -> Result<(), Fault> {
        let series =
            format!("ductape_attempts_total{{plan=\"sms-quota\",provider=\"{provider}\",outcome=\"{outcome}\"}}");
        let said = self.0.get(&series).copied().unwrap_or_default();
        println!("    {series:80} {said:>5} {counted:>5}");
        same(&series, said, f64::from(u32::try_from(counted)?))
    }
}
