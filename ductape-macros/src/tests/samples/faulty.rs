#[fallback(tag = "A Tag", deadline = "3s", hedge = "1s", at_most_once = true, colour = 3)]
async fn f() -> ductape::Result<u8, String> {
    #[primary("a", retries = "2", timeout = 5)] { Ok(1) }
    let stray = 1;
    { Ok(stray) }
    #[fallback("a", weight = 3)] { Ok(2) }
    #[fallback] { Ok(3) }
    #[cfg(unix)] #[reconcile] { Ok(None) }
    #[provider("b")] let x = 2;
    Ok(4)
}
