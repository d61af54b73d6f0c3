//! Does anything run itself, or too deep inside others?

use std::collections::BTreeMap;

use super::Definitions;
use super::calls::{self, Callee};
use crate::definition::Kind;
use crate::fault::{Faults, Path, Problem, Rule};
use crate::limits;

type Node<'a> = (Kind, &'a str);

/// A definition on the way, and what it runs that is not yet looked at.
struct Visit<'a> {
    node: Node<'a>,
    callees: Vec<(Path, Node<'a>)>,
    depth: usize,
}

/// Refuses every call that closes a circle, and every definition with too many levels inside it. Each definition is
/// looked at once, without recursion: a long chain costs no stack.
pub(crate) fn refuse(definitions: &Definitions, faults: &mut Faults) {
    let mut depths: BTreeMap<Node<'_>, usize> = BTreeMap::new();
    for definition in definitions.iter() {
        let node = (definition.kind(), definition.tag());
        if depths.contains_key(&node) {
            continue;
        }
        let mut way = vec![visit(definitions, node)];
        while let Some(last) = way.last_mut() {
            let Some((path, inner)) = last.callees.pop() else {
                let (node, depth) = (last.node, last.depth);
                way.pop();
                depths.insert(node, depth);
                if let Some(caller) = way.last_mut() {
                    caller.depth = caller.depth.max(depth + 1);
                }
                // Said once, of the innermost that is too deep.
                if depth == limits::MOST_NESTED + 1 {
                    let help = format!("nest at most {} definitions", limits::MOST_NESTED);
                    let problem = Problem::new(Rule::Limit, "too many definitions run inside each other", help);
                    faults.of(node.0, node.1, &Path::default(), problem);
                }
                continue;
            };
            let caller = last.node;
            if let Some(known) = depths.get(&inner) {
                last.depth = last.depth.max(known + 1);
            } else if let Some(first) = way.iter().position(|visit| visit.node == inner) {
                let mut circle: Vec<_> = way[first..].iter().map(|visit| format!("`{}`", visit.node.1)).collect();
                circle.push(format!("`{}`", inner.1));
                let message = format!("this runs itself: {}", circle.join(" → "));
                let problem = Problem::new(Rule::Cycle, message, "take one of these calls out");
                faults.of(caller.0, caller.1, &path, problem);
            } else {
                way.push(visit(definitions, inner));
            }
        }
    }
}

fn visit<'a>(definitions: &'a Definitions, node: Node<'a>) -> Visit<'a> {
    let definition = definitions.get(node.0, node.1);
    let calls = definition.into_iter().flat_map(calls::of).filter_map(|call| match call.callee {
        Callee::Definition { kind: kind @ (Kind::Fallback | Kind::Quota | Kind::Feature), tag } => {
            Some((call.path, (kind, tag)))
        }
        _ => None,
    });
    let mut callees: Vec<_> = calls.collect();
    callees.reverse();
    Visit { node, callees, depth: 1 }
}
