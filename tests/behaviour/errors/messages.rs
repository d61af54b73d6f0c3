//! `Display`, `source`, and what errors can be providers' errors and swallow ductape's.

use std::error::Error as _;
use std::fmt::{self, Debug, Display, Formatter};
use std::io;

use ductape::{Verdict, action, fallback};

use super::{payment, throttled};
use crate::support::{Script, Scripted, fail, hang, ok, run, seeded};

type Boxed = Box<dyn std::error::Error + Send + Sync>;

#[tokio::test(start_paused = true)]
async fn r6_display_is_one_line_with_the_plan_and_every_provider_and_what_happened() {
    let (a, b) = (Script::of([fail(Verdict::Retry), hang()]), Script::of([fail(Verdict::Failover)]));
    let line = run(payment(&a, true, &b)).await.expect_err("nobody works").to_string();
    for part in ["payment", "stripe", "50ms", "paypal", "Failover"] {
        assert!(line.contains(part), "`{part}` is missing in: {line}");
    }
    assert_eq!(line.lines().count(), 1, "{line}");

    let runtime = seeded();
    let (a, b) = (Script::of([fail(throttled(60))]), Script::of([ok()]));
    runtime.scope(payment(&a, true, &b)).await.expect("paypal works");
    let line = runtime.scope(payment(&a, false, &b)).await.expect_err("nobody is left").to_string();
    for part in ["payment", "stripe", "throttled", "paypal", "when"] {
        assert!(line.contains(part), "`{part}` is missing in: {line}");
    }
    assert_eq!(line.lines().count(), 1, "{line}");
}

#[tokio::test(start_paused = true)]
async fn r6_display_names_each_provider_once_however_often_it_failed() {
    #[fallback(tag = "stubborn")]
    async fn stubborn(a: &Script) -> ductape::Result<usize, Scripted> {
        #[primary("first", retries = 20)]
        {
            a.call().await
        }
        #[fallback("second", retries = 20)]
        {
            a.call().await
        }
    }

    let line = run(stubborn(&Script::of([fail(Verdict::Retry)]))).await.expect_err("nobody works").to_string();
    assert_eq!((line.matches("first").count(), line.matches("second").count()), (1, 1), "{line}");
}

#[tokio::test(start_paused = true)]
async fn r6_display_stays_one_line_when_a_provider_says_many() {
    #[action(tag = "talks")]
    async fn talks() -> ductape::Result<(), &'static str> {
        Err("first line\nsecond line\r\nthird line")
    }

    let line = run(talks()).await.expect_err("it always fails").to_string();
    assert!(line.contains("first line"), "{line}");
    assert!(!line.contains(['\n', '\r']), "{line:?}");
}

#[tokio::test(start_paused = true)]
async fn error_shows_what_can_be_shown_of_the_providers_error() {
    struct Displayed;
    impl Display for Displayed {
        fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
            f.write_str("as display says")
        }
    }
    struct Debugged;
    impl Debug for Debugged {
        fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
            f.write_str("as debug says")
        }
    }
    struct Silent;

    #[action(tag = "displays", app = "provider")]
    async fn displays() -> ductape::Result<(), Displayed> {
        Err(Displayed)
    }
    #[action(tag = "debugs", app = "provider")]
    async fn debugs() -> ductape::Result<(), Debugged> {
        Err(Debugged)
    }
    #[action(tag = "keeps-silent", app = "provider")]
    async fn keeps_silent() -> ductape::Result<(), Silent> {
        Err(Silent)
    }

    let line = run(displays()).await.expect_err("it always fails").to_string();
    assert!(line.contains("as display says"), "{line}");
    let line = run(debugs()).await.expect_err("it always fails").to_string();
    assert!(line.contains("as debug says"), "{line}");
    let error = run(keeps_silent()).await.expect_err("it always fails");
    let line = error.to_string();
    assert!(line.contains("keeps-silent") && line.contains("provider"), "{line}");
    assert!(error.source().is_none());
    assert!(format!("{error:?}").contains("keeps-silent"));
}

#[tokio::test(start_paused = true)]
async fn error_asks_nothing_of_a_generic_error() {
    #[action(tag = "says", app = "provider")]
    async fn says<E>(error: fn() -> E) -> ductape::Result<(), E> {
        Err(error())
    }

    let line = run(says(|| ())).await.expect_err("it always fails").to_string();
    assert!(line.contains("says") && line.contains("provider"), "{line}");
    let error = run(says(|| io::Error::other("disk"))).await.expect_err("it always fails");
    assert_eq!(error.last().map(ToString::to_string).as_deref(), Some("disk"));
}

#[tokio::test(start_paused = true)]
async fn error_source_is_the_last_provider_error() {
    let (a, b) = (Script::of([fail(Verdict::Retry)]), Script::of([fail(Verdict::Failover)]));
    let error = run(payment(&a, true, &b)).await.expect_err("nobody works");
    let source = error.source().expect("paypal failed");
    assert_eq!(source.downcast_ref(), Some(&Scripted { verdict: Verdict::Failover, call: 1 }));

    let skipped = run(async {
        let throttles = Script::of([fail(throttled(60))]);
        payment(&throttles, true, &Script::of([ok()])).await.expect("paypal works");
        payment(&throttles, false, &b).await.expect_err("nobody is left")
    })
    .await;
    assert!(skipped.source().is_none(), "nobody was called");
}

#[tokio::test(start_paused = true)]
async fn error_works_with_anyhow_as_the_providers_error() {
    #[fallback(tag = "with-anyhow")]
    async fn plan(a: &Script) -> ductape::Result<u8, anyhow::Error> {
        let limit: u8 = "255".parse().map_err(anyhow::Error::from)?;

        #[primary("a")]
        {
            a.call().await?;
            Ok(limit)
        }
        #[fallback("b")]
        {
            let number: u8 = "256".parse().map_err(|error| anyhow::Error::new(error).context("no byte"))?;
            Ok(number)
        }
    }

    let error = run(plan(&Script::of([fail(Verdict::Retry)]))).await.expect_err("nobody works");
    assert!(error.to_string().contains("no byte"), "{error}");
    let source = error.source().expect("b failed");
    assert_eq!(source.to_string(), "no byte");
    assert!(source.source().expect("anyhow keeps the cause").is::<std::num::ParseIntError>());
}

#[tokio::test(start_paused = true)]
async fn error_works_with_a_boxed_error_as_the_providers_error() {
    #[fallback(tag = "with-box")]
    async fn plan(a: &Script) -> ductape::Result<u8, Boxed> {
        let limit: u8 = "255".parse().map_err(Boxed::from)?;

        #[primary("a")]
        {
            a.call().await?;
            Ok(limit)
        }
        #[fallback("b")]
        {
            Err("as text")?
        }
    }

    let error = run(plan(&Script::of([fail(Verdict::Retry)]))).await.expect_err("nobody works");
    assert!(error.to_string().contains("as text"), "{error}");
    assert_eq!(error.source().expect("b failed").to_string(), "as text");
}

#[tokio::test(start_paused = true)]
async fn error_goes_through_a_question_mark_into_anyhow_and_into_a_box() {
    async fn into_anyhow(a: &Script) -> anyhow::Result<usize> {
        Ok(payment(a, true, a).await?.into_inner())
    }
    async fn into_box(a: &Script) -> Result<usize, Boxed> {
        Ok(payment(a, true, a).await?.into_inner())
    }

    let a = Script::of([fail(Verdict::Abort)]);
    let error = run(into_anyhow(&a)).await.expect_err("stripe aborts");
    let inner = error.downcast_ref::<ductape::Error<Scripted>>().expect("it is kept whole");
    assert_eq!((inner.plan(), inner.provider()), ("payment", Some("stripe")));
    assert!(error.root_cause().is::<Scripted>());

    let error = run(into_box(&a)).await.expect_err("stripe aborts");
    assert!(error.is::<ductape::Error<Scripted>>());
    assert!(error.to_string().contains("stripe"));
}

#[tokio::test(start_paused = true)]
async fn error_of_anyhow_or_a_box_goes_through_a_question_mark_into_both() {
    #[action(tag = "anyhow-inside")]
    async fn anyhow_inside() -> ductape::Result<(), anyhow::Error> {
        anyhow::bail!("from anyhow")
    }
    #[action(tag = "box-inside")]
    async fn box_inside() -> ductape::Result<(), Boxed> {
        Err("from a box".into())
    }
    async fn into_anyhow(boxed: bool) -> anyhow::Result<()> {
        if boxed {
            box_inside().await?;
        } else {
            anyhow_inside().await?;
        }
        Ok(())
    }
    async fn into_box(boxed: bool) -> Result<(), Boxed> {
        if boxed {
            box_inside().await?;
        } else {
            anyhow_inside().await?;
        }
        Ok(())
    }

    for (boxed, text) in [(false, "from anyhow"), (true, "from a box")] {
        let error = run(into_anyhow(boxed)).await.expect_err("it always fails");
        assert!(error.to_string().contains(text) && error.root_cause().to_string() == text, "{error:#}");
        let error = run(into_box(boxed)).await.expect_err("it always fails");
        assert!(error.to_string().contains(text), "{error}");
    }
}
