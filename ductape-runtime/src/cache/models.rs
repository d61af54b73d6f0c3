//! What threads can do to a flight, in every order; see `crate::sync` for how to run it.

use std::sync::Arc;
use std::task::{Poll, Wake, Waker};
use std::time::Duration;

use loom::sync::atomic::{AtomicU32, Ordering};
use loom::sync::{Condvar, Mutex};
use loom::thread;

use super::{Cache, Kept, Landed, Look, Seat, Store};
use crate::moment::Moment;
use crate::{Name, Outcome, Source};

type Answers = Store<u32, u32, String>;

struct Bell(Mutex<bool>, Condvar);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        *self.0.lock().expect("nobody panics") = true;
        self.1.notify_one();
    }
}

impl Bell {
    /// A wake that is lost is a deadlock, which loom tells of.
    fn wait(&self) {
        let mut rung = self.0.lock().expect("nobody panics");
        while !*rung {
            rung = self.1.wait(rung).expect("nobody panics");
        }
        *rung = false;
    }
}

const CACHE: Cache = Cache::new(Duration::from_secs(60));

fn look(store: &Arc<Answers>) -> Option<Seat<u32, u32, String>> {
    match store.look(&1, CACHE.ttl, Moment::ZERO) {
        Look::Fresh(_) => None,
        Look::Seat(seat, _) => Some(seat),
    }
}

fn land(seat: Seat<u32, u32, String>) {
    let (provider, elapsed) = (Name::from_static("a"), Duration::ZERO);
    let outcome = Arc::new(Outcome { value: 7, provider, attempts: 1, elapsed, source: Source::Provider });
    let landed: Landed<u32, String> = Ok(Arc::clone(&outcome));
    seat.land(landed, Some(Kept::new(outcome, Moment::ZERO)), &CACHE);
}

/// Runs if it leads, and else waits to be woken: it must be, if it is to have an answer.
fn call(store: &Arc<Answers>, runs: &AtomicU32) {
    let Some(mut seat) = look(store) else { return };
    let bell = Arc::new(Bell(Mutex::new(false), Condvar::new()));
    let waker = Waker::from(Arc::clone(&bell));
    while !seat.leads() {
        match seat.poll(&waker) {
            Poll::Ready(Some(_)) => return,
            Poll::Ready(None) => break,
            Poll::Pending => bell.wait(),
        }
    }
    runs.fetch_add(1, Ordering::SeqCst);
    land(seat);
}

#[test]
fn r33_of_two_who_come_at_once_one_runs() {
    loom::model(|| {
        let (store, runs) = (Arc::new(Answers::new()), Arc::new(AtomicU32::new(0)));
        let other = {
            let (store, runs) = (Arc::clone(&store), Arc::clone(&runs));
            thread::spawn(move || call(&store, &runs))
        };
        call(&store, &runs);
        other.join().expect("it does not panic");
        assert_eq!(runs.load(Ordering::SeqCst), 1);
        assert_eq!(store.len(), (1, 1));
    });
}

#[test]
fn r33_whoever_follows_takes_over_from_a_leader_that_is_dropped() {
    loom::model(|| {
        let (store, runs) = (Arc::new(Answers::new()), Arc::new(AtomicU32::new(0)));
        let leader = look(&store).expect("nothing is kept");
        assert!(leader.leads());
        let others: Vec<_> = (0..2)
            .map(|_| {
                let (store, runs) = (Arc::clone(&store), Arc::clone(&runs));
                thread::spawn(move || call(&store, &runs))
            })
            .collect();
        drop(leader);
        for other in others {
            other.join().expect("it does not panic");
        }
        assert_eq!(runs.load(Ordering::SeqCst), 1);
        assert_eq!(store.len(), (1, 1));
    });
}

#[test]
fn r33_nothing_is_left_of_callers_who_have_all_gone() {
    loom::model(|| {
        let store = Arc::new(Answers::new());
        let leader = look(&store).expect("nothing is kept");
        let follower = look(&store).expect("nothing is kept");
        let other = thread::spawn(move || drop(follower));
        drop(leader);
        other.join().expect("it does not panic");
        assert_eq!(store.len(), (0, 0));
        assert!(look(&store).expect("nothing is kept").leads());
    });
}
