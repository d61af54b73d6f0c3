//! R10 to R18 with several turns at once.

use ductape::{ErrorKind, Verdict, fallback};

use super::served;
use crate::support::{Answer, Script, Scripted, fail, hang, ms, ok, run, trail};

/// The shortest deadline that compiles, and tries that take half of their time.
#[fallback(
    tag = "hedge-reserve",
    classify(Scripted::verdict),
    hedge = "100ms",
    timeout = "200ms",
    deadline = "600ms",
    backoff(base = "50ms", factor = 1, jitter = "none"),
    retry_budget = "100%"
)]
async fn reserve(a: &Script, b: &Script, c: &Script) -> Answer {
    #[primary("a", retries = 9)]
    {
        a.call().await
    }
    #[fallback("b", retries = 9)]
    {
        b.call().await
    }
    #[fallback("c", retries = 9)]
    {
        c.call().await
    }
}

#[tokio::test(start_paused = true)]
async fn r12_a_retry_leaves_their_time_to_those_that_have_not_begun_and_needs_none_for_the_others() {
    let failing = || fail(Verdict::Retry).after(120);
    // At 120 ms b runs already: a's next try needs 50 + 200, and c 200. Failed at 290 ms, it may follow at 340, since
    // nobody is left to come; at 510 no more.
    let (a, b, c) = (Script::of([failing()]), Script::of([hang()]), Script::of([hang()]));
    let error = run(reserve(&a, &b, &c)).await.expect_err("nobody serves");
    assert_eq!((a.times(), b.times(), c.times()), (vec![0, 170, 340], vec![100, 350], vec![200]));
    assert_eq!(error.kind(), ErrorKind::Exhausted);
}

#[tokio::test(start_paused = true)]
async fn r12_a_retry_is_not_made_in_the_time_of_one_to_come() {
    #[fallback(
        classify(Scripted::verdict),
        hedge = "500ms",
        timeout = "200ms",
        deadline = "600ms",
        backoff(base = "50ms", factor = 1, jitter = "none")
    )]
    async fn late(a: &Script, b: &Script, c: &Script) -> Answer {
        #[primary("a", retries = 9)]
        {
            a.call().await
        }
        #[fallback("b", retries = 9)]
        {
            b.call().await
        }
        #[fallback("c")]
        {
            c.call().await
        }
    }
    // Nobody runs beside a, and b and c need 400 of 600 ms: there is no time for 10 + 50 + 200.
    let (a, b) = (Script::of([fail(Verdict::Retry).after(10)]), Script::of([fail(Verdict::Retry).after(100)]));
    let outcome = run(late(&a, &b, &Script::of([ok()]))).await.expect("c serves");
    // b fails at 110 and may follow at 160: until 360, and c has 200 of the 240 that are left. At 260 it may not.
    assert_eq!((served(&outcome), a.times(), b.times()), (("c", 4, 260), vec![0], vec![10, 160]));
}

#[tokio::test(start_paused = true)]
async fn r18_lanes_that_the_deadline_cuts_make_it_the_kind() {
    let (outer, a, b) = (ms(150), Script::of([hang()]), Script::of([hang()]));
    let c = Script::of([ok()]);
    let error = run(within(outer, &a, &b, &c)).await.expect_err("it has 150 ms");
    let inner = error.last().expect("the inner error");
    assert_eq!(inner.kind(), ErrorKind::Deadline);
    assert_eq!(trail(inner), ["a 1 timed out after 150ms", "b 1 timed out after 50ms", "c skipped: NoTime"]);
    assert_eq!((a.cut(), b.cut(), c.calls()), (1, 1, 0));
}

/// An attempt of just this time, with the plan above inside.
async fn within(
    time: std::time::Duration,
    a: &Script,
    b: &Script,
    c: &Script,
) -> ductape::Result<usize, ductape::Error<Scripted>> {
    #[ductape::action(tag = "hedge-within", app = "outer", timeout = "200ms", deadline = "200ms")]
    async fn outer(
        spent: std::time::Duration,
        a: &Script,
        b: &Script,
        c: &Script,
    ) -> ductape::Result<usize, ductape::Error<Scripted>> {
        tokio::time::sleep(spent).await;
        Ok(reserve(a, b, c).await?.into_inner())
    }
    outer(ms(200).saturating_sub(time), a, b, c).await
}
