#[fallback(name = "A name", description = "A description", deadline(DEADLINE), retries(RETRIES), error(crate::Error))]
async fn get_or_else<T: Clone>(value: T) -> Result<Outcome<T>, Mine> {
    #![allow(unused)]
    let all = [1, 2].map(|n| n + 1);
    #[primary("a", timeout(TIMEOUT), backoff(base(BASE), factor(1.5 + 1.0), jitter = "equal"))]
    {
        if all.len() == 1 { return Ok(value.clone()); }
        Err(crate::Error)
    }
    #[fallback("b", backoff(base = "1s", factor = 3, max = "1m"))]
    { Ok(value.clone()) }
}
