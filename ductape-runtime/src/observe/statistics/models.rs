//! What threads can do to a recorder, all of it.
//!
//! `RUSTFLAGS="--cfg loom_models" cargo test --release --lib statistics::models`

use std::time::Duration;

use loom::sync::Arc;
use loom::thread;

use super::recorder::Recorder;
use crate::moment::Moment;

const START: Moment = Moment(1 << 62);
const LATER: Duration = Duration::from_secs(600);

fn model(check: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(check);
}

/// Counts one in a thread of its own, and one here.
fn both(recorder: &Arc<Recorder<1>>, now: Moment) {
    let shared = Arc::clone(recorder);
    let other = thread::spawn(move || shared.count(now, 0));
    recorder.count(now, 0);
    other.join().unwrap();
}

#[test]
fn r94_what_is_counted_while_a_period_begins_is_in_its_window() {
    model(|| {
        let recorder = Arc::new(Recorder::<1>::new());
        both(&recorder, START);
        assert_eq!(recorder.read(START).last_minute.counts, [2]);
        both(&recorder, START + LATER);
        let windows = recorder.read(START + LATER);
        assert_eq!((windows.last_minute.counts, windows.since_start.counts), ([2], [4]));
    });
}

#[test]
fn r94_whoever_reads_meanwhile_sees_a_part_of_it_and_loses_nothing() {
    model(|| {
        let recorder = Arc::new(Recorder::<1>::new());
        recorder.count(START, 0);
        let shared = Arc::clone(&recorder);
        let other = thread::spawn(move || shared.count(START + LATER, 0));
        let seen = recorder.read(START + LATER);
        assert!(seen.last_minute.counts[0] <= 1);
        assert_eq!(seen.since_start.counts[0], 1 + seen.last_minute.counts[0]);
        other.join().unwrap();
        assert_eq!(recorder.read(START + LATER).last_minute.counts, [1]);
    });
}

#[test]
fn r91_a_reset_takes_what_came_before_and_leaves_what_comes_after() {
    model(|| {
        let recorder = Arc::new(Recorder::<1>::new());
        recorder.count(START, 0);
        let shared = Arc::clone(&recorder);
        let other = thread::spawn(move || shared.count(START, 0));
        let cleared = recorder.reset(START).since_start.counts[0];
        let left = recorder.read(START).since_start.counts[0];
        other.join().unwrap();
        let windows = recorder.read(START);
        assert!(left <= windows.since_start.counts[0] && windows.since_start.counts[0] <= 1);
        assert_eq!(cleared + windows.since_start.counts[0], 2, "what it took is what it tells");
        assert_eq!(windows.last_minute.counts, windows.since_start.counts);
        assert_eq!(windows.ever.counts, [2]);
    });
}
