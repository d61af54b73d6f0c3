#[healthcheck(interval = "1m")]
async fn disk() -> std::io::Result<u64> {
    let size = tokio::fs::metadata("/").await?.len();
    Ok(size)
}
