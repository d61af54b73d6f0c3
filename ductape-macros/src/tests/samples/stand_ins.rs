#[fallback]
async fn f(a: u8) -> ductape::Result<u8, String> {
    #[primary("a")] call(a).await
    #[reconcile] if { a > 1 } { #[fallback("b")] { Ok(2) } } else { Ok(None) }
    #[fallback("c")] let c = { Ok(3) };
    #[reconcile] #[fallback("d")] { Ok(4) }
    #[fallback(b"e")] { Ok(5) }
    #[ductape::fallback("f")] { Ok(6) }
    ok(a)?
}
