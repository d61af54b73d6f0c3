#[partial(deadline = "800ms", retries = 1)]
async fn dashboard(&self, user: UserId) -> Result<Dashboard, DashboardError> {
    #[part("user", timeout = "300ms")]
    let profile = self.users.get(user).await?;
    #[part("orders", classify(verdict))]
    let orders = self.orders.recent(user).await;
    Ok(Dashboard { profile, orders: orders.ok() })
}
