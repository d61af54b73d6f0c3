//! Fields, methods, paths, texts and parameters may have the name of a binding that is not there: they are not it.

#![deny(warnings)]

use ductape::{WorkflowResult, partial, workflow};

struct Repository;

impl Repository {
    fn name(&self) -> &str {
        "orders"
    }

    async fn get(&self, _: &str) -> ductape::Result<u32, std::fmt::Error> {
        Ok(1)
    }

    async fn stats(&self) -> Result<u32, std::fmt::Error> {
        Ok(2)
    }
}

mod stats {
    pub async fn load() -> Result<u32, std::fmt::Error> {
        Ok(3)
    }
}

struct Request {
    id: u32,
}

struct App {
    orders: Repository,
}

impl App {
    #[partial]
    async fn fields_methods_and_paths(&self) -> ductape::Result<u32, std::fmt::Error> {
        #[part("orders")]
        let orders = self.orders.stats().await?;
        #[part("stats")]
        let stats = self.orders.stats().await?;
        #[part("again")]
        let again = self.orders.stats().await?;
        #[part("path")]
        let path = stats::load().await?;
        Ok(orders + stats + again + path)
    }

    #[partial]
    async fn inner_bindings(&self, request: &Request) -> ductape::Result<u32, std::fmt::Error> {
        #[part("id")]
        let id = self.orders.stats().await?;
        #[part("fields")]
        let fields = async {
            let Request { id: own } = Request { id: request.id };
            Ok::<_, std::fmt::Error>(own)
        }
        .await?;
        #[part("closure")]
        let closure = async { Ok::<_, std::fmt::Error>((|id: u32| id + 1)(3)) }.await?;
        #[part("arms")]
        let arms = async {
            Ok::<_, std::fmt::Error>(match Some(3) {
                Some(id) if id > 3 => id,
                _ => 0,
            })
        }
        .await?;
        Ok(id + fields + closure + arms)
    }

    #[partial]
    async fn texts(&self, request: &Request) -> ductape::Result<u32, std::fmt::Error> {
        #[part("id")]
        let id = self.orders.stats().await?;
        #[part("braces")]
        let braces = self.orders.get(&format!("{{id}} {}", request.id)).await?;
        #[part("named")]
        let named = self.orders.get(&format!("{id}", id = request.id)).await?;
        #[part("plain")]
        let plain = self.orders.get("{id}").await?;
        Ok(id + braces + named + plain)
    }

    /// A clone is kept of what the undo uses, and of nothing else.
    #[workflow]
    async fn undo_of_a_field(&self) -> WorkflowResult<u32, std::fmt::Error> {
        let mut sum = 0;
        for orders in [Request { id: 3 }] {
            #[step("reserve")]
            let stats = self.orders.stats().await?;
            #[undo]
            {
                self.orders.stats().await.map(|orders| assert!(orders > 0, "{}", self.orders.name()))
            }
            sum += stats + orders.id;
        }
        Ok(sum)
    }
}

fn main() {
    let app = App { orders: Repository };
    drop(app.fields_methods_and_paths());
    drop(app.inner_bindings(&Request { id: 3 }));
    drop(app.texts(&Request { id: 3 }));
    drop(app.undo_of_a_field());
}
