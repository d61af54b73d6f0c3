//! Workflows and partials, in every form.

use ductape::{WorkflowResult, partial, workflow};

use crate::{Client, Failure};

/// An error of one's own.
#[derive(Debug)]
pub enum OrderError {
    /// Of a client.
    Client(Failure),
    /// The numbers do not fit.
    TooMuch(std::num::TryFromIntError),
}

impl From<Failure> for OrderError {
    fn from(failure: Failure) -> Self {
        Self::Client(failure)
    }
}

impl From<std::num::TryFromIntError> for OrderError {
    fn from(error: std::num::TryFromIntError) -> Self {
        Self::TooMuch(error)
    }
}

/// Sends some texts, and takes them back when one cannot be sent.
///
/// # Errors
///
/// When one cannot be sent.
#[workflow(tag = "strict-workflow", deadline = "30s", retries = 1)]
pub async fn send_all(client: &Client, texts: &[&str], last: Option<&str>) -> WorkflowResult<u32, OrderError> {
    /// The head of all.
    #[step("head", timeout = "2s", backoff(base = "10ms"))]
    let head = client.send("head").await?;
    #[undo(retries = 2)]
    {
        client.find("head").await?;
        Ok(())
    }

    let mut sum = u32::try_from(head)?;
    for (place, text) in texts.iter().enumerate() {
        if text.is_empty() {
            continue;
        }
        #[step("each")]
        let sent = client.send(text).await?;
        #[undo]
        {
            client.find(&format!("{text} {place} {sent}")).await?;
            Ok(())
        }
        sum += u32::try_from(sent)?;
    }

    #[step("optional")]
    let optional = client.send("optional").await;
    if let Some(last) = last {
        #[step("last")]
        let sent = client.send(last).await?;
        #[undo]
        {
            let _ = sent;
            client.find(last).await?;
            Ok(())
        }
    }
    if optional.is_err() && sum > 3 {
        return Ok(0);
    }
    match sum {
        0 => Err(Failure::Lost.into()),
        sum if sum > 100 => {
            client.find("much").await?;
            Ok(100)
        }
        _ => Ok(sum),
    }
}

/// What is known of some texts.
///
/// # Errors
///
/// When the first cannot be found.
#[partial(tag = "strict-partial", deadline = "800ms", retries = 1)]
pub async fn page(client: &Client) -> ductape::Result<(bool, bool), Failure> {
    #[part("first", timeout = "300ms")]
    let first = client.find("first").await?;
    #[part("second", classify(Failure::verdict))]
    let second = client.find("second").await;
    let first = first.is_some();
    #[part("third")]
    client.send("third").await?;
    Ok((first, second.is_ok()))
}
