//! R110–R112: parts side by side, each of which can fail alone.

use std::pin::pin;

use ductape::{ErrorKind, Happened, Outcome, PlanKind, RunEnd, Runtime, Verdict, action, attempt, partial};
use tokio::time::{Instant, sleep};

use crate::support::{Answer, Script, Scripted, begin, fail, hang, ms, ok, panics, poll_once, run, seeded, trail};

#[partial(tag = "page", deadline = "800ms")]
async fn page(user: &Script, orders: &Script, news: &Script) -> ductape::Result<[Option<usize>; 3], Scripted> {
    #[part("user", timeout = "300ms")]
    let user = user.call().await?;
    #[part("orders", timeout = "500ms", retries = 1, backoff(base = "50ms", jitter = "none"))]
    let orders = orders.call().await;
    #[part("news")]
    let news: Result<usize, ductape::Error<Scripted>> = news.call().await;
    Ok([Some(user), orders.ok(), news.ok()])
}

#[tokio::test(start_paused = true)]
async fn r110_parts_of_a_group_run_side_by_side() {
    let [user, orders, news] = [100, 150, 120].map(|millis| Script::of([ok().after(millis)]));
    let began = Instant::now();
    assert_eq!(run(page(&user, &orders, &news)).await.ok(), Some([Some(1); 3]));
    assert_eq!(began.elapsed(), ms(150));
    assert_eq!([user, orders, news].map(|script| script.times()), [vec![0], vec![0], vec![0]]);
}

/// Its text is none that is formatted.
macro_rules! path {
    ($text:literal) => {
        concat!($text, "/orders")
    };
}

#[tokio::test(start_paused = true)]
async fn r110_what_only_looks_like_a_binding_of_the_group_is_none() {
    #[expect(unused_must_use, reason = "a part may fail, and nobody asks")]
    #[partial(tag = "alike")]
    async fn alike(a: &Script) -> Result<(usize, usize, usize), ductape::Error<Scripted>> {
        let mut sum = 0;
        #[part("user")]
        let user = a.call().await?;
        #[part("path")]
        let path = async { a.call().await.map(|_| path!("/users/{user}").len()) }.await?;
        #[part("other")]
        let other = tokio::select! {
            biased;
            user = a.call() => user,
            () = sleep(ms(1)) => Ok(0),
        }?;
        #[part("sum")]
        sum += a.call().await?;
        #[part("optional")]
        {
            a.call().await.map(drop)
        }
        #[part("required")]
        {
            a.call().await?
        }
        Ok((user + other, path, sum))
    }

    let a = Script::of([ok()]);
    assert_eq!(run(alike(&a)).await.ok(), Some((4, 20, 4)));
    assert_eq!(a.calls(), 6);
}

#[tokio::test(start_paused = true)]
async fn r111_a_part_that_is_not_required_fails_alone() {
    let (user, orders, news) = (Script::of([ok()]), Script::of([fail(Verdict::Retry)]), Script::of([hang()]));
    let began = Instant::now();
    assert_eq!(run(page(&user, &orders, &news)).await.ok(), Some([Some(1), None, None]));
    assert_eq!((orders.times(), began.elapsed()), (vec![0, 50], ms(800)));
}

#[tokio::test(start_paused = true)]
async fn r111_the_failure_of_a_required_part_ends_the_function_at_once_and_drops_the_others() {
    let (user, orders, news) =
        (Script::of([fail(Verdict::Retry).after(20)]), Script::of([hang()]), Script::of([hang()]));
    let began = Instant::now();
    let error = run(page(&user, &orders, &news)).await.expect_err("the user is required");
    assert_eq!((began.elapsed(), trail(&error)), (ms(20), vec!["user 1 failed: Retry".to_owned()]));
    assert_eq!([&orders, &news].map(|script| (script.running(), script.cut())), [(0, 1), (0, 1)]);
}

#[tokio::test(start_paused = true)]
async fn r111_parts_after_a_required_one_that_failed_at_once_are_not_polled() {
    let (user, orders, news) = (Script::of([fail(Verdict::Retry)]), Script::of([ok()]), Script::of([ok()]));
    run(page(&user, &orders, &news)).await.expect_err("the user is required");
    assert_eq!((orders.calls(), news.calls()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn r111_a_timeout_of_a_required_part_is_its_error() {
    let (user, orders, news) = (Script::of([hang()]), Script::of([ok()]), Script::of([ok()]));
    let error = run(page(&user, &orders, &news)).await.expect_err("the user is required");
    assert_eq!(trail(&error), ["user 1 timed out after 300ms"]);
    assert_eq!(error.plan(), "page");
}

#[tokio::test(start_paused = true)]
async fn r111_a_part_that_calls_a_plan_is_not_nested_twice() {
    #[action(tag = "behind-a-part", app = "behind")]
    async fn behind(script: &Script) -> Answer {
        script.call().await
    }
    #[partial(tag = "calls-plans")]
    async fn calls(a: &Script, b: &Script) -> Result<(Vec<String>, usize), ductape::Error<Scripted>> {
        #[part("a", timeout = "50ms")]
        let first: Result<Outcome<usize>, ductape::Error<Scripted>> = behind(a).await;
        #[part("b")]
        let second = behind(b).await?;
        Ok((trail(&first.expect_err("it does not work")), second.into_inner()))
    }

    let b = Script::of([ok()]);
    let failed = run(calls(&Script::of([fail(Verdict::Retry)]), &b)).await.expect("b works");
    assert_eq!(failed, (vec!["behind 1 failed: Retry".to_owned()], 1));
    let late = run(calls(&Script::of([hang()]), &b)).await.expect("b works");
    assert_eq!(late.0, ["behind 1 timed out after 50ms"], "the plan ends with the part around it");
    let error = run(calls(&b, &Script::of([fail(Verdict::Retry)]))).await.expect_err("b is required");
    assert_eq!(error.plan(), "behind-a-part");
}

#[tokio::test(start_paused = true)]
async fn r110_ordinary_statements_separate_groups_which_may_use_earlier_bindings() {
    #[partial(tag = "groups")]
    async fn groups(a: &Script, b: &Script, c: &Script) -> ductape::Result<usize, Scripted> {
        #[part("a")]
        let first = a.call().await?;
        let between = first * 10;
        #[part("b")]
        let second = async { b.call().await.map(|call| call + between + first) }.await?;
        if second > 0 {
            #[part("c")]
            c.call().await?;
        }
        Ok(second)
    }

    let [a, b, c] = [30, 40, 50].map(|millis| Script::of([ok().after(millis)]));
    assert_eq!(run(groups(&a, &b, &c)).await.ok(), Some(12));
    assert_eq!([a, b, c].map(|script| script.times()), [vec![0], vec![30], vec![70]]);
}

#[tokio::test(start_paused = true)]
async fn r110_parts_borrow_and_everything_stays_in_one_task() {
    #[partial(tag = "borrows")]
    async fn borrows(left: &mut Vec<u32>, right: &mut String) -> Result<usize, ductape::Error<Scripted>> {
        #[part("left")]
        async {
            left.push(1);
            Ok::<_, Scripted>(())
        }
        .await?;
        #[part("right")]
        let written = async {
            right.push_str(attempt().expect("this is a part").provider().as_str());
            Ok::<_, Scripted>(right.len())
        }
        .await?;
        Ok(written + left.len())
    }
    let (mut left, mut right) = (Vec::new(), String::new());
    assert_eq!(run(borrows(&mut left, &mut right)).await.ok(), Some(6));
    assert_eq!((left, right.as_str()), (vec![1], "right"));
}

#[tokio::test(start_paused = true)]
async fn r112_the_deadline_bounds_every_group_and_the_function_goes_on() {
    #[partial(tag = "two-groups", deadline = "100ms")]
    async fn two(a: &Script, b: &Script) -> Result<[ErrorKind; 2], ductape::Error<Scripted>> {
        #[part("a")]
        let first = a.call().await;
        sleep(ms(70)).await;
        #[part("b", retries = 5, backoff(base = "5ms", jitter = "none"))]
        let second = b.call().await;
        Ok([first.map_err(|error| error.kind()).err().unwrap_or(ErrorKind::Exhausted), second.expect_err("b").kind()])
    }

    let (a, b) = (Script::of([ok().after(10)]), Script::of([hang()]));
    let began = Instant::now();
    assert_eq!(run(two(&a, &b)).await.ok(), Some([ErrorKind::Exhausted, ErrorKind::Deadline]));
    assert_eq!((began.elapsed(), b.cut()), (ms(100), 1));

    let (a, b) = (Script::of([hang()]), Script::of([ok()]));
    assert_eq!(run(two(&a, &b)).await.ok(), Some([ErrorKind::Deadline; 2]));
    assert_eq!(b.calls(), 0, "no time was left for it");
}

#[tokio::test(start_paused = true)]
async fn r112_parts_take_retries_backoff_timeout_and_classify() {
    #[partial(tag = "policies-of-parts", retries = 2, backoff(base = "10ms", factor = 1, jitter = "none"))]
    async fn policies(a: &Script, b: &Script) -> Result<(), ductape::Error<Scripted>> {
        #[part("a", timeout = "20ms")]
        let _first = a.call().await;
        #[part("b", classify(Scripted::verdict))]
        let _second = b.call().await;
        Ok(())
    }
    let (a, b) = (Script::of([hang()]), Script::of([fail(Verdict::Abort)]));
    run(policies(&a, &b)).await.expect("nothing is required");
    assert_eq!((a.times(), b.calls()), (vec![0, 30, 60], 1));
}

#[tokio::test(start_paused = true)]
async fn r112_one_classify_judges_parts_and_the_providers_of_plans_that_parts_call() {
    #[action(tag = "judged-behind-a-part", app = "behind", timeout = "10ms")]
    async fn behind(script: &Script) -> Answer {
        script.call().await
    }
    #[partial(tag = "judged", retries = 2, backoff(base = "10ms"), classify(Scripted::verdict))]
    async fn judged(a: &Script, b: &Script, c: &Script) -> Result<(), ductape::Error<Scripted>> {
        #[part("a")]
        let _own = a.call().await;
        #[part("b")]
        let _plan = behind(b).await;
        #[part("c", classify(of_plans))]
        let _by_its_own = behind(c).await;
        Ok(())
    }
    fn of_plans(_: &ductape::Error<Scripted>) -> Verdict {
        Verdict::Retry
    }
    let abort = || Script::of([fail(Verdict::Abort)]);
    let [a, b, c] = [abort(), abort(), abort()];
    run(judged(&a, &b, &c)).await.expect("nothing is required");
    assert_eq!([a, b, c].map(|script| script.calls()), [1, 1, 3]);
    let [a, b, c] = [fail(Verdict::Retry), hang(), hang()].map(|step| Script::of([step]));
    run(judged(&a, &b, &c)).await.expect("nothing is required");
    assert_eq!([a, b, c].map(|script| script.calls()), [3, 3, 3], "a plan in which nobody answered is tried again");
}

#[tokio::test(start_paused = true)]
async fn r18_a_partial_ends_like_the_required_part_that_failed() {
    #[partial(tag = "ends-like-its-part", deadline = "100ms", timeout = "60ms")]
    async fn ends(a: &Script, b: &Script) -> Result<(), ductape::Error<Scripted>> {
        #[part("a")]
        let before = a.call().await;
        assert!(before.is_err());
        #[part("b")]
        b.call().await?;
        if a.calls() > 2 {
            return Err(Scripted { verdict: Verdict::Abort, call: 0 }.into());
        }
        Ok(())
    }
    let runtime = seeded();
    let a = Script::of([hang()]);
    runtime.scope(ends(&a, &Script::of([hang()]))).await.expect_err("b is late");
    assert_eq!(attempts(&runtime), Some((RunEnd::Deadline, 2)));
    runtime.scope(ends(&a, &Script::of([fail(Verdict::Retry)]))).await.expect_err("b fails");
    assert_eq!(attempts(&runtime), Some((RunEnd::Exhausted, 2)));
    runtime.scope(ends(&a, &Script::of([ok()]))).await.expect_err("an error of its own");
    assert_eq!(attempts(&runtime), Some((RunEnd::Aborted, 2)));
}

#[tokio::test(start_paused = true)]
async fn r80_a_dropped_partial_drops_its_parts_and_is_counted() {
    let runtime = seeded();
    let [user, orders, news] = [hang(), hang(), hang()].map(|step| Script::of([step]));
    {
        let mut run = pin!(runtime.scope(page(&user, &orders, &news)));
        begin(run.as_mut()).await;
    }
    assert_eq!([user, orders, news].map(|script| (script.running(), script.cut())), [(0, 1); 3]);
    let stats = runtime.plan("page").expect("it is linked").stats();
    assert_eq!((stats.in_flight, stats.since_start.dropped), (0, 1));
    assert!(stats.providers.iter().all(|part| part.in_flight == 0 && part.since_start.dropped == 1));
}

/// How the last run of the plan ended that had not gone well, and the attempts of it.
fn attempts(runtime: &Runtime) -> Option<(RunEnd, u32)> {
    runtime.recent_events().iter().rev().find_map(|event| match event.happened {
        Happened::RunFinished { end, attempts, .. } => Some((end, attempts)),
        _ => None,
    })
}

#[tokio::test(start_paused = true)]
async fn r83_attempts_that_were_dropped_with_their_partial_are_counted() {
    let runtime = seeded();
    let (user, orders, news) = (Script::of([ok()]), Script::of([fail(Verdict::Retry), hang()]), Script::of([hang()]));
    {
        let mut run = pin!(runtime.scope(page(&user, &orders, &news)));
        begin(run.as_mut()).await;
        tokio::select! {
            _ = run.as_mut() => unreachable!("parts hang"),
            () = sleep(ms(60)) => {}
        }
    }
    assert_eq!(attempts(&runtime), Some((RunEnd::Dropped, 4)));

    let (user, hung) = (Script::of([fail(Verdict::Retry).after(10)]), Script::of([hang()]));
    runtime.scope(page(&user, &hung, &hung)).await.expect_err("the user is required");
    assert_eq!(attempts(&runtime), Some((RunEnd::Exhausted, 3)), "those of the others count, too");
}

#[tokio::test(start_paused = true)]
async fn r81_a_panic_in_a_part_unwinds_after_the_others_are_dropped() {
    let runtime = seeded();
    let scoped = runtime.clone();
    let task = tokio::spawn(async move {
        let [user, orders, news] = [hang(), panics().after(10), hang()].map(|step| Script::of([step]));
        scoped.scope(page(&user, &orders, &news)).await
    });
    assert!(task.await.expect_err("a part panics").is_panic());
    let stats = runtime.plan("page").expect("it is linked").stats();
    assert_eq!((stats.in_flight, stats.since_start.failures), (0, 1));
    assert!(stats.providers.iter().all(|part| part.in_flight == 0));
}

#[test]
fn r8_a_partial_whose_parts_are_ready_at_once_needs_no_timer() {
    #[partial(tag = "ready-parts")]
    async fn ready() -> ductape::Result<u32, Scripted> {
        #[part("one")]
        let one = async { Ok::<_, Scripted>(1) }.await?;
        #[part("two")]
        let two = async { Ok::<_, Scripted>(2) }.await;
        Ok(one + two.unwrap_or(0))
    }
    fn is_send<F: Send>(future: F) -> F {
        future
    }
    let mut run = pin!(is_send(ready()));
    assert!(matches!(poll_once(run.as_mut()), std::task::Poll::Ready(Ok(3))));
}

#[tokio::test(start_paused = true)]
async fn a_partial_can_be_read_and_seen() {
    let plan = ductape::plan("page").expect("it is linked");
    assert_eq!(plan.kind(), PlanKind::Partial);
    assert_eq!(plan.providers().iter().map(ductape::Provider::required).collect::<Vec<_>>(), [true, false, false]);
    assert!(plan.to_string().starts_with("partial page (deadline 800ms)\n├─ part user    timeout 300ms\n"), "{plan}");
    assert_eq!(serde_json::to_value(plan).expect("it is data")["parts"][1]["name"], "orders");

    let runtime = seeded();
    let mut events = runtime.events();
    let [user, orders, news] = [ok(), ok(), ok()].map(|step| Script::of([step]));
    runtime.scope(page(&user, &orders, &news)).await.expect("all work");
    let event = events.next().await.expect("the runtime lives");
    let ductape::Happened::RunFinished { end, attempts, .. } = event.happened else { panic!("{event:?}") };
    assert_eq!((end, attempts), (RunEnd::Served, 3));
    assert!(runtime.recent_events().is_empty(), "it was clean");
}
