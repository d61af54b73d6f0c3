use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use ductape::{Happened, Verdict, fallback};
use tokio::time::advance;

use super::{line, pair, unread};
use crate::support::{Answer, Script, fail, ms, ok, seeded};

#[tokio::test(start_paused = true)]
async fn r95_events_of_clean_runs_are_made_only_while_someone_listens() {
    #[fallback(tag = "events-when")]
    async fn plan(wanted: bool, a: &Script) -> Answer {
        #[primary("a", when(wanted))]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            a.call().await
        }
    }

    let (runtime, a) = (seeded(), Script::of([ok()]));
    runtime.scope(plan(true, &a)).await.expect("a works");
    let mut events = runtime.events();
    assert_eq!(unread(&mut events), [""; 0], "nothing is told of what was before");
    runtime.scope(plan(true, &a)).await.expect("a works");
    runtime.scope(plan(false, &a)).await.expect("b works");
    let expected = [
        "events-when a run_finished attempts=1 elapsed=0.0 end=served",
        "events-when a skipped reason=when",
        "events-when b run_finished attempts=1 elapsed=0.0 end=served",
    ];
    assert_eq!(unread(&mut events), expected);
    drop(events);
    runtime.scope(plan(true, &a)).await.expect("a works");
    assert!(runtime.recent_events().is_empty(), "none of it is worth being kept");
}

#[tokio::test(start_paused = true)]
async fn r95_the_last_thousand_others_are_kept() {
    let (runtime, good, bad) = (seeded(), Script::of([ok()]), Script::of([fail(Verdict::Abort)]));
    for run in 0..700 {
        let a = if run % 2 == 0 { &bad } else { &good };
        let _ = runtime.scope(pair(a, &good)).await;
        advance(ms(1)).await;
    }
    let recent = runtime.recent_events();
    // Two of each of the 350 that failed.
    assert_eq!(recent.len(), 700);
    for _ in 0..500 {
        let _ = runtime.scope(pair(&bad, &good)).await;
    }
    let recent = runtime.recent_events();
    assert_eq!(recent.len(), 1_000);
    assert!(recent.is_sorted_by_key(|event| event.time));
    let last = "events-pair run_finished attempts=1 elapsed=0.0 end=aborted";
    assert_eq!(line(&recent[999]), last);
}

#[tokio::test(start_paused = true)]
async fn r95_a_slow_reader_loses_the_oldest_and_is_told_how_many() {
    let (runtime, a, b) = (seeded(), Script::of([ok()]), Script::of([ok()]));
    let (mut slow, mut quick) = (runtime.events(), runtime.events());
    for _ in 0..1_500 {
        runtime.scope(pair(&a, &b)).await.expect("a works");
        assert_eq!(unread(&mut quick).len(), 1);
    }
    let first = slow.next().await.expect("much has happened");
    assert_eq!(first.happened, Happened::Lost { count: 1_500 - 1_024 });
    assert_eq!(unread(&mut slow).len(), 1_024);
}

#[tokio::test(start_paused = true)]
async fn the_stream_ends_with_its_runtime() {
    let (runtime, a, b) = (seeded(), Script::of([ok()]), Script::of([ok()]));
    let mut events = runtime.events();
    runtime.scope(pair(&a, &b)).await.expect("a works");
    drop(runtime);
    assert!(events.next().await.is_some(), "what happened is still told");
    assert_eq!(events.next().await, None);
    assert_eq!(events.try_next(), None);
}

/// The waker of an executor that has gone mad.
struct Mad;

impl Wake for Mad {
    fn wake(self: Arc<Self>) {
        panic!("an observer panics");
    }
}

#[tokio::test(start_paused = true)]
async fn r95_an_observer_that_panics_harms_no_run() {
    let (runtime, a, b) = (seeded(), Script::of([ok()]), Script::of([ok()]));
    let mut events = runtime.events();
    let mut quick = runtime.events();
    {
        let waker = Waker::from(Arc::new(Mad));
        let mut next = pin!(events.next());
        assert!(next.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        let answer = runtime.scope(pair(&a, &b)).await.expect("a works, whoever watches");
        assert_eq!(answer.provider, "a");
        assert!(matches!(next.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(Some(_))));
    }
    assert_eq!(unread(&mut quick).len(), 1);
    let plan = runtime.plan("events-pair").expect("it is linked").stats();
    assert_eq!((plan.in_flight, plan.since_start.successes), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn events_of_one_runtime_are_not_those_of_another() {
    let (one, other, a) = (seeded(), seeded(), Script::of([fail(Verdict::Abort)]));
    let mut events = one.events();
    other.scope(pair(&a, &a)).await.expect_err("it fails");
    assert_eq!(unread(&mut events), [""; 0]);
    assert_eq!((one.recent_events().len(), other.recent_events().len()), (0, 2));
}
