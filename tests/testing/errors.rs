//! Errors of every type get into plans, and no plan stops to compile because tests could script it.

use std::error::Error;
use std::fmt::{self, Formatter};
use std::io;

use ductape::testing::{FromScript, TestRuntime};
use ductape::{action, partial};

use crate::panicking;

type Boxed = Box<dyn Error + Send + Sync>;

macro_rules! plan_of {
    ($name:ident, $tag:literal, $error:ty) => {
        #[action(tag = $tag, app = "it")]
        async fn $name() -> ductape::Result<(), $error> {
            Ok(())
        }
    };
}

plan_of!(of_io, "kit-of-io", io::Error);
plan_of!(of_string, "kit-of-string", String);
plan_of!(of_str, "kit-of-str", &'static str);
plan_of!(of_unit, "kit-of-unit", ());
plan_of!(of_anyhow, "kit-of-anyhow", anyhow::Error);
plan_of!(of_boxed, "kit-of-boxed", Boxed);
plan_of!(of_local, "kit-of-local", Box<dyn Error>);
plan_of!(of_code, "kit-of-code", Code);
plan_of!(of_other, "kit-of-other", Other);

/// Neither an error, nor a text, nor to be cloned.
struct Code(u8);

impl FromScript for Code {
    type Given = u8;

    fn from_script(given: u8) -> Self {
        Self(given)
    }

    fn show(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "code {}", self.0)
    }
}

#[derive(Debug)]
struct Other;

/// What comes of a plan that is scripted to fail.
macro_rules! fails_with {
    ($plan:ident, $tag:literal, $given:expr, $shown:literal) => {{
        let test = TestRuntime::new();
        test.faults().plan($tag).provider("it").fail_with(|| $given);
        let error = test.scope($plan()).await.unwrap_err();
        assert!(error.to_string().ends_with($shown), "{error}");
        error
    }};
}

#[tokio::test(start_paused = true)]
async fn errors_need_not_be_cloned_nor_be_errors() {
    let error = fails_with!(of_io, "kit-of-io", io::Error::from(io::ErrorKind::BrokenPipe), "broken pipe");
    assert_eq!(error.last().map(io::Error::kind), Some(io::ErrorKind::BrokenPipe));
    fails_with!(of_string, "kit-of-string", "down".to_owned(), "down");
    fails_with!(of_str, "kit-of-str", "down", "down");
    assert_eq!(fails_with!(of_unit, "kit-of-unit", (), "error").last(), Some(&()));
    fails_with!(of_anyhow, "kit-of-anyhow", anyhow::anyhow!("down"), "down");
    fails_with!(of_boxed, "kit-of-boxed", Boxed::from("down"), "down");
    fails_with!(of_local, "kit-of-local", Box::<dyn Error>::from("down"), "down");
    assert_eq!(fails_with!(of_code, "kit-of-code", 7_u8, "code 7").last().map(|code| code.0), Some(7));
}

#[tokio::test(start_paused = true)]
async fn a_type_that_no_script_can_make_is_named_with_the_remedy() {
    let test = TestRuntime::new();
    test.faults().plan("kit-of-other").provider("it").fail_with(|| Other);
    assert_eq!(
        panicking(test.scope(of_other())).await,
        "`it` of `kit-of-other` fails with a `testing::errors::Other`, which no script can make: implement \
         `ductape::testing::FromScript` for `testing::errors::Other`; its script has a `testing::errors::Other`"
    );
    test.faults().plan("kit-of-code").provider("it").fail_with(|| Code(7));
    assert_eq!(
        panicking(test.scope(of_code())).await,
        "`it` of `kit-of-code` fails with a `u8`: its script has a `testing::errors::Code`"
    );
    test.faults().plan("kit-of-other").provider("it").hang();
    assert!(test.scope(of_other()).await.is_err(), "silence is of every type");
}

/// Borrows what the caller has; its lifetime is not even written where it is returned.
#[derive(Debug, PartialEq)]
enum Borrowed<'a> {
    Down,
    Says(&'a str),
}

impl FromScript for Borrowed<'_> {
    type Given = Borrowed<'static>;

    fn from_script(given: Borrowed<'static>) -> Self {
        given
    }
}

type Answer<'a> = ductape::Result<(), Borrowed<'a>>;

#[action(tag = "kit-of-borrowed", app = "it")]
async fn of_borrowed(text: &str) -> Answer<'_> {
    if text.is_empty() { Ok(()) } else { Err(Borrowed::Says(text)) }
}

#[action(tag = "kit-of-text", app = "it")]
async fn of_text(text: &str) -> ductape::Result<(), &str> {
    if text.is_empty() { Ok(()) } else { Err(text) }
}

/// The macro does not see that `E` is a parameter, nor what it borrows.
struct Service<E>(Option<E>);

impl<E: Clone + Send + Sync> Service<E> {
    #[action(tag = "kit-of-service", app = "it")]
    async fn call(&self) -> ductape::Result<(), E> {
        self.0.clone().map_or(Ok(()), Err)
    }
}

#[partial(tag = "kit-of-part")]
async fn of_part(text: &str) -> Result<String, io::Error> {
    #[part("it")]
    let it = async { Err::<(), _>(Borrowed::Says(text)) }.await;
    Ok(it.unwrap_err().to_string())
}

#[tokio::test(start_paused = true)]
async fn errors_that_borrow_and_generic_ones() {
    let (test, own) = (TestRuntime::new(), String::from("own"));
    assert_eq!(test.scope(of_borrowed(&own)).await.unwrap_err().last(), Some(&Borrowed::Says("own")));
    test.faults().plan("kit-of-borrowed").provider("it").fail_with(|| Borrowed::Down);
    assert_eq!(test.scope(of_borrowed(&own)).await.unwrap_err().last(), Some(&Borrowed::Down));
    test.faults().plan("kit-of-text").provider("it").fail("scripted");
    assert_eq!(test.scope(of_text(&own)).await.unwrap_err().last(), Some(&"scripted"));
    assert!(test.scope(of_part(&own)).await.unwrap().ends_with("error"), "as it is shown");

    let service = Service(Some(own.as_str()));
    assert_eq!(test.scope(service.call()).await.unwrap_err().last(), Some(&"own"));
    test.faults().plan("kit-of-service").provider("it").fail("scripted");
    let panic = panicking(test.scope(service.call())).await;
    assert!(panic.contains("which no script can make"), "{panic}");
}
