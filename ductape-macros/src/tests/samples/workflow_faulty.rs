#[workflow(tag = "Order", deadlin = "3s")]
async fn process(a: u32) -> ductape::Result<u32, Fault> {
    #[step("a", retries = "2")]
    let a = call(a).await;
    #[undo(retry = 2)]
    { back(a).await }
    let b = || { #[step("a")] call() };
    println!("{}", a?);
    Ok(a)
}
