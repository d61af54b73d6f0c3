#[fallback(at_most_once, classify(verdict))]
async fn f(a: u8) -> ductape::Result<u8, String> {
    #[primary("a")] { Ok(1) }
    #[reconcile] if { Ok(None) } { #[fallback("b")] { Ok(2) } } ok(a)?
}
