mod calls;

#[derive(Debug, Clone)]
pub struct Fault;

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("fault")
    }
}

impl std::error::Error for Fault {}

async fn provider(input: u64) -> Result<u64, Fault> {
    Ok(input)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!("{:?}", calls::call_0(1).await);
}
