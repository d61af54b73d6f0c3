//! R70: the line before a bulkhead.

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ductape::{ErrorKind, Verdict, action};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::support::{Answer, Script, Scripted, begin, fail, hang, ms, ok, seeded, trail};

#[action(tag = "bulkhead-line", app = "a", timeout = "1s", bulkhead(max = 1, wait = "100ms"))]
async fn one(a: &Script) -> Answer {
    a.call().await
}

#[tokio::test(start_paused = true)]
async fn r70_whoever_waits_gets_the_place_when_it_is_free() {
    let (runtime, a) = (seeded(), Script::of([ok().after(30)]));
    let runs = tokio::join!(runtime.scope(one(&a)), runtime.scope(one(&a)), runtime.scope(one(&a)));
    assert_eq!(a.times(), [0, 30, 60]);
    let elapsed = [runs.0, runs.1, runs.2].map(|answer| answer.expect("nobody waits too long").elapsed);
    assert_eq!(elapsed, [ms(30), ms(60), ms(90)]);
}

#[tokio::test(start_paused = true)]
async fn r70_waiters_are_served_in_order() {
    let (runtime, order) = (seeded(), Arc::new(Mutex::new(Vec::new())));
    let mut tasks = JoinSet::new();
    for number in 0..20 {
        let order = Arc::clone(&order);
        tasks.spawn(runtime.scope(async move {
            #[action(app = "a", bulkhead(max = 1, wait = "1s"))]
            async fn ordered(number: u64, order: &Mutex<Vec<u64>>) -> Answer {
                sleep(ms(10)).await;
                order.lock().expect("nobody panics while noting").push(number);
                Ok(0)
            }
            // They join the line one after the other, though the tasks begin at once.
            sleep(ms(number)).await;
            ordered(number, &order).await
        }));
    }
    for answer in tasks.join_all().await {
        answer.expect("everybody has time");
    }
    let order = order.lock().expect("nobody panics while noting");
    assert_eq!(*order, (0..20).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn r70_nobody_overtakes_those_that_wait() {
    let (runtime, a, late) = (seeded(), Script::of([ok().after(30)]), Script::of([ok()]));
    let (mut first, mut second) = (Box::pin(runtime.scope(one(&a))), Box::pin(runtime.scope(one(&a))));
    begin(first.as_mut()).await;
    begin(second.as_mut()).await;
    first.await.expect("it has the place");
    // The place is free, and the second has not been polled since; it is still the second's.
    let mut third = Box::pin(runtime.scope(one(&late)));
    begin(third.as_mut()).await;
    assert_eq!(late.calls(), 0);
    let (second, third) = tokio::join!(second, third);
    assert_eq!((second.is_ok(), third.is_ok()), (true, true));
    assert_eq!((a.times(), late.times()), (vec![0, 30], vec![60]));
}

#[tokio::test(start_paused = true)]
async fn r70_whoever_has_waited_long_enough_is_skipped() {
    let (runtime, holder, a) = (seeded(), Script::of([hang()]), Script::of([ok()]));
    let mut holding = pin!(runtime.scope(one(&holder)));
    begin(holding.as_mut()).await;
    let start = Instant::now();
    let error = runtime.scope(one(&a)).await.expect_err("nobody makes room");
    assert_eq!((trail(&error), error.kind()), (vec!["a skipped: BulkheadFull".to_owned()], ErrorKind::Exhausted));
    assert_eq!((start.elapsed(), a.calls()), (ms(100), 0));
}

#[tokio::test(start_paused = true)]
async fn r70_the_wait_is_no_part_of_the_attempts_timeout() {
    #[action(app = "a", timeout = "50ms", bulkhead(max = 1, wait = "100ms"))]
    async fn brief(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([ok().after(49)]));
    let runs = tokio::join!(runtime.scope(brief(&a)), runtime.scope(brief(&a)), runtime.scope(brief(&a)));
    assert_eq!([runs.0.is_ok(), runs.1.is_ok(), runs.2.is_ok()], [true; 3]);
    assert_eq!(a.times(), [0, 49, 98]);
}

#[tokio::test(start_paused = true)]
async fn r70_a_dropped_waiter_leaves_no_trace() {
    let (runtime, a) = (seeded(), Script::of([ok().after(30)]));
    let mut first = Box::pin(runtime.scope(one(&a)));
    begin(first.as_mut()).await;
    let gone: Vec<_> = (0..5).map(|_| Box::pin(runtime.scope(one(&a)))).collect();
    let mut last = Box::pin(runtime.scope(one(&a)));
    for mut waiter in gone {
        begin(waiter.as_mut()).await;
    }
    let (first, last) = tokio::join!(first, last.as_mut());
    assert_eq!((first.is_ok(), last.is_ok()), (true, true));
    assert_eq!(a.times(), [0, 30]);
}

#[tokio::test(start_paused = true)]
async fn r70_a_waiter_that_is_dropped_with_the_place_in_its_hand_passes_it_on() {
    let (runtime, a) = (seeded(), Script::of([ok().after(30)]));
    let [mut first, mut second, mut third] = [(); 3].map(|()| Box::pin(runtime.scope(one(&a))));
    begin(first.as_mut()).await;
    begin(second.as_mut()).await;
    begin(third.as_mut()).await;
    // The first ends, which makes the place the second's; but that one is dropped before it hears of it.
    first.await.expect("it has the place");
    drop(second);
    third.await.expect("the place is free");
    assert_eq!(a.times(), [0, 30]);
}

#[tokio::test(start_paused = true)]
async fn r70_a_waiter_that_gave_up_is_passed_over() {
    let (runtime, a) = (seeded(), Script::of([ok().after(150)]));
    let mut first = Box::pin(runtime.scope(one(&a)));
    begin(first.as_mut()).await;
    let late = async {
        sleep(ms(60)).await;
        runtime.scope(one(&a)).await
    };
    let (first, second, late) = tokio::join!(first, runtime.scope(one(&a)), late);
    assert_eq!((first.is_ok(), second.is_ok(), late.is_ok()), (true, false, true));
    assert_eq!(a.times(), [0, 150]);
}

#[tokio::test(start_paused = true)]
async fn r70_several_places_that_become_free_at_once_are_all_taken() {
    #[action(app = "a", timeout = "1s", bulkhead(max = 3, wait = "100ms"))]
    async fn wide(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Arc::new(Script::of([ok().after(40)])));
    let mut tasks = JoinSet::new();
    for _ in 0..12 {
        let a = Arc::clone(&a);
        tasks.spawn(runtime.scope(async move { wide(&a).await.is_ok() }));
    }
    let served = tasks.join_all().await.into_iter().filter(|served| *served).count();
    assert_eq!((served, a.times()), (9, vec![0, 0, 0, 40, 40, 40, 80, 80, 80]));
}

#[tokio::test(start_paused = true)]
async fn r70_a_retry_waits_in_line_like_everyone_else() {
    #[action(
        app = "a",
        retries = 1,
        backoff(base = "10ms", factor = 1, jitter = "none"),
        bulkhead(max = 1, wait = "100ms")
    )]
    async fn again(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry), ok()]));
    let other = Script::of([ok().after(60)]);
    let (outcome, second) = tokio::join!(runtime.scope(again(&a)), runtime.scope(again(&other)));
    second.expect("it has the place from 0 to 60");
    assert_eq!((a.times(), outcome.expect("the retry is good").elapsed), (vec![0, 60], ms(60)));
}

#[tokio::test(start_paused = true)]
async fn r18_a_wait_in_line_that_an_outer_plan_cuts_ends_with_kind_deadline() {
    #[action(tag = "bulkhead-around", timeout = "40ms")]
    async fn around(a: &Script) -> ductape::Result<usize, ductape::Error<Scripted>> {
        one(a).await.map(|outcome| outcome.value)
    }

    // The outer plan leaves 40 ms of the 100 that the line may take.
    let (runtime, holder, a) = (seeded(), Script::of([hang()]), Script::of([ok()]));
    let mut holding = pin!(runtime.scope(one(&holder)));
    begin(holding.as_mut()).await;
    let start = Instant::now();
    let error = runtime.scope(around(&a)).await.expect_err("nobody makes room");
    let inner = error.last().expect("the inner plan's answer came in the poll in which its time was up");
    assert_eq!((trail(inner), inner.kind()), (vec!["a skipped: BulkheadFull".to_owned()], ErrorKind::Deadline));
    assert_eq!((start.elapsed(), a.calls()), (ms(40), 0));
}

#[tokio::test(start_paused = true)]
async fn r80_a_run_that_is_dropped_in_line_is_out_of_it_at_once() {
    let (runtime, a, next) = (seeded(), Script::of([ok().after(30)]), Script::of([ok()]));
    let mut first = Box::pin(runtime.scope(one(&a)));
    begin(first.as_mut()).await;
    timeout(ms(10), runtime.scope(one(&a))).await.expect_err("the place is taken until 30");
    drop(first);
    let outcome = timeout(Duration::ZERO, runtime.scope(one(&next))).await.expect("it is served at once");
    assert_eq!(outcome.expect("there is room").elapsed, ms(0));
}
