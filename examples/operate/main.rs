//! A service that is watched and steered while it runs, over HTTP.
//!
//! It sends messages through two carriers, seven in ten through Twilio, and has its console under `/ops`. An operator
//! changes the weights, takes a carrier out, resets a breaker and forces it, and reads what events and metrics say; a
//! hundred customers after each call show what it did. The carriers are servers on loopback, and every number is checked
//! against their own counters.
//!
//! Run it with `cargo run --example operate --features console,metrics`.

#[path = "../sms/carrier.rs"]
mod carrier;
#[path = "../sms/clients.rs"]
mod clients;
mod customers;
mod figures;
#[path = "../support/lock.rs"]
mod lock;
mod news;
mod operator;
mod service;
#[path = "../support/mod.rs"]
mod support;

use std::process::ExitCode;

use ductape::Runtime;
use ductape::console::Console;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use serde_json::json;

use crate::carrier::Carrier;
use crate::clients::{Nexmo, Twilio};
use crate::customers::{Customers, Split};
use crate::figures::Figures;
use crate::news::News;
use crate::operator::Operator;
use crate::service::{Messages, nexmo_health, twilio_health};
use crate::support::{Fault, same};

/// A service takes it from the environment: `Console::new().token_from_env("OPERATIONS_TOKEN")?`.
const TOKEN: &str = "known-to-operators-alone";

#[tokio::main]
async fn main() -> ExitCode {
    support::finish(run().await)
}

async fn run() -> Result<(), Fault> {
    let (twilio, twilio_at) = Carrier::start("body", "sid").await?;
    let (nexmo, nexmo_at) = Carrier::start("text", "message_id").await?;
    let http = support::client()?;
    let messages = Messages { twilio: Twilio::new(&http, twilio_at), nexmo: Nexmo::new(&http, nexmo_at) };

    // Before `start`, which registers every series.
    let durations = Matcher::Suffix("_duration_seconds".to_owned());
    let prometheus = PrometheusBuilder::new().set_buckets_for_metric(durations, &[0.005, 0.02, 0.1, 0.5, 2.0])?;
    let prometheus = prometheus.install_recorder()?;
    let monitor = Runtime::builder()
        .product("messaging")
        .env("prd")
        .bind(&twilio_health, messages.twilio.clone())
        .bind(&nexmo_health, messages.nexmo.clone())
        .start()?;
    monitor.first_round().await;

    let console = Console::new().token(TOKEN)?.metrics(move || prometheus.render());
    let service = service::router(messages).nest("/ops", console.router(monitor.runtime()));
    let at = support::serve(service).await?;
    let mut session = Session {
        operator: Operator::new(&http, format!("{at}/ops")),
        customers: Customers::new(&http, at, [&twilio, &nexmo]),
    };

    let before = session.before_the_first_call().await?;
    let news = News::subscribe(&session.operator).await?;
    session.weights().await?;
    session.cordon().await?;
    session.breaker(&twilio).await?;
    session.while_messages_are_on_their_way().await?;
    session.health([&twilio, &nexmo]).await?;
    session.news(news).await?;
    session.figures(&before, [&twilio, &nexmo]).await
}

/// The operator at work, and the customers who notice nothing.
struct Session {
    operator: Operator,
    customers: Customers,
}

/// The path of the plan.
const PLAN: &str = "/plans/sms-quota";

impl Session {
    async fn before_the_first_call(&self) -> Result<Figures, Fault> {
        println!("before the first call");
        self.operator.get("/health", 200).await?;
        let figures = Figures::read(&self.operator).await?;
        figures.check_untouched()?;
        println!("    200 {} series, and nothing has happened yet\n", figures.len());
        Ok(figures)
    }

    async fn weights(&mut self) -> Result<(), Fault> {
        println!("weights");
        self.customers.send(100, Split { twilio: 70, nexmo: 30 }).await?;
        let faulty = json!({ "providers": { "twilio": { "weight": 80, "timeout": "0s" }, "nexmoo": {} } });
        self.operator.patch(PLAN, &faulty, 422).await?;
        self.customers.send(100, Split { twilio: 70, nexmo: 30 }).await?;
        let half = json!({ "providers": { "twilio": { "weight": 50 }, "nexmo": { "weight": 50 } } });
        let stranger = self.operator.stranger();
        stranger.patch(PLAN, &half, 401).await?;
        self.operator.patch(PLAN, &half, 200).await?;
        self.customers.send(100, Split { twilio: 50, nexmo: 50 }).await?;
        let plan = self.operator.get(PLAN, 200).await?;
        let effective = plan["effective"].as_array().ok_or("the plan has no effective values")?;
        let updated: Vec<_> = effective.iter().filter(|setting| setting["origin"] == "update").collect();
        for setting in &updated {
            println!("        {} = {} (update)", operator::text(&setting["path"]), operator::text(&setting["value"]));
        }
        same("values from updates", updated.len(), 2)?;
        println!();
        Ok(())
    }

    async fn cordon(&mut self) -> Result<(), Fault> {
        println!("a carrier is taken out");
        let nexmo = format!("{PLAN}/providers/nexmo");
        self.operator.post(&format!("{nexmo}/cordon"), Some(&json!({ "reason": "they migrate" })), 200).await?;
        self.customers.send(100, Split { twilio: 100, nexmo: 0 }).await?;
        self.operator.post(&format!("{nexmo}/uncordon"), None, 200).await?;
        self.customers.send(100, Split { twilio: 50, nexmo: 50 }).await?;
        println!();
        Ok(())
    }

    async fn breaker(&mut self, twilio: &Carrier) -> Result<(), Fault> {
        println!("Twilio is down, and its breaker opens for five minutes");
        let breaker = format!("{PLAN}/providers/twilio/breaker");
        twilio.switch(false);
        self.customers.send(100, Split { twilio: 0, nexmo: 100 }).await?;
        // Five in a row open it; those who were on their way then find out as well.
        let refused = twilio.refused();
        println!("    and {refused} of them asked Twilio first");
        if !(5..5 + customers::AT_ONCE).contains(&refused) {
            return Err(format!("{refused} customers asked Twilio, but its breaker opens after 5").into());
        }
        let plan = self.operator.get(PLAN, 200).await?;
        println!("        {}", operator::standing(&plan["providers"][0]));
        same("the breaker is open", plan["providers"][0]["breaker"]["state"] == "open", true)?;

        println!("\nTwilio is back, and nobody waits for the breaker");
        twilio.switch(true);
        self.operator.post(&format!("{breaker}/reset"), None, 200).await?;
        self.customers.send(100, Split { twilio: 50, nexmo: 50 }).await?;
        same("requests that Twilio refused", twilio.refused(), refused)?;

        println!("\nTwilio asks for a pause");
        self.operator.post(&breaker, Some(&json!({ "force": "open" })), 200).await?;
        self.customers.send(100, Split { twilio: 0, nexmo: 100 }).await?;
        self.operator.post(&breaker, Some(&json!({ "force": null })), 200).await?;
        self.customers.send(100, Split { twilio: 50, nexmo: 50 }).await?;
        println!();
        Ok(())
    }

    async fn while_messages_are_on_their_way(&mut self) -> Result<(), Fault> {
        println!("the update is taken back, while messages are on their way");
        let back = json!({ "providers": { "twilio": { "weight": null }, "nexmo": { "weight": null } } });
        let (sent, changed) = tokio::join!(self.customers.deliver(400), self.operator.patch(PLAN, &back, 200));
        changed?;
        sent?.print(400);
        self.customers.send(100, Split { twilio: 70, nexmo: 30 }).await?;
        println!();
        Ok(())
    }

    async fn health(&self, carriers: [&Carrier; 2]) -> Result<(), Fault> {
        println!("both carriers are down, and the healthchecks have noticed");
        for carrier in carriers {
            carrier.switch(false);
        }
        // The monitor would see it within the interval; an example need not wait for that.
        ductape::check_health().await;
        self.operator.get("/health", 503).await?;
        self.operator.get("/health/live", 200).await?;
        println!();
        Ok(())
    }

    async fn news(&self, mut news: News) -> Result<(), Fault> {
        println!("what the events said meanwhile");
        news.wait_for("run_finished", self.customers.sent).await?;
        news.wait_for("health_changed", 2).await?;
        println!("    {}", news.of_runs());
        for (name, words) in news.changes() {
            println!("    {name:16} {words}");
        }
        let changes: Vec<_> = news.changes().map(|(name, _)| name).collect();
        let must_be = "updated, cordoned, uncordoned, breaker_changed, breaker_changed, breaker_forced, breaker_forced, \
                       updated, health_changed, health_changed";
        same("what changed", changes.join(", ").as_str(), must_be)?;
        same("runs", news.count("run_finished"), self.customers.sent)?;
        same("lost events", news.count("lost"), 0)?;
        println!();
        Ok(())
    }

    async fn figures(&self, before: &Figures, carriers: [&Carrier; 2]) -> Result<(), Fault> {
        println!("what the metrics say now, and what the carriers say");
        let after = Figures::read(&self.operator).await?;
        after.check_same_series(before)?;
        println!("    200 the same {} series as before the first call", after.len());
        for (provider, carrier) in ["twilio", "nexmo"].into_iter().zip(carriers) {
            after.check_attempts(provider, "served", carrier.delivered().len())?;
            after.check_attempts(provider, "failed", carrier.refused())?;
        }
        self.customers.check_each_once()?;
        println!("\n{} messages, each delivered once", self.customers.sent);
        Ok(())
    }
}
