//! R73: another provider beside one that is slow.

mod budget;
mod ends;
mod nested;
mod refused;
mod time;
mod turns;

use ductape::{Outcome, fallback, quota};

use crate::support::{Answer, Script, Scripted, hang, ms, ok, run};

#[fallback(tag = "hedge-two", classify(Scripted::verdict), timeout = "10s", hedge = "200ms")]
async fn two(a: &Script, b: &Script) -> Answer {
    #[primary("a")]
    {
        a.call().await
    }
    #[fallback("b")]
    {
        b.call().await
    }
}

#[fallback(
    tag = "hedge-three",
    classify(Scripted::verdict),
    timeout = "10s",
    hedge = "100ms",
    backoff(base = "50ms", factor = 1, jitter = "none")
)]
async fn three(a: &Script, b: &Script, c: &Script) -> Answer {
    #[primary("a", retries = 1)]
    {
        a.call().await
    }
    #[fallback("b", retries = 1)]
    {
        b.call().await
    }
    #[fallback("c")]
    {
        c.call().await
    }
}

fn served(outcome: &Outcome<usize>) -> (&str, u32, u128) {
    (outcome.provider.as_str(), outcome.attempts, outcome.elapsed.as_millis())
}

#[tokio::test(start_paused = true)]
async fn r73_a_provider_that_answers_in_time_is_alone() {
    let (a, b) = (Script::of([ok().after(199)]), Script::of([ok()]));
    let outcome = run(two(&a, &b)).await.expect("a serves");
    assert_eq!((served(&outcome), b.calls()), (("a", 1, 199), 0));
}

#[tokio::test(start_paused = true)]
async fn r73_an_answer_at_the_very_instant_of_the_delay_comes_first() {
    let (a, b) = (Script::of([ok().after(200)]), Script::of([ok()]));
    let outcome = run(two(&a, &b)).await.expect("a serves");
    assert_eq!((served(&outcome), b.calls()), (("a", 1, 200), 0));
}

#[tokio::test(start_paused = true)]
async fn r73_after_the_delay_the_next_provider_starts_beside_the_slow_one() {
    let (a, b) = (Script::of([hang()]), Script::of([ok().after(50)]));
    let outcome = run(two(&a, &b)).await.expect("b serves");
    assert_eq!(served(&outcome), ("b", 2, 250));
    assert_eq!((b.times(), a.cut()), (vec![200], 1), "the loser is dropped before the run returns");
}

#[tokio::test(start_paused = true)]
async fn r73_the_first_success_wins_whoever_began_first() {
    let (a, b) = (Script::of([ok().after(300)]), Script::of([ok().after(500)]));
    let outcome = run(two(&a, &b)).await.expect("a serves");
    assert_eq!((served(&outcome), b.calls(), b.cut()), (("a", 2, 300), 1, 1));
}

#[tokio::test(start_paused = true)]
async fn r73_each_further_one_starts_after_another_delay() {
    let (a, b, c) = (Script::of([hang()]), Script::of([hang()]), Script::of([ok().after(10)]));
    let outcome = run(three(&a, &b, &c)).await.expect("c serves");
    assert_eq!((served(&outcome), b.times(), c.times()), (("c", 3, 210), vec![100], vec![200]));
    assert_eq!((a.cut(), b.cut(), a.running(), b.running()), (1, 1, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn r73_in_a_quota_the_next_one_is_picked_as_for_failover() {
    #[quota(hedge = "100ms", sticky(user))]
    async fn spread(user: u32, a: &Script, b: &Script, spare: &Script) -> Answer {
        #[provider("a", weight = 70)]
        {
            a.call().await
        }
        #[provider("b", weight = 30)]
        {
            b.call().await
        }
        #[fallback("spare")]
        {
            spare.call().await
        }
    }
    for user in 0..20 {
        let (a, b, spare) = (Script::of([hang()]), Script::of([hang()]), Script::of([ok()]));
        let outcome = run(spread(user, &a, &b, &spare)).await.expect("the spare one serves");
        assert_eq!(served(&outcome), ("spare", 3, 200));
        assert_eq!((a.calls(), b.calls()), (1, 1), "both of the quota's come before its tier");
        assert_eq!([a.times(), b.times()].concat().iter().sum::<u64>(), 100, "one at once, the other one later");
    }
}

#[tokio::test(start_paused = true)]
async fn r82_a_hedged_run_can_be_spawned() {
    let (a, b) = (Script::of([hang()]), Script::of([ok()]));
    let spawned = tokio::spawn(async move { run(two(&a, &b)).await.map(|outcome| outcome.provider) });
    assert_eq!(spawned.await.expect("it does not panic").ok().as_deref(), Some("b"));
}

#[tokio::test(start_paused = true)]
async fn r73_the_plan_tells_of_its_hedge() {
    let plan = ductape::plan("hedge-two").expect("it is linked");
    assert_eq!(plan.hedge(), Some(ms(200)));
    assert!(plan.to_string().contains("hedged after 200ms"), "{plan}");
    assert!(plan.to_mermaid().contains("p0 -- failed, or slow for 200ms --> p1\n"), "{}", plan.to_mermaid());
    assert!(plan.to_mermaid().contains("p1 -- failed --> failed\n"), "{}", plan.to_mermaid());
    let order = ductape::plan("hedge-order").expect("it is linked").to_mermaid();
    assert!(order.contains("p2 -. slow for 10ms .-> start\n"), "{order}");
    let json = serde_json::to_value(plan).expect("it is data");
    assert_eq!((&json["hedge"], &json["retry_budget"]), (&"200ms".into(), &"10%".into()));
}
