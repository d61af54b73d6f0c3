//! Which clauses are sound? Known, in their place, given once, and with a value of their kind.

use proc_macro2::Ident;
use quote::ToTokens;

use super::read::read;
use super::table::{Place, Row, belongs, is_known};
use super::{Clause, Clauses, Written};
use crate::diagnostics::{Diagnostics, list, nearest};

/// Keeps the sound clauses, and reports the others.
pub(crate) fn check(written: Vec<Written>, place: Place, diagnostics: &mut Diagnostics) -> Clauses {
    let mut clauses = Clauses::default();
    let mut seen: Vec<Ident> = Vec::new();
    for Written { key, form } in written {
        let row = match find(&key, place, diagnostics) {
            Ok(row) => row,
            Err(meant) => {
                clauses.faulty.extend(meant.map(str::to_owned));
                clauses.unknown.push(key);
                continue;
            }
        };
        match seen.iter().find(|first| **first == key).filter(|_| !row.repeats) {
            Some(first) => {
                let help = format_args!("leave one `{key}` out");
                diagnostics.twice(first, &key, format_args!("`{key}`"), help);
                continue;
            }
            None => seen.push(key.clone()),
        }
        if let Some((value, tokens)) = read(&key, row, form, diagnostics) {
            let tokens = if tokens.is_empty() { key.to_token_stream() } else { tokens };
            clauses.sound.push(Clause { key, row, value, tokens });
        } else {
            clauses.faulty.push(row.name.to_owned());
        }
    }
    clauses
}

/// The row of a clause, or the name that was meant.
fn find(key: &Ident, place: Place, diagnostics: &mut Diagnostics) -> Result<&'static Row, Option<&'static str>> {
    if let Some(row) = place.rows().find(|row| key == row.name) {
        return Ok(row);
    }
    let noun = place.noun();
    if is_known(key) {
        let message = format_args!("`{key}` is no clause of {noun}");
        diagnostics.error(key, message, format_args!("`{key}` belongs {}", belongs(key)));
        return Err(None);
    }
    let here = || place.rows().map(|row| row.name);
    let meant = nearest(&key.to_string(), here());
    let right = meant.map(|name| format!("write `{name}`; ")).unwrap_or_default();
    let allowed = list(here(), "and");
    let help = match here().count() {
        1 => format!("{right}the only clause of {noun} is {allowed}"),
        _ => format!("{right}the clauses of {noun} are {allowed}"),
    };
    diagnostics.error(key, format_args!("unknown clause `{key}`"), help);
    Err(meant)
}
