//! Callers that ask for one key at once.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use ductape::{ErrorKind, Source, Verdict, action, fallback};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::minute;
use crate::support::{Answer, Script, Scripted, begin, fail, hang, ms, ok, panics, run, seeded};

/// Polls all in one task, until all are ready.
async fn join_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut pending: Vec<Pin<Box<F>>> = futures.into_iter().map(Box::pin).collect();
    let mut ready = Vec::new();
    poll_fn(|cx| {
        pending.retain_mut(|future| match future.as_mut().poll(cx) {
            Poll::Ready(output) => {
                ready.push(output);
                false
            }
            Poll::Pending => true,
        });
        if pending.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    ready
}

#[tokio::test(start_paused = true)]
async fn r33_a_thousand_concurrent_misses_of_one_key_make_one_call() {
    let (runtime, a) = (seeded(), Arc::new(Script::of([ok().after(50)])));
    let mut callers = JoinSet::new();
    for _ in 0..1_000 {
        let (runtime, a) = (runtime.clone(), Arc::clone(&a));
        callers.spawn(async move { runtime.scope(minute(1, &a)).await });
    }
    let outcomes = callers.join_all().await;
    assert_eq!((a.calls(), outcomes.len()), (1, 1_000));
    let outcomes: Vec<_> = outcomes.into_iter().map(|outcome| outcome.expect("a serves")).collect();
    assert!(outcomes.iter().all(|outcome| **outcome == 1 && outcome.elapsed == ms(50)));
    let made = outcomes.iter().filter(|outcome| outcome.source == Source::Provider && outcome.attempts == 1).count();
    let shared = outcomes.iter().filter(|outcome| outcome.source == Source::Cache && outcome.attempts == 0).count();
    assert_eq!((made, shared), (1, 999), "the attempts add up to the calls");
}

#[tokio::test(start_paused = true)]
async fn r33_other_keys_are_not_waited_for() {
    let a = Script::of([ok().after(50)]);
    let start = Instant::now();
    run(join_all((0..10).map(|user| minute(user, &a)))).await;
    assert_eq!((a.calls(), start.elapsed()), (10, ms(50)));
}

#[tokio::test(start_paused = true)]
async fn r33_followers_share_the_error() {
    let a = Script::of([fail(Verdict::Failover).after(50), ok()]);
    run(async {
        let answers = join_all((0..10).map(|_| minute(1, &a))).await;
        assert_eq!(a.calls(), 1);
        for answer in answers {
            let error = answer.expect_err("a fails");
            assert_eq!((error.kind(), error.last().map(|last| last.call)), (ErrorKind::Exhausted, Some(1)));
        }
        assert_eq!(*minute(1, &a).await.expect("the next one asks anew"), 2);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r33_when_the_leader_is_dropped_one_follower_takes_over() {
    let a = Script::of([hang(), ok().after(10)]);
    run(async {
        let followers = {
            let mut leader = pin!(minute(1, &a));
            begin(leader.as_mut()).await;
            let mut followers: Vec<_> = (0..100).map(|_| Box::pin(minute(1, &a))).collect();
            for follower in &mut followers {
                begin(follower.as_mut()).await;
            }
            followers
        };
        assert_eq!((a.calls(), a.cut()), (1, 1), "the leader is gone, and nobody was polled since");
        let outcomes = join_all(followers).await;
        assert_eq!((a.calls(), outcomes.len()), (2, 100));
        assert!(outcomes.into_iter().all(|outcome| outcome.is_ok_and(|outcome| *outcome == 2)));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r33_when_one_leader_after_the_other_is_dropped_the_last_one_still_gets_an_answer() {
    let a = Script::of([hang(), hang(), hang(), ok()]);
    run(async {
        let mut callers: Vec<_> = (0..4).map(|_| Box::pin(minute(1, &a))).collect();
        for caller in &mut callers {
            begin(caller.as_mut()).await;
        }
        for calls in 2..4 {
            drop(callers.remove(0));
            begin(callers[0].as_mut()).await;
            assert_eq!(a.calls(), calls);
        }
        drop(callers.remove(0));
        assert_eq!(*callers.remove(0).await.expect("a serves"), 4);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r33_a_follower_that_is_dropped_leaves_no_trace() {
    let a = Script::of([ok().after(50)]);
    run(async {
        let mut leader = pin!(minute(1, &a));
        begin(leader.as_mut()).await;
        for _ in 0..100 {
            let mut follower = Box::pin(minute(1, &a));
            begin(follower.as_mut()).await;
        }
        assert_eq!(*leader.await.expect("a serves"), 1);
        assert_eq!((minute(1, &a).await.expect("it is there").source, a.calls()), (Source::Cache, 1));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r33_a_leader_dropped_before_its_first_poll_leads_nothing() {
    let a = Script::of([ok()]);
    run(async {
        drop(minute(1, &a));
        assert_eq!(*minute(1, &a).await.expect("a serves"), 1);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r33_when_the_leader_panics_a_follower_takes_over() {
    let (runtime, a) = (seeded(), Arc::new(Script::of([panics().after(10), ok().after(10)])));
    let mut callers = JoinSet::new();
    for _ in 0..10 {
        let (runtime, a) = (runtime.clone(), Arc::clone(&a));
        callers.spawn(async move { runtime.scope(minute(1, &a)).await });
    }
    let (mut panicked, mut served) = (0, 0);
    while let Some(caller) = callers.join_next().await {
        match caller {
            Ok(answer) => served += usize::from(answer.is_ok_and(|outcome| *outcome == 2)),
            Err(_) => panicked += 1,
        }
    }
    assert_eq!((panicked, served, a.calls()), (1, 9, 2));
}

#[fallback(tag = "cache-deadline", deadline = "4s", timeout = "2s", cache(ttl = "60s", key(user)))]
async fn bounded(user: u32, a: &Script, b: &Script) -> Answer {
    #[primary("a")]
    {
        a.call().await
    }
    #[fallback("b")]
    {
        b.call().await
    }
}

#[tokio::test(start_paused = true)]
async fn r33_the_wait_for_another_run_is_part_of_the_deadline() {
    let (a, b) = (Script::of([hang()]), Script::of([ok().after(1_500)]));
    run(async {
        let (leader, follower) = tokio::join!(bounded(1, &a, &b), async {
            sleep(ms(1_000)).await;
            bounded(1, &a, &b).await
        });
        assert_eq!(leader.expect("b serves").elapsed, ms(3_500));
        assert_eq!(follower.expect("b has served").elapsed, ms(2_500));
        assert_eq!((a.calls(), b.calls()), (1, 1));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r14_a_follower_whose_time_is_up_fails_alone() {
    #[action(app = "outer", timeout = "1s")]
    async fn hurried(a: &Script) -> ductape::Result<usize, ductape::Error<Scripted>> {
        minute(1, a).await.map(ductape::Outcome::into_inner)
    }
    let a = Script::of([ok().after(5_000)]);
    run(async {
        let (leader, follower) = tokio::join!(minute(1, &a), hurried(&a));
        assert_eq!(*leader.expect("a serves"), 1);
        assert!(follower.is_err());
        assert_eq!(a.calls(), 1);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r33_a_follower_degrades_in_the_time_that_is_left_for_it() {
    #[fallback(deadline = "10s", timeout = "4s", cache(ttl = "60s", key(user)))]
    async fn degrading(user: u32, a: &Script, b: &Script) -> Answer {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
        #[degrade(timeout = "2s")]
        {
            Ok(1_000)
        }
    }
    // The leader goes, and the one after it hangs, so that the time of the third is up in the line.
    let (a, b) = (Script::of([hang()]), Script::of([hang()]));
    run(async {
        let mut third = Box::pin(degrading(1, &a, &b));
        // In this order, so that it is the second who takes over.
        let (_, _, third) = tokio::join!(
            biased;
            timeout(ms(7_000), degrading(1, &a, &b)),
            async {
                sleep(ms(1)).await;
                degrading(1, &a, &b).await
            },
            async {
                sleep(ms(2)).await;
                let start = Instant::now();
                (third.as_mut().await, start.elapsed())
            }
        );
        let (answer, took) = third;
        assert_eq!(answer.expect("it degrades").source, Source::Degraded);
        assert_eq!(took, ms(8_000), "two seconds are kept for the degrade block");
        assert_eq!(a.calls(), 2);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn r33_a_plan_may_ask_for_another_key_of_its_own() {
    #[action(tag = "cache-nested", app = "a", timeout = "20s", cache(ttl = "60s", key(depth)))]
    async fn nested(depth: u32, a: &Script) -> ductape::Result<usize, Scripted> {
        if depth == 0 { a.call().await } else { Ok(Box::pin(nested(depth - 1, a)).await.unwrap_or_default() + 1) }
    }
    let a = Script::of([ok().after(10)]);
    run(async {
        assert_eq!(nested(3, &a).await.ok(), Some(4));
        assert_eq!((nested(2, &a).await.ok(), a.calls()), (Some(3), 1));
    })
    .await;
}

#[tokio::test]
async fn r33_threads_that_ask_at_once_make_one_call() {
    let (runtime, a) = (seeded(), Arc::new(Script::of([ok()])));
    for user in 0..200 {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let (runtime, a) = (runtime.clone(), Arc::clone(&a));
                std::thread::spawn(move || {
                    let executor = tokio::runtime::Builder::new_current_thread().enable_time().build();
                    executor.expect("a thread has an executor").block_on(runtime.scope(minute(user, &a))).is_ok()
                })
            })
            .collect();
        assert!(threads.into_iter().all(|thread| thread.join().is_ok_and(|served| served)));
        assert_eq!(a.calls(), usize::try_from(user).unwrap_or_default() + 1);
    }
}
