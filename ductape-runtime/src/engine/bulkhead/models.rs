//! What threads can do to the places, in every order; see `crate::sync` for how to run it.

use std::sync::Arc;
use std::task::{Poll, Wake, Waker};

use loom::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use loom::thread;

use super::{Bulkhead, Place, Places, Waiting};

fn places(max: u32) -> Arc<Places> {
    Arc::new(Places::new(&Bulkhead::new(max)))
}

struct Bell(AtomicBool);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn bell() -> Arc<Bell> {
    Arc::new(Bell(AtomicBool::new(false)))
}

fn poll(waiting: &mut Waiting, bell: &Arc<Bell>) -> Option<Place> {
    match waiting.poll_enter(&Waker::from(Arc::clone(bell))) {
        Poll::Ready(place) => Some(place),
        Poll::Pending => None,
    }
}

/// The place that it must have by now: the one it has, or the one that it was woken for.
fn served(place: Option<Place>, waiting: &mut Waiting, bell: &Arc<Bell>) -> Place {
    place.unwrap_or_else(|| {
        assert!(bell.0.load(Ordering::SeqCst), "nobody woke it");
        poll(waiting, bell).expect("it was woken for a place")
    })
}

fn assert_at_rest(places: &Arc<Places>) {
    assert_eq!((places.taken(), places.waiting()), (0, 0));
    assert!(places.try_enter().is_some());
}

#[test]
fn r70_of_three_who_come_at_once_one_is_inside() {
    loom::model(|| {
        let places = places(1);
        let inside = Arc::new(AtomicU32::new(0));
        let come = {
            let (places, inside) = (Arc::clone(&places), Arc::clone(&inside));
            move || {
                if let Some(_place) = places.try_enter() {
                    assert_eq!(inside.fetch_add(1, Ordering::Relaxed), 0);
                    inside.fetch_sub(1, Ordering::Relaxed);
                }
            }
        };
        let others = [thread::spawn(come.clone()), thread::spawn(come.clone())];
        come();
        for other in others {
            other.join().unwrap();
        }
        assert_at_rest(&places);
    });
}

#[test]
fn r70_no_waiter_is_forgotten_when_a_place_is_left() {
    loom::model(|| {
        let places = places(1);
        let inside = places.try_enter();
        let other = thread::spawn(move || drop(inside));
        let (mut waiting, bell) = (places.queue(), bell());
        let place = poll(&mut waiting, &bell);
        other.join().unwrap();
        drop(served(place, &mut waiting, &bell));
        assert_at_rest(&places);
    });
}

#[test]
fn r70_who_comes_while_a_place_changes_hands_does_not_overtake() {
    loom::model(|| {
        let places = places(1);
        let inside = places.try_enter();
        let (mut waiting, bell) = (places.queue(), bell());
        let comer = Arc::clone(&places);
        let others = [thread::spawn(move || drop(inside)), thread::spawn(move || assert!(comer.try_enter().is_none()))];
        let place = poll(&mut waiting, &bell);
        for other in others {
            other.join().unwrap();
        }
        drop(served(place, &mut waiting, &bell));
        assert_at_rest(&places);
    });
}

#[test]
fn r70_a_waiter_that_gives_up_while_it_is_let_in_passes_the_place_on() {
    loom::model(|| {
        let places = places(1);
        let inside = places.try_enter();
        let first = places.queue();
        let (mut second, bell) = (places.queue(), bell());
        let others = [thread::spawn(move || drop(inside)), thread::spawn(move || drop(first))];
        let place = poll(&mut second, &bell);
        for other in others {
            other.join().unwrap();
        }
        drop(served(place, &mut second, &bell));
        assert_at_rest(&places);
    });
}

#[test]
fn r70_more_and_fewer_places_while_one_is_left() {
    loom::model(|| {
        let places = places(1);
        let inside = places.try_enter();
        let (mut waiting, bell) = (places.queue(), bell());
        let operator = Arc::clone(&places);
        let resize = move || {
            operator.resize(&Bulkhead::new(2));
            operator.resize(&Bulkhead::new(1));
        };
        let others = [thread::spawn(move || drop(inside)), thread::spawn(resize)];
        let place = poll(&mut waiting, &bell);
        for other in others {
            other.join().unwrap();
        }
        let place = served(place, &mut waiting, &bell);
        assert!(places.try_enter().is_none());
        drop(place);
        assert_at_rest(&places);
    });
}
