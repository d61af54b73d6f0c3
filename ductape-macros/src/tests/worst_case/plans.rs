const WEIGHT: u32 = 0;

#[fallback]
async fn two_providers() -> ductape::Result<u8, Error> {
    #[primary("a")]
    {
        Ok(1)
    }
    #[fallback("b", timeout = "2s", retries = 3)]
    {
        Ok(2)
    }
}

#[fallback(retries = 2, backoff(base = "1s", factor = 3, max = "2s"))]
async fn backoffs() -> ductape::Result<u8, Error> {
    #[primary("a", timeout = "500ms")]
    {
        Ok(1)
    }
    #[fallback("b", timeout = "2s", backoff(base = "50ms", factor = 1.5, jitter = "none"), retries = 12)]
    {
        Ok(2)
    }
}

#[fallback(deadline = "30s")]
async fn deadline() -> ductape::Result<u8, Error> {
    #[primary("a", retries = 9)]
    {
        Ok(1)
    }
    #[fallback("b")]
    {
        Ok(2)
    }
}

#[fallback(at_most_once, classify(verdict), timeout = "3s", retries = 1)]
async fn reconciles_and_degrades() -> ductape::Result<u8, Error> {
    #[primary("a")]
    {
        Ok(1)
    }
    #[reconcile(after = "500ms")]
    {
        Ok(None)
    }
    #[fallback("b")]
    {
        Ok(2)
    }
    #[degrade(timeout = "1s")]
    {
        Ok(3)
    }
}

#[quota]
async fn drained() -> ductape::Result<u8, Error> {
    #[provider("a", weight = 100, timeout = "2s")]
    {
        Ok(1)
    }
    #[provider("b", weight = 0, retries = 7)]
    {
        Ok(2)
    }
    #[fallback("c", timeout = "1s")]
    {
        Ok(3)
    }
}

#[quota(failover = false)]
async fn without_failover() -> ductape::Result<u8, Error> {
    #[provider("a", weight = 60, timeout = "2s", retries = 1)]
    {
        Ok(1)
    }
    #[provider("b", weight = 40, timeout = "20s")]
    {
        Ok(2)
    }
}

#[quota]
async fn unknown_weight() -> ductape::Result<u8, Error> {
    #[provider("a", weight = 100)]
    {
        Ok(1)
    }
    #[provider("b", weight(WEIGHT))]
    {
        Ok(2)
    }
}

#[action]
async fn call() -> ductape::Result<u8, Error> {
    Ok(1)
}

#[action(retries = 100_000, timeout = "1m")]
async fn for_months() -> ductape::Result<u8, Error> {
    Ok(1)
}

fn verdict(_: &Error) -> ductape::Verdict {
    ductape::Verdict::Retry
}
