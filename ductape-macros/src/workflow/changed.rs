//! Does an undo read what is assigned in something else, a field or what a reference points to? A variable is kept as it
//! was, whole; of `self` and of what a reference points to, that cannot be done, and the undo is refused.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::{Block, FnArg, Pat, Stmt, Type};

use super::lower::{Fault, Lower};
use crate::diagnostics::Problem;
use crate::names::{Assigned, Step, assigned_in, overlap, places_in, used_in_block};
use crate::steps::marker::{Noted, noted};

/// What statements assign, wherever in them but in undos.
pub(super) fn assigned_by(statements: &[Stmt]) -> impl Iterator<Item = Assigned> {
    let is_undo = |statement: &mut Stmt| matches!(noted(statement), Noted::Undo(_));
    statements.iter().flat_map(move |statement| assigned_in(statement, is_undo))
}

impl Lower<'_> {
    /// The variables to be kept for an undo, behind which the statements assign something.
    pub(super) fn kept(&mut self, undo: &Block, own: &[Stmt]) -> Vec<Ident> {
        let mut names = self.scope.used_in(undo);
        let later: Vec<_> = assigned_by(own).chain(self.scope.changed().iter().cloned()).collect();
        let is_self = |changed: &Assigned| changed.name == "self";
        for changed in later.iter().filter(|changed| changed.inside || is_self(changed)) {
            if names.contains(&changed.name) || changed.way.contains(&Step::Method) {
                continue;
            }
            let Some(used) = used_in_block(undo, std::slice::from_ref(&changed.name)).into_iter().next() else {
                continue;
            };
            let places = places_in(undo, &changed.name);
            // What it changes itself, it means as it is by then.
            if changed.inside && places.changed.iter().any(|place| overlap(place, &changed.way)) {
                continue;
            }
            let is_pointer = changed.way.first() == Some(&Step::Deref) || self.is_reference(&changed.name);
            let is_behind = is_self(changed) || is_pointer;
            let is_meant = |way: &[Step]| overlap(way, &changed.way) && (!is_behind || !way.is_empty());
            let text = match places.read.into_iter().find(|(_, way)| is_meant(way)) {
                Some((text, _)) if changed.inside => text,
                None if changed.inside => continue,
                _ => used.to_token_stream(),
            };
            if !is_behind {
                names.push(used);
                continue;
            }
            let place = text.to_string().replace(' ', "");
            let message = format!("this undo would see what `{place}` is when it runs: it is assigned again");
            let problem = Problem::new(message, "bind what the undo needs with `let`, and use that");
            if let Some(at) = text.into_iter().next()
                && !self.faults.iter().any(|fault| fault.problem.message == problem.message)
            {
                self.faults.push(Fault { at, problem });
            }
        }
        names
    }

    /// Whether it is an argument that is a reference.
    fn is_reference(&self, name: &Ident) -> bool {
        let is_it = |pattern: &Pat| matches!(pattern, Pat::Ident(pattern) if pattern.ident == *name);
        self.model.function.sig.inputs.iter().any(|input| match input {
            FnArg::Typed(argument) => is_it(&argument.pat) && matches!(*argument.ty, Type::Reference(_)),
            FnArg::Receiver(_) => false,
        })
    }
}
