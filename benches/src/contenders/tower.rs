//! tower's own layers: a limit and a timeout are what it has of these policies.

use tower::{Service, ServiceBuilder, ServiceExt as _, service_fn};

use super::{Batch, Claim, Contender, Entry, LIMIT, TIMEOUT};
use crate::provider::FIRST;

pub const LIMIT_TIMEOUT: Entry = Entry { name: "tower", claims: &[Claim::Limit, Claim::Timeout], make: limited };

fn limited() -> Box<dyn Contender> {
    let service =
        ServiceBuilder::new().concurrency_limit(LIMIT).timeout(TIMEOUT).service(service_fn(|input| FIRST.ask(input)));
    Box::new(Tower(service))
}

/// A tower service: cloned once for each batch, as a connection would, which is the cheapest way to call it.
pub(super) struct Tower<S>(pub(super) S);

impl<S> Contender for Tower<S>
where
    S: Service<u64, Response = u64> + Clone + Send + Sync,
{
    fn batch(&self, calls: u64) -> Batch<'_> {
        let mut service = self.0.clone();
        Box::pin(async move {
            let mut served = 0;
            for input in 0..calls {
                let Ok(ready) = service.ready().await else { continue };
                served += u64::from(ready.call(input).await.is_ok());
            }
            served
        })
    }
}
