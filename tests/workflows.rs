//! R103, R104, R107 over random workflows: what was done is undone or reported, newest first, exactly once; and nothing
//! is undone on success.

use std::future::pending;
use std::sync::{Mutex, PoisonError};

use ductape::{Runtime, WorkflowResult, workflow};
use proptest::prelude::*;

/// How a call ends.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Ok,
    /// The second try succeeds.
    Late,
    Fails,
    Hangs,
}

/// A step of a random workflow.
#[derive(Debug, Clone, Copy)]
struct Act {
    kind: Kind,
    step: End,
    undo: End,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Plain,
    Branch,
    Optional,
    /// Without an undo.
    Bare,
    /// Three passes of an inner loop.
    Thrice,
}

/// How the body ends, if every step succeeds.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Finish {
    Ok,
    Err,
    Question,
    Return,
    Call,
    Macro,
    Loop,
    Configured,
    /// The value of a step, which succeeds.
    Step,
}

#[derive(Debug, PartialEq)]
struct Fault;

fn fault() -> Result<usize, Fault> {
    Err(Fault)
}

macro_rules! fail {
    ($error:expr) => {
        Err($error)
    };
}

/// What has happened, as the outside world sees it.
#[derive(Default)]
struct World {
    tries: Mutex<Vec<(usize, bool)>>,
    ledger: Mutex<Vec<(usize, bool)>>,
}

impl World {
    /// A call on behalf of the act at `at`; only a success leaves a trace in the ledger.
    async fn call(&self, at: usize, undoes: bool, end: End) -> Result<usize, Fault> {
        let is_first = {
            let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
            let same = tries.iter().rev().take_while(|call| **call == (at, undoes)).count();
            tries.push((at, undoes));
            same % 2 == 0
        };
        match end {
            End::Hangs => pending().await,
            End::Fails => return Err(Fault),
            End::Late if is_first => return Err(Fault),
            End::Ok | End::Late => {}
        }
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner).push((at, undoes));
        Ok(at)
    }

    async fn step(&self, at: usize, act: Act) -> Result<usize, Fault> {
        self.call(at, false, act.step).await
    }

    async fn undo(&self, at: usize, act: Act) -> Result<(), Fault> {
        self.call(at, true, act.undo).await.map(drop)
    }
}

#[workflow(tag = "random", timeout = "50ms", retries = 1, backoff(base = "1ms", jitter = "none"))]
async fn random(world: &World, head: Act, acts: &[Act], tail: Act, finish: Finish) -> WorkflowResult<usize, Fault> {
    let mut count = 0;
    #[step("head")]
    let first = world.step(1_000, head).await?;
    #[undo(timeout = "20ms", retries = 1)]
    {
        world.undo(first, head).await
    }
    for (at, act) in acts.iter().copied().enumerate() {
        match act.kind {
            Kind::Plain => {
                #[step("plain")]
                let done = world.step(at, act).await?;
                #[undo(timeout = "20ms", retries = 1)]
                {
                    world.undo(done, act).await
                }
            }
            Kind::Branch => {
                if let Some(act) = Some(act) {
                    #[step("branch")]
                    let done = world.step(at, act).await?;
                    #[undo(timeout = "20ms", retries = 1)]
                    {
                        world.undo(done, act).await
                    }
                    count += done;
                }
            }
            Kind::Optional => {
                #[step("optional")]
                let done = world.step(at, act).await;
                count += usize::from(done.is_ok());
            }
            Kind::Bare => {
                #[step("bare")]
                world.step(at, act).await?;
            }
            Kind::Thrice => {
                let mut pass = 0;
                while pass < 3 {
                    pass += 1;
                    if pass == 2 {
                        continue;
                    }
                    #[step("thrice")]
                    world.step(at, act).await?;
                    #[undo(timeout = "20ms", retries = 1)]
                    {
                        world.undo(at, act).await
                    }
                }
            }
        }
    }
    #[step("tail")]
    let last = world.step(2_000, tail).await?;
    #[undo(timeout = "20ms", retries = 1)]
    {
        world.undo(last, tail).await
    }
    match finish {
        Finish::Err => Err(Fault),
        Finish::Return => return Err(Fault),
        Finish::Question => {
            Err(Fault)?;
            Ok(0)
        }
        Finish::Call => fault(),
        Finish::Macro => {
            fail! { Fault }
        }
        Finish::Loop => loop {
            if count < 9_000 {
                break fault();
            }
        },
        Finish::Configured => {
            #[cfg(not(any()))]
            {
                fault()
            }
            #[cfg(any())]
            {
                Ok(0)
            }
        }
        Finish::Step =>
        {
            #[step("value")]
            async { Ok::<_, Fault>(fault()) }.await?
        }
        Finish::Ok => Ok(count),
    }
}

/// What must have happened.
#[derive(Debug, Default, PartialEq)]
struct Told {
    ledger: Vec<(usize, bool)>,
    fails: bool,
    step: Option<&'static str>,
    done: Vec<&'static str>,
    undone: Vec<&'static str>,
    not_undone: Vec<&'static str>,
}

fn works(end: End) -> bool {
    matches!(end, End::Ok | End::Late)
}

/// The rules, as plainly as they can be put.
fn expected(head: Act, acts: &[Act], tail: Act, finish: Finish) -> Told {
    let mut told = Told::default();
    let mut undos = Vec::new();
    let named = |act: Act| match act.kind {
        Kind::Plain => ("plain", 1, true),
        Kind::Branch => ("branch", 1, true),
        Kind::Optional => ("optional", 1, false),
        Kind::Bare => ("bare", 1, false),
        Kind::Thrice => ("thrice", 2, true),
    };
    let middle = acts.iter().copied().enumerate().map(|(at, act)| (at, act, named(act)));
    let all = [(1_000, head, ("head", 1, true))].into_iter().chain(middle).chain([(2_000, tail, ("tail", 1, true))]);
    'all: for (at, act, (name, times, is_undone)) in all {
        for _ in 0..times {
            if works(act.step) {
                told.ledger.push((at, false));
                told.done.push(name);
                if is_undone {
                    undos.push((at, act, name));
                }
            } else if name != "optional" {
                (told.fails, told.step) = (true, Some(name));
                break 'all;
            }
        }
    }
    if finish == Finish::Step && !told.fails {
        told.done.push("value");
    }
    told.fails |= finish != Finish::Ok;
    if told.fails {
        for (at, act, name) in undos.into_iter().rev() {
            if works(act.undo) {
                told.ledger.push((at, true));
                told.undone.push(name);
            } else {
                told.not_undone.push(name);
            }
        }
    }
    told
}

fn act() -> impl Strategy<Value = Act> {
    let end = |weight| prop_oneof![weight => Just(End::Ok), 2 => Just(End::Late), 1 => Just(End::Fails), 1 => Just(End::Hangs)];
    let kind =
        prop_oneof![Just(Kind::Plain), Just(Kind::Branch), Just(Kind::Optional), Just(Kind::Bare), Just(Kind::Thrice)];
    (kind, end(24), end(4)).prop_map(|(kind, step, undo)| Act { kind, step, undo })
}

fn finish() -> impl Strategy<Value = Finish> {
    use Finish::{Call, Configured, Err, Loop, Macro, Ok, Question, Return, Step};
    let errors = [Err, Question, Return, Call, Macro, Loop, Configured, Step];
    prop_oneof![1 => Just(Ok), 1 => prop::sample::select(errors.to_vec())]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn r103_what_was_done_is_undone_or_reported_newest_first_and_exactly_once(
        head in act(),
        acts in prop::collection::vec(act(), 0..7),
        tail in act(),
        finish in finish(),
    ) {
        let clock = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let clock = clock.expect("a runtime of its own");
        let (world, runtime) = (World::default(), Runtime::builder().seed(7).build().expect("nothing is bound"));
        let result = clock.block_on(runtime.scope(random(&world, head, &acts, tail, finish)));

        let must = expected(head, &acts, tail, finish);
        let ledger = world.ledger.into_inner().unwrap_or_else(PoisonError::into_inner);
        prop_assert_eq!(&ledger, &must.ledger);
        prop_assert_eq!(result.is_err(), must.fails);
        if let Err(error) = result {
            let names = |names: &[ductape::Name]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
            let left = error.not_undone().iter().map(|left| left.step.to_string()).collect::<Vec<_>>();
            prop_assert_eq!(error.step(), must.step);
            prop_assert_eq!(names(error.done()), must.done);
            prop_assert_eq!(names(error.undone()), must.undone);
            prop_assert_eq!(left, must.not_undone);
        }
        let stats = runtime.plan("random").expect("it is linked").stats();
        prop_assert_eq!(stats.in_flight, 0);
        prop_assert!(stats.providers.iter().all(|step| step.in_flight == 0));
    }
}
