use std::fs::File;
use std::io::{self, ErrorKind};

use redb::backends::FileBackend;
use redb::{DatabaseError, StorageBackend};

/// A locked file that redb is to mistrust.
///
/// Nothing is read that is not there: redb makes room for what a damaged page asks for, however much that is. And it
/// always looks as after a kill, since redb takes the first page of a file on trust that was closed.
#[derive(Debug)]
pub(super) struct Bounded(FileBackend);

/// Where redb keeps its flags, and the one that says that the file was not closed; it is set while a file is open.
/// <https://github.com/cberner/redb/blob/v2.6.4/docs/design.md>
const FLAGS: usize = 9;
const RECOVER: u8 = 2;

impl Bounded {
    /// Locks the file, until this is dropped.
    pub(super) fn new(file: File) -> Result<Self, DatabaseError> {
        FileBackend::new(file).map(Self)
    }
}

impl StorageBackend for Bounded {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let end = u64::try_from(len).ok().and_then(|len| offset.checked_add(len));
        if end.is_none_or(|end| self.0.len().is_ok_and(|length| end > length)) {
            return Err(io::Error::new(ErrorKind::InvalidData, "a page of it lies beyond its end"));
        }
        let mut bytes = self.0.read(offset, len)?;
        if offset == 0 {
            bytes.iter_mut().skip(FLAGS).take(1).for_each(|flags| *flags |= RECOVER);
        }
        Ok(bytes)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self, eventual: bool) -> io::Result<()> {
        self.0.sync_data(eventual)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write(offset, data)
    }
}
