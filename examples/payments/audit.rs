//! The checks: what the program tells against what the gateways have in their books.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use ductape::{ErrorKind, Event, Outcome};

use crate::clients::{Charge, PayError};
use crate::gateway::{Entry, Gateway};
use crate::plan::Receipt;
use crate::support::{Fault, same};

/// The gateways, in the order of the plan.
pub(crate) type Gateways = [Arc<Gateway>; 3];

/// A payment and how it ended.
pub(crate) struct Payment {
    pub(crate) charge: Charge,
    pub(crate) end: ductape::Result<Outcome<Receipt>, PayError>,
}

impl Payment {
    /// The receipt; `None` when the card was declined. Every other end is a fault: a payment is lost, or nobody
    /// knows.
    fn receipt(&self) -> Result<Option<&Outcome<Receipt>>, Fault> {
        let error = match &self.end {
            Ok(outcome) => return Ok(Some(outcome)),
            Err(error) => error,
        };
        let key = self.charge.idempotency_key();
        match error.kind() {
            ErrorKind::Aborted if matches!(error.last(), Some(PayError::Declined)) => Ok(None),
            ErrorKind::Ambiguous => Err(format!("nobody knows whether {key} was charged: {error}").into()),
            _ => Err(format!("{key} was lost: {error}").into()),
        }
    }

    /// The gateway that decided: it served the payment, or declined the card.
    fn decided_by(&self) -> Option<&str> {
        match &self.end {
            Ok(outcome) => Some(outcome.provider.as_str()),
            Err(error) => error.provider(),
        }
    }

    /// How often a gateway was called.
    fn attempts(&self) -> usize {
        let called = |event: &Event<PayError>| matches!(event, Event::Failed { .. } | Event::TimedOut { .. });
        match &self.end {
            Ok(outcome) => usize::try_from(outcome.attempts).unwrap_or(usize::MAX),
            Err(error) => error.trail().entries().iter().filter(|entry| called(&entry.event)).count(),
        }
    }
}

/// How a number of payments ended: as the receipts tell it, or as the gateways' books do.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tally {
    pub(crate) served: [usize; 3],
    pub(crate) declined: usize,
    pub(crate) reconciled: usize,
}

impl Tally {
    /// By the receipts.
    pub(crate) fn of(payments: &[Payment], gateways: &Gateways) -> Result<Self, Fault> {
        let mut tally = Self::default();
        for payment in payments {
            let Some(receipt) = payment.receipt()? else {
                tally.declined += 1;
                continue;
            };
            let served = gateways.iter().zip(&mut tally.served).find(|(gateway, _)| receipt.provider == gateway.name());
            let (_, served) = served.ok_or_else(|| format!("there is no gateway {}", receipt.provider))?;
            *served += 1;
            tally.reconciled += usize::from(receipt.reconciled);
        }
        Ok(tally)
    }

    /// By the gateways' books, since the program began.
    pub(crate) fn in_the_books(gateways: &Gateways) -> Self {
        let ledgers = gateways.each_ref().map(|gateway| gateway.ledger());
        let declined: HashSet<String> = gateways.iter().flat_map(|gateway| gateway.declined()).collect();
        Self {
            served: ledgers.each_ref().map(Vec::len),
            declined: declined.len(),
            reconciled: ledgers.iter().flatten().filter(|entry| entry.asked_for).count(),
        }
    }

    /// Compares these receipts with what the books gained since `before`.
    pub(crate) fn check(&self, gateways: &Gateways, before: &Self) -> Result<(), Fault> {
        let books = Self::in_the_books(gateways);
        for (place, gateway) in gateways.iter().enumerate() {
            let gained = books.served[place] - before.served[place];
            same(&format!("served by {}", gateway.name()), self.served[place], gained)?;
        }
        same("declined", self.declined, books.declined - before.declined)?;
        same("reconciled", self.reconciled, books.reconciled - before.reconciled)
    }

    pub(crate) fn total(&self) -> usize {
        self.served.iter().sum::<usize>() + self.declined
    }
}

/// A line of the closing table.
#[derive(Default)]
struct Line {
    served: usize,
    declined: usize,
    failed: usize,
    skipped: usize,
    reconciled: usize,
    /// What the customers waited, of the payments that it served.
    waits: Vec<Duration>,
}

/// Where the numbers come from: `served` and `reconciled` from the receipts, the others from the gateways' books.
const LEGEND: &str = "  served      receipts; each is in that gateway's ledger, once, and in no other
  declined    payments whose card it declined; they are in no ledger
  failed      payments that it was asked to make, did not, and left to the next
  skipped     payments that passed it by without a request
  reconciled  receipts whose answer got lost, and that it was asked about
  p50, p95    how long those whom it served waited, failover included";

/// The closing table: every payment, looked up by its key in the books of every gateway.
pub(crate) struct Audit<'a> {
    gateways: &'a Gateways,
    ledgers: [Vec<Entry>; 3],
    lines: [Line; 3],
    cents: u64,
}

impl<'a> Audit<'a> {
    /// Goes through every payment; an error says which one is not in the books as it was told.
    pub(crate) fn of(payments: &[Payment], gateways: &'a Gateways) -> Result<Self, Fault> {
        let ledgers = gateways.each_ref().map(|gateway| gateway.ledger());
        let mut audit = Self { gateways, ledgers, lines: Default::default(), cents: 0 };
        for payment in payments {
            audit.look_up(payment).map_err(|fault| format!("{}: {fault}", payment.charge.idempotency_key()))?;
        }
        audit.add_up()?;
        Ok(audit)
    }

    fn look_up(&mut self, payment: &Payment) -> Result<(), Fault> {
        let key = payment.charge.idempotency_key();
        let decided_by = payment.decided_by().ok_or("no gateway was asked")?;
        let entries = self.ledgers.each_ref().map(|ledger| ledger.iter().filter(|entry| entry.key == key).collect());
        let charged = entries.iter().map(Vec::len).sum();
        let requests = self.gateways.each_ref().map(|gateway| gateway.requests(&key));
        same("attempts", payment.attempts(), requests.iter().sum::<usize>())?;

        let decided = self.gateways.iter().position(|gateway| gateway.name() == decided_by);
        let decided = decided.ok_or_else(|| format!("there is no gateway {decided_by}"))?;
        same("requests to later gateways", 0, requests[decided + 1..].iter().sum())?;
        for (line, requests) in self.lines.iter_mut().zip(requests).take(decided) {
            if requests == 0 { line.skipped += 1 } else { line.failed += 1 }
        }

        let Some(receipt) = payment.receipt()? else {
            same("charges of a declined card", 0, charged)?;
            same("declined by its gateway", true, self.gateways[decided].declined().contains(&key))?;
            self.lines[decided].declined += 1;
            return Ok(());
        };
        same("charges", 1, charged)?;
        let entries: &Vec<&Entry> = &entries[decided];
        let entry = entries.first().ok_or_else(|| format!("not in the ledger of {decided_by}"))?;
        same("charge id", &receipt.transaction_id, &entry.id)?;
        same("status", receipt.status.as_str(), "paid")?;
        same("cents", payment.charge.cents, entry.amount)?;
        same("reconciled", receipt.reconciled, entry.asked_for)?;

        let line = &mut self.lines[decided];
        line.served += 1;
        line.reconciled += usize::from(receipt.reconciled);
        line.waits.push(receipt.elapsed);
        self.cents += payment.charge.cents;
        Ok(())
    }

    /// Nothing is in the books but what the receipts say.
    fn add_up(&mut self) -> Result<(), Fault> {
        for ((gateway, ledger), line) in self.gateways.iter().zip(&self.ledgers).zip(&mut self.lines) {
            same(&format!("charges by {}", gateway.name()), line.served, ledger.len())?;
            line.waits.sort_unstable();
        }
        same("cents in all", self.cents, self.ledgers.iter().flatten().map(|entry| entry.amount).sum())
    }

    /// Prints the table.
    pub(crate) fn print(&self) {
        println!("\n  gateway  served  declined  failed  skipped  reconciled    p50    p95");
        for (gateway, line) in self.gateways.iter().zip(&self.lines) {
            let Line { served, declined, failed, skipped, reconciled, waits } = line;
            let name = gateway.name();
            print!("  {name:<7}  {served:>6}  {declined:>8}  {failed:>6}  {skipped:>7}  {reconciled:>10}");
            println!("  {:>5}  {:>5}", percentile(waits, 50), percentile(waits, 95));
        }
        println!("\n{LEGEND}\n");
        println!("  {}.{:02} USD on the receipts, and the same in the ledgers", self.cents / 100, self.cents % 100);
    }
}

/// The time within which so many of a hundred were served.
fn percentile(sorted: &[Duration], percent: usize) -> String {
    let rank = (sorted.len() * percent).div_ceil(100);
    let wait = rank.checked_sub(1).and_then(|rank| sorted.get(rank));
    wait.map_or_else(|| "-".to_owned(), |wait| format!("{}ms", wait.as_millis()))
}
