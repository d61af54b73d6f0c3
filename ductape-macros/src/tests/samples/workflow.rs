#[workflow(tag = "process-order", deadline = "30s", classify(OrderError::verdict))]
/// Processes an order.
pub async fn process(&self, order: &Order) -> ductape::WorkflowResult<Confirmation, OrderError> {
    /// Sets the goods aside.
    #[step("reserve", retries = 2, timeout = "2s")]
    let hold = self.stock.reserve(&order.items).await?;
    #[undo(retries = 3)]
    { self.stock.release(&hold).await }
    #[step("notify")]
    let note = self.send_sms(&order.phone).await;
    for parcel in &order.parcels {
        #[step("ship")]
        let sent = self.ship(parcel).await?;
        #[undo]
        { self.recall(&sent).await }
        self.log(sent)?;
    }
    if order.is_test() {
        return Err(OrderError::Test);
    }
    Ok(Confirmation { hold, noted: note.is_ok() })
}
