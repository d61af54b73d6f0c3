use ductape::fallback;

struct Mine;

impl<E> From<ductape::Error<E>> for Mine {
    fn from(_: ductape::Error<E>) -> Self {
        Mine
    }
}

#[fallback(error(PayError))]
async fn pay() -> Result<u32, Mine> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
