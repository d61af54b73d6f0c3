//! The session: what customers and operators do, and what must come of it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use std::{env, fs, process};

use reqwest::Client;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::customer::Customer;
use crate::process::Process;
use crate::providers::Providers;
use crate::support::{self, Fault, same};

/// The secret of a customer's session: nobody but the providers' code gets to see it.
const SECRET: &str = "eyJhbGciOi-the-secret-of-a-session";

/// More than the ten seconds after which history is written, in tenths of a second.
const PATIENCE: u32 = 250;

pub(crate) async fn run() -> Result<(), Fault> {
    let folder = Folder(env::temp_dir().join(format!("ductape-gateway-{}", process::id())));
    fs::create_dir_all(&folder.0)?;
    let store = folder.0.join("catalogue.redb");
    let (providers, at) = Providers::start().await?;
    let http = support::client()?;

    println!("the service starts, with the definitions that it was compiled with");
    let gateway = Process::start(&at, &store)?;
    let mut session = Session { http: http.clone(), customer: Customer::new(&http, &gateway.at), providers };
    session.strangers().await?;
    session.payments().await?;
    session.messages().await?;
    session.features().await?;
    session.mistakes().await?;
    session.update().await?;
    let before = session.history().await?;

    println!("a second process wants the same file");
    let refused = Process::start(&at, &store).err().ok_or("two processes share a store")?.to_string();
    println!("    {}\n", refused.replace('\n', "\n    "));
    same("it names the file", refused.contains(&store.display().to_string()), true)?;

    println!("kill -9");
    let said = gateway.kill()?;
    same("secrets in what it said", said.contains(SECRET), false)?;
    let gateway = Process::start(&at, &store)?;
    session.restart(&gateway.at, &before).await?;
    gateway.stop()?;
    let gateway = Process::start(&at, &store)?;
    session.stopped(&gateway.at).await
}

/// A folder that is gone when the session ends.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // Whoever cleans up temporary files finds it then.
        _ = fs::remove_dir_all(&self.0);
    }
}

struct Session {
    http: Client,
    customer: Customer,
    providers: Arc<Providers>,
}

fn payment(amount: u64) -> Value {
    json!({
        "input": { "amount": amount, "currency": "USD", "customerId": "cus_123" },
        "session": { "tag": "user-session", "token": SECRET },
    })
}

impl Session {
    async fn strangers(&self) -> Result<(), Fault> {
        let stranger = self.customer.stranger();
        stranger.get("/definitions", 401).await?;
        stranger.post("/run/fallback/payment-fallback", &payment(1), 401).await?;
        let definitions = self.customer.get("/definitions", 200).await?;
        let count = |kind: &str| definitions[kind].as_array().map_or(0, Vec::len);
        same("fallbacks", count("fallbacks"), 3)?;
        same("healthchecks", count("healthchecks"), 4)?;
        same("calls of strangers", self.providers.done("stripe/create-charge"), 0)?;
        println!();
        Ok(())
    }

    async fn payments(&self) -> Result<(), Fault> {
        println!("payments");
        let path = "/run/fallback/payment-fallback";
        let paid = self.customer.post(path, &payment(2_500), 200).await?;
        println!("        {} paid {}", text(&paid["provider"]), text(&paid["transactionId"]));
        same("the provider", text(&paid["provider"]), "stripe")?;
        same("the transaction", text(&paid["transactionId"]), "stripe-1")?;

        self.providers.switch("stripe", false);
        let paid = self.customer.post(path, &payment(2_500), 200).await?;
        println!("        {} paid while stripe is down", text(&paid["provider"]));
        same("the provider", text(&paid["provider"]), "paypal")?;
        same("attempts at stripe", self.providers.refused("stripe/create-charge"), 3)?;
        same("payments of paypal", self.providers.done("paypal/create-payment"), 1)?;
        self.providers.switch("stripe", true);

        let mut cached = payment(99);
        cached["cache"] = json!("payment-cache");
        let first = self.customer.post(path, &cached, 200).await?;
        let second = self.customer.post(path, &cached, 200).await?;
        same("the same transaction", first["transactionId"] == second["transactionId"], true)?;
        same("charges of stripe", self.providers.done("stripe/create-charge"), 2)?;
        println!("        asked twice with a cache, stripe charged once\n");
        Ok(())
    }

    async fn messages(&self) -> Result<(), Fault> {
        println!("messages");
        self.providers.switch("twilio", false);
        self.providers.switch("vonage", false);
        let message = json!({ "input": { "phone": "+1234567890", "message": "Your verification code is 123456" } });
        let sent = self.customer.post("/run/fallback/sms-fallback", &message, 200).await?;
        println!("        sent via {}: {}\n", text(&sent["provider"]), text(&sent["messageId"]));
        same("the provider", text(&sent["provider"]), "aws-sns")?;
        same("what it was given", self.providers.last("aws-sns/publish-sms")["PhoneNumber"] == "+1234567890", true)?;
        self.providers.switch("twilio", true);
        self.providers.switch("vonage", true);
        Ok(())
    }

    async fn features(&self) -> Result<(), Fault> {
        println!("a feature: validate, pay, log");
        let order = json!({ "input": { "amount": 700, "currency": "EUR", "userId": "user_7" } });
        self.customer.post("/run/feature/process-payment", &order, 200).await?;
        let logged = self.providers.last("logging-service/log-payment");
        println!("        logged: {logged}\n");
        let expected = json!({ "transaction": { "transactionId": "stripe-3", "provider": "stripe", "amount": 700 } });
        same("what is logged", logged == expected, true)?;
        let paid = self.providers.last("stripe/create-charge");
        same("who pays", text(&paid["customer"]), "user_7")
    }

    async fn mistakes(&self) -> Result<(), Fault> {
        println!("mistakes, all of them told at once, and nobody is called");
        let calls = self.providers.done("stripe/create-charge");
        let wrong = json!({ "input": { "amount": "much", "curency": "USD", "customerId": "cus_1" } });
        let refused = self.customer.post("/run/fallback/payment-fallback", &wrong, 422).await?;
        let faults = refused["faults"]["faults"].as_array().cloned().unwrap_or_default();
        for fault in &faults {
            println!("        {}: {}", text(&fault["path"]), text(&fault["message"]));
        }
        same("faults", faults.len(), 3)?;
        self.customer.post("/run/fallback/payment-falback", &payment(1), 404).await?;
        same("charges of stripe", self.providers.done("stripe/create-charge"), calls)?;
        println!();
        Ok(())
    }

    async fn update(&self) -> Result<(), Fault> {
        println!("an update: judged as a whole, in force at once");
        let path = "/definitions/fallback/payment-fallback";
        let faulty = json!({ "options": [{ "app": "adyen", "event": "pay", "retries": -1 }] });
        self.customer.patch(path, &faulty, 422).await?;
        same("the version", self.payment_fallback().await?["version"] == 1, true)?;
        let paypal_alone = json!({
            "description": "PayPal, and nobody else",
            "options": [{
                "app": "paypal", "event": "create-payment", "retries": 2, "healthcheck": "paypal-health",
                "input": { "amount": "$Input{amount}", "currency": "$Input{currency}" },
                "output": { "transactionId": "$Response{payment_id}", "status": "$Response{state}" },
            }],
        });
        self.customer.patch(path, &paypal_alone, 200).await?;
        self.is_paid_by_paypal().await
    }

    /// What is defined now.
    async fn payment_fallback(&self) -> Result<Value, Fault> {
        let definitions = self.customer.get("/definitions", 200).await?;
        let fallbacks = definitions["fallbacks"].as_array().ok_or("there are no fallbacks")?;
        let found = fallbacks.iter().find(|fallback| fallback["tag"] == "payment-fallback");
        found.cloned().ok_or_else(|| "payment-fallback is gone".into())
    }

    async fn is_paid_by_paypal(&self) -> Result<(), Fault> {
        let (stripe, paypal) =
            (self.providers.done("stripe/create-charge"), self.providers.done("paypal/create-payment"));
        let defined = self.payment_fallback().await?;
        same("the version", defined["version"] == 2, true)?;
        same("the description", text(&defined["description"]), "PayPal, and nobody else")?;
        let paid = self.customer.post("/run/fallback/payment-fallback", &payment(5), 200).await?;
        println!("        version 2: {} paid\n", text(&paid["provider"]));
        same("charges of stripe", self.providers.done("stripe/create-charge"), stripe)?;
        same("payments of paypal", self.providers.done("paypal/create-payment"), paypal + 1)
    }

    /// By provider: successes and failures, as the history has them and the providers counted them.
    async fn history(&self) -> Result<Value, Fault> {
        println!("the history, as soon as it is written");
        let successes = self.providers.done("stripe/create-charge") + self.providers.done("paypal/create-payment");
        for _ in 0..PATIENCE {
            let (kept, hours) = self.kept().await?;
            if kept == (successes, self.providers.refused("stripe/create-charge")) {
                self.customer.get("/history/payment-fallback", 200).await?;
                for hour in hours.as_array().into_iter().flatten() {
                    let (provider, calls, p95) = (text(&hour["provider"]), &hour["calls"], &hour["latency"]["p95"]);
                    println!("        {provider}: {calls} calls, {} failed, p95 {p95} ms", hour["failures"]);
                }
                println!();
                return Ok(hours);
            }
            sleep(Duration::from_millis(100)).await;
        }
        Err(format!("the history is not what the providers counted: {}", self.kept().await?.1).into())
    }

    /// Successes and failures in the history, and all of it.
    async fn kept(&self) -> Result<((usize, usize), Value), Fault> {
        let url = self.customer.url("/history/payment-fallback");
        let hours: Value = self.http.get(url).bearer_auth(crate::service::TOKEN).send().await?.json().await?;
        let sum = |field: &str| -> u64 {
            hours.as_array().into_iter().flatten().filter_map(|hour| hour[field].as_u64()).sum()
        };
        Ok(((usize::try_from(sum("successes"))?, usize::try_from(sum("failures"))?), hours))
    }

    async fn restart(&mut self, at: &str, before: &Value) -> Result<(), Fault> {
        println!("it starts again: what was acknowledged is there");
        self.customer = Customer::new(&self.http, at);
        let (_, hours) = self.kept().await?;
        same("the history is that of before", hours == *before, true)?;
        println!("        the history is that of before");
        self.is_paid_by_paypal().await
    }

    async fn stopped(&mut self, at: &str) -> Result<(), Fault> {
        println!("it is stopped in good order, and starts again: nothing of the history is missing");
        self.customer = Customer::new(&self.http, at);
        let (kept, _) = self.kept().await?;
        let done = self.providers.done("stripe/create-charge") + self.providers.done("paypal/create-payment");
        println!("        {} payments in the history", kept.0);
        same("payments in the history", kept.0, done)
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
