//! Members of a flight that come and go at once, in every order.

use std::sync::Arc;
use std::time::Duration;

use super::{Cache, Found, Shelf};
use crate::moment::Moment;
use crate::outcome::Source;
use crate::sync::lock;
use crate::{Name, Outcome};

const NOW: Moment = Moment(1 << 40);
const DEFINITION: Cache = Cache::new(Duration::from_secs(60));

type Small = Shelf<u32, u32, String>;

#[test]
fn r33_whoever_goes_last_takes_the_flight_along() {
    loom::model(|| {
        let shelf = Arc::new(Small::new(8));
        let other = Arc::clone(&shelf);
        let thread = loom::thread::spawn(move || drop(other.look(1, &DEFINITION, NOW)));
        drop(shelf.look(1, &DEFINITION, NOW));
        thread.join().expect("nobody panics");
        assert!(lock(&shelf.flights).is_empty());
    });
}

#[test]
fn r33_two_at_once_make_one_run() {
    loom::model(|| {
        let shelf = Arc::new(Small::new(8));
        let other = Arc::clone(&shelf);
        let thread = loom::thread::spawn(move || runs(&other));
        let runs = runs(&shelf) + thread.join().expect("nobody panics");
        assert_eq!(runs, 1, "one of the two leads, and the other one waits or finds the value");
        assert!(lock(&shelf.flights).is_empty());
    });
}

/// Looks for the value, and makes the run if it is this caller's to make.
fn runs(shelf: &Arc<Small>) -> u32 {
    let Found::Flight(member) = shelf.look(1, &DEFINITION, NOW) else { return 0 };
    match member.turn().map(|turn| turn.try_acquire_owned()) {
        Some(Ok(permit)) => {
            let provider = Name::from_static("a");
            let outcome =
                Outcome { value: 1, provider, attempts: 1, elapsed: Duration::ZERO, source: Source::Provider };
            member.land(permit, &Ok(outcome), NOW);
            1
        }
        _ => 0,
    }
}
