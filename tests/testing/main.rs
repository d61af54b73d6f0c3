//! The test kit as users have it: faults without touching the code, and assertions that can fail.

mod blocks;
mod errors;
mod readme;

use std::fmt::{self, Display, Formatter};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use ductape::testing::{AssertTrail as _, TestRuntime};
use ductape::{ErrorKind, Outcome, RunEnd, Runtime, Skip, Status};
use ductape::{action, fallback, healthcheck, partial, workflow};

#[derive(Debug, Clone, PartialEq)]
struct Down(&'static str);

impl Display for Down {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Down {}

#[healthcheck(interval = "30s", fall = 3)]
async fn stripe_health() -> Result<(), Down> {
    Ok(())
}

/// How often each block has run.
#[derive(Default)]
struct Ran([AtomicU32; 2]);

impl Ran {
    fn count(&self, index: usize) -> u32 {
        self.0[index].fetch_add(1, Ordering::Relaxed) + 1
    }

    fn counts(&self) -> [u32; 2] {
        [0, 1].map(|index| self.0[index].load(Ordering::Relaxed))
    }
}

#[fallback(tag = "kit-pay", timeout = "2s", backoff(base = "10ms", jitter = "none"))]
async fn pay(ran: &Ran) -> ductape::Result<Outcome<u32>, Down> {
    #[primary("stripe", retries = 2, healthcheck(stripe_health))]
    {
        Ok(ran.count(0))
    }
    #[fallback("paypal")]
    {
        Ok(100 + ran.count(1))
    }
}

#[tokio::test(start_paused = true)]
async fn faults_come_in_their_order_and_then_the_code_runs() {
    let (test, ran) = (TestRuntime::seeded(7), Ran::default());
    test.faults().provider("stripe").fail(Down("busy")).for_calls(2).pass().hang().for_calls(1);

    let first = test.scope(pay(&ran)).await.unwrap();
    assert_eq!((first.value, &*first.provider, first.attempts), (1, "stripe", 3));
    test.assert_calls("kit-pay", "stripe", 3);
    test.seen().of_plan("kit-pay").assert_sequence(&[
        "stripe attempt_failed",
        "stripe retry",
        "stripe attempt_failed",
        "stripe retry",
        "stripe run_finished",
    ]);

    let second = test.scope(pay(&ran)).await.unwrap();
    assert_eq!((second.value, second.attempts), (2, 2), "it hung once, was cut off, and tried again");
    let third = test.scope(pay(&ran)).await.unwrap();
    assert_eq!((third.value, third.attempts), (3, 1));
    assert_eq!(ran.counts(), [3, 0], "what is scripted does not run");
    test.assert_calls("kit-pay", "stripe", 6);
    test.assert_calls("kit-pay", "paypal", 0);
}

#[tokio::test(start_paused = true)]
async fn a_step_before_another_is_for_one_call_and_the_last_one_for_all() {
    let (test, ran) = (TestRuntime::new(), Ran::default());
    test.faults().provider("stripe").pass().fail(Down("gone"));
    assert_eq!(test.scope(pay(&ran)).await.unwrap().provider, "stripe");
    for _ in 0..2 {
        assert_eq!(test.scope(pay(&ran)).await.unwrap().provider, "paypal");
    }
    test.assert_calls("kit-pay", "stripe", 7);
    test.assert_served_by("kit-pay", "paypal");
    test.seen().assert_sequence(&["paypal failover", "stripe masked", "paypal run_finished"]);
    // A new script takes the place of the old one; without steps the code runs.
    test.faults().provider("stripe");
    assert_eq!(test.scope(pay(&ran)).await.unwrap().provider, "stripe");
}

#[tokio::test(start_paused = true)]
async fn latency_passes_on_the_paused_clock() {
    let (test, ran) = (TestRuntime::new(), Ran::default());
    test.faults().provider("stripe").latency(Duration::from_millis(1_500)).for_calls(1).latency(Duration::from_secs(3));
    let began = tokio::time::Instant::now();
    assert_eq!(test.scope(pay(&ran)).await.unwrap().elapsed, Duration::from_millis(1_500));
    assert_eq!(began.elapsed(), Duration::from_millis(1_500));
    // Beyond the timeout, the attempt is cut off.
    let outcome = test.scope(pay(&ran)).await.unwrap();
    assert_eq!((&*outcome.provider, outcome.attempts), ("paypal", 4));
    test.faults().provider("stripe").fail(Down("late")).after(Duration::from_secs(1));
    test.faults().provider("paypal").fail(Down("at once"));
    let error = test.scope(pay(&ran)).await.unwrap_err();
    error.assert_kind(ErrorKind::Exhausted).assert_failed("stripe", 3).assert_failed("paypal", 1);
    assert_eq!(error.last(), Some(&Down("at once")));
}

#[tokio::test(start_paused = true)]
async fn panics_reach_the_caller() {
    let (test, ran) = (TestRuntime::new(), Ran::default());
    test.faults().provider("stripe").panic("out of cheese").for_calls(1);
    let panic = panicking(test.scope(pay(&ran))).await;
    assert_eq!(panic, "out of cheese");
    assert_eq!(test.seen().last_run().unwrap().end(), RunEnd::Panicked);
    assert_eq!(test.scope(pay(&ran)).await.unwrap().provider, "stripe");
}

/// What a future panics with.
async fn panicking<F: Future>(future: F) -> String {
    let mut future = Box::pin(future);
    let caught =
        std::future::poll_fn(|cx| match std::panic::catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
            Ok(polled) => polled.map(|_| None),
            Err(panic) => std::task::Poll::Ready(Some(panic)),
        });
    let panic = caught.await.expect("it panics");
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => (*panic.downcast::<&str>().expect("a text")).to_owned(),
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_of_another_type_says_which_one_is_wanted() {
    let (test, ran) = (TestRuntime::new(), Ran::default());
    test.faults().provider("stripe").fail("down");
    let panic = panicking(test.scope(pay(&ran))).await;
    assert_eq!(panic, "`stripe` of `kit-pay` fails with a `testing::Down`: its script has a `&str`");
}

#[tokio::test(start_paused = true)]
async fn runtimes_share_no_faults_and_repeat_their_chances() {
    let served = |seed| async move {
        let (test, ran) = (TestRuntime::seeded(seed), Ran::default());
        test.faults().provider("stripe").fail(Down("now and then")).with_probability(0.5);
        let mut attempts = Vec::new();
        for _ in 0..20 {
            attempts.push(test.scope(pay(&ran)).await.unwrap().attempts);
        }
        attempts
    };
    let of_seven = served(7).await;
    assert_eq!(of_seven, served(7).await);
    assert_ne!(of_seven, served(8).await);
    assert!(of_seven.contains(&1) && of_seven.iter().any(|&attempts| attempts > 1), "{of_seven:?}");
    let (other, ran) = (TestRuntime::new(), Ran::default());
    assert_eq!(other.scope(pay(&ran)).await.unwrap().attempts, 1);
}

#[tokio::test(start_paused = true)]
async fn healthchecks_find_what_is_scripted() {
    let (test, ran) = (TestRuntime::new(), Ran::default());
    let check = test.faults().healthcheck("stripe-health");
    assert_eq!(test.scope(async { stripe_health.check().await.status }).await, Status::Healthy);
    check.unhealthy();
    assert_eq!(test.scope(async { stripe_health.check().await.status }).await, Status::Unhealthy);
    assert_eq!(test.scope(pay(&ran)).await.unwrap().provider, "paypal");
    test.seen().assert_skipped("stripe", Skip::Unhealthy);
    test.assert_calls("kit-pay", "stripe", 0);
    check.healthy();
    assert_eq!(test.scope(pay(&ran)).await.unwrap().provider, "stripe");
    check.unhealthy();
    check.pass();
    assert_eq!(test.scope(async { stripe_health.check().await.status }).await, Status::Healthy, "its own code says so");
}

#[tokio::test(start_paused = true)]
async fn a_plans_own_faults_go_before_those_of_all_plans() {
    #[action(tag = "kit-other", app = "stripe")]
    async fn other() -> ductape::Result<u32, Down> {
        Ok(1)
    }
    let (test, ran) = (TestRuntime::new(), Ran::default());
    let faults = test.faults();
    faults.provider("stripe").fail(Down("everywhere"));
    faults.plan("kit-pay").provider("stripe").pass();
    assert_eq!(test.scope(pay(&ran)).await.unwrap().provider, "stripe");
    assert_eq!(test.scope(other()).await.unwrap_err().last(), Some(&Down("everywhere")));
}

#[tokio::test(start_paused = true)]
async fn hedges_steps_undos_parts_and_degrade_blocks_are_scripted_too() {
    #[fallback(tag = "kit-hedged", hedge = "200ms")]
    async fn hedged() -> ductape::Result<Outcome<u32>, Down> {
        #[primary("stripe")]
        {
            Ok(1)
        }
        #[fallback("paypal")]
        {
            Ok(2)
        }
        #[degrade]
        {
            Ok(3)
        }
    }
    #[workflow(tag = "kit-order")]
    async fn order(undone: &AtomicU32) -> ductape::WorkflowResult<u32, Down> {
        #[step("charge")]
        let paid = async { Ok::<_, Down>(1) }.await?;
        #[undo(retries = 1)]
        {
            undone.fetch_add(paid, Ordering::Relaxed);
            Ok(())
        }
        #[step("note")]
        let note = async { Ok::<_, String>(1) }.await;
        #[step("ship")]
        let shipped = async { Ok::<_, Down>(1) }.await?;
        Ok(shipped + note.unwrap_or(10))
    }
    #[partial(tag = "kit-page", deadline = "800ms")]
    async fn page() -> Result<(u32, Option<u32>), ductape::Error<Down>> {
        #[part("user")]
        let user = async { Ok::<_, Down>(1) }.await?;
        #[part("orders", retries = 1, timeout = "100ms")]
        let orders = async { Ok::<_, std::io::Error>(1) }.await;
        Ok((user, orders.ok()))
    }
    let test = TestRuntime::new();
    let faults = test.faults();

    faults.provider("stripe").hang();
    assert_eq!(test.scope(hedged()).await.unwrap().provider, "paypal");
    test.seen().of_plan("kit-hedged").assert_sequence(&["paypal hedge", "paypal run_finished"]);
    faults.provider("stripe").fail(Down("both"));
    faults.provider("paypal").fail(Down("both"));
    assert_eq!(test.scope(hedged()).await.unwrap().provider, "degrade");
    faults.provider("degrade").fail(Down("that, too"));
    assert_eq!(test.scope(hedged()).await.unwrap_err().trail().entries().len(), 3);

    let undone = AtomicU32::new(0);
    faults.plan("kit-order").provider("note").fail("no paper".to_owned());
    assert_eq!(test.scope(order(&undone)).await.unwrap(), 11);
    faults.provider("ship").fail(Down("no truck"));
    faults.provider("charge.undo").fail(Down("not now")).for_calls(1);
    let error = test.scope(order(&undone)).await.unwrap_err();
    assert_eq!((error.step(), error.undone().len()), (Some("ship"), 1));
    assert_eq!(undone.load(Ordering::Relaxed), 1, "by the second try");
    test.assert_calls("kit-order", "charge.undo", 2);

    faults.provider("orders").fail_with(|| std::io::Error::other("no disk"));
    assert_eq!(test.scope(page()).await.unwrap(), (1, None));
    test.assert_calls("kit-page", "orders", 2);
    faults.provider("user").fail(Down("who?"));
    test.scope(page()).await.unwrap_err().assert_failed("user", 1);
}

#[tokio::test(start_paused = true)]
async fn an_environment_and_its_bindings_come_by_a_builder() {
    let test = TestRuntime::build(Runtime::builder().env("tst").seed(3)).unwrap();
    assert_eq!(test.scope(async { ductape::runtime().env().to_owned() }).await, "tst");
    let ran = Ran::default();
    test.plan("kit-pay").unwrap().cordon("stripe", "in a test").unwrap();
    test.scope(pay(&ran)).await.unwrap();
    test.seen().assert_skipped("stripe", Skip::Cordoned);
    test.forget();
    assert!(test.seen().events().is_empty());
    test.scope(pay(&ran)).await.unwrap();
    assert_eq!(test.seen().of_provider("stripe").events().len(), 1);
}

#[test]
fn names_that_nothing_has_are_refused_with_the_nearest() {
    let refused = |name: fn(&TestRuntime)| {
        let panic = std::panic::catch_unwind(|| name(&TestRuntime::new())).unwrap_err();
        *panic.downcast::<String>().unwrap()
    };
    let message = refused(|test| drop(test.faults().plan("kit-pya")));
    assert!(message.starts_with("no plan has the tag `kit-pya`; the nearest are [\"kit-pay\""), "{message}");
    let message = refused(|test| drop(test.faults().provider("strpe")));
    assert!(message.starts_with("no provider is called `strpe`; the nearest are [\"stripe\""), "{message}");
    let message = refused(|test| drop(test.faults().healthcheck("stripe-heath")));
    assert!(
        message.contains("no healthcheck has the tag `stripe-heath`; the nearest are [\"stripe-health\""),
        "{message}"
    );
}

/// What an assertion says, and how it is made to fail.
type Failing<'a> = (&'a str, Box<dyn Fn() + 'a>);

#[tokio::test(start_paused = true)]
async fn assertions_fail_and_tell_what_happened() {
    let (test, ran) = (TestRuntime::new(), Ran::default());
    test.faults().provider("stripe").fail(Down("gone"));
    test.scope(pay(&ran)).await.unwrap();
    test.faults().provider("paypal").hang();
    let error = test.scope(pay(&ran)).await.unwrap_err();
    let failing: [Failing<'_>; 8] = [
        ("was called 6 times, not 1", Box::new(|| test.assert_calls("kit-pay", "stripe", 1))),
        ("was served by nobody, not by stripe", Box::new(|| test.assert_served_by("kit-pay", "stripe"))),
        ("`stripe degraded`, the 1th", Box::new(|| test.seen().assert_sequence(&["retry", "stripe degraded"]))),
        ("`retry` happened", Box::new(|| test.seen().assert_none("retry"))),
        ("was not skipped as `when`", Box::new(|| test.seen().assert_skipped("stripe", Skip::When))),
        ("expected Aborted", Box::new(|| _ = error.assert_kind(ErrorKind::Aborted))),
        ("failed 3 times, not 2", Box::new(|| _ = error.assert_failed("stripe", 2))),
        ("timed out 1 times, not 0", Box::new(|| _ = error.assert_timed_out("paypal", 0))),
    ];
    for (expected, failing) in failing {
        let panic = std::panic::catch_unwind(AssertUnwindSafe(failing)).expect_err(expected);
        let message = *panic.downcast::<String>().unwrap();
        assert!(message.contains(expected) && message.contains("stripe"), "{message}");
    }
}

#[tokio::test(start_paused = true)]
async fn everything_is_seen_however_much_there_is() {
    let (test, ran) = (TestRuntime::seeded(7), Ran::default());
    test.faults().provider("stripe").fail(Down("busy")).for_calls(1);
    for _ in 0..3_000 {
        test.scope(pay(&ran)).await.unwrap();
    }
    let seen = test.seen();
    seen.assert_sequence(&["stripe retry"]);
    assert_eq!(seen.of_plan("kit-pay").events().len(), 3_000 + 2, "an end for each run, a failure, a retry");
    test.forget();
    test.seen().assert_none("run_finished");
}

#[tokio::test(start_paused = true)]
async fn names_and_shares_that_do_not_exist_are_refused() {
    let test = TestRuntime::new();
    let of = async |ask: &dyn Fn()| panicking(async move { ask() }).await;
    assert_eq!(
        of(&|| test.assert_calls("kit-pay", "strpe", 0)).await,
        "no provider is called `strpe`; the nearest are [\"stripe\"]"
    );
    assert!(of(&|| assert_eq!(test.calls("kit-pya", "stripe"), 0)).await.starts_with("no plan has the tag `kit-pya`"));
    test.assert_calls("kit-pay", "stripe", 0);
    for probability in [2.0, -0.1, f64::NAN] {
        let said = of(&|| drop(test.faults().provider("stripe").with_probability(probability).clone())).await;
        assert_eq!(said, format!("{probability} is no probability; write a number from 0 to 1"));
    }
}
