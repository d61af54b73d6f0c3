#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;

use ductape::{WorkflowResult, partial, workflow};

async fn call() -> Result<u32, Error> {
    Ok(1)
}

async fn back(_: u32) -> Result<(), Error> {
    Ok(())
}

type Alias<T> = WorkflowResult<T, Error>;

#[workflow]
async fn ends_with_an_undo() -> Alias<u32> {
    #[step("a")]
    let a = call().await?;
    #[undo]
    { back(a).await }
    Ok(a)
}

#[workflow]
async fn questions_of_every_form(open: bool) -> WorkflowResult<u32, Error> {
    let later;
    #[step("a")]
    let a = call().await?;
    #[undo]
    { back(a).await }
    later = (if open { call().await } else { Err(Error) })?;
    let block = { async { call().await }.await }?;
    let sum = call().await?.checked_add(later).ok_or(Error)? + block;
    println!("{:?}", [1].iter().map(|each| Ok::<u32, Error>(Some(*each).ok_or(Error)?)).next());
    println!("{}", async { call().await?; Ok::<u32, Error>(1) }.await.is_ok());
    #[cfg(windows)]
    println!("{}", call().await.is_ok());
    Ok(sum)
}

#[workflow]
async fn macros_may_leave_where_nothing_is_undone(open: bool) -> WorkflowResult<u32, Error> {
    #[step("a")]
    let a = call().await?;
    let list = vec![call().await?, if open { a } else { return Err(Error) }];
    Ok(list.len() as u32)
}

#[workflow]
async fn ends_with_a_return() -> WorkflowResult<(), Error> {
    #[step("a")]
    call().await?;
    #[undo]
    { back(1).await }
    return Ok(());
}

#[workflow]
async fn never_ends(mut a: u32) -> WorkflowResult<u32, Error> {
    #[step("first")]
    let first = call().await?;
    #[undo]
    { back(first).await }
    loop {
        #[step("a")]
        a = call().await?;
        if a > 3 {
            break Ok(a);
        }
        #[step("b")]
        let _ = call().await;
        if a > 2 {
            panic!("no more");
        }
        a += 1;
        call().await?.checked_add(a).ok_or(Error)?;
        match a {
            7 => return Err(Error),
            8 => continue,
            _ => {}
        }
    }
}

#[workflow]
async fn generic<T: Clone + Send, F: Future<Output = Result<T, E>>, E>(first: impl Fn() -> F, value: T) -> WorkflowResult<T, E> {
    #[step("a")]
    let a = first().await?;
    #[undo]
    { first().await.map(|_| ()) }
    for _ in [1, 2] {
        #[step("b")]
        let _b = first().await?;
        #[undo]
        { first().await.map(|_| ()) }
    }
    drop(value);
    Ok(a)
}

#[workflow]
async fn by_value(order: String, mut items: Vec<String>) -> WorkflowResult<(String, Vec<String>), Error> {
    items.push(String::new());
    #[step("a")]
    let a = async { call().await.map(|a| a + u32::try_from(order.len()).unwrap_or(0)) }.await?;
    #[undo]
    { back(a + u32::try_from(order.len() + items.len()).unwrap_or(0)).await }
    Ok((order, items))
}

macro_rules! workflow_of {
    ($name:ident, $($step:literal = $call:expr),+) => {
        #[workflow]
        async fn $name() -> WorkflowResult<u32, Error> {
            let mut sum = 0;
            $(
                #[step($step)]
                let value = $call.await?;
                sum += value;
            )+
            Ok(sum)
        }
    };
}

workflow_of!(from_a_macro, "a" = call(), "b" = call());

trait Shop {
    async fn order(&mut self, user: &str) -> WorkflowResult<usize, Error>;
    async fn page(&self) -> Result<u32, ductape::Error<Error>>;
}

struct Store(u32);

impl Shop for Store {
    #[workflow(tag = "store-order")]
    async fn order(&mut self, user: &str) -> WorkflowResult<usize, Error> {
        #[step("take")]
        let taken = async {
            self.0 += 1;
            call().await
        }
        .await?;
        #[undo]
        {
            self.0 -= taken;
            Ok(())
        }
        Ok(user.len())
    }

    #[partial(tag = "store-page")]
    async fn page(&self) -> Result<u32, ductape::Error<Error>> {
        #[part("a")]
        let (a, b) = async { Ok::<_, Error>((self.0, 2)) }.await?;
        #[part("b")]
        let Ok(c) = call().await else {
            return Ok(0);
        };
        if a > 3 {
            return Ok(7);
        }
        #[part("c")]
        call().await?;
        Ok(a + b + c)
    }
}

/// Inside of a plan's step may be another.
#[workflow]
async fn nests() -> WorkflowResult<u32, Error> {
    #[workflow]
    async fn inner() -> WorkflowResult<u32, Error> {
        #[step("a")]
        let a = call().await?;
        Ok(a)
    }
    #[step("inner")]
    let a = inner().await.map_err(|_| Error)?;
    let later = async { call().await.map(|b| b + a) };
    #[step("b")]
    let b = call().await?;
    #[undo]
    { back(b).await }
    let twice = |value: u32| -> Result<u32, Error> { Ok(value.checked_mul(2).ok_or(Error)?) };
    Ok(twice(b)? + later.await?)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(ends_with_an_undo().await.unwrap_or(0), 1);
    assert!(ends_with_a_return().await.is_ok() && by_value(String::new(), Vec::new()).await.is_ok());
    assert_eq!(generic(call, 0).await.unwrap_or(0), 1);
    assert_eq!(from_a_macro().await.unwrap_or(0), 2);
    assert_eq!(Store(0).order("me").await.unwrap_or(0), 2);
    assert_eq!(Store(0).page().await.unwrap_or(0), 3);
    assert_eq!(nests().await.unwrap_or(0), 4);
}
