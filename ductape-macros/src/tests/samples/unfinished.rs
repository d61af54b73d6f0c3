#[quota(tag = "later", timeout = "2s")]
pub async fn later(&self, a: u8, b: u8) -> ductape::Result<u8, String> {
    #![allow(unused, reason = "it will be used")]
    println!("{a} {b}", a = a, b = self.b(b, a).await);
    todo!()
}
