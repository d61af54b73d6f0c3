use ductape::testing::{AssertTrail, TestRuntime};
use ductape::{ErrorKind, Outcome, fallback};
use std::time::Duration;

#[fallback(tag = "pay-tested", retries = 2)]
async fn pay(cents: u64) -> ductape::Result<Outcome<String>, String> {
    #[primary("stripe")]
    {
        Ok(format!("stripe-{cents}"))
    }
    #[fallback("paypal")]
    {
        Ok(format!("paypal-{cents}"))
    }
}

#[tokio::test(start_paused = true)]
async fn customers_do_not_notice_when_stripe_is_busy() {
    let test = TestRuntime::seeded(7);
    test.faults().provider("stripe").fail("busy".to_owned()).for_calls(3).latency("1s");

    assert_eq!(test.scope(pay(300)).await.unwrap().provider, "paypal");
    test.assert_calls("pay-tested", "stripe", 3);
    test.seen().assert_sequence(&["stripe retry", "paypal failover", "stripe masked"]);
    assert_eq!(test.scope(pay(300)).await.unwrap().elapsed, Duration::from_secs(1));

    test.faults().provider("stripe").hang();
    test.faults().provider("paypal").fail("closed".to_owned());
    let error = test.scope(pay(300)).await.unwrap_err();
    error.assert_kind(ErrorKind::Exhausted).assert_timed_out("stripe", 3).assert_failed("paypal", 3);
}
