//! Is a definition sound in itself? One function for each kind, one for each rule.

#![expect(non_snake_case, reason = "a kind's check is named after its type")]

use std::collections::HashMap;

use serde_json::Value;

use super::policies;
use super::references::Known;
use crate::fault::{Faults, Path, Problem, Rule};
use crate::limits;
use crate::model::{self, Choice, ChoiceKind, EventKind, Inputs};
use crate::template::Root;

/// What an option's or an event's input may refer to.
const GIVEN: &[Root] = &[Root::Input, Root::Session, Root::Env, Root::Product, Root::Now];
const GIVEN_AND_SEQUENCE: &[Root] = &[Root::Input, Root::Sequence, Root::Session, Root::Env, Root::Product, Root::Now];
const ANSWERED: &[Root] = &[Root::Response, Root::Input, Root::Session, Root::Env, Root::Product, Root::Now];
const ANSWERED_AND_SEQUENCE: &[Root] =
    &[Root::Response, Root::Input, Root::Sequence, Root::Session, Root::Env, Root::Product, Root::Now];
const SURROUNDINGS: &[Root] = &[Root::Env, Root::Product, Root::Now];
const STICKY: &[Root] = &[Root::Input, Root::Session, Root::Env, Root::Product];

pub(crate) fn Fallback(fallback: &model::Fallback, faults: &mut Faults) {
    let root = Path::default();
    fallback.input.check(&root.key("input"), faults);
    let options = root.key("options");
    let choices: Vec<_> = fallback.options.iter().enumerate().map(|(at, choice)| (options.index(at), choice)).collect();
    choices_are_sound(&choices, &fallback.providers(), &fallback.input, faults);
    let each = choices.iter().map(|(path, choice)| (path.clone(), choice.policies.or(&fallback.defaults)));
    policies::plan(&fallback.policy, &fallback.defaults, fallback.cache.as_ref(), &each.collect::<Vec<_>>(), faults);
}

pub(crate) fn Quota(quota: &model::Quota, faults: &mut Faults) {
    let root = Path::default();
    quota.input.check(&root.key("input"), faults);
    let (options, fallbacks) = (root.key("options"), root.key("fallbacks"));
    let picked = quota.options.iter().enumerate().map(|(at, choice)| (options.index(at), choice));
    let tier = quota.fallbacks.iter().enumerate().map(|(at, choice)| (fallbacks.index(at), choice));
    let choices: Vec<_> = picked.chain(tier).collect();
    if choices.len() > limits::MOST_OPTIONS {
        let message = format!("there are {} options, the fallback tier included", choices.len());
        let help = format!("write at most {}", limits::MOST_OPTIONS);
        faults.add_whole(&fallbacks, Problem::new(Rule::Limit, message, help));
    }
    choices_are_sound(&choices, &quota.providers(), &quota.input, faults);
    weights_add_up(quota, faults);
    if quota.policy.hedge.is_some() && !quota.failover {
        let help = "leave out `hedge`, or `failover`";
        let problem = Problem::new(Rule::Together, "without failover there is no other provider to start", help);
        faults.add_whole(&root.key("hedge"), problem);
    }
    if let Some(sticky) = &quota.sticky {
        let path = root.key("sticky");
        Known { roots: STICKY, inputs: &quota.input, events: &[] }.check(&path, sticky, faults);
        if sticky.literal().is_some() && !faults.touch(&path) {
            let help = "write a reference, such as `\"$Input{phone}\"`";
            faults.add_whole(
                &path,
                Problem::new(Rule::Reference, "the same text sticks every run to one provider", help),
            );
        }
    }
    let each = choices.iter().map(|(path, choice)| (path.clone(), choice.policies.or(&quota.defaults)));
    policies::plan(&quota.policy, &quota.defaults, quota.cache.as_ref(), &each.collect::<Vec<_>>(), faults);
}

fn weights_add_up(quota: &model::Quota, faults: &mut Faults) {
    let (options, total) = (Path::default().key("options"), quota.total);
    let said_already = (0..quota.options.len()).any(|at| {
        let option = options.index(at);
        faults.stand_in_at(&option) || faults.touch(&option.key("weight"))
    });
    let weights = quota.options.iter().map(|option| u64::from(option.weight.unwrap_or_default()));
    let sum: u64 = weights.sum();
    if sum != u64::from(total)
        && !said_already
        && !faults.stand_in_at(&options)
        && !faults.touch(&Path::default().key("total"))
    {
        let message = format!("the weights add up to {sum}, but must add up to {total}");
        let help = format!("write weights that add up to {total}, or another `total`");
        faults.add_whole(&options, Problem::new(Rule::Sum, message, help));
    }
}

fn choices_are_sound(choices: &[(Path, &Choice)], names: &[String], inputs: &Inputs, faults: &mut Faults) {
    let mut first: HashMap<&str, &Path> = HashMap::new();
    for ((path, choice), name) in choices.iter().zip(names) {
        // What stands in for an option that is none has no faults of its own.
        if faults.stand_in_at(path) {
            continue;
        }
        if let Some(earlier) = first.insert(name, path) {
            let message = format!("two options are called `{name}`: this one, and that at `{earlier}`");
            let problem = Problem::new(Rule::Duplicate, message, "give one of them a `provider` of another name");
            faults.add_whole(path, problem);
        }
        app_fits(path, choice.kind == ChoiceKind::Action, choice.app.as_deref(), "feature", faults);
        if let Some(input) = &choice.input {
            let known = Known { roots: GIVEN, inputs, events: &[] };
            input.each(&path.key("input"), &mut |path, template| known.check(path, template, faults));
        }
        if let Some(output) = &choice.output {
            let known = Known { roots: ANSWERED, inputs, events: &[] };
            output.each(&path.key("output"), &mut |path, template| known.check(path, template, faults));
        }
        policies::provider(path, &choice.policies, faults);
        if let (Some(_), None) = (choice.check_interval, &choice.healthcheck) {
            let help = "name a `healthcheck`, or leave out `check_interval`";
            let problem = Problem::new(Rule::Together, "there is no healthcheck to be made so often", help);
            faults.add_whole(&path.key("check_interval"), problem);
        }
    }
}

/// An action has an app; nothing else has.
fn app_fits(path: &Path, is_action: bool, app: Option<&str>, kind: &str, faults: &mut Faults) {
    if faults.touch(&path.key("type")) || faults.touch(&path.key("app")) {
        return;
    }
    match app {
        None if is_action => {
            let help = "write `app`: the app that the action belongs to";
            faults.add_whole(path, Problem::new(Rule::Missing, "an action needs its app", help));
        }
        Some(app) if !is_action => {
            let problem = Problem::new(Rule::Together, format!("a {kind} belongs to no app"), "leave out `app`");
            faults.add(&path.key("app"), &Value::from(app), problem);
        }
        _ => {}
    }
}

pub(crate) fn Healthcheck(healthcheck: &model::Healthcheck, faults: &mut Faults) {
    let envs = Path::default().key("envs");
    let (none, mut first) = (Inputs::default(), HashMap::new());
    for (at, env) in healthcheck.envs.iter().enumerate() {
        let path = envs.index(at);
        if faults.stand_in_at(&path) || faults.touch(&path.key("slug")) {
            continue;
        }
        if let Some(earlier) = first.insert(&env.slug, at) {
            let message = format!("the environment `{}` is given twice, first at `{}`", env.slug, envs.index(earlier));
            faults.add_whole(&path, Problem::new(Rule::Duplicate, message, "write each environment once"));
        }
        let known = Known { roots: SURROUNDINGS, inputs: &none, events: &[] };
        env.input.each(&path.key("input"), &mut |path, template| known.check(path, template, faults));
    }
}

pub(crate) fn Feature(feature: &model::Feature, faults: &mut Faults) {
    let root = Path::default();
    feature.input.check(&root.key("input"), faults);
    let events = root.key("events");
    let mut first: HashMap<&str, usize> = HashMap::new();
    for (at, event) in feature.events.iter().enumerate() {
        let path = events.index(at);
        if faults.stand_in_at(&path) {
            continue;
        }
        if let Some(earlier) = first.insert(event.name(), at) {
            let message =
                format!("two events are called `{}`: this one, and that at `{}`", event.name(), events.index(earlier));
            let problem = Problem::new(Rule::Duplicate, message, "give one of them an `as` of another name");
            faults.add_whole(&path, problem);
        }
        let kind = match event.kind {
            EventKind::Action => "action",
            EventKind::Feature => "feature",
            EventKind::Fallback => "fallback",
            EventKind::Quota => "quota",
        };
        app_fits(&path, event.kind == EventKind::Action, event.app.as_deref(), kind, faults);
        let earlier = &feature.events[..at];
        if let Some(input) = &event.input {
            let known = Known { roots: GIVEN_AND_SEQUENCE, inputs: &feature.input, events: earlier };
            input.each(&path.key("input"), &mut |path, template| known.check(path, template, faults));
        }
        if let Some(output) = &event.output {
            let known = Known { roots: ANSWERED_AND_SEQUENCE, inputs: &feature.input, events: earlier };
            output.each(&path.key("output"), &mut |path, template| known.check(path, template, faults));
        }
        policies::provider(&path, &event.policies, faults);
        policies::event(&path, event, kind, faults);
    }
    // What other definitions need is bounded where they are defined.
    let actions = feature.events.iter().enumerate().filter(|(_, event)| event.kind == EventKind::Action);
    let each: Vec<_> = actions.map(|(at, event)| (events.index(at), event.policies.clone())).collect();
    policies::deadline_leaves_room_for_what_is_said(feature.deadline, &each, faults);
    if let Some(output) = &feature.output {
        let known = Known { roots: GIVEN_AND_SEQUENCE, inputs: &feature.input, events: &feature.events };
        output.each(&root.key("output"), &mut |path, template| known.check(path, template, faults));
    }
}

pub(crate) fn Cache(_: &model::Cache, _: &mut Faults) {}
