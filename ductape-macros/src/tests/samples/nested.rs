#[fallback]
async fn outer<'a, T>(&'a mut self, mut items: Vec<T>) -> ductape::Result<&'a str, Box<dyn Error>> {
    /// A plan of its own.
    #[fallback(tag = "inner")]
    #[allow(dead_code)]
    pub(crate) async fn inner() -> ductape::Result<u8, String> {
        #[primary("x")] { Ok(1) }
        #[fallback("y")] { Ok(2) }
    }
    #[derive(Clone)]
    struct Local { a: u8 }
    if items.is_empty() { items.clear(); }
    { println!("an ordinary block"); }
    #[primary("a")]
    #[rustfmt::skip]
    { items.clear(); self.name().await };
    #[fallback("b")]
    { match inner().await { Ok(_) => Ok("b"), Err(error) => return Err(error.into()) } }
}
