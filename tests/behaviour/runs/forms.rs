//! The functions that can be plans: their return types, receivers, generic parameters and places.

use std::fmt::{self, Debug, Display, Formatter};

use ductape::{ErrorKind, Outcome, Source, Verdict, action, fallback, quota};

use crate::support::{Script, Scripted, fail, ms, ok, run};

#[tokio::test(start_paused = true)]
async fn r3_a_plan_returns_the_bare_value_or_how_it_went_as_well() {
    #[fallback]
    async fn bare(a: &Script, b: &Script) -> ductape::Result<usize, Scripted> {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }
    #[fallback]
    async fn told(a: &Script, b: &Script) -> ductape::Result<Outcome<usize>, Scripted> {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    let (a, b) = (Script::of([fail(Verdict::Retry).after(30)]), Script::of([ok().after(20)]));
    let value: usize = run(bare(&a, &b)).await.expect("b works");
    let outcome: Outcome<usize> = run(told(&a, &b)).await.expect("b works");

    assert_eq!(value, 1);
    assert_eq!((outcome.value, outcome.provider.as_str(), outcome.attempts), (2, "b", 2));
    assert_eq!((outcome.elapsed, outcome.source), (ms(50), Source::Provider));
}

mod aliased {
    //! The return types as users write them who like short names.

    use super::{Outcome, Script, Scripted, fallback, quota};

    pub(super) type Result<T> = ductape::Result<T, Scripted>;
    pub(super) type Told = std::result::Result<Outcome<usize>, ductape::Error<Scripted>>;

    #[fallback]
    pub(super) async fn bare(a: &Script, b: &Script) -> Result<usize> {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }

    #[quota]
    pub(super) async fn told(a: &Script) -> Told {
        #[provider("a", weight = 100)]
        {
            a.call().await
        }
    }
}

#[tokio::test(start_paused = true)]
async fn r3_both_return_forms_hold_through_type_aliases() {
    let (a, b) = (Script::of([ok()]), Script::of([ok()]));
    let bare: aliased::Result<usize> = run(aliased::bare(&a, &b)).await;
    let told: aliased::Told = run(aliased::told(&a)).await;

    assert_eq!(bare.expect("a works"), 1);
    assert_eq!(told.expect("a works").provider, "a");
}

#[tokio::test(start_paused = true)]
async fn r2_generic_functions_are_plans_for_every_type() {
    #[fallback]
    async fn plan<'a, T, F, const N: usize>(
        values: &'a [T; N],
        fails: F,
        a: &Script,
    ) -> ductape::Result<&'a T, Scripted>
    where
        T: PartialOrd + Debug,
        F: Fn(&T) -> bool,
    {
        #[primary("smallest", retries = 1)]
        {
            a.call().await?;
            let mut least = &values[0];
            for value in values {
                if value < least {
                    least = value;
                }
            }
            if fails(least) { Err(Scripted { verdict: Verdict::Retry, call: N }) } else { Ok(least) }
        }
        #[fallback("last")]
        {
            Ok(&values[N - 1])
        }
    }

    let a = Script::of([ok()]);
    assert_eq!(run(plan(&[3, 1, 2], |_| false, &a)).await.expect("it works"), &1);
    assert_eq!(run(plan(&["b", "a"], |least| *least == "b", &a)).await.expect("it works"), &"a");
    assert_eq!(run(plan(&['z', 'a', 'b'], |least| *least == 'a', &a)).await.expect("the last one works"), &'b');
    assert_eq!(a.calls(), 1 + 1 + 2);
}

struct Gateway {
    first: Script,
    second: Script,
    log: Vec<&'static str>,
}

impl Gateway {
    fn new(verdict: Verdict) -> Self {
        Self { first: Script::of([fail(verdict)]), second: Script::of([ok()]), log: Vec::new() }
    }

    #[fallback(classify(Scripted::verdict))]
    async fn by_reference(&self, add: usize) -> ductape::Result<usize, Scripted> {
        #[primary("first")]
        {
            self.first.call().await
        }
        #[fallback("second")]
        {
            Ok(self.second.call().await? + add)
        }
    }

    #[fallback]
    async fn by_mutable_reference(&mut self) -> ductape::Result<usize, Scripted> {
        self.log.push("prepared");

        #[primary("first", retries = 1)]
        {
            self.log.push("first");
            self.first.call().await
        }
        #[fallback("second")]
        {
            self.log.push("second");
            self.second.call().await
        }
    }

    #[fallback]
    async fn by_value(self) -> ductape::Result<usize, Scripted> {
        #[primary("first")]
        {
            self.first.call().await
        }
        #[fallback("second")]
        {
            self.second.call().await
        }
    }

    #[action(retries = 1)]
    async fn by_shared_pointer(self: std::sync::Arc<Self>) -> ductape::Result<usize, Scripted> {
        self.first.call().await
    }
}

#[tokio::test(start_paused = true)]
async fn r2_methods_take_self_in_every_way() {
    let mut gateway = Gateway::new(Verdict::Retry);
    assert_eq!(run(gateway.by_reference(10)).await.expect("the second works"), 11);
    assert_eq!(run(gateway.by_mutable_reference()).await.expect("the second works"), 2);
    assert_eq!(gateway.log, ["prepared", "first", "first", "second"]);
    assert_eq!(run(gateway.by_value()).await.expect("the second works"), 3);

    let shared = std::sync::Arc::new(Gateway::new(Verdict::Retry));
    let error = run(std::sync::Arc::clone(&shared).by_shared_pointer()).await.expect_err("the first never works");
    assert_eq!((error.provider(), shared.first.calls()), (Some("by-shared-pointer"), 2));
}

#[tokio::test(start_paused = true)]
async fn r20_a_method_classifies_like_any_other_plan() {
    let error = run(Gateway::new(Verdict::Abort).by_reference(0)).await.expect_err("the first aborts");
    assert_eq!((error.kind(), error.provider()), (ErrorKind::Aborted, Some("first")));
}

trait Sender {
    async fn send(&self, text: &str) -> ductape::Result<Outcome<usize>, Scripted>;
}

struct Sms(Script, Script);

impl Sender for Sms {
    #[quota]
    async fn send(&self, text: &str) -> ductape::Result<Outcome<usize>, Scripted> {
        #[provider("twilio", weight = 100)]
        {
            self.0.call().await.map(|call| call + text.len())
        }
        #[fallback("nexmo")]
        {
            self.1.call().await.map(|call| call + text.len())
        }
    }
}

#[tokio::test(start_paused = true)]
async fn r3_a_method_of_a_trait_can_be_a_plan() {
    let sms = Sms(Script::of([fail(Verdict::Retry)]), Script::of([ok()]));
    let sent = run(Sender::send(&sms, "hello")).await.expect("the tier works");
    assert_eq!((sent.value, sent.provider.as_str()), (6, "nexmo"));
}

/// An error of the function's own, as services have it.
#[derive(Debug, PartialEq)]
enum AppError {
    Payment { kind: ErrorKind, last: Option<Scripted> },
}

impl From<ductape::Error<Scripted>> for AppError {
    fn from(error: ductape::Error<Scripted>) -> Self {
        Self::Payment { kind: error.kind(), last: error.last().copied() }
    }
}

#[tokio::test(start_paused = true)]
async fn r20_with_error_the_function_returns_its_own_error_and_classifies_the_providers() {
    #[fallback(error(Scripted), classify(Scripted::verdict))]
    async fn bare(a: &Script, b: &Script) -> Result<usize, AppError> {
        #[primary("a")]
        {
            a.call().await
        }
        #[fallback("b")]
        {
            b.call().await
        }
    }
    #[action(error(Scripted), retries = 1)]
    async fn told(a: &Script) -> Result<Outcome<usize>, AppError> {
        a.call().await
    }

    let (a, b) = (Script::of([fail(Verdict::Retry), fail(Verdict::Abort)]), Script::of([ok()]));
    assert_eq!(run(bare(&a, &b)).await, Ok(1));
    let aborted = Scripted { verdict: Verdict::Abort, call: 2 };
    assert_eq!(run(bare(&a, &b)).await, Err(AppError::Payment { kind: ErrorKind::Aborted, last: Some(aborted) }));
    assert_eq!(b.calls(), 1);
    assert_eq!(run(told(&b)).await.expect("b works").provider, "told");
}

#[tokio::test(start_paused = true)]
async fn r6_an_error_that_can_neither_be_shown_nor_cloned_is_error_enough() {
    struct Opaque(u8);

    #[fallback]
    async fn plan() -> ductape::Result<(), Opaque> {
        #[primary("a")]
        {
            Err(Opaque(1))
        }
        #[fallback("b")]
        {
            Err(Opaque(2))
        }
    }

    let error = run(plan()).await.expect_err("nobody works");
    assert_eq!(error.trail().entries().len(), 2);
    assert_eq!(error.into_last().map(|last| last.0), Some(2));
}

#[tokio::test(start_paused = true)]
async fn r6_every_instance_of_a_generic_plan_shows_its_own_error() {
    struct Loud;
    impl Display for Loud {
        fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
            f.write_str("LOUD")
        }
    }

    #[action(app = "only")]
    async fn plan<E: Display>(error: fn() -> E) -> ductape::Result<(), E> {
        Err(error())
    }

    let loud = run(plan(|| Loud)).await.expect_err("it always fails").to_string();
    let number = run(plan(|| 42)).await.expect_err("it always fails").to_string();
    assert!(loud.contains("LOUD"), "{loud}");
    assert!(number.contains("42") && !number.contains("LOUD"), "{number}");
}
