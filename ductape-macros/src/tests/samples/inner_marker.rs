#[fallback]
async fn f(a: u8) -> ductape::Result<u8, String> {
    #[primary("a")]
    { if a > 1 { #[fallback("b", retries = 1)] { Ok(2) } } else { Ok(3) } }
    #[fallback("c")]
    { match a { 1 => #[fallback("d")] { Ok(4) } _ => { #[reconcile] { Ok(None) } Ok(5) } } }
    ok(a)?;
    Ok(6)
}
