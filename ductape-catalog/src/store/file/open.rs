//! What is accepted as a store: a file that is whole, of a known format, and open nowhere else.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use redb::{Builder, Database, DatabaseError, StorageBackend, TableError};

use super::Failure;
use super::bounded::Bounded;
use super::tables::{FORMAT, FORMATS, begin, prepare};
use crate::store::StoreError;

/// Bytes of the file that are kept in memory: catalogues are small.
const CACHE: usize = 16 << 20;

/// Opens a store, or makes one where there is no file.
pub(super) fn open(path: &Path) -> Result<Database, StoreError> {
    match OpenOptions::new().read(true).write(true).open(path) {
        Ok(file) => {
            let in_file = |failure: Failure| failure.at(path);
            // From here on the file is locked: nobody writes to it while it is looked at.
            let file = Bounded::new(file).map_err(Failure::from).map_err(in_file)?;
            let format = judge(&file).map_err(in_file)?;
            if format > FORMAT {
                return Err(StoreError::Newer { path: path.to_owned(), format, known: FORMAT });
            }
            builder().create_with_backend(file).map_err(Failure::from).map_err(in_file)
        }
        Err(error) if error.kind() == ErrorKind::NotFound => make(path),
        Err(error) => Err(Failure::from(error).at(path)),
    }
}

/// The format of the store in a file, if nothing of it is damaged. Opening a database writes to it: here that is tried.
fn judge(file: &Bounded) -> Result<u64, Failure> {
    whole(file)?;
    let mut database = builder().create_with_backend(file.on_trial()?)?;
    // Not every page is read when a database is opened; nothing of it may turn out to be damaged later.
    database.check_integrity()?;
    format(&database)
}

/// Makes a store beside its place, and moves it there when it is whole: so a file in its place always is one.
///
/// Whoever makes it holds the lock of the file beside. Another one who comes by then either is refused, or finds the store
/// in its place.
fn make(path: &Path) -> Result<Database, StoreError> {
    let beside = beside(path);
    let in_file = |failure: Failure| failure.at(path);
    let database = match builder().create(&beside) {
        Err(error) if !matches!(error, DatabaseError::DatabaseAlreadyOpen) && beside.exists() => {
            // Somebody was killed while making it: nothing in it was ever acknowledged.
            fs::remove_file(&beside).map_err(Failure::from).map_err(in_file)?;
            builder().create(&beside)
        }
        made => made,
    };
    let database = database.map_err(Failure::from).map_err(in_file)?;
    if path.exists() {
        drop(database);
        _ = fs::remove_file(&beside);
        return open(path);
    }
    prepare(&database).map_err(in_file)?;
    fs::rename(&beside, path).and_then(|()| settle(path)).map_err(Failure::from).map_err(in_file)?;
    Ok(database)
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    path.with_file_name(name)
}

/// The new name is on the disk.
fn settle(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.create_with_file_format_v3(true).set_cache_size(CACHE);
    builder
}

/// Whether a file is as long as it says: redb takes that for granted. Its first page has a place for each figure,
/// little-endian: <https://github.com/cberner/redb/blob/v2.6.4/docs/design.md>.
fn whole(file: &Bounded) -> Result<(), Failure> {
    const MAGIC: &[u8] = b"redb\x1A\x0A\xA9\x0D\x0A";
    const PAGE: u64 = 4_096;
    let length = file.len()?;
    if length == 0 {
        return Err(Failure::Found("it is empty".to_owned()));
    }
    let header = if length < PAGE { Vec::new() } else { file.read(0, 64)? };
    if !header.starts_with(MAGIC) {
        return Err(Failure::Found("it does not begin as one".to_owned()));
    }
    let figure = |at: usize| {
        let bytes = header.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0, |bytes| u64::from(u32::from_le_bytes(bytes)))
    };
    let (page, region_header, region_pages, regions, rest) =
        (figure(12), figure(16), figure(20), figure(24), figure(28));
    let rest = if rest > 0 { region_header + rest } else { 0 };
    let pages = regions.saturating_mul(region_header + region_pages).saturating_add(rest).saturating_add(1);
    let expected = pages.saturating_mul(PAGE);
    if page != PAGE || length < expected {
        return Err(Failure::Found(format!("it has {length} bytes instead of {expected}")));
    }
    Ok(())
}

fn format(database: &Database) -> Result<u64, Failure> {
    let formats = match begin(database)?.open_table(FORMATS) {
        Ok(formats) => formats,
        Err(TableError::TableDoesNotExist(_)) => {
            return Err(Failure::Found("it is a database of another program".to_owned()));
        }
        Err(error) => return Err(error.into()),
    };
    let format = formats.get("format")?;
    format.map(|format| format.value()).ok_or_else(|| Failure::Found("it does not say its format".to_owned()))
}
