#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Error;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use ductape::{action, fallback, quota};

struct Client<T>(T);

impl<T> Client<T>
where
    T: Clone + Into<u32>,
{
    #[fallback(tag = "shared")]
    pub async fn shared(&self) -> ductape::Result<u32, Error> {
        #[primary("stripe")]
        { Ok(self.0.clone().into()) }
        #[fallback("paypal")]
        { Ok(2) }
    }

    #[fallback]
    pub async fn exclusive(&mut self, value: T) -> ductape::Result<u32, Error> {
        #[primary("stripe", retries = 1)]
        { self.0 = value.clone(); Ok(1) }
        #[fallback("paypal")]
        { self.0 = value.clone(); Ok(2) }
    }

    #[quota]
    pub async fn owned(mut self, value: T) -> ductape::Result<u32, Error>
    where
        T: Copy,
    {
        #[provider("twilio", weight = 100)]
        { self.0 = value; Ok(self.0.into()) }
    }

    #[action]
    pub async fn boxed(self: Box<Self>) -> ductape::Result<u32, Error> {
        Ok(self.0.clone().into())
    }

    #[action]
    pub async fn counted(self: Arc<Self>) -> ductape::Result<u32, Error> {
        Ok(self.0.clone().into())
    }

    #[action]
    pub async fn counted_here(self: &Rc<Self>) -> ductape::Result<u32, Error> {
        Ok(self.0.clone().into())
    }

    #[action]
    pub async fn pinned(self: Pin<&mut Self>) -> ductape::Result<u32, Error> {
        Ok(self.0.clone().into())
    }

    #[action]
    async fn without_self(value: T) -> ductape::Result<Self, Error> {
        Ok(Self(value.clone()))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), ductape::Error<Error>> {
    let mut client = Client::without_self(5_u8).await?;
    assert_eq!(client.exclusive(6).await?, 1);
    assert_eq!(client.shared().await?, 6);
    assert_eq!(Pin::new(&mut client).pinned().await?, 6);
    assert_eq!(client.owned(7).await?, 7);
    assert_eq!(Box::new(Client(8_u8)).boxed().await?, 8);
    assert_eq!(Arc::new(Client(8_u8)).counted().await?, 8);
    assert_eq!(Rc::new(Client(8_u8)).counted_here().await?, 8);
    Ok(())
}
