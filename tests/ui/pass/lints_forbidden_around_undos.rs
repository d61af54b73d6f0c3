//! Undos in every place, none of which changes what it keeps, but for one.

#![forbid(unused_mut, unused_parens, unused_variables)]
#![deny(warnings)]

use std::fmt::Error;

use ductape::{WorkflowResult, workflow};

async fn call() -> Result<String, Error> {
    Ok("a".to_owned())
}

async fn back(of: &str) -> Result<(), Error> {
    println!("{of}");
    Ok(())
}

#[workflow]
pub async fn order(open: bool) -> WorkflowResult<usize, Error> {
    let mut count = call().await?.len();
    #[step("a")]
    let a = call().await?;
    #[undo]
    {
        count += 1;
        back(&format!("{a}{count}")).await
    }
    if open {
        #[step("b")]
        let b = call().await?;
        #[undo]
        {
            back(&b).await
        }
    }
    for pass in 0..2 {
        #[step("c")]
        let c = call().await?;
        #[undo]
        {
            back(&format!("{c}{pass}")).await
        }
        #[step("d")]
        let mut d = call().await?;
        #[undo]
        {
            d.push('d');
            back(&d).await
        }
        println!("{}", d.len());
        d.clear();
    }
    count += call().await?.len();
    let length = call().await?;
    Ok(count + length.len())
}

fn main() {}
