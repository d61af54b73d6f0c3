//! What is wrong with the definitions in a folder? All of it, told where the folder is named.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use ductape_definition::Definitions;
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::parse::{ParseStream, Parser};
use syn::{LitStr, Token};

use crate::diagnostics::Diagnostics;
use crate::paths;

/// A file of the folder.
struct File {
    /// As it is called in messages: below the folder, as that was written.
    name: String,
    /// For the compiler, which reads it again.
    path: String,
    text: String,
}

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let folder = |input: ParseStream<'_>| {
        let folder: LitStr = input.parse()?;
        input.parse::<Option<Token![,]>>()?;
        Ok(folder)
    };
    let files = match folder.parse2(input) {
        Ok(folder) => read(&folder, &mut diagnostics),
        Err(error) => {
            let help = "write the folder, relative to the package: `definitions!(\"definitions\")`";
            diagnostics.error_at(error.span(), "`definitions!` takes one text", help);
            Vec::new()
        }
    };
    let at = paths::at(Span::call_site());
    let catalog = quote_spanned!(at=> ::ductape::catalog);
    if diagnostics.any() {
        let errors = diagnostics.into_tokens();
        return quote_spanned!(at=> { #errors #catalog::definition::Definitions::default() });
    }
    let files = files.iter().map(|File { name, path, .. }| quote_spanned!(at=> (#name, ::core::include_str!(#path))));
    quote_spanned!(at=> #catalog::__private::v0_1::definitions(&[#(#files),*]))
}

/// The files of the folder, if all of them are sound.
fn read(folder: &LitStr, diagnostics: &mut Diagnostics) -> Vec<File> {
    let written = folder.value();
    let files = match found(Path::new(&written)) {
        Ok(files) if files.is_empty() => {
            let message = format_args!("there is no file `*.json` in `{written}`");
            diagnostics.error(folder, message, "write the folder of the definitions; folders in it are not looked at");
            return files;
        }
        Ok(files) => files,
        Err(Unreadable { path, error }) => {
            let message = format_args!("`{}` cannot be read: {error}", path.display());
            diagnostics.error(folder, message, "write a folder below that of the package's `Cargo.toml`");
            return Vec::new();
        }
    };
    if let Err(invalid) = Definitions::from_files(files.iter().map(|file| (&*file.name, &*file.text))) {
        for in_file in invalid.faults() {
            diagnostics.error(folder, in_file, &in_file.fault.help);
        }
        if invalid.more() > 0 {
            diagnostics.error(folder, format_args!("there are {} more faults", invalid.more()), "mend these first");
        }
    }
    files
}

struct Unreadable {
    path: PathBuf,
    error: io::Error,
}

/// In the order of their names, whatever the order on the disk. What is hidden is none of them, such as an editor's lock.
fn found(written: &Path) -> Result<Vec<File>, Unreadable> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |error| Unreadable { path, error }
    };
    let package = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let folder = Path::new(&package).join(written);
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).map_err(unreadable(written))? {
        let path = entry.map_err(unreadable(written))?.path();
        let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if is_hidden || path.extension() != Some(OsStr::new("json")) || path.is_dir() {
            continue;
        }
        let name = written.join(path.file_name().unwrap_or_default());
        let text = fs::read_to_string(&path).map_err(unreadable(&name))?;
        let no_text = || Unreadable { path: name.clone(), error: io::Error::other("its path is no UTF-8") };
        let path = path.to_str().ok_or_else(no_text)?.to_owned();
        files.push(File { name: name.display().to_string(), path, text });
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(files)
}
