//! R74: whose state it is.

use std::pin::pin;

use ductape::{Breaker, Dependency, Rate, RateLimit, Runtime, Verdict, action, fallback, healthcheck};
use tokio::time::sleep;

use crate::health::{Probe, Try};
use crate::support::{Answer, Script, begin, fail, hang, ms, ok, seeded, trail};

static NARROW: Dependency = Dependency::new("narrow").bulkhead(1);
static TOUCHY: Dependency = Dependency::new("touchy").breaker(Breaker::new().failures(2));
static SLOW: Dependency = Dependency::new("slow").rate_limit(RateLimit::new(Rate::per_second(2)));
static CHECKED: Dependency = Dependency::new("checked").healthcheck(&shared_health);

#[healthcheck(tag = "dependency-health", interval = "1h", retries = 0, timeout = "1s")]
async fn shared_health(probe: &Probe) -> Result<(), &'static str> {
    probe.ask().await
}

#[healthcheck(tag = "dependency-own-health", interval = "1h", retries = 0, timeout = "1s")]
async fn own_health(probe: &Probe) -> Result<(), &'static str> {
    probe.ask().await
}

/// Plans that have nothing but a dependency in common.
macro_rules! plans_of {
    ($dependency:ident: $one:ident $one_tag:literal, $two:ident $two_tag:literal) => {
        #[action(tag = $one_tag, app = "a", timeout = "1s", dependency($dependency))]
        async fn $one(a: &Script) -> Answer {
            a.call().await
        }

        #[fallback(tag = $two_tag, timeout = "1s")]
        async fn $two(a: &Script) -> Answer {
            #[primary("x", dependency($dependency))]
            {
                a.call().await
            }
            #[fallback("y", when(false))]
            {
                a.call().await
            }
        }
    };
}

plans_of!(NARROW: narrow_one "dependency-narrow-one", narrow_two "dependency-narrow-two");
plans_of!(TOUCHY: touchy_one "dependency-touchy-one", touchy_two "dependency-touchy-two");
plans_of!(SLOW: slow_one "dependency-slow-one", slow_two "dependency-slow-two");
plans_of!(CHECKED: checked_one "dependency-checked-one", checked_two "dependency-checked-two");

/// Two plans that look the same, and two providers each: everything is their own.
macro_rules! plan_with_its_own {
    ($name:ident $tag:literal) => {
        #[fallback(tag = $tag, timeout = "1s")]
        async fn $name(a: &Script, b: &Script) -> Answer {
            #[primary("a", breaker(failures = 1), bulkhead = 1, rate_limit(rate = "1/m", burst = 2))]
            {
                a.call().await
            }
            #[fallback("b", breaker(failures = 1), bulkhead = 1, rate_limit(rate = "1/m", burst = 2))]
            {
                b.call().await
            }
        }
    };
}

plan_with_its_own!(own_one "dependency-own-one");
plan_with_its_own!(own_two "dependency-own-two");

async fn refusal(runtime: &Runtime, run: impl Future<Output = Answer>) -> String {
    let error = runtime.scope(run).await.expect_err("it is refused");
    trail(&error).remove(0)
}

#[tokio::test(start_paused = true)]
async fn r74_two_plans_share_the_bulkhead_of_their_dependency() {
    let (runtime, a) = (seeded(), Script::of([hang(), ok()]));
    {
        let mut holder = pin!(runtime.scope(narrow_one(&a)));
        begin(holder.as_mut()).await;
        assert_eq!(refusal(&runtime, narrow_two(&a)).await, "x skipped: BulkheadFull");
        assert_eq!(refusal(&runtime, narrow_one(&a)).await, "a skipped: BulkheadFull");
    }
    runtime.scope(narrow_two(&a)).await.expect("there is room");
}

#[tokio::test(start_paused = true)]
async fn r74_two_plans_share_the_breaker_of_their_dependency() {
    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry), fail(Verdict::Retry), ok()]));
    runtime.scope(touchy_one(&a)).await.expect_err("a fails");
    runtime.scope(touchy_two(&a)).await.expect_err("a fails");
    assert_eq!(refusal(&runtime, touchy_one(&a)).await, "a skipped: BreakerOpen { retry_in: 60s }");
    assert_eq!(refusal(&runtime, touchy_two(&a)).await, "x skipped: BreakerOpen { retry_in: 60s }");
    sleep(ms(60_000)).await;
    runtime.scope(touchy_two(&a)).await.expect("the probe of one plan");
    runtime.scope(touchy_one(&a)).await.expect("closes it for the other");
}

#[tokio::test(start_paused = true)]
async fn r74_two_plans_share_the_rate_of_their_dependency() {
    let (runtime, a) = (seeded(), Script::of([ok()]));
    runtime.scope(slow_one(&a)).await.expect("there is a token");
    runtime.scope(slow_two(&a)).await.expect("there is another");
    assert_eq!(refusal(&runtime, slow_one(&a)).await, "a skipped: RateLimited { retry_in: 500ms }");
    assert_eq!(refusal(&runtime, slow_two(&a)).await, "x skipped: RateLimited { retry_in: 500ms }");
}

#[tokio::test(start_paused = true)]
async fn r74_two_plans_share_the_healthcheck_of_their_dependency() {
    #[fallback(timeout = "1s")]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a", dependency(CHECKED))]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    let builder = Runtime::builder().seed(7).bind(&shared_health, Probe::script([Try::Bad("no")], Try::Good));
    let runtime = builder.build().expect("building checks nothing that could be wrong");
    runtime.scope(shared_health.check()).await;
    let (a, b) = (Script::of([ok()]), Script::of([ok()]));
    assert_eq!(runtime.scope(plan(&a, &b)).await.expect("b works").provider, "b");
    // Alone, it is tried nevertheless (R55).
    runtime.scope(checked_one(&a)).await.expect("a works");
    runtime.scope(checked_two(&a)).await.expect("a works");

    runtime.scope(shared_health.check()).await;
    assert_eq!(runtime.scope(plan(&a, &b)).await.expect("a works").provider, "a");
}

#[tokio::test(start_paused = true)]
async fn r74_what_the_dependency_has_is_used_instead_of_the_providers_own() {
    #[action(app = "a", timeout = "1s", bulkhead = 5, dependency(NARROW))]
    async fn wider(a: &Script) -> Answer {
        a.call().await
    }
    #[action(app = "a", timeout = "1s", breaker(failures = 1, cooldown = "1s"), dependency(TOUCHY))]
    async fn touchier(a: &Script) -> Answer {
        a.call().await
    }
    #[action(app = "a", timeout = "1s", rate_limit = "1/h", dependency(SLOW))]
    async fn slower(a: &Script) -> Answer {
        a.call().await
    }

    let (runtime, a) = (seeded(), Script::of([hang()]));
    let mut holder = pin!(runtime.scope(wider(&a)));
    begin(holder.as_mut()).await;
    assert_eq!(refusal(&runtime, wider(&a)).await, "a skipped: BulkheadFull");

    let a = Script::of([fail(Verdict::Retry)]);
    runtime.scope(touchier(&a)).await.expect_err("a fails");
    runtime.scope(touchier(&a)).await.expect_err("a fails, and was called: the dependency's breaker takes two");
    assert_eq!(
        (refusal(&runtime, touchier(&a)).await.as_str(), a.calls()),
        ("a skipped: BreakerOpen { retry_in: 60s }", 2)
    );

    let a = Script::of([ok()]);
    runtime.scope(slower(&a)).await.expect("there is a token");
    runtime.scope(slower(&a)).await.expect("there is another");
    assert_eq!(refusal(&runtime, slower(&a)).await, "a skipped: RateLimited { retry_in: 500ms }");
}

#[tokio::test(start_paused = true)]
async fn r74_what_the_dependency_lacks_is_the_providers_own() {
    macro_rules! plan {
        ($name:ident) => {
            #[action(app = "a", timeout = "1s", breaker(failures = 1), dependency(NARROW))]
            async fn $name(a: &Script) -> Answer {
                a.call().await
            }
        };
    }
    plan!(first_with_its_own);
    plan!(second_with_its_own);

    let (runtime, a) = (seeded(), Script::of([fail(Verdict::Retry), hang()]));
    runtime.scope(first_with_its_own(&a)).await.expect_err("a fails");
    assert_eq!(refusal(&runtime, first_with_its_own(&a)).await, "a skipped: BreakerOpen { retry_in: 60s }");
    let mut holder = pin!(runtime.scope(second_with_its_own(&a)));
    begin(holder.as_mut()).await;
    assert_eq!(refusal(&runtime, second_with_its_own(&a)).await, "a skipped: BulkheadFull");
    assert_eq!(a.calls(), 2, "the second's breaker is closed");
}

#[tokio::test(start_paused = true)]
async fn r74_two_providers_of_one_plan_share_it_too() {
    #[fallback(timeout = "1s", dependency(TOUCHY))]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    let (runtime, a, b) = (seeded(), Script::of([fail(Verdict::Retry)]), Script::of([fail(Verdict::Retry)]));
    runtime.scope(plan(&a, &b)).await.expect_err("both fail");
    let error = runtime.scope(plan(&a, &b)).await.expect_err("both are refused");
    let refused = ["a skipped: BreakerOpen { retry_in: 60s }", "b skipped: BreakerOpen { retry_in: 60s }"];
    assert_eq!((trail(&error), a.calls(), b.calls()), (refused.map(str::to_owned).to_vec(), 1, 1));
}

#[tokio::test(start_paused = true)]
async fn r74_without_a_dependency_it_belongs_to_the_plan_and_the_provider() {
    // The breaker of one provider of one plan is open, and its bulkhead is full.
    let (runtime, bad, well) = (seeded(), Script::of([fail(Verdict::Retry)]), Script::of([ok()]));
    runtime.scope(own_one(&bad, &well)).await.expect("b works");
    let outcome = runtime.scope(own_one(&well, &well)).await.expect("b works");
    assert_eq!(outcome.provider, "b", "the provider beside it is closed");
    let error = runtime.scope(own_one(&well, &well)).await.expect_err("two tokens of b are used");
    let skips = ["a skipped: BreakerOpen { retry_in: 60s }", "b skipped: RateLimited { retry_in: 60s }"];
    assert_eq!(trail(&error), skips);

    for _ in 0..2 {
        let outcome = runtime.scope(own_two(&well, &well)).await.expect("a works");
        assert_eq!(outcome.provider, "a", "the other plan's provider of the same name");
    }
    let hanging = Script::of([hang()]);
    let runtime = seeded();
    let mut holder = pin!(runtime.scope(own_one(&hanging, &well)));
    begin(holder.as_mut()).await;
    assert_eq!(runtime.scope(own_one(&well, &well)).await.expect("b has room").provider, "b");
    assert_eq!(runtime.scope(own_two(&well, &well)).await.expect("a has room").provider, "a");
}

#[tokio::test(start_paused = true)]
async fn r74_each_runtime_has_its_own_with_a_dependency_and_without() {
    let (one, two) = (seeded(), seeded());
    let (bad, well, hanging) = (Script::of([fail(Verdict::Retry)]), Script::of([ok()]), Script::of([hang()]));
    one.scope(own_one(&bad, &bad)).await.expect_err("both fail");
    assert_eq!(refusal(&one, own_one(&well, &well)).await, "a skipped: BreakerOpen { retry_in: 60s }");
    assert_eq!(two.scope(own_one(&well, &well)).await.expect("a works").provider, "a");

    for _ in 0..2 {
        one.scope(touchy_one(&bad)).await.expect_err("a fails");
        one.scope(slow_one(&well)).await.expect("there is a token");
    }
    let mut holder = pin!(one.scope(narrow_one(&hanging)));
    begin(holder.as_mut()).await;
    assert_eq!(refusal(&one, touchy_two(&well)).await, "x skipped: BreakerOpen { retry_in: 60s }");
    assert_eq!(refusal(&one, slow_two(&well)).await, "x skipped: RateLimited { retry_in: 500ms }");
    assert_eq!(refusal(&one, narrow_two(&well)).await, "x skipped: BulkheadFull");
    two.scope(touchy_two(&well)).await.expect("this runtime knows of no failure");
    two.scope(slow_two(&well)).await.expect("this runtime has used no token");
    two.scope(narrow_two(&well)).await.expect("this runtime has room");
}

#[tokio::test(start_paused = true)]
async fn r74_the_dependencys_healthcheck_is_used_instead_of_the_providers_own() {
    #[fallback(timeout = "1s")]
    async fn plan(a: &Script, b: &Script) -> Answer {
        #[primary("a", healthcheck(own_health), dependency(CHECKED))]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    let (a, b) = (Script::of([ok()]), Script::of([ok()]));
    for (own, shared, provider) in [(Try::Bad("no"), Try::Good, "a"), (Try::Good, Try::Bad("no"), "b")] {
        let builder = Runtime::builder().bind(&own_health, Probe::always(own));
        let builder = builder.bind(&shared_health, Probe::always(shared));
        let runtime = builder.build().expect("building checks nothing that could be wrong");
        runtime.scope(async { tokio::join!(own_health.check(), shared_health.check()) }).await;
        assert_eq!(runtime.scope(plan(&a, &b)).await.expect("somebody works").provider, provider);
    }
}
