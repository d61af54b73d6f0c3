//! R12: a deadline reserves time for the providers still to come.

use ductape::{ErrorKind, Source, Verdict, fallback, quota};
use tokio::time::Instant;

use crate::support::{Answer, Script, Scripted, fail, hang, ms, ok, run, trail};

#[tokio::test(start_paused = true)]
async fn r12_a_retry_that_would_eat_the_next_providers_time_is_not_made() {
    #[fallback(deadline = "600ms")]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a", timeout = "100ms", retries = 5, backoff(base = "10ms", factor = 1, jitter = "none"))]
        {
            a.call().await
        }
        #[fallback("b", timeout = "300ms")]
        {
            b.call().await
        }
    }

    // At 210 another 10 + 100 would leave b 280 of its 300.
    let (a, b) = (Script::of([hang()]), Script::of([ok().after(299)]));
    let outcome = run(plan(&a, &b)).await.expect("b has all the time that it needs");

    assert_eq!((a.times(), b.times()), (vec![0, 110], vec![210]));
    assert_eq!((outcome.provider.as_str(), outcome.elapsed), ("b", ms(509)));
}

#[tokio::test(start_paused = true)]
async fn r12_a_retry_that_fits_exactly_is_made_and_one_millisecond_less_is_too_little() {
    #[fallback(deadline = "350ms", timeout = "100ms")]
    async fn exact(a: &Script, b: &Script) -> Answer {
        #[primary("a", retries = 5, backoff(base = "50ms", factor = 1, jitter = "none"))]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }
    #[fallback(deadline = "349ms", timeout = "100ms")]
    async fn short(a: &Script, b: &Script) -> Answer {
        #[primary("a", retries = 5, backoff(base = "50ms", factor = 1, jitter = "none"))]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    let hanging = || (Script::of([hang()]), Script::of([hang()]));
    let ((a, b), start) = (hanging(), Instant::now());
    run(exact(&a, &b)).await.expect_err("both hang");
    assert_eq!((a.times(), b.times(), start.elapsed()), (vec![0, 150], vec![250], ms(350)));

    let ((a, b), start) = (hanging(), Instant::now());
    run(short(&a, &b)).await.expect_err("both hang");
    assert_eq!((a.times(), b.times(), start.elapsed()), (vec![0], vec![100], ms(200)));
}

#[tokio::test(start_paused = true)]
async fn r12_retries_are_made_as_long_as_a_whole_attempt_fits_however_fast_they_fail() {
    #[fallback(deadline = "1s", timeout = "300ms")]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a", retries = 100, backoff(base = "50ms", factor = 1, jitter = "none"))]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    // A retry must begin by 400 so that it and b can have 300 each; each failure takes 10, each wait 50.
    let (a, b) = (Script::of([fail(Verdict::Retry).after(10)]), Script::of([ok()]));
    run(plan(&a, &b)).await.expect("b works");

    assert_eq!(a.times(), [0, 60, 120, 180, 240, 300, 360]);
    assert_eq!(b.times(), [370]);
}

#[tokio::test(start_paused = true)]
async fn r12_the_needs_of_all_providers_to_come_are_added_up() {
    #[fallback(deadline = "1s", timeout = "100ms", retries = 50)]
    async fn plan(a: &Script, b: &Script, c: &Script) -> Answer {
        #[primary("a", backoff(base = "1ms", factor = 1, jitter = "none"))]
        {
            a.call().await
        }
        #[fallback("b", timeout = "200ms", backoff(base = "1ms", factor = 1, jitter = "none"))]
        {
            b.call().await
        }
        #[fallback("c", timeout = "300ms", backoff(base = "1ms", factor = 1, jitter = "none"))]
        {
            c.call().await
        }
    }

    let (a, b, c) = (Script::of([hang()]), Script::of([hang()]), Script::of([hang()]));
    let start = Instant::now();
    let error = run(plan(&a, &b, &c)).await.expect_err("all hang");

    // Four attempts of a leave 597, and so b and c one each.
    assert_eq!((a.times(), b.times(), c.times()), (vec![0, 101, 202, 303], vec![403], vec![603]));
    assert_eq!(start.elapsed(), ms(903));
    assert_eq!(trail(&error).last().map(String::as_str), Some("c 1 timed out after 300ms"));
}

#[tokio::test(start_paused = true)]
async fn r12_every_admitted_provider_gets_one_whole_attempt_whatever_the_earlier_ones_do() {
    #[fallback(deadline = "640ms")]
    async fn plan(a: &Script, b: &Script, c: &Script) -> Answer {
        #[primary("a", timeout = "120ms", retries = 9, backoff(base = "3ms", factor = 1, jitter = "none"))]
        {
            a.call().await
        }
        #[fallback("b", timeout = "90ms", retries = 9, backoff(base = "7ms", factor = 1, jitter = "none"))]
        {
            b.call().await
        }
        #[fallback("c", timeout = "300ms")]
        {
            c.call().await
        }
    }

    for slow in (0..=130).step_by(3) {
        let a = Script::of([fail(Verdict::Retry).after(slow), hang()]);
        let b = Script::of([hang(), fail(Verdict::Retry).after(130 - slow)]);
        let c = Script::of([hang()]);
        let error = run(plan(&a, &b, &c)).await.expect_err("nobody works");

        assert!(a.calls() > 1 && b.calls() >= 1, "with {slow} ms there is time for more than c");
        assert_eq!(c.calls(), 1);
        assert_eq!(trail(&error).last().map(String::as_str), Some("c 1 timed out after 300ms"), "after {slow} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn r12_what_reconcile_needs_of_a_provider_to_come_is_reserved() {
    #[fallback(deadline = "500ms", timeout = "100ms", at_most_once, classify(Scripted::verdict))]
    async fn plan(a: &Script, b: &Script, asked: &Script) -> Answer {
        #[primary("a", retries = 9, backoff(base = "50ms", factor = 1, jitter = "none"))]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
        #[reconcile(after = "50ms")]
        {
            asked.call().await.map(Some)
        }
    }

    // b needs 100 + 50 + 100, and a retry of a 50 + 100: it must follow a failure by 100.
    let a = Script::of([fail(Verdict::Retry).after(50)]);
    let (b, asked) = (Script::of([hang()]), Script::of([ok().after(100)]));
    let outcome = run(plan(&a, &b, &asked)).await.expect("b did it, as it turns out");

    assert_eq!((a.times(), b.times(), asked.times()), (vec![0, 100], vec![150], vec![300]));
    assert_eq!((outcome.provider.as_str(), outcome.elapsed), ("b", ms(400)));
}

#[tokio::test(start_paused = true)]
async fn r12_a_retry_leaves_its_own_question_time() {
    #[fallback(deadline = "600ms", timeout = "100ms", at_most_once, classify(Scripted::verdict))]
    async fn plan(a: &Script, asked: &Script, b: &Script) -> Answer {
        #[primary("a", retries = 9, backoff(base = "50ms", factor = 1, jitter = "none"))]
        {
            a.call().await
        }
        #[reconcile(after = "50ms")]
        {
            asked.call().await.map(Some)
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    // A retry needs 50 + 100, its question 50 + 100, b 100: it must follow a failure by 200.
    let a = Script::of([fail(Verdict::Retry).after(40), fail(Verdict::Retry).after(40), hang()]);
    let (asked, b) = (Script::of([ok().after(100)]), Script::of([ok()]));
    let outcome = run(plan(&a, &asked, &b)).await.expect("a did it, as it turns out");

    assert_eq!((a.times(), asked.times(), b.times()), (vec![0, 90, 180], vec![330], vec![]));
    assert_eq!((outcome.provider.as_str(), outcome.elapsed), ("a", ms(430)));

    let a = Script::of([fail(Verdict::Retry).after(70), fail(Verdict::Retry).after(85), hang()]);
    let outcome = run(plan(&a, &asked, &b)).await.expect("b works");
    assert_eq!((a.times(), outcome.provider.as_str()), (vec![0, 120], "b"));
}

#[tokio::test(start_paused = true)]
async fn r12_the_time_of_degrade_is_reserved() {
    #[fallback(deadline = "500ms", timeout = "100ms")]
    async fn plan(a: &Script, b: &Script, poor: &Script) -> Answer {
        #[primary("a", retries = 9, backoff(base = "10ms", factor = 1, jitter = "none"))]
        {
            a.call().await
        }
        #[fallback("b", retries = 9, backoff(base = "40ms", factor = 1, jitter = "none"))]
        {
            b.call().await
        }
        #[degrade(timeout = "150ms")]
        {
            poor.call().await
        }
    }

    let (a, b, poor) = (Script::of([hang()]), Script::of([hang()]), Script::of([ok().after(150)]));
    let outcome = run(plan(&a, &b, &poor)).await.expect("the degrade block works");

    // a: 100 + 10 + 100 of 500 leave 290 for b and degrade, and no third attempt; b's second would leave 50.
    assert_eq!((a.times(), b.times(), poor.times()), (vec![0, 110], vec![210], vec![310]));
    assert_eq!((outcome.source, outcome.elapsed), (Source::Degraded, ms(460)));
}

#[tokio::test(start_paused = true)]
async fn r12_a_quota_reserves_time_for_everyone_that_can_still_be_picked_and_for_its_tier() {
    #[quota(deadline = "600ms", timeout = "100ms", retries = 9, backoff(base = "25ms", factor = 1, jitter = "none"))]
    async fn plan(left: &Script, right: &Script, tier: &Script) -> Answer {
        #[provider("left", weight = 50)]
        {
            left.call().await
        }
        #[provider("right", weight = 50)]
        {
            right.call().await
        }
        #[fallback("tier", timeout = "250ms")]
        {
            tier.call().await
        }
    }

    let (left, right, tier) = (Script::of([hang()]), Script::of([hang()]), Script::of([hang()]));
    let error = run(plan(&left, &right, &tier)).await.expect_err("all hang");

    // Two attempts of the first leave 375: a retry of the second would leave the tier 150.
    let mut turns = [left.times(), right.times()];
    turns.sort();
    assert_eq!(turns, [vec![0, 125], vec![225]]);
    assert_eq!(tier.times(), [325]);
    assert_eq!(trail(&error).last().map(String::as_str), Some("tier 1 timed out after 250ms"));
}

#[tokio::test(start_paused = true)]
async fn r12_when_an_outer_plan_leaves_less_first_attempts_get_what_there_is_and_retries_are_refused() {
    #[fallback(tag = "inside", deadline = "1s", timeout = "100ms", retries = 3)]
    async fn inside(a: &Script, b: &Script, c: &Script) -> Answer {
        #[primary("a", backoff(base = "1ms", factor = 1, jitter = "none"))]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
        #[fallback("c")]
        {
            c.call().await
        }
    }
    #[fallback(tag = "around", timeout = "250ms")]
    async fn around(a: &Script, b: &Script, c: &Script) -> ductape::Result<usize, ductape::Error<Scripted>> {
        #[primary("one")]
        {
            inside(a, b, c).await.map(|outcome| outcome.value)
        }
        #[fallback("two", when(false))]
        {
            Ok(0)
        }
    }

    let (a, b, c) = (Script::of([hang()]), Script::of([fail(Verdict::Retry).after(100)]), Script::of([hang()]));
    let start = Instant::now();
    let error = run(around(&a, &b, &c)).await.expect_err("nobody works");

    assert_eq!((a.times(), b.times(), c.times()), (vec![0], vec![100], vec![200]));
    assert_eq!((c.cut(), start.elapsed()), (1, ms(250)));
    let inner = error.last().expect("the inner plan's answer came in the poll in which its time was up");
    assert_eq!(inner.kind(), ErrorKind::Deadline);
    assert_eq!(trail(inner), ["a 1 timed out after 100ms", "b 1 failed: Retry", "c 1 timed out after 50ms"]);
}
