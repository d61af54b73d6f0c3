//! R60, form 2: shares of the calls within a window.

use ductape::{Verdict, action};
use tokio::time::sleep;

use super::{share, went};
use crate::support::{Answer, Script, Scripted, fail, hang, ms, ok, seeded};

/// A script from marks: `.` good, `x` bad, `s` good but slow, `S` bad and slow.
fn script(marks: &str) -> Script {
    Script::of(marks.chars().map(|mark| match mark {
        '.' => ok(),
        'x' => fail(Verdict::Retry),
        's' => ok().after(201),
        'S' => fail(Verdict::Retry).after(201),
        other => panic!("there is no mark {other}"),
    }))
}

#[tokio::test(start_paused = true)]
async fn r60_nothing_is_judged_before_min_calls_outcomes_are_in() {
    let (runtime, a) = (seeded(), script("x"));
    assert_eq!(went(&runtime, 6, async || share(&a).await).await, "xxxx--");
    assert_eq!(a.calls(), 4);
}

#[tokio::test(start_paused = true)]
async fn r60_the_share_itself_is_enough() {
    let (runtime, a) = (seeded(), script("..xx"));
    assert_eq!(went(&runtime, 5, async || share(&a).await).await, "..xx-");
}

#[tokio::test(start_paused = true)]
async fn r60_less_than_the_share_is_not() {
    // 2 of 5, 3 of 7, 4 of 9 and 5 of 11 are less than half.
    let marks = "..x.x.x.x.x.";
    let (runtime, a) = (seeded(), script(marks));
    assert_eq!(went(&runtime, marks.len(), async || share(&a).await).await, marks);
    // 49 of 99 are not yet 50 %; 50 of 100 are.
    let marks = "..x".to_owned() + &".x".repeat(48) + "x";
    let (runtime, a) = (seeded(), script(&marks));
    assert_eq!(went(&runtime, 101, async || share(&a).await).await, marks + "-");
}

#[tokio::test(start_paused = true)]
async fn r60_a_success_is_judged_too() {
    // Two of three are bad, which nobody judges yet; the fourth is good, and makes it two of four.
    let (runtime, a) = (seeded(), script("xx.."));
    assert_eq!(went(&runtime, 5, async || share(&a).await).await, "xx..-");
}

#[tokio::test(start_paused = true)]
async fn r60_failures_need_not_follow_each_other() {
    let (runtime, a) = (seeded(), script("x.x."));
    assert_eq!(went(&runtime, 5, async || share(&a).await).await, "x.x.-");
}

#[tokio::test(start_paused = true)]
async fn r60_what_is_older_than_the_window_does_not_count() {
    let (runtime, a) = (seeded(), script("x"));
    assert_eq!(went(&runtime, 3, async || share(&a).await).await, "xxx");
    sleep(ms(11_500)).await;
    assert_eq!(went(&runtime, 5, async || share(&a).await).await, "xxxx-");
}

#[tokio::test(start_paused = true)]
async fn r60_what_is_within_the_window_does() {
    for apart in [1, 2_500, 5_000, 8_500] {
        let (runtime, a) = (seeded(), script("x"));
        assert_eq!(went(&runtime, 3, async || share(&a).await).await, "xxx");
        sleep(ms(apart)).await;
        assert_eq!(went(&runtime, 2, async || share(&a).await).await, "x-", "{apart} ms apart");
    }
}

#[tokio::test(start_paused = true)]
async fn r60_the_window_slides() {
    // One failure every 4 s: there are never four within 10 s.
    let (runtime, a) = (seeded(), script("x"));
    for _ in 0..20 {
        assert_eq!(went(&runtime, 1, async || share(&a).await).await, "x");
        sleep(ms(4_000)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn r60_a_share_of_slow_calls_opens_it_however_well_they_end() {
    let (runtime, a) = (seeded(), script("..ss"));
    assert_eq!(went(&runtime, 5, async || share(&a).await).await, "....-");
}

#[tokio::test(start_paused = true)]
async fn r60_a_call_as_long_as_slow_call_is_not_slower() {
    let (runtime, a) = (seeded(), Script::of([ok().after(200)]));
    assert_eq!(went(&runtime, 12, async || share(&a).await).await, "............");
    let (runtime, a) = (seeded(), Script::of([ok().after(201)]));
    assert_eq!(went(&runtime, 5, async || share(&a).await).await, "....-");
}

#[tokio::test(start_paused = true)]
async fn r60_failures_and_slow_calls_are_judged_each_on_their_own() {
    // A third of failures and a third of slow calls are no half of either.
    let (runtime, a) = (seeded(), script("..xs.xs.xs."));
    assert_eq!(went(&runtime, 11, async || share(&a).await).await, "..x..x..x..");
    // Those that are both count for both, but once.
    let (runtime, a) = (seeded(), script("..S.S.S."));
    assert_eq!(went(&runtime, 8, async || share(&a).await).await, "..x.x.x.");
}

#[tokio::test(start_paused = true)]
async fn r60_without_slow_call_no_call_is_slow() {
    #[action(app = "a", timeout = "10s", breaker(failure_rate = "1%", window = "1h", min_calls = 1))]
    async fn patient(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([ok().after(9_999)]));
    assert_eq!(went(&runtime, 10, async || patient(&a).await).await, "..........");
}

#[tokio::test(start_paused = true)]
async fn r60_any_clause_of_the_second_form_makes_it_the_second_form() {
    #[action(app = "a", breaker(min_calls = 3))]
    async fn counted(a: &Script) -> Answer {
        a.call().await
    }
    #[action(app = "a", timeout = "5s", breaker(slow_call = "1s"))]
    async fn timed(a: &Script) -> Answer {
        a.call().await
    }
    #[action(app = "a", breaker(window = "1m"))]
    async fn framed(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), script("x.x"));
    assert_eq!(went(&runtime, 4, async || counted(&a).await).await, "x.x-");
    // The other defaults are the second form's: 20 calls within 30 s, of which half.
    let (runtime, a) = (seeded(), script("x"));
    assert_eq!(went(&runtime, 21, async || timed(&a).await).await, "x".repeat(20) + "-");
    let marks = ".".repeat(10) + &"x".repeat(10);
    let (runtime, a) = (seeded(), script(&marks));
    assert_eq!(went(&runtime, 21, async || framed(&a).await).await, marks + "-");
}

#[tokio::test(start_paused = true)]
async fn r60_the_second_form_opens_for_half_a_minute_and_asks_for_three_probes_unless_said() {
    #[action(app = "a", breaker(failure_rate = "50%"))]
    async fn plain(a: &Script) -> Answer {
        a.call().await
    }

    let marks = "x".repeat(20) + "..x" + "...xxx";
    let (runtime, a) = (seeded(), script(&marks));
    assert_eq!(went(&runtime, 21, async || plain(&a).await).await, "x".repeat(20) + "-");
    sleep(ms(29_999)).await;
    assert_eq!(went(&runtime, 1, async || plain(&a).await).await, "-");
    sleep(ms(1)).await;
    assert_eq!(went(&runtime, 4, async || plain(&a).await).await, "..x-", "two of three are not enough");
    sleep(ms(60_000)).await;
    assert_eq!(went(&runtime, 6, async || plain(&a).await).await, "...xxx", "closed, with fresh counts");
}

#[tokio::test(start_paused = true)]
async fn r60_the_second_form_knows_the_same_failures() {
    let verdicts = [Verdict::Retry, Verdict::RetryAfter(ms(5)), Verdict::Failover, Verdict::Ambiguous];
    let failures = verdicts.into_iter().map(fail).chain([hang()]);
    for failure in failures {
        let (runtime, a) = (seeded(), Script::of([ok(), ok(), failure]));
        assert_eq!(went(&runtime, 5, async || share(&a).await).await, "..xx-", "of {failure:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn r22_the_second_form_counts_abort_as_a_success_and_throttled_not_at_all() {
    let (bad, abort, throttled) = (fail(Verdict::Retry), fail(Verdict::Abort), fail(Verdict::Throttled(ms(1))));
    let (runtime, a) = (seeded(), Script::of([abort, abort, abort, bad, bad, ok()]));
    assert_eq!(went(&runtime, 6, async || share(&a).await).await, "xxxxx.", "two failures of six calls");

    let (runtime, a) = (seeded(), Script::of([throttled, throttled, throttled, bad, bad, bad, bad]));
    for expected in ["x", "x", "x", "x", "x", "x", "x", "-"] {
        assert_eq!(went(&runtime, 1, async || share(&a).await).await, expected);
        sleep(ms(1)).await;
    }
}

/// The classification decides what is a failure, not that an error came back.
#[tokio::test(start_paused = true)]
async fn r60_without_classify_every_error_is_a_failure() {
    #[action(app = "a", breaker(failures = 2))]
    async fn unclassified(a: &Script) -> Answer {
        a.call().await
    }
    #[action(app = "a", classify(Scripted::verdict), breaker(failures = 2))]
    async fn classified(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Abort)]));
    assert_eq!(went(&runtime, 3, async || unclassified(&a).await).await, "xx-");
    assert_eq!(went(&runtime, 3, async || classified(&a).await).await, "xxx");
}
