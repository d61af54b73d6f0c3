use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ductape::{Runtime, Verdict};
use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};

use crate::{gateway, pay};

/// A recorder that is of no use at all.
struct Broken {
    registers: bool,
}

struct Useless;

impl Recorder for Broken {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        assert!(self.registers, "an observer panics");
        Counter::from_arc(Arc::new(Useless))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(Arc::new(Useless))
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(Arc::new(Useless))
    }
}

impl CounterFn for Useless {
    fn increment(&self, value: u64) {
        assert_eq!(value, 0, "an observer panics");
    }

    fn absolute(&self, _: u64) {}
}

impl GaugeFn for Useless {
    fn increment(&self, value: f64) {
        assert!(value.abs() < f64::EPSILON, "an observer panics");
    }

    fn decrement(&self, _: f64) {
        panic!("an observer panics");
    }

    fn set(&self, _: f64) {
        panic!("an observer panics");
    }
}

impl HistogramFn for Useless {
    fn record(&self, _: f64) {
        panic!("an observer panics");
    }
}

#[tokio::test(start_paused = true)]
async fn r95_a_recorder_that_panics_harms_no_run() {
    for registers in [false, true] {
        let recorder = Broken { registers };
        let _local = metrics::set_default_local_recorder(&recorder);
        let runtime = Runtime::builder().bind(&gateway, AtomicBool::new(true)).build().expect("it is bound");
        runtime.scope(gateway.check()).await;
        runtime.scope(pay(&[Ok(()), Ok(()), Ok(())], false)).await.expect("stripe works");
        runtime.scope(pay(&[Err(Verdict::Failover); 3], true)).await.expect("it is degraded");
        let stats = runtime.plan("pay").expect("it is linked").stats();
        assert_eq!((stats.in_flight, stats.since_start.successes, stats.since_start.degraded), (0, 1, 1));
        assert_eq!(runtime.recent_events().len(), 6);
    }
}
