use std::fmt::Error;

async fn call() -> Result<u32, Error> {
    Ok(1)
}

async fn order() -> Result<u32, Error> {
    #[step("a")]
    let a = call().await?;
    Ok(a)
}

fn main() {}
