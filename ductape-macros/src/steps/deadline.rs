//! Does the deadline leave time for what the steps ask for? For a full try, where its length is said, and for another one,
//! where there are retries.
//!
//! No sum is asked for, as of providers: steps may stand in branches and loops, and parts run side by side. Where a value
//! is a constant that only the compiler knows, the expansion asks the compiler the same.

use std::time::Duration;

use super::Step;
use crate::clause::{Clause, Clauses};
use crate::diagnostics::Diagnostics;
use crate::literal::duration::show;

pub(super) fn check(whole: &Clauses, steps: &[Step], diagnostics: &mut Diagnostics) {
    let Some(deadline) = whole.get("deadline").and_then(Clause::duration) else { return };
    timeout(whole, deadline, "a try", false, diagnostics);
    for step in steps {
        let retries = step.policy(whole, "retries").and_then(Clause::count).is_some_and(|retries| retries > 0);
        timeout(&step.clauses, deadline, &format!("a try of `{}`", step.name), retries, diagnostics);
    }
}

/// One that is not given is only a bound, and the deadline is another.
fn timeout(clauses: &Clauses, deadline: Duration, what: &str, retries: bool, diagnostics: &mut Diagnostics) {
    let Some(clause) = clauses.get("timeout") else { return };
    let Some(timeout) = clause.duration() else { return };
    if timeout > deadline {
        let message = format_args!("{what} may take {}, but the deadline is {}", show(timeout), show(deadline));
        let help = format_args!("write `timeout = \"{}\"` or less, or a longer `deadline`", show(deadline));
        diagnostics.error(&clause.tokens, message, help);
    } else if timeout == deadline && retries {
        let message = format_args!("{what} may take all of the deadline, {}, so that no other follows", show(deadline));
        let help = "write a shorter `timeout`, or leave `retries` out";
        diagnostics.error(&clause.tokens, message, help);
    }
}
