#[quota]
const fn g(&self) -> Option<u8> {
    #[provider("a", weight = 30)] { Ok(1) }
    #[provider("b", weight = 30)] { Ok(1) }
    #[primary("c")] { Ok(1) }
}
