use std::error::Error;
use std::fmt::{self, Display, Formatter};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// Why a store did not do what it was asked to. Each says what to do.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum StoreError {
    /// The file cannot be read or written.
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Arc<io::Error>,
    },
    /// The file is damaged, or was never a store. It is left as it is.
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What was found.
        found: String,
    },
    /// The file was written by a newer version of this library. It is left as it is.
    Newer {
        /// The file.
        path: PathBuf,
        /// The format of the file.
        format: u64,
        /// The newest format that this version knows.
        known: u64,
    },
    /// Another process, or another store of this one, has the file open.
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// A store of another make failed.
    Other(Arc<dyn Error + Send + Sync>),
}

impl StoreError {
    /// That of a store that is none of this library's.
    pub fn other(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Other(Arc::from(error.into()))
    }
}

impl Display for StoreError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, source } => {
                write!(f, "the store {} cannot be read or written: {source}", path.display())?;
                f.write_str("\n  help: see to its folder, its permissions and the room on its disk")
            }
            Self::Corrupt { path, found } => {
                write!(f, "the store {} is damaged, or is none: {found}", path.display())?;
                f.write_str("\n  help: put a copy of it back, or move it away to begin with an empty one")
            }
            Self::Newer { path, format, known } => {
                write!(f, "the store {} has format {format}, and this version knows up to {known}", path.display())?;
                f.write_str("\n  help: run the version of ductape that wrote it, or a newer one")
            }
            Self::InUse { path } => {
                write!(f, "the store {} is open already", path.display())?;
                f.write_str("\n  help: stop the other process, or give this one a file of its own")
            }
            Self::Other(error) => write!(f, "the store failed: {error}"),
        }
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source.as_ref()),
            Self::Other(error) => Some(error.as_ref()),
            Self::Corrupt { .. } | Self::Newer { .. } | Self::InUse { .. } => None,
        }
    }
}
