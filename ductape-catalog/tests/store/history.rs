//! History: what providers did in each hour.

use std::future::ready;
use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ductape_catalog::store::{Answer, Change, File, Hour, KEPT, Kept, Memory, Recorder, Store, StoreError};
use ductape_runtime::{Name, Totals};

use super::{Outcome, place};

const HOUR: Duration = Duration::from_secs(3_600);

fn totals(calls: u64, took: Duration) -> Totals {
    let mut totals = Totals::default();
    totals.calls = calls;
    (0..calls).for_each(|_| totals.succeeded(took));
    totals
}

/// Some hour of late, a quarter past.
fn quarter_past(hours_ago: u32) -> SystemTime {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    UNIX_EPOCH + Duration::from_secs(now / 3_600 * 3_600 + 900) - HOUR * hours_ago
}

async fn calls(
    store: &dyn Store,
    plan: &str,
    from: SystemTime,
    to: SystemTime,
) -> Result<Vec<(String, u64)>, StoreError> {
    let hours = store.history(plan, from..to).await?;
    Ok(hours.into_iter().map(|hour| (hour.provider, hour.totals.calls)).collect())
}

async fn keeps_each_hour(store: &dyn Store) -> Outcome {
    let (three, two, one) = (quarter_past(3), quarter_past(2), quarter_past(1));
    let slow = totals(5, Duration::from_millis(100));
    let hours = vec![
        Hour::new("pay", "stripe", three, totals(1, Duration::ZERO)),
        Hour::new("pay", "stripe", two, totals(2, Duration::ZERO)),
        Hour::new("pay", "paypal", two, totals(3, Duration::ZERO)),
        Hour::new("pay", "stripe", one, totals(4, Duration::from_millis(10))),
        Hour::new("payout", "bank", two, totals(9, Duration::ZERO)),
    ];
    store.record(hours).await?;
    let of = |provider: &str, calls: u64| (provider.to_owned(), calls);
    let all = [of("stripe", 1), of("paypal", 3), of("stripe", 2), of("stripe", 4)];
    assert_eq!(calls(store, "pay", UNIX_EPOCH, SystemTime::now()).await?, all);
    assert_eq!(calls(store, "payout", UNIX_EPOCH, SystemTime::now()).await?, [of("bank", 9)]);
    assert_eq!(calls(store, "pa", UNIX_EPOCH, SystemTime::now()).await?, []);

    // Every hour that the range touches, and none where there is no range.
    assert_eq!(calls(store, "pay", two, one).await?, all[1..]);
    assert_eq!(calls(store, "pay", two, two + Duration::from_secs(1)).await?, all[1..3]);
    assert_eq!(calls(store, "pay", two, two).await?, []);
    assert_eq!(calls(store, "pay", one, two).await?, []);

    // What comes later to the same hour is added.
    store.record(vec![Hour::new("pay", "stripe", one, slow)]).await?;
    let hours = store.history("pay", one..SystemTime::now()).await?;
    assert_eq!(hours.len(), 1);
    assert_eq!((hours[0].totals.calls, hours[0].totals.successes()), (9, 9));
    let latency = hours[0].totals.latency();
    assert!(latency.p50.is_some_and(|p50| p50.abs_diff(Duration::from_millis(100)) < Duration::from_millis(7)));

    // Under another name, with what there is of that already.
    store
        .commit(vec![Change::Rename { plan: "pay".to_owned(), from: "stripe".to_owned(), to: "paypal".to_owned() }])
        .await?;
    let all = [of("paypal", 1), of("paypal", 5), of("paypal", 9)];
    assert_eq!(calls(store, "pay", UNIX_EPOCH, SystemTime::now()).await?, all);
    assert_eq!(calls(store, "payout", UNIX_EPOCH, SystemTime::now()).await?, [of("bank", 9)]);
    Ok(())
}

#[tokio::test]
async fn memory_keeps_each_hour() -> Outcome {
    keeps_each_hour(&Memory::new()).await
}

#[tokio::test]
async fn a_file_keeps_each_hour() -> Outcome {
    let (_folder, path) = place()?;
    keeps_each_hour(&File::open(&path).await?).await
}

async fn forgets_after_thirty_days(store: &dyn Store) -> Outcome {
    let now = SystemTime::now();
    let hour = |at| vec![Hour::new("pay", "stripe", at, totals(1, Duration::ZERO))];
    store.record(hour(now - KEPT - HOUR * 2)).await?;
    store.record(hour(now - KEPT + HOUR)).await?;
    store.record(hour(now)).await?;
    assert_eq!(store.history("pay", UNIX_EPOCH..now + HOUR).await?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn memory_forgets_after_thirty_days() -> Outcome {
    forgets_after_thirty_days(&Memory::new()).await
}

#[tokio::test]
async fn a_file_forgets_after_thirty_days() -> Outcome {
    let (_folder, path) = place()?;
    forgets_after_thirty_days(&File::open(&path).await?).await
}

#[test]
fn an_hour_serializes_flat() -> Outcome {
    let at = UNIX_EPOCH + HOUR * 500_000 + Duration::from_secs(1);
    let mut failed = totals(2, Duration::from_millis(128));
    (failed.calls, failed.failures, failed.timeouts) = (5, 2, 1);
    let json = serde_json::to_value(Hour::new("pay", "stripe", at, failed))?;
    let expected = serde_json::json!({
        "plan": "pay", "provider": "stripe", "began": 1_800_000_000_000_u64,
        "calls": 5, "successes": 2, "failures": 2, "timeouts": 1,
        "latency": { "p50": 126.976, "p95": 126.976, "p99": 126.976 },
    });
    assert_eq!(json, expected);
    Ok(())
}

#[tokio::test]
async fn what_came_since_the_last_look_belongs_to_the_hour_of_that_look() -> Outcome {
    let (store, mut recorder, plan) = (Memory::new(), Recorder::new(), Name::from("pay"));
    let (two, one) = (quarter_past(2), quarter_past(1));
    let mut look =
        |calls, now| recorder.observe(&plan, vec![(Name::from("stripe"), totals(calls, Duration::ZERO))], now);
    look(1, two);
    look(3, two);
    look(7, one);
    look(12, one);
    // Fewer than before: it was made anew.
    look(2, one);
    recorder.flush(&store, one).await?;
    recorder.flush(&store, one).await?;
    let stripe = |calls| ("stripe".to_owned(), calls);
    assert_eq!(calls(&store, "pay", UNIX_EPOCH, SystemTime::now()).await?, [stripe(7), stripe(5 + 2)]);
    Ok(())
}

/// A store that fails so many times, and works from then on.
#[derive(Debug, Default)]
struct Broken {
    failures: AtomicU32,
    works: Memory,
}

impl Store for Broken {
    fn load(&self) -> Answer<'_, Kept> {
        self.works.load()
    }

    fn commit(&self, changes: Vec<Change>) -> Answer<'_, ()> {
        self.works.commit(changes)
    }

    fn record(&self, hours: Vec<Hour>) -> Answer<'_, ()> {
        let fewer = |left: u32| left.checked_sub(1);
        if self.failures.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fewer).is_ok() {
            return Box::pin(ready(Err(StoreError::other("the disk is full"))));
        }
        self.works.record(hours)
    }

    fn history(&self, plan: &str, range: Range<SystemTime>) -> Answer<'_, Vec<Hour>> {
        self.works.history(plan, range)
    }
}

fn broken(failures: u32) -> Broken {
    Broken { failures: AtomicU32::new(failures), works: Memory::new() }
}

#[tokio::test]
async fn what_could_not_be_written_is_written_with_the_next() -> Outcome {
    let (store, mut recorder, plan) = (broken(1), Recorder::new(), Name::from("pay"));
    let now = quarter_past(1);
    recorder.observe(&plan, vec![(Name::from("stripe"), totals(3, Duration::ZERO))], now);
    let error = recorder.flush(&store, now).await.expect_err("it fails");
    assert_eq!(error.to_string(), "the store failed: the disk is full");
    recorder.observe(&plan, vec![(Name::from("stripe"), totals(5, Duration::ZERO))], now);
    recorder.flush(&store, now).await?;
    assert_eq!(calls(&store, "pay", UNIX_EPOCH, SystemTime::now()).await?, [("stripe".to_owned(), 5)]);

    // But not for longer than it would be kept.
    recorder.observe(&plan, vec![(Name::from("stripe"), totals(9, Duration::ZERO))], now);
    let later = now + KEPT + HOUR * 2;
    recorder.flush(&broken(u32::MAX), later).await?;
    Ok(())
}

#[test]
fn a_look_comes_at_the_end_of_each_hour() {
    let at = |seconds| Recorder::pause(UNIX_EPOCH + HOUR * 9 + Duration::from_secs(seconds));
    assert_eq!(at(0), Duration::from_secs(10));
    assert_eq!(at(3_597), Duration::from_secs(3));
    assert_eq!(at(3_599), Duration::from_secs(1));
}
