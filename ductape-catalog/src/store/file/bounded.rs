use std::fs::File;
use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redb::backends::FileBackend;
use redb::{DatabaseError, StorageBackend};

use super::trial::Trial;

/// A locked file that redb is to mistrust.
///
/// Nothing is read that is not there: redb makes room for what a damaged page asks for, however much that is. And it
/// always looks as after a kill, since redb takes the first page of a file on trust that was closed.
#[derive(Debug)]
pub(super) struct Bounded {
    file: Arc<FileBackend>,
    trial: Option<Mutex<Trial>>,
}

/// Where redb keeps its flags, and the one that says that the file was not closed; it is set while a file is open.
/// <https://github.com/cberner/redb/blob/v2.6.4/docs/design.md>
const FLAGS: usize = 9;
const RECOVER: u8 = 2;

impl Bounded {
    /// Locks the file, until this is dropped.
    pub(super) fn new(file: File) -> Result<Self, DatabaseError> {
        FileBackend::new(file).map(|file| Self { file: Arc::new(file), trial: None })
    }

    /// The same file, to which nothing is written: what would be stays in memory.
    pub(super) fn on_trial(&self) -> io::Result<Self> {
        let trial = Trial::new(&self.file)?;
        Ok(Self { file: Arc::clone(&self.file), trial: Some(Mutex::new(trial)) })
    }

    fn trial(&self) -> Option<MutexGuard<'_, Trial>> {
        // Whatever was under way when something panicked: nothing of it is looked at any more.
        self.trial.as_ref().map(|trial| trial.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl StorageBackend for Bounded {
    fn len(&self) -> io::Result<u64> {
        match self.trial() {
            Some(trial) => Ok(trial.len()),
            None => self.file.len(),
        }
    }

    fn read(&self, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let end = u64::try_from(len).ok().and_then(|len| offset.checked_add(len));
        if end.is_none_or(|end| self.len().is_ok_and(|length| end > length)) {
            return Err(io::Error::new(ErrorKind::InvalidData, "a page of it lies beyond its end"));
        }
        let mut bytes = match self.trial() {
            Some(trial) => trial.read(&self.file, offset, len)?,
            None => self.file.read(offset, len)?,
        };
        if offset == 0 {
            bytes.iter_mut().skip(FLAGS).take(1).for_each(|flags| *flags |= RECOVER);
        }
        Ok(bytes)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        match self.trial() {
            Some(mut trial) => trial.set_len(len),
            None => self.file.set_len(len)?,
        }
        Ok(())
    }

    fn sync_data(&self, eventual: bool) -> io::Result<()> {
        if self.trial.is_some() { Ok(()) } else { self.file.sync_data(eventual) }
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        match self.trial() {
            Some(mut trial) => trial.write(&self.file, offset, data),
            None => self.file.write(offset, data),
        }
    }
}
