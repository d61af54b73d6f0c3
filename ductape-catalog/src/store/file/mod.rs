//! A store in one file.
//!
//! redb, <https://www.redb.org>, keeps a copy-on-write tree with checksums. Here it always commits in two phases: the
//! state in force is then never given up for an older one, so that damage is found, and not taken for a kill. `open` says
//! what is accepted as a store, `tables` what is in it.

mod bounded;
mod open;
mod tables;
mod trial;

use std::fmt::{self, Debug, Formatter};
use std::future::ready;
use std::io::{self, ErrorKind};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use redb::Database;
use tokio::task::spawn_blocking;

use super::history::{number, oldest};
use super::{Answer, Change, Hour, Kept, Store, StoreError};

/// A store in one file, which survives a kill at any instant: what was acknowledged is there again, and of what was under
/// way either all or nothing.
///
/// One process at a time has it open; it is closed when the store and all that it was asked to do are gone. Files are
/// read and written on tokio's threads for what blocks; closing waits for the disk.
///
/// ```
/// use ductape_catalog::store::{File, Store};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("catalogue.redb");
/// let store = File::open(&path).await?; // made, if it is not there
/// assert!(store.load().await?.definitions.is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct File(Arc<Inner>);

struct Inner {
    path: PathBuf,
    /// `None` after a failure: the file is opened anew for the next that is asked.
    database: Mutex<Option<Database>>,
}

/// What goes wrong with a file that is open, before the file is named.
enum Failure {
    Storage(Box<redb::Error>),
    /// What stands there is none of what this library writes.
    Found(String),
}

impl<E: Into<redb::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Storage(Box::new(error.into()))
    }
}

impl File {
    /// Opens the file, or makes it if there is none. All of it is checked.
    ///
    /// # Errors
    ///
    /// It cannot be read or written, is damaged or no store, is newer than this library, or is open already. It is then
    /// as it was.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref().to_owned();
        let file = path.clone();
        let database = off_thread(&path, move || open::open(&file)).await?;
        Ok(Self(Arc::new(Inner { path, database: Mutex::new(Some(database)) })))
    }

    fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Database) -> Result<T, Failure> + Send + 'static,
    ) -> Answer<'static, T> {
        let inner = Arc::clone(&self.0);
        Box::pin(async move {
            let path = inner.path.clone();
            off_thread(&path, move || inner.with(work)).await
        })
    }
}

impl Inner {
    fn with<T>(&self, work: impl FnOnce(&Database) -> Result<T, Failure>) -> Result<T, StoreError> {
        // After a panic there is none in it: it was taken out.
        let mut place = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        let database = match place.take() {
            Some(database) => database,
            None => open::open(&self.path)?,
        };
        match work(&database) {
            Ok(done) => {
                *place = Some(database);
                Ok(done)
            }
            Err(failure) => {
                // redb refuses everything after a failure of the disk, until the file is opened anew.
                drop(database);
                Err(failure.at(&self.path))
            }
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let place = self.database.get_mut().unwrap_or_else(PoisonError::into_inner);
        // Closing writes. What went wrong then is found when the file is opened again.
        _ = catch_unwind(AssertUnwindSafe(|| drop(place.take())));
    }
}

impl Failure {
    fn at(self, path: &Path) -> StoreError {
        let path = path.to_owned();
        let error = match self {
            Self::Storage(error) => *error,
            Self::Found(found) => return StoreError::Corrupt { path, found },
        };
        match error {
            redb::Error::DatabaseAlreadyOpen => StoreError::InUse { path },
            redb::Error::Io(source) if matches!(source.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof) => {
                StoreError::Corrupt { path, found: source.to_string() }
            }
            redb::Error::Io(source) => StoreError::Io { path, source: Arc::new(source) },
            redb::Error::PreviousIo | redb::Error::LockPoisoned(_) => {
                StoreError::Io { path, source: Arc::new(io::Error::other(error.to_string())) }
            }
            error => StoreError::Corrupt { path, found: error.to_string() },
        }
    }
}

/// Runs what blocks where it disturbs nobody. redb asserts some of what it reads: a panic is damage, too.
async fn off_thread<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    match spawn_blocking(work).await {
        Ok(answer) => answer,
        Err(error) if error.is_panic() => {
            let panic = error.into_panic();
            let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref().copied());
            let found = format!("what is written in it contradicts itself ({})", text.unwrap_or("no more is known"));
            Err(StoreError::Corrupt { path: path.to_owned(), found })
        }
        Err(error) => Err(StoreError::other(error)),
    }
}

impl Store for File {
    fn load(&self) -> Answer<'_, Kept> {
        self.with(tables::load)
    }

    fn commit(&self, changes: Vec<Change>) -> Answer<'_, ()> {
        self.with(move |database| tables::commit(database, &changes))
    }

    fn record(&self, hours: Vec<Hour>) -> Answer<'_, ()> {
        self.with(move |database| tables::record(database, &hours, oldest(SystemTime::now())))
    }

    fn history(&self, plan: &str, range: Range<SystemTime>) -> Answer<'_, Vec<Hour>> {
        if range.is_empty() {
            return Box::pin(ready(Ok(Vec::new())));
        }
        let plan = plan.to_owned();
        let from = number(range.start).max(oldest(SystemTime::now()));
        self.with(move |database| tables::history(database, &plan, from, range.end))
    }
}

impl Debug for File {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("File").field("path", &self.0.path).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn after_a_failure_or_a_panic_the_file_is_opened_anew() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let store = File::open(folder.path().join("catalogue.redb")).await?;
        let error = store.with(|_| Err::<(), _>(redb::Error::PreviousIo.into())).await.expect_err("it fails");
        assert!(matches!(error, StoreError::Io { .. }), "{error}");
        assert!(store.load().await?.definitions.is_empty());
        let error = store.with(|_| -> Result<(), _> { panic!("a page of it is gone") }).await.expect_err("it panics");
        assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
        assert!(error.to_string().contains("contradicts itself (a page of it is gone)"), "{error}");
        assert!(store.load().await?.definitions.is_empty());
        Ok(())
    }

    #[tokio::test]
    async fn what_is_dropped_while_it_is_under_way_is_done_or_not_begun() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let store = File::open(folder.path().join("catalogue.redb")).await?;
        let cordon = |provider: &str| Change::Cordon {
            plan: "pay".to_owned(),
            provider: provider.to_owned(),
            reason: Some("they told us".to_owned()),
        };
        drop(store.commit(vec![cordon("stripe")]));
        let mut under_way = store.commit(vec![cordon("paypal"), cordon("square")]);
        _ = std::future::poll_fn(|context| std::task::Poll::Ready(under_way.as_mut().poll(context))).await;
        drop(under_way);
        // Comes after it: one at a time writes.
        store.commit(vec![cordon("adyen")]).await?;
        let kept = store.load().await?.cordons;
        let providers: Vec<_> = kept.keys().map(|(_, provider)| provider.as_str()).collect();
        assert!(providers == ["adyen", "paypal", "square"] || providers == ["adyen"], "{providers:?}");
        Ok(())
    }
}
