//! R102, R103, R105, R108: what an undo is, when undos run, in which order, and what they borrow.

use ductape::{ErrorKind, Verdict, WorkflowResult, attempt, workflow};
use tokio::time::Instant;

use super::Ledger;
use crate::support::{Script, Scripted, Step, fail, hang, ms, ok, run, trail};

struct World {
    ledger: Ledger,
    steps: [Script; 3],
    undos: [Script; 3],
}

impl World {
    fn of(steps: [Step; 3], undos: [Step; 3]) -> Self {
        let scripts = |of: [Step; 3]| of.map(|step| Script::of([step]));
        Self { ledger: Ledger::default(), steps: scripts(steps), undos: scripts(undos) }
    }

    async fn step(&self, at: usize) -> Result<usize, Scripted> {
        self.ledger.play(&format!("do {at}"), &self.steps[at]).await.map(|_| at)
    }

    async fn undo(&self, at: usize) -> Result<(), Scripted> {
        self.ledger.play(&format!("undo {at}"), &self.undos[at]).await.map(drop)
    }

    #[workflow(tag = "three-steps", deadline = "5s")]
    async fn run(&self, early: Option<&str>) -> WorkflowResult<usize, Scripted> {
        #[step("zero")]
        let zero = self.step(0).await?;
        #[undo]
        {
            self.undo(zero).await
        }
        if early == Some("return") {
            return Err(Scripted { verdict: Verdict::Abort, call: 77 });
        }

        #[step("one")]
        let one = self.step(1).await?;
        #[undo(retries = 2, timeout = "50ms", backoff(base = "10ms", factor = 1, jitter = "none"))]
        {
            self.undo(one).await
        }
        if early == Some("success") {
            return Ok(zero + one);
        }
        if early == Some("question") {
            Err(Scripted { verdict: Verdict::Abort, call: 78 })?;
        }

        #[step("two")]
        let two = self.step(2).await?;
        #[undo]
        {
            self.undo(two).await
        }
        if early == Some("tail") { Err(Scripted { verdict: Verdict::Abort, call: 79 }) } else { Ok(zero + one + two) }
    }
}

#[tokio::test(start_paused = true)]
async fn r103_nothing_is_undone_on_success() {
    let world = World::of([ok(); 3], [ok(); 3]);
    assert_eq!(run(world.run(None)).await.ok(), Some(3));
    assert_eq!(run(world.run(Some("success"))).await.ok(), Some(1));
    assert_eq!(world.ledger.entries(), ["do 0", "do 1", "do 2", "do 0", "do 1"]);
    assert_eq!(world.undos.each_ref().map(Script::calls), [0; 3]);
}

#[tokio::test(start_paused = true)]
async fn r103_when_a_step_fails_what_was_done_is_undone_newest_first() {
    let world = World::of([ok(), ok(), fail(Verdict::Retry)], [ok(); 3]);
    let error = run(world.run(None)).await.expect_err("the last step fails");
    assert_eq!(world.ledger.entries(), ["do 0", "do 1", "undo 1", "undo 0"]);
    assert_eq!(
        (error.step(), error.done(), error.undone()),
        (Some("two"), &["zero".into(), "one".into()][..], &["one".into(), "zero".into()][..])
    );
    assert!(error.not_undone().is_empty());
}

#[tokio::test(start_paused = true)]
async fn r103_a_step_that_fails_is_not_undone_itself() {
    let world = World::of([fail(Verdict::Retry), ok(), ok()], [ok(); 3]);
    let error = run(world.run(None)).await.expect_err("the first step fails");
    assert!(world.ledger.entries().is_empty() && error.undone().is_empty() && error.done().is_empty());
}

#[tokio::test(start_paused = true)]
async fn r103_every_way_to_end_with_an_error_undoes() {
    for (early, call, undone) in
        [("return", 77, &["zero"][..]), ("question", 78, &["one", "zero"]), ("tail", 79, &["two", "one", "zero"])]
    {
        let world = World::of([ok(); 3], [ok(); 3]);
        let error = run(world.run(Some(early))).await.expect_err("it ends with an error");
        assert_eq!(error.undone(), undone, "{early}");
        assert_eq!((error.step(), error.kind()), (None, ErrorKind::Aborted), "{early}");
        assert_eq!(error.last().map(|error| error.call), Some(call), "{early}");
    }
}

#[tokio::test(start_paused = true)]
async fn r103_the_deadline_undoes() {
    let world = World::of([ok(), ok(), hang()], [ok(); 3]);
    let error = run(world.run(None)).await.expect_err("the last step hangs");
    assert_eq!((error.kind(), error.undone().len()), (ErrorKind::Deadline, 2));
}

#[tokio::test(start_paused = true)]
async fn r103_every_undo_runs_even_if_another_fails() {
    let world = World::of([ok(), ok(), fail(Verdict::Retry)], [ok(), fail(Verdict::Retry), ok()]);
    let error = run(world.run(None)).await.expect_err("the last step fails");
    assert_eq!(world.ledger.entries(), ["do 0", "do 1", "undo 0"]);
    assert_eq!(error.undone(), ["zero"]);
    let left: Vec<_> = error.not_undone().iter().map(|left| (left.step.as_str(), trail(&left.error))).collect();
    let tried = ["one.undo 1 failed: Retry", "one.undo 2 failed: Retry", "one.undo 3 failed: Retry"];
    assert_eq!(left, [("one", tried.map(str::to_owned).to_vec())]);
}

#[tokio::test(start_paused = true)]
async fn r102_an_undo_has_its_own_retries_and_timeout() {
    let world = World::of([ok(), ok(), fail(Verdict::Retry)], [ok(), hang(), ok()]);
    let began = Instant::now();
    let error = run(world.run(None)).await.expect_err("the last step fails");
    assert_eq!(world.undos[1].times(), [0, 60, 120]);
    assert_eq!((began.elapsed(), error.not_undone().len()), (ms(170), 1));
}

#[tokio::test(start_paused = true)]
async fn r105_undos_run_after_the_deadline_and_have_ten_seconds_unless_said() {
    let world = World::of([ok(), ok(), hang()], [hang(), ok(), ok()]);
    let began = Instant::now();
    let error = run(world.run(None)).await.expect_err("the last step hangs");
    assert_eq!((began.elapsed(), error.not_undone().len(), error.undone().len()), (ms(15_000), 1, 1));
    assert_eq!(trail(&error.not_undone()[0].error), ["zero.undo 1 timed out after 10s"]);
}

#[tokio::test(start_paused = true)]
async fn r102_an_undo_is_an_attempt_of_its_own() {
    #[workflow(tag = "tells-of-undo")]
    async fn tells(told: &Ledger) -> WorkflowResult<(), Scripted> {
        #[step("done")]
        async { Ok::<_, Scripted>(()) }.await?;
        #[undo(timeout = "3s")]
        {
            let attempt = attempt().expect("this is an undo");
            told.write(format!("{} {} {:?}", attempt.provider(), attempt.number(), attempt.remaining()));
            Ok(())
        }
        Err(Scripted { verdict: Verdict::Retry, call: 0 })
    }
    let told = Ledger::default();
    run(tells(&told)).await.expect_err("it ends so");
    assert_eq!(told.entries(), ["done.undo 1 3s"]);
}

/// Neither `Clone` nor `Copy`.
struct Hold(String);

#[tokio::test(start_paused = true)]
async fn r108_the_last_ok_may_move_what_an_undo_borrows() {
    #[workflow(tag = "moves")]
    async fn moves(fails: bool, ledger: &Ledger) -> WorkflowResult<(Hold, Vec<Hold>), Scripted> {
        #[step("reserve")]
        let hold = async { Ok::<_, Scripted>(Hold("hold".to_owned())) }.await?;
        #[undo]
        {
            ledger.write(format!("release {}", hold.0));
            Ok(())
        }
        #[step("more")]
        let more = async { Ok::<_, Scripted>(vec![Hold("more".to_owned())]) }.await?;
        #[undo]
        {
            ledger.write(format!("release {}", more.len()));
            Ok(())
        }
        match more.len() {
            0 => return Ok((hold, more)),
            _ if fails => Err(Scripted { verdict: Verdict::Retry, call: 0 }),
            _ => Ok((hold, more)),
        }
    }

    let ledger = Ledger::default();
    let (hold, more) = run(moves(false, &ledger)).await.expect("it works");
    assert_eq!((hold.0.as_str(), more[0].0.as_str(), ledger.entries().len()), ("hold", "more", 0));
    run(moves(true, &ledger)).await.map(drop).expect_err("it ends so");
    assert_eq!(ledger.entries(), ["release 1", "release hold"]);
}

#[tokio::test(start_paused = true)]
async fn r102_an_undo_may_use_arguments_and_earlier_bindings_even_mutably() {
    #[workflow(tag = "mutates")]
    async fn mutates(stock: &mut Vec<u32>, items: [u32; 2]) -> WorkflowResult<(), Scripted> {
        let before = stock.len();
        #[step("take")]
        async {
            stock.extend(items);
            Ok::<_, Scripted>(())
        }
        .await?;
        #[undo]
        {
            stock.truncate(before);
            Ok(())
        }
        Err(Scripted { verdict: Verdict::Retry, call: 0 })
    }
    let mut stock = vec![1];
    run(mutates(&mut stock, [2, 3])).await.expect_err("it ends so");
    assert_eq!(stock, [1]);
}

#[tokio::test(start_paused = true)]
async fn r103_classify_holds_for_undos_too() {
    #[workflow(tag = "classified-undo", classify(Scripted::verdict))]
    async fn classified(undo: &Script) -> WorkflowResult<(), Scripted> {
        #[step("a")]
        async { Ok::<_, Scripted>(()) }.await?;
        #[undo(retries = 5)]
        {
            undo.call().await.map(drop)
        }
        Err(Scripted { verdict: Verdict::Retry, call: 0 })
    }
    let undo = Script::of([fail(Verdict::Abort)]);
    let error = run(classified(&undo)).await.expect_err("it ends so");
    assert_eq!((undo.calls(), error.not_undone()[0].error.kind()), (1, ErrorKind::Aborted));
}
