//! R93: what an exporter sees of the metrics, and whether the dashboard asks for what there is.
#![cfg(test)]

mod broken;
mod dashboard;
mod documentation;
mod scrape;

use ductape::{Breaker, Dependency, Outcome, Verdict, action, fallback, healthcheck};

#[derive(Debug)]
struct Bad(Verdict);

impl Bad {
    fn verdict(&self) -> Verdict {
        self.0
    }
}

/// What the providers do, one after the other.
type Answers = [Result<(), Verdict>; 3];

#[healthcheck(tag = "gateway", interval = "1h")]
async fn gateway(well: &std::sync::atomic::AtomicBool) -> Result<(), Bad> {
    let well = well.load(std::sync::atomic::Ordering::Relaxed);
    if well { Ok(()) } else { Err(Bad(Verdict::Retry)) }
}

#[fallback(tag = "pay", classify(Bad::verdict), timeout = "1s")]
async fn pay(answers: &Answers, slow: bool) -> ductape::Result<Outcome<()>, Bad> {
    #[primary(
        "stripe",
        retries = 1,
        backoff(base = "10ms", factor = 1, jitter = "none"),
        breaker(failures = 2, cooldown = "10s"),
        cost = 0.5,
        healthcheck(gateway)
    )]
    {
        if slow {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        let number = ductape::attempt().map_or(1, |attempt| attempt.number()) as usize;
        answers[number - 1].map_err(Bad)
    }
    #[fallback("paypal", rate_limit(rate = "2/m", burst = 2), cost = 0.75)]
    {
        answers[2].map_err(Bad)
    }
    #[degrade]
    {
        Ok(())
    }
}

static LEDGER: Dependency = Dependency::new("ledger").breaker(Breaker::new().failures(1));

#[action(tag = "book", dependency(LEDGER))]
async fn book(answer: Result<(), Verdict>) -> ductape::Result<(), Bad> {
    answer.map_err(Bad)
}

#[action(tag = "audit", dependency(LEDGER))]
async fn audit() -> ductape::Result<(), Bad> {
    Ok(())
}
