use std::any::TypeId;
use std::sync::Arc;
use std::time::Duration;

use super::{Cache, Found, Shelf, Shelves};
use crate::moment::Moment;
use crate::outcome::Source;
use crate::{Name, Outcome};

const NOW: Moment = Moment(1 << 40);
const DEFINITION: Cache = Cache::new(Duration::from_secs(60)).stale(Duration::from_secs(600)).capacity(3);

type Small = Shelf<u32, u32, String>;

fn served(value: u32, source: Source) -> Outcome<u32> {
    Outcome { value, provider: Name::from_static("a"), attempts: 1, elapsed: Duration::ZERO, source }
}

/// Makes the run of a key that nobody else asks for.
fn land(shelf: &Arc<Small>, key: u32, source: Source) {
    let Found::Flight(member) = shelf.look(key, &DEFINITION, NOW) else { panic!("{key} is there already") };
    let permit = member.turn().expect("it is a member").try_acquire_owned().expect("nobody else makes the run");
    member.land(permit, &Ok(served(key, source)), NOW);
}

#[test]
fn r33_a_cache_never_holds_more_than_its_capacity() {
    let shelf = Arc::new(Small::new(DEFINITION.capacity));
    for key in 0..1_000 {
        land(&shelf, key, Source::Provider);
        assert!(shelf.len() <= 3, "after {key}: {}", shelf.len());
    }
    assert!(shelf.len() > 0, "and it does hold some");
}

#[test]
fn r33_what_was_used_last_is_there() {
    let shelf = Arc::new(Small::new(1));
    land(&shelf, 1, Source::Provider);
    assert!(matches!(shelf.look(1, &DEFINITION, NOW), Found::Fresh(kept) if kept.value == 1));
    land(&shelf, 2, Source::Provider);
    assert!(matches!(shelf.look(2, &DEFINITION, NOW), Found::Fresh(kept) if kept.value == 2));
}

#[test]
fn r33_only_values_of_providers_are_kept() {
    let shelf = Arc::new(Small::new(3));
    for source in [Source::Cache, Source::Stale, Source::Degraded] {
        land(&shelf, 1, source);
        assert_eq!(shelf.len(), 0, "{source:?}");
    }
}

#[test]
fn r33_a_flight_is_gone_with_its_last_member() {
    let shelf = Arc::new(Small::new(3));
    let (one, other) = (shelf.look(1, &DEFINITION, NOW), shelf.look(1, &DEFINITION, NOW));
    assert_eq!(shelf.flights.lock().expect("nobody panics").len(), 1);
    drop(one);
    assert_eq!(shelf.flights.lock().expect("nobody panics").len(), 1);
    drop(other);
    assert_eq!(shelf.flights.lock().expect("nobody panics").len(), 0);
}

#[test]
fn r33_each_instance_has_a_shelf_of_its_own() {
    let shelves = Shelves::default();
    let (first, second) = (TypeId::of::<u8>(), TypeId::of::<u16>());
    let one: Arc<Small> = shelves.of(first, &DEFINITION);
    let same: Arc<Small> = shelves.of(first, &DEFINITION);
    let other: Arc<Small> = shelves.of(second, &DEFINITION);
    assert!(Arc::ptr_eq(&one, &same));
    land(&one, 1, Source::Provider);
    assert!(matches!(other.look(1, &DEFINITION, NOW), Found::Flight(_)), "a value of another instance");
}
