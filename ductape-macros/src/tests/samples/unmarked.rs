#[fallback(deadline = "30s")]
async fn f(&self, a: u8) -> ductape::Result<u8, String> {
    let b = self.twice(a).await?;
    if b > a { todo!("soon") }
    Ok(b)
}
