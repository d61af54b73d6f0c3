//! What must not compile, and what it says; what looks odd, and compiles all the same.
//!
//! `tests/ui/<topic>/<what_is_wrong>.rs` holds one fault, and the `.stderr` beside it what the compiler says. After a
//! message was changed on purpose, `TRYBUILD=overwrite cargo test --test ui` writes them anew: read the difference.
//!
//! The compiler writes `std::string::String` where another item of that name is in reach, as with the feature `catalog`:
//! the types that it shows in the cases are others.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The folders of `tests/ui` whose cases must not compile.
const REFUSED: [&str; 17] = [
    "action",
    "cache",
    "clause",
    "consts",
    "definitions",
    "fallback",
    "function",
    "healthcheck",
    "hedge",
    "json",
    "partial",
    "policies",
    "quota",
    "several",
    "types",
    "typos",
    "workflow",
];

/// What the second of two places says: the help stands at the first.
const BESIDE: [&str; 2] = ["is given here first", "belongs to a breaker that opens by a share of the calls"];

/// Where the arrow may lie under a whole attribute, and why.
const WHOLE_ATTRIBUTE: [(&str, &str); 0] = [];

#[test]
fn each_fault_is_refused_and_each_oddity_accepted() {
    take_over(Path::new("tests/ui/definitions"), &project()).expect("the folders of definitions can be copied");
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    // Without the feature there is no such macro, and no such clause.
    let is_there = |folder: &&&str| cfg!(feature = "catalog") || !["definitions", "json"].contains(folder);
    for folder in REFUSED.iter().filter(is_there) {
        cases.compile_fail(format!("tests/ui/{folder}/*.rs"));
    }
}

#[test]
fn every_folder_is_looked_at() -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir("tests/ui")? {
        let folder = entry?.file_name();
        let known = folder == "pass" || REFUSED.iter().any(|refused| folder == *refused);
        assert!(known, "the cases in {} are never compiled", folder.display());
    }
    Ok(())
}

#[test]
fn every_error_points_at_the_tokens_at_fault() -> Result<(), Box<dyn Error>> {
    for Answer { case, text } in answers()? {
        let errors = errors(&text);
        assert!(!errors.is_empty(), "{case}: no error");
        for error in errors {
            assert!(error.contains('^'), "{case}: an error without an arrow:\n{error}");
            let listed = WHOLE_ATTRIBUTE.iter().any(|(listed, _)| *listed == case);
            assert_eq!(under_the_attribute_alone(error), listed, "{case}: under the whole attribute:\n{error}");
        }
    }
    Ok(())
}

#[test]
fn no_clause_is_refused_as_not_there_yet() -> Result<(), Box<dyn Error>> {
    for Answer { case, text } in answers()? {
        for words in ["not available", "not yet", "this version"] {
            assert!(!text.contains(words), "{case}: `{words}`:\n{text}");
        }
    }
    Ok(())
}

#[test]
fn no_error_speaks_of_what_is_generated() -> Result<(), Box<dyn Error>> {
    for Answer { case, text } in answers()? {
        for word in ["__private", "__run", "__form", "__plan", "$RUST"] {
            assert!(!text.contains(word), "{case}: `{word}` is none of the user's business:\n{text}");
        }
    }
    Ok(())
}

#[test]
fn every_error_of_an_attribute_says_how_to_mend_it() -> Result<(), Box<dyn Error>> {
    for Answer { case, text } in answers()? {
        // The others are the compiler's own.
        let of_attribute = |error: &&str| error.starts_with("error: ") && !case.starts_with("types/");
        let beside = |error: &&str| BESIDE.iter().any(|words| error.contains(words));
        for error in errors(&text).into_iter().filter(of_attribute).filter(|error| !beside(error)) {
            let helps = error.lines().filter(|line| line.trim_start().starts_with("help: ")).count();
            assert_eq!(helps, 1, "{case}: not one help:\n{error}");
        }
    }
    Ok(())
}

#[test]
fn every_typo_is_one_error() -> Result<(), Box<dyn Error>> {
    let typos: Vec<_> = answers()?.into_iter().filter(|answer| answer.case.starts_with("typos/")).collect();
    assert_eq!(typos.len(), 10);
    for Answer { case, text } in typos {
        assert_eq!(errors(&text).len(), 1, "{case}:\n{text}");
    }
    Ok(())
}

/// The package in which trybuild compiles the cases: what they name relative to their package is looked for there.
fn project() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("tests").join("trybuild/ductape")
}

/// Copies the folders in a folder, with the files in them.
fn take_over(from: &Path, to: &Path) -> io::Result<()> {
    for folder in fs::read_dir(from)? {
        let folder = folder?;
        if !folder.file_type()?.is_dir() {
            continue;
        }
        let copy = to.join("definitions").join(folder.file_name());
        fs::create_dir_all(&copy)?;
        for file in fs::read_dir(folder.path())? {
            let file = file?;
            fs::copy(file.path(), copy.join(file.file_name()))?;
        }
    }
    Ok(())
}

/// What the compiler says to a case.
struct Answer {
    /// `<folder>/<what_is_wrong>`
    case: String,
    text: String,
}

fn answers() -> Result<Vec<Answer>, Box<dyn Error>> {
    let mut answers = Vec::new();
    for folder in REFUSED {
        for path in files(&Path::new("tests/ui").join(folder), "rs")? {
            let case = format!("{folder}/{}", path.file_stem().unwrap_or_default().display());
            let text = fs::read_to_string(path.with_extension("stderr")).map_err(|error| format!("{case}: {error}"))?;
            answers.push(Answer { case, text });
        }
        assert_eq!(
            files(&Path::new("tests/ui").join(folder), "rs")?.len(),
            files(&Path::new("tests/ui").join(folder), "stderr")?.len(),
            "{folder}: an answer has lost its case"
        );
    }
    Ok(answers)
}

fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Each error with its arrows and notes.
fn errors(text: &str) -> Vec<&str> {
    let begins = |line: &str| line.starts_with("error: ") || line.starts_with("error[");
    text.split("\n\n").filter(|part| begins(part)).collect()
}

/// Whether each arrow of an error lies under an attribute from `#` to `]`.
fn under_the_attribute_alone(error: &str) -> bool {
    let lines: Vec<_> = error.lines().collect();
    lines.windows(2).filter(|pair| pair[1].contains('^')).all(|pair| {
        let (Some(begin), Some(end)) = (pair[1].find('^'), pair[1].rfind('^')) else { return false };
        let underlined = pair[0].get(begin..=end).unwrap_or_default();
        underlined.starts_with("#[") && underlined.ends_with(']')
    })
}
