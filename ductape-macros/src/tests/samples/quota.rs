#[quota(tag = "sms-quota", total = 1_000, sticky(phone), pick = "random", failover = false, all_unhealthy = "fail", healthcheck(net::health), timeout = "1.5s")]
async fn send_sms(&self, phone: &str, text: &str) -> ductape::Result<Outcome<MessageId>, SmsError> {
    #[provider("twilio", weight = 700, retries = 2u32, backoff(max = "5s"))]
    {
        self.twilio.send(phone, text).await
    }
    #[provider("nexmo", weight(WEIGHT))]
    {
        self.nexmo.send(phone, text).await
    }
    #[provider("drained", weight = 0)]
    { unreachable!() }
    #[fallback("post")]
    { Ok(MessageId(0)) }
}
