//! Watching the healthchecks that the monitor runs.

use std::time::Duration;

use ductape::Status;
use tokio::time::{Instant, sleep};

use crate::gateway::Mode;
use crate::plan::{paypal_health, stripe_health};
use crate::support::Fault;

const TAKE_A_LOOK_EVERY: Duration = Duration::from_millis(5);

/// What the healthchecks say, in the order of the plan; Square has none.
pub(crate) fn statuses() -> [Status; 2] {
    [stripe_health.status(), paypal_health.status()]
}

/// Prints every change when it happens.
pub(crate) async fn tell(began: Instant) {
    let mut told = [Status::Unknown; 2];
    loop {
        for ((tag, now), told) in [stripe_health.tag(), paypal_health.tag()].iter().zip(statuses()).zip(&mut told) {
            if *told != now {
                println!("  {:>5.2}s    {tag}: {now}", began.elapsed().as_secs_f32());
                *told = now;
            }
        }
        sleep(TAKE_A_LOOK_EVERY).await;
    }
}

/// Waits until the healthchecks have noticed those who are up, or those who are down.
pub(crate) async fn noticed(title: &str, modes: [Mode; 3], awaited: Status) -> Result<(), Fault> {
    let patience = Instant::now() + Duration::from_secs(5);
    let due = modes.map(|mode| if mode == Mode::Down { Status::Unhealthy } else { Status::Healthy });
    while statuses().iter().zip(due).any(|(&status, due)| due == awaited && status != due) {
        if Instant::now() > patience {
            return Err(format!("{title}: no healthcheck has noticed").into());
        }
        sleep(TAKE_A_LOOK_EVERY).await;
    }
    Ok(())
}
