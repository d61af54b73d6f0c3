use std::fs;
use std::path::{Path, PathBuf};

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, World};

/// A file of this test alone, gone with it.
struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let file = Self(std::env::temp_dir().join(format!("ductape-console-{}-{name}", std::process::id())));
        file.write(text);
        file
    }

    fn write(&self, text: &str) {
        fs::write(&self.0, text).expect("there is room");
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

async fn retries(world: &World) -> Value {
    let plan = world.get("/plans/ask").await.json(200);
    let settings = plan["effective"].as_array().expect("a list").clone();
    settings.into_iter().find(|setting| setting["path"] == "providers.first.retries").expect("it is in force")
}

fn world(file: &Path) -> World {
    World::with(|builder| builder.overrides_file(file))
}

#[tokio::test]
async fn files_are_read_again() {
    let file = File::new("good.toml", "ask.providers.first.retries = 1");
    let world = world(&file.0);
    assert_eq!(retries(&world).await["value"], "1");
    file.write("ask.providers.first.retries = 2");
    assert_eq!(retries(&world).await["value"], "1", "only when it is told");
    let answer = world.send(Method::POST, "/reload", "").await.json(200);
    assert_eq!(answer, json!({ "status": "reloaded" }));
    assert_eq!(retries(&world).await["value"], "2");
}

#[tokio::test]
async fn a_bad_file_is_a_422_with_every_fault_and_the_last_good_one_stays() {
    let file = File::new("bad.toml", "ask.providers.first.retries = 1");
    let world = world(&file.0);
    file.write("ask.providers.first.retries = -1\nask.colour = \"red\"");
    let answer = world.send(Method::POST, "/reload", "").await.json(422);
    let faults = answer["faults"].as_array().expect("a list");
    let paths: Vec<_> = faults.iter().map(|fault| fault["path"].as_str().unwrap_or_default()).collect();
    assert_eq!(paths, ["colour", "providers.first.retries"]);
    assert_eq!(retries(&world).await["value"], "1");
}

#[tokio::test]
async fn nobody_without_the_token_has_files_read() {
    let file = File::new("alone.toml", "ask.providers.first.retries = 1");
    let world = world(&file.0);
    let answer = Answer::of(ductape_console::router(&world.runtime), Method::POST, "/reload", None, "").await;
    assert_eq!(answer.status, 404);
    let console = ductape_console::Console::new().token(crate::support::TOKEN).expect("it can be sent");
    Answer::of(console.router(&world.runtime), Method::POST, "/reload", None, "").await.error(401);
}
