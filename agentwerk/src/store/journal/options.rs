use std::path::PathBuf;
use std::sync::Arc;

use super::disk::{Disk, LocalDisk};
use super::durability::Durability;
use super::error::JournalError;
use super::journal::{JournalStore, Start};
use super::layout::Layout;
use super::lock::SessionLock;
use super::log::Log;
use super::opening::{self, Opened};
use super::results;
use crate::clock::Clock;
use crate::store::tickets::Tickets;
use crate::store::{StoreError, Waiters};

/// Bytes after which a file of the journal is complete, and the next one is begun.
const SEGMENT_BYTES: u64 = 8 * 1024 * 1024;

/// Where a session is unless its system says otherwise.
pub(crate) const DEFAULT_DIR: &str = ".agentwerk";

/// How a journal is opened.
///
/// # Examples
/// ```
/// use agentwerk::store::{Append, JournalOptions};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let dir = std::env::temp_dir().join(format!("agentwerk-doc-options-{}", std::process::id()));
/// let journal = JournalOptions::new(&dir).begin()?;
/// assert_eq!(journal.reserve_key().to_string(), "TICKET-1");
/// # drop(journal);
/// # std::fs::remove_dir_all(dir)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "nothing is opened before `begin` or `load`"]
pub struct JournalOptions {
    dir: PathBuf,
    durability: Durability,
    clock: Clock,
    waiters: Waiters,
    segment_bytes: u64,
    /// A disk in place of the machine's.
    disk: Option<Arc<dyn Disk>>,
}

impl JournalOptions {
    /// Opens the journal of the session in this directory.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            durability: Durability::default(),
            clock: Clock::system(),
            waiters: Waiters::new(),
            segment_bytes: SEGMENT_BYTES,
            disk: None,
        }
    }

    /// Sets what acknowledged records survive. [`Durability::Memory`] is for systems alone: a
    /// journal that is opened takes it as [`Durability::Buffered`].
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// Sets the clock that dates claims.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Has those be offered tickets who wait already.
    pub(crate) fn waiters(mut self, waiters: Waiters) -> Self {
        self.waiters = waiters;
        self
    }

    /// Sets the bytes after which a file is complete. Default: 8 MiB.
    #[cfg(feature = "testing")]
    pub fn segment_bytes(mut self, bytes: u64) -> Self {
        self.segment_bytes = bytes;
        self
    }

    /// Puts another disk below the journal, which nobody else uses: no lock is taken.
    #[cfg(feature = "testing")]
    pub fn disk(mut self, disk: Arc<dyn Disk>) -> Self {
        self.disk = Some(disk);
        self
    }

    /// Begins a new session, in a directory that is made if it is not there. In one that has a
    /// session, keys go on, and the tickets that are there stay as they are, unseen.
    ///
    /// # Errors
    /// Somebody has the session open, its files are damaged, or the directory cannot be used.
    pub fn begin(self) -> Result<JournalStore, JournalError> {
        self.open(|opened| {
            opened.tickets = Tickets::default();
            opened.trails.clear();
        })
    }

    /// Goes on with the session in the directory: all its tickets are there, and those that were
    /// claimed are open again.
    ///
    /// # Errors
    /// As [`begin`](Self::begin); or there is no session.
    pub fn load(self) -> Result<JournalStore, JournalError> {
        let disk = self.used_disk();
        if !opening::exists(&*disk, &Layout::new(self.dir.clone()))? {
            let nested = self.dir.join(DEFAULT_DIR);
            let is_there = opening::exists(&*disk, &Layout::new(nested.clone()));
            return Err(JournalError::NoSession {
                dir: self.dir,
                found: is_there.unwrap_or(false).then_some(nested),
            });
        }
        self.open(|_| ())
    }

    fn used_disk(&self) -> Arc<dyn Disk> {
        self.disk.clone().unwrap_or_else(|| Arc::new(LocalDisk))
    }

    fn open(self, choose: impl FnOnce(&mut Opened)) -> Result<JournalStore, JournalError> {
        let disk = self.used_disk();
        // Files are opened later, too, when the program may be in another directory.
        let dir = std::path::absolute(&self.dir)
            .map_err(JournalError::file("find the directory", &self.dir))?;
        let layout = Layout::new(dir);
        let journal = layout.journal();
        disk.create_dir(&journal)
            .map_err(JournalError::file("make the directory", &journal))?;
        let lock = match self.disk {
            Some(_) => None,
            None => Some(SessionLock::take(&layout)?),
        };
        let (mut opened, end) = opening::open(&disk, &layout)?;
        // A view that is behind says less than the journal, and nothing wrong.
        let reconciled = results::reconcile(&*disk, &layout, &opened.tickets);
        if let Err(error) = &reconciled {
            tracing::warn!(%error, "`results.jsonl` was not brought up to date");
        }
        choose(&mut opened);
        let mut log = Log::new(&end, self.durability, self.segment_bytes, opened.trails);
        let released = opened.tickets.reopen(self.clock.now());
        if !released.is_empty() {
            // Written as soon as the writer begins; nobody waits for it.
            let _seq = log.push(&released);
        }
        let start = Start {
            disk,
            layout,
            lock,
            clock: self.clock,
            waiters: self.waiters,
            tickets: opened.tickets,
            last_number: opened.last_number,
            log,
            has_no_results: reconciled.is_err(),
            failed: opened.settled.err().map(StoreError::from),
        };
        JournalStore::start(start)
    }
}

impl std::fmt::Debug for JournalOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JournalOptions")
            .field("dir", &self.dir)
            .field("durability", &self.durability)
            .finish_non_exhaustive()
    }
}
