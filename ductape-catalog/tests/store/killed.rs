//! A process that writes is killed at any moment, again and again: each time exactly what it had acknowledged is there,
//! and what was under way is either there or not.

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader, Write, stdout};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ductape_catalog::definition::Kind;
use ductape_catalog::store::{Change, File, Hour, Kept, Store};
use ductape_runtime::Totals;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

use super::{Outcome, cache, place};

const ROUNDS: u32 = 220;

/// Where the child finds its store.
const PLACE: &str = "DUCTAPE_KILLED_STORE";

/// What is kept after so many commits and records.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Done {
    commits: u64,
    records: u64,
}

/// The changes of the commit of that number: several tables at once, some values longer than a page.
fn changes(number: u64) -> Result<Vec<Change>, Box<dyn Error>> {
    let count = json!({ "retries": number });
    let mut changes = vec![
        Change::Override { plan: "number".to_owned(), patch: Some(serde_json::from_value(count)?) },
        Change::Define(cache(&format!("c{}", number % 7), number)?),
        Change::Cordon {
            plan: format!("p{}", number % 3),
            provider: "stripe".to_owned(),
            reason: (!number.is_multiple_of(4)).then(|| "why ".repeat(300 * (number % 11) as usize)),
        },
    ];
    if number.is_multiple_of(5) {
        changes.push(Change::Remove { kind: Kind::Cache, tag: format!("c{}", (number + 3) % 7) });
    }
    if number.is_multiple_of(6) {
        changes.push(Change::Hide { kind: Kind::Cache, tag: format!("c{}", (number + 5) % 7) });
    }
    Ok(changes)
}

fn hour() -> Hour {
    let mut totals = Totals::default();
    totals.calls = 1;
    totals.succeeded(Duration::from_millis(3));
    Hour::new("pay", "stripe", SystemTime::now(), totals)
}

/// What is found in the store.
async fn read(store: &File) -> Result<(Kept, Done), Box<dyn Error>> {
    let kept = store.load().await?;
    let count = kept.overrides.get("number").map(serde_json::to_value).transpose()?;
    let commits = count.and_then(|count| count["retries"].as_u64()).unwrap_or_default();
    let hours = store.history("pay", UNIX_EPOCH..SystemTime::now()).await?;
    let records = hours.iter().map(|hour| hour.totals.calls).sum();
    assert_eq!(records, hours.iter().map(|hour| hour.totals.successes()).sum::<u64>());
    Ok((kept, Done { commits, records }))
}

/// Runs as a process of its own: writes, and says what is written, until it is killed.
#[tokio::test]
#[ignore = "is started by the test below"]
async fn child() -> Outcome {
    let Some(path) = std::env::var_os(PLACE) else { return Ok(()) };
    let store = File::open(&path).await?;
    let (_, mut done) = read(&store).await?;
    loop {
        store.commit(changes(done.commits + 1)?).await?;
        done.commits += 1;
        writeln!(stdout(), "acknowledged {} {}", done.commits, done.records)?;
        if done.commits.is_multiple_of(2) {
            store.record(vec![hour()]).await?;
            done.records += 1;
            writeln!(stdout(), "acknowledged {} {}", done.commits, done.records)?;
        }
    }
}

fn start(path: &Path) -> Result<Child, Box<dyn Error>> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--exact", "killed::child", "--ignored", "--nocapture"]).env(PLACE, path);
    Ok(command.stdout(Stdio::piped()).spawn()?)
}

/// Kills it some time after it has acknowledged so much, and answers with all that it had acknowledged.
fn kill(mut child: Child, after: usize, moment: Duration) -> Result<Option<Done>, Box<dyn Error>> {
    let mut lines = BufReader::new(child.stdout.take().ok_or("its output is piped")?).lines();
    let (mut last, mut seen) = (None, 0);
    let acknowledged = |line: String| -> Option<Done> {
        let mut figures = line.strip_prefix("acknowledged ")?.split(' ').map(str::parse);
        Some(Done { commits: figures.next()?.ok()?, records: figures.next()?.ok()? })
    };
    while seen < after {
        let Some(line) = lines.next() else { break };
        if let Some(done) = acknowledged(line?) {
            (last, seen) = (Some(done), seen + 1);
        }
    }
    // Not a wait for anything: any moment will do.
    thread::sleep(moment);
    child.kill()?;
    child.wait()?;
    for line in lines {
        last = acknowledged(line?).or(last);
    }
    Ok(last)
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill_at_any_moment() -> Outcome {
    let (folder, path) = place()?;
    let (mut random, mut model, mut before) = (StdRng::seed_from_u64(9), Kept::default(), Done::default());
    let (mut acknowledgements, mut under_way) = (0, 0);
    for round in 0..ROUNDS {
        if round.is_multiple_of(10) {
            // From nothing: the making of the file is interrupted, too.
            (model, before) = (Kept::default(), Done::default());
            for file in fs::read_dir(folder.path())? {
                fs::remove_file(file?.path())?;
            }
        }
        let after = if round.is_multiple_of(4) { 0 } else { random.random_range(1..12) };
        let longest = if after == 0 { 20_000 } else { 3_000 };
        let moment = Duration::from_micros(random.random_range(0..longest));
        let last = kill(start(&path)?, after, moment)?.unwrap_or(before);

        let (kept, found) = read(&File::open(&path).await?).await?;
        let more = (found.commits.checked_sub(last.commits), found.records.checked_sub(last.records));
        let is_sound = matches!(more, (Some(0), Some(0 | 1)) | (Some(1), Some(0)));
        assert!(is_sound, "round {round}: {last:?} acknowledged, {found:?} found");
        for number in before.commits + 1..=found.commits {
            changes(number)?.into_iter().for_each(|change| model.apply(change));
        }
        assert_eq!(kept, model, "round {round}: not what {} commits make", found.commits);
        acknowledgements += last.commits - before.commits;
        under_way += u32::from(more != (Some(0), Some(0)));
        before = found;
    }
    assert!(acknowledgements > u64::from(ROUNDS), "{acknowledgements}: it was killed before it wrote anything");
    assert!(under_way > 0, "nothing was ever under way: the moments are not random enough");
    Ok(())
}
