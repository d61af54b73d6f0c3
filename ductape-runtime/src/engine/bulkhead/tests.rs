use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use proptest::prelude::*;

use super::{Bulkhead, Place, Places, Waiting};

fn places(max: u32) -> Arc<Places> {
    Arc::new(Places::new(&Bulkhead::new(max)))
}

/// Counts how often it is woken.
#[derive(Default)]
struct Bell(AtomicU32);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Bell {
    fn rings(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

fn poll(waiting: &mut Waiting) -> Option<Place> {
    poll_with(waiting, Waker::noop())
}

fn poll_with(waiting: &mut Waiting, waker: &Waker) -> Option<Place> {
    match waiting.poll_enter(waker) {
        Poll::Ready(place) => Some(place),
        Poll::Pending => None,
    }
}

/// Nobody is inside, nobody waits, and all may enter.
fn assert_at_rest(places: &Arc<Places>, max: usize) {
    assert_eq!((places.taken(), places.waiting()), (0, 0));
    let all: Vec<_> = std::iter::from_fn(|| places.try_enter()).collect();
    assert_eq!(all.len(), max);
}

#[test]
fn the_definition_says_what_was_written() {
    const DEFINITION: Bulkhead = Bulkhead::new(10).wait(Duration::from_millis(50)).shadow();
    let json = serde_json::to_string(&DEFINITION).unwrap();
    assert_eq!(json, r#"{"max":10,"wait":"50ms","shadow":true}"#);
    assert_eq!(serde_json::to_string(&Bulkhead::new(1)).unwrap(), r#"{"max":1,"wait":"0s","shadow":false}"#);
}

#[test]
fn r70_never_more_than_max_at_once() {
    for max in [1, 2, 7] {
        let places = places(max);
        let inside: Vec<_> = (0..max).map(|_| places.try_enter().expect("there is room")).collect();
        assert!(places.try_enter().is_none());
        assert!(poll(&mut places.queue()).is_none());
        assert_eq!(places.taken(), max);
        drop(inside);
        assert_at_rest(&places, max as usize);
    }
}

#[test]
fn r70_a_look_takes_nothing() {
    let places = places(1);
    assert!(places.look() && places.look());
    let inside = places.try_enter();
    assert!(inside.is_some() && !places.look());
    drop(inside);
    assert!(places.look());
}

#[test]
fn r70_who_queues_while_there_is_room_is_in() {
    let places = places(2);
    let mut first = places.queue();
    assert_eq!((places.taken(), places.waiting()), (1, 0));
    assert!(poll(&mut first).is_some());
    assert!(poll(&mut first).is_none(), "there was one place for it");
    assert_at_rest(&places, 2);
}

#[test]
fn r70_waiters_are_served_in_order() {
    let places = places(2);
    let mut inside: VecDeque<_> = (0..2).map(|_| places.try_enter().unwrap()).collect();
    let bells = [(); 5].map(|()| Arc::new(Bell::default()));
    let mut waiters: VecDeque<_> = bells.iter().map(|_| places.queue()).collect();
    // In which order they are polled says nothing about the order of the line.
    for (waiter, bell) in waiters.iter_mut().zip(&bells).rev() {
        assert!(poll_with(waiter, &bell.clone().into()).is_none());
    }
    for served in 0..5 {
        inside.pop_front();
        for (number, bell) in bells.iter().enumerate() {
            assert_eq!(bell.rings(), u32::from(number <= served), "{number} when {served} is served");
        }
        let next = waiters.pop_front().and_then(|mut waiter| poll(&mut waiter));
        inside.push_back(next.expect("it is its turn"));
        assert!(waiters.iter_mut().zip(&bells[served + 1..]).all(|(it, b)| poll_with(it, &b.clone().into()).is_none()));
    }
    drop(inside);
    assert_at_rest(&places, 2);
}

#[test]
fn r70_nobody_overtakes_who_waits() {
    let places = places(1);
    let inside = places.try_enter();
    let mut first = places.queue();
    let mut second = places.queue();
    drop(inside);
    // The first has not even been polled yet, and nobody else gets its place.
    assert!(!places.look() && places.try_enter().is_none());
    assert!(poll(&mut second).is_none() && poll(&mut places.queue()).is_none());
    let first = poll(&mut first);
    assert!(first.is_some());
    drop(first);
    assert!(places.try_enter().is_none());
    assert!(poll(&mut second).is_some());
    assert_at_rest(&places, 1);
}

#[test]
fn r70_a_dropped_waiter_leaves_no_trace() {
    for dropped in 0..3 {
        let places = places(1);
        let inside = places.try_enter();
        let bells = [(); 3].map(|()| Arc::new(Bell::default()));
        let mut waiters: Vec<_> = bells.iter().map(|_| places.queue()).collect();
        for (waiter, bell) in waiters.iter_mut().zip(&bells) {
            assert!(poll_with(waiter, &bell.clone().into()).is_none());
        }
        waiters.remove(dropped);
        assert_eq!(places.waiting(), 2);
        assert_eq!(Arc::strong_count(&bells[dropped]), 1, "its waker is gone");
        drop(inside);
        for mut waiter in waiters {
            assert!(poll(&mut waiter).is_some());
        }
        assert_eq!(bells[dropped].rings(), 0);
        assert_at_rest(&places, 1);
    }
}

#[test]
fn r70_when_the_last_waiter_is_dropped_everybody_may_enter_again() {
    let places = places(2);
    let inside = (places.try_enter(), places.try_enter());
    drop(places.queue());
    drop(inside.0);
    assert!(places.look() && places.try_enter().is_some());
}

#[test]
fn r70_a_place_that_was_already_granted_is_passed_on() {
    let places = places(1);
    let inside = places.try_enter();
    let bell = Arc::new(Bell::default());
    let (granted, mut next) = (places.queue(), places.queue());
    assert!(poll_with(&mut next, &bell.clone().into()).is_none());
    drop(inside);
    assert_eq!(bell.rings(), 0);
    drop(granted);
    assert_eq!(bell.rings(), 1);
    assert!(poll(&mut next).is_some());

    // With nobody to pass it on to, it is free.
    let inside = places.try_enter();
    let granted = places.queue();
    drop(inside);
    drop(granted);
    assert_at_rest(&places, 1);
}

#[test]
fn r70_the_waker_that_came_last_is_woken() {
    let places = places(1);
    let inside = places.try_enter();
    let (old, new) = (Arc::new(Bell::default()), Arc::new(Bell::default()));
    let mut waiting = places.queue();
    assert!(poll_with(&mut waiting, &old.clone().into()).is_none());
    assert!(poll_with(&mut waiting, &new.clone().into()).is_none());
    assert_eq!(Arc::strong_count(&old), 1);
    drop(inside);
    assert_eq!((old.rings(), new.rings()), (0, 1));
}

#[test]
fn r70_more_places_let_in_those_in_line_at_once() {
    let places = places(1);
    let inside = places.try_enter();
    let bells = [(); 4].map(|()| Arc::new(Bell::default()));
    let mut waiters: Vec<_> = bells.iter().map(|_| places.queue()).collect();
    for (waiter, bell) in waiters.iter_mut().zip(&bells) {
        assert!(poll_with(waiter, &bell.clone().into()).is_none());
    }
    places.resize(&Bulkhead::new(3));
    assert_eq!(bells.each_ref().map(|bell| bell.rings()), [1, 1, 0, 0]);
    assert_eq!((places.taken(), places.waiting()), (3, 2));
    assert!(places.try_enter().is_none());
    places.resize(&Bulkhead::new(9));
    assert_eq!((places.taken(), places.waiting()), (5, 0));
    assert!(places.try_enter().is_some());
    drop((inside, waiters));
    assert_at_rest(&places, 9);
}

#[test]
fn r70_fewer_places_throw_nobody_out_and_let_nobody_in_too_early() {
    let places = places(4);
    let mut inside: Vec<_> = (0..4).map(|_| places.try_enter().unwrap()).collect();
    places.resize(&Bulkhead::new(2));
    assert_eq!(places.taken(), 4);
    let mut waiting = places.queue();
    for left in [3, 2] {
        inside.pop();
        assert_eq!(places.taken(), left);
        assert!(places.try_enter().is_none() && poll(&mut waiting).is_none());
    }
    inside.pop();
    assert!(poll(&mut waiting).is_some());
    drop((inside, waiting));
    assert_at_rest(&places, 2);
}

#[test]
fn r80_r81_a_place_comes_back_from_a_panic() {
    let places = places(1);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _place = places.try_enter();
        let _waiting = places.queue();
        panic!("in the block");
    }));
    assert!(panicked.is_err());
    assert_at_rest(&places, 1);
}

/// Code of others that runs when it is woken, cloned or dropped, such as an executor's, and uses the places itself.
struct Meddler(Arc<Places>, Mutex<Vec<Place>>);

impl Wake for Meddler {
    fn wake(self: Arc<Self>) {
        self.1.lock().unwrap().extend(self.0.try_enter());
    }
}

impl Drop for Meddler {
    fn drop(&mut self) {
        assert_eq!(self.0.waiting(), 0);
    }
}

#[test]
fn r82_no_lock_is_held_while_a_waker_runs_or_is_dropped() {
    let places = places(2);
    let inside = places.try_enter();
    let meddler = || Waker::from(Arc::new(Meddler(Arc::clone(&places), Mutex::default())));
    let also = places.try_enter();
    let mut waiting = places.queue();
    assert!(poll_with(&mut waiting, &meddler()).is_none());
    drop((inside, also));
    assert!(poll(&mut waiting).is_some());

    let inside = (places.try_enter(), places.try_enter());
    let mut waiting = places.queue();
    assert!(poll_with(&mut waiting, &meddler()).is_none());
    drop(waiting);
    drop(inside);
    assert_at_rest(&places, 2);
}

#[test]
fn r83_threads_never_exceed_the_places_and_all_get_one() {
    const ROUNDS: u32 = if cfg!(miri) { 20 } else { 5_000 };
    let places = places(3);
    let (inside, most, served) = (AtomicU32::new(0), AtomicU32::new(0), AtomicU32::new(0));
    let work = |number: u32| {
        for round in 0..ROUNDS {
            let place = if (round + number).is_multiple_of(3) {
                places.try_enter()
            } else {
                let mut waiting = places.queue();
                // Every now and then one gives up, let in or not.
                (round % 7 != 0).then(|| {
                    loop {
                        let thread = thread::current();
                        if let Some(place) = poll_with(&mut waiting, &Waker::from(Arc::new(Unpark(thread)))) {
                            break place;
                        }
                        thread::park();
                    }
                })
            };
            if place.is_some() {
                most.fetch_max(1 + inside.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
                served.fetch_add(1, Ordering::Relaxed);
                thread::yield_now();
                inside.fetch_sub(1, Ordering::Relaxed);
            }
        }
    };
    thread::scope(|scope| (0..6).for_each(|number| drop(scope.spawn(move || work(number)))));
    // How many meet depends on the scheduler, but never more than there are places for.
    let most = most.into_inner();
    assert!((1..=3).contains(&most), "{most} at once");
    assert!(served.into_inner() > 3 * ROUNDS);
    assert_at_rest(&places, 3);
}

struct Unpark(thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[derive(Debug, Clone)]
enum Act {
    Enter,
    Queue,
    Poll(prop::sample::Index),
    Leave(prop::sample::Index),
    GiveUp(prop::sample::Index),
    Resize(u32),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => Just(Act::Enter),
        3 => Just(Act::Queue),
        3 => any::<prop::sample::Index>().prop_map(Act::Poll),
        4 => any::<prop::sample::Index>().prop_map(Act::Leave),
        2 => any::<prop::sample::Index>().prop_map(Act::GiveUp),
        1 => (1..5_u32).prop_map(Act::Resize),
    ]
}

/// What the places should be: numbers of those inside and in line, and how many may be inside.
#[derive(Default)]
struct Model {
    max: usize,
    inside: usize,
    line: VecDeque<usize>,
}

impl Model {
    fn settle(&mut self) {
        while self.inside < self.max && self.line.pop_front().is_some() {
            self.inside += 1;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn r70_any_course_of_events_goes_as_in_a_plain_model(acts in prop::collection::vec(act(), 1..80)) {
        let places = places(2);
        let mut model = Model { max: 2, ..Model::default() };
        let (mut inside, mut waiters) = (Vec::new(), Vec::new());
        for (number, act) in acts.into_iter().enumerate() {
            match act {
                Act::Enter => {
                    let place = places.try_enter();
                    prop_assert_eq!(place.is_some(), model.line.is_empty() && model.inside < model.max);
                    model.inside += usize::from(place.is_some());
                    inside.extend(place);
                }
                Act::Queue => {
                    let bell = Arc::new(Bell::default());
                    waiters.push((number, places.queue(), bell));
                    model.line.push_back(number);
                }
                Act::Poll(index) if !waiters.is_empty() => {
                    let at = index.index(waiters.len());
                    let (number, waiting, bell) = &mut waiters[at];
                    let place = poll_with(waiting, &bell.clone().into());
                    prop_assert_eq!(place.is_none(), model.line.contains(number));
                    if place.is_some() {
                        waiters.remove(at);
                    }
                    inside.extend(place);
                }
                Act::Leave(index) if !inside.is_empty() => {
                    inside.swap_remove(index.index(inside.len()));
                    model.inside -= 1;
                }
                Act::GiveUp(index) if !waiters.is_empty() => {
                    let (number, ..) = waiters.remove(index.index(waiters.len()));
                    match model.line.iter().position(|&other| other == number) {
                        Some(at) => drop(model.line.remove(at)),
                        None => model.inside -= 1,
                    }
                }
                Act::Resize(max) => {
                    places.resize(&Bulkhead::new(max));
                    model.max = max as usize;
                }
                Act::Poll(_) | Act::Leave(_) | Act::GiveUp(_) => {}
            }
            model.settle();
            prop_assert_eq!((places.taken() as usize, places.waiting()), (model.inside, model.line.len()));
            prop_assert_eq!(places.look(), model.line.is_empty() && model.inside < model.max);
            for (number, _, bell) in &waiters {
                prop_assert!(bell.rings() == 0 || !model.line.contains(number));
            }
        }
        drop((inside, waiters));
        assert_at_rest(&places, model.max);
    }
}
