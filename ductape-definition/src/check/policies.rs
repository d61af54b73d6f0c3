//! Do the clauses of a provider, and of a plan, go together?

use std::time::Duration;

use serde_json::Value;

use crate::error_class::ErrorClass;
use crate::fault::{Faults, Path, Problem, Rule};
use crate::limits::range;
use crate::literal::duration::show;
use crate::model::{Backoff, Breaker, CacheUse, Event, EventKind, PlanPolicy, Policies};

/// The clauses written at one place.
pub(crate) fn provider(path: &Path, policies: &Policies, faults: &mut Faults) {
    if let Some(breaker) = &policies.breaker {
        one_form(&path.key("breaker"), breaker, faults);
    }
    if let Some(Backoff { base, max, .. }) = policies.backoff.filter(|backoff| backoff.max < backoff.base) {
        let path = path.key("backoff");
        if !faults.touch(&path) {
            let message =
                format!("the longest wait, `max` of {}, is below the first, `base` of {}", show(max), show(base));
            faults.add_whole(&path, Problem::new(Rule::Together, message, "write a longer `max`, or a shorter `base`"));
        }
    }
    let mut seen: Vec<(ErrorClass, &str)> = Vec::new();
    for (key, list) in policies.lists() {
        let path = path.key(key);
        for (at, class) in list.iter().enumerate().filter(|_| !faults.touch(&path)).collect::<Vec<_>>() {
            match seen.iter().find(|(earlier, _)| earlier == class) {
                Some((_, earlier)) => {
                    let message = format!("`{class}` stands in `{earlier}` already");
                    let problem = Problem::new(Rule::Duplicate, message, "write each class of errors once");
                    faults.add(&path.index(at), &Value::from(class.to_string()), problem);
                }
                None => seen.push((*class, key)),
            }
        }
    }
}

/// A breaker counts failures in a row, or takes a share.
fn one_form(path: &Path, breaker: &Breaker, faults: &mut Faults) {
    let of_share = [
        ("failure_rate", breaker.failure_rate.is_some()),
        ("window", breaker.window.is_some()),
        ("min_calls", breaker.min_calls.is_some()),
        ("slow_call", breaker.slow_call.is_some()),
    ];
    let share = of_share.iter().find(|(_, given)| *given);
    let (message, help) = match (breaker.failures, share) {
        (Some(_), Some((key, _))) => (
            format!("`failures` counts failures in a row, and `{key}` belongs to a share of failures"),
            "write one of the two forms",
        ),
        (None, Some((key, _))) if breaker.failure_rate.is_none() => (
            format!("`{key}` belongs to a share of failures, and there is none"),
            "write `failure_rate`, such as `\"50%\"`",
        ),
        _ => return,
    };
    if !faults.touch(path) {
        faults.add_whole(path, Problem::new(Rule::Together, message, help));
    }
}

/// An event that is no action has its policies where it is defined.
pub(crate) fn event(path: &Path, event: &Event, kind: &str, faults: &mut Faults) {
    if event.kind == EventKind::Action {
        return;
    }
    let policies = &event.policies;
    let of_actions = [
        ("breaker", policies.breaker.is_some()),
        ("bulkhead", policies.bulkhead.is_some()),
        ("rate_limit", policies.rate_limit.is_some()),
    ];
    for (key, _) in of_actions.into_iter().filter(|(_, given)| *given) {
        let message = format!("`{key}` belongs to a provider, and a {kind} has several");
        faults.add_whole(&path.key(key), Problem::new(Rule::Together, message, format!("write it in the {kind}")));
    }
}

/// The clauses of a whole plan, with what holds for each provider in the end.
pub(crate) fn plan(
    policy: &PlanPolicy,
    defaults: &Policies,
    cache: Option<&CacheUse>,
    each: &[(Path, Policies)],
    faults: &mut Faults,
) {
    let root = Path::default();
    provider(&root, defaults, faults);
    for (path, policies) in each {
        let backoff = path.key("backoff");
        let written = policies.backoff.is_some() && policies.backoff != defaults.backoff;
        if written && policies.retries.unwrap_or_default() == 0 && !faults.touch(&path.key("retries")) {
            let help = "write `retries`, or leave out `backoff`";
            faults.add_whole(&backoff, Problem::new(Rule::Together, "nothing retries, so nothing waits", help));
        }
    }
    let retries = |path: &Path, policies: &Policies| {
        policies.retries.unwrap_or_default() > 0 || faults.touch(&path.key("retries")) || faults.stand_in_at(path)
    };
    let nothing_retries = !each.iter().any(|(path, policies)| retries(path, policies));
    if defaults.backoff.is_some() && nothing_retries && !faults.touch(&root.key("retries")) {
        let help = "write `retries`, or leave out `backoff`";
        faults.add_whole(&root.key("backoff"), Problem::new(Rule::Together, "nothing retries, so nothing waits", help));
    }
    let mut excluded = |key: &str, given: bool| {
        if policy.at_most_once && given {
            let message = format!("`{key}` would repeat what must not happen twice");
            let help = format!("leave out `{key}` or `at_most_once`");
            faults.add_whole(&root.key(key), Problem::new(Rule::Together, message, help));
        }
    };
    excluded("hedge", policy.hedge.is_some());
    excluded("cache", cache.is_some());
    if policy.hedge.is_some() && each.len() == 1 {
        let help = "write a second option, or leave out `hedge`";
        faults.add_whole(&root.key("hedge"), Problem::new(Rule::Together, "there is no other provider to start", help));
    }
    if let Some(cache) = cache {
        cache_is_one_thing(&root.key("cache"), cache, faults);
    }
    deadline_leaves_room_for_what_is_said(policy.deadline, each, faults);
}

fn cache_is_one_thing(path: &Path, cache: &CacheUse, faults: &mut Faults) {
    let own = cache.expiry.is_some() || cache.stale.is_some() || cache.capacity.is_some();
    let (message, help) = match (&cache.tag, own, cache.expiry) {
        (Some(_), true, _) => ("a defined cache has settings of its own", "write `tag` alone, or leave it out"),
        (None, _, None) => {
            ("a cache needs to know how long a result is fresh", "write `expiry`, or the `tag` of a cache")
        }
        _ => return,
    };
    if !faults.touch(path) {
        faults.add_whole(path, Problem::new(Rule::Together, message, help));
    }
}

/// R12, as far as a definition tells by itself: how long an attempt takes whose timeout it does not say, others know.
pub(crate) fn deadline_leaves_room_for_what_is_said(
    deadline: Option<Duration>,
    each: &[(Path, Policies)],
    faults: &mut Faults,
) {
    let need = |policies: &Policies| policies.entry().saturating_add(policies.timeout.unwrap_or_default());
    let needs: Vec<_> = each.iter().map(|(path, policies)| (path.clone(), need(policies))).collect();
    deadline_leaves_everyone_an_attempt(deadline, &needs, faults);
}

/// R12: what every provider needs at least fits into the deadline.
pub(crate) fn deadline_leaves_everyone_an_attempt(
    deadline: Option<Duration>,
    needs: &[(Path, Duration)],
    faults: &mut Faults,
) {
    let path = Path::default().key("deadline");
    let Some(deadline) = deadline.filter(|_| !faults.touch(&path)) else { return };
    let said = |path: &Path| ["timeout", "bulkhead", "rate_limit"].iter().any(|key| faults.touch(&path.key(key)));
    if said(&Path::default()) || needs.iter().any(|(path, _)| said(path) || faults.stand_in_at(path)) {
        return;
    }
    let mut sum = Duration::ZERO;
    let mut unreachable = None;
    for (path, need) in needs {
        sum = sum.saturating_add(*need);
        if sum > deadline && unreachable.is_none() {
            unreachable = Some(path);
        }
    }
    if let Some(unreachable) = unreachable {
        let message = format!(
            "all of them need {}, but the deadline is {}: that at `{unreachable}` can never be reached for a full attempt",
            show(sum),
            show(deadline)
        );
        let help = if sum > range::LONGEST {
            "write timeouts, or shorter ones".to_owned()
        } else {
            format!("write a deadline of `\"{}\"` or more, or shorter timeouts", show(sum))
        };
        faults.add(&path, &Value::from(show(deadline)), Problem::new(Rule::Sum, message, help));
    }
}
