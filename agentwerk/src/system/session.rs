use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::clock::{Clock, Timestamp};
use crate::event::RunError;
use crate::id::{AgentName, TicketKey};
use crate::store::{
    Append, Backlog, Batch, Claim, Claimed, Commit, Durability, Ends, JournalError, JournalOptions,
    JournalStore, Lease, MemoryStore, Notify, Query, Store, StoreError, StoreFuture, Waiters,
    Watch,
};
use crate::ticket::{Routing, TicketSnapshot};

pub(super) use crate::store::journal::DEFAULT_DIR;

/// The store of a system that was not told of one: a journal, opened with the first ticket.
pub(super) struct Session {
    settings: Mutex<Settings>,
    opened: OnceLock<Result<Opened, StoreError>>,
    /// The agents that wait for work, also before there is a store.
    waiters: Waiters,
    clock: Clock,
    /// Numbers the tickets that no store will take.
    lost: AtomicU64,
}

struct Settings {
    dir: PathBuf,
    durability: Durability,
}

#[derive(Clone)]
struct Opened {
    store: Arc<dyn Store>,
    journal: Option<Arc<JournalStore>>,
}

impl Session {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            settings: Mutex::new(Settings {
                dir: PathBuf::from(DEFAULT_DIR),
                durability: Durability::default(),
            }),
            opened: OnceLock::new(),
            waiters: Waiters::new(),
            clock,
            lost: AtomicU64::new(0),
        }
    }

    /// Goes on with the session in a directory.
    pub(super) fn load(dir: PathBuf, clock: Clock) -> Result<Self, JournalError> {
        let session = Self::new(clock);
        let journal = session.options(dir).load()?;
        let _first = session.opened.set(Ok(Opened::journal(journal)));
        Ok(session)
    }

    fn options(&self, dir: PathBuf) -> JournalOptions {
        JournalOptions::new(dir)
            .clock(self.clock.clone())
            .waiters(self.waiters.clone())
    }

    /// Sets the directory, of a session that is not open yet.
    pub(super) fn set_dir(&self, dir: PathBuf) -> Result<(), RunError> {
        // Asked under the lock that an opening holds, so that no setting is lost on the way.
        let mut settings = self.settings();
        if self.opened.get().is_some() {
            return Err(RunError::SessionIsOpen { setting: "dir" });
        }
        settings.dir = dir;
        Ok(())
    }

    /// Sets what acknowledged records survive; whether there are files at all, of a session that
    /// is not open yet.
    pub(super) fn set_durability(&self, durability: Durability) -> Result<(), RunError> {
        let mut settings = self.settings();
        match self.opened.get() {
            None => settings.durability = durability,
            Some(Ok(Opened {
                journal: Some(journal),
                ..
            })) if durability != Durability::Memory => journal.set_durability(durability),
            Some(_) => {
                let setting = "durability";
                return Err(RunError::SessionIsOpen { setting });
            }
        }
        Ok(())
    }

    /// The directory for outputs that are too large for a conversation.
    pub(super) fn outputs(&self) -> Option<PathBuf> {
        Some(self.open().ok()?.journal?.dir().join("outputs"))
    }

    /// Writes what is left, and lets go of the directory.
    pub(super) fn close(&self) {
        if let Some(Ok(Opened {
            journal: Some(journal),
            ..
        })) = self.opened.get()
        {
            journal.close();
        }
    }

    fn settings(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The store; opened now, if it is not open.
    fn open(&self) -> Result<Opened, StoreError> {
        if let Some(opened) = self.opened.get() {
            return opened.clone();
        }
        let settings = self.settings();
        self.opened
            .get_or_init(|| {
                if settings.durability == Durability::Memory {
                    let store = MemoryStore::shared(self.clock.clone(), self.waiters.clone());
                    return Ok(Opened {
                        store: Arc::new(store),
                        journal: None,
                    });
                }
                let options = self.options(settings.dir.clone());
                let journal = options.durability(settings.durability).begin()?;
                Ok(Opened::journal(journal))
            })
            .clone()
    }

    /// The store, if it is open.
    fn store(&self) -> Option<&dyn Store> {
        let opened = self.opened.get()?.as_ref().ok()?;
        Some(&*opened.store)
    }

    /// Why there is no store, if it could not be opened.
    fn check(&self) -> Result<(), StoreError> {
        match self.opened.get() {
            Some(Err(error)) => Err(error.clone()),
            Some(Ok(_)) | None => Ok(()),
        }
    }
}

impl Opened {
    fn journal(journal: JournalStore) -> Self {
        let journal = Arc::new(journal);
        Self {
            store: Arc::clone(&journal) as _,
            journal: Some(journal),
        }
    }
}

impl Append for Session {
    fn reserve_key(&self) -> TicketKey {
        match self.open() {
            Ok(opened) => opened.store.reserve_key(),
            // The call cannot fail; what is done with the key will.
            Err(_) => TicketKey::from_number(self.lost.fetch_add(1, Ordering::Relaxed) + 1),
        }
    }

    fn append(&self, batch: Batch) -> Commit {
        match self.open() {
            Ok(opened) => opened.store.append(batch),
            Err(error) => Commit::ready(Err(error)),
        }
    }

    fn health(&self) -> Result<(), StoreError> {
        self.store().map_or_else(|| self.check(), Append::health)
    }
}

impl Claim for Session {
    fn claim<'a>(
        &'a self,
        routing: &'a Routing,
        agent: &'a AgentName,
        length: Duration,
    ) -> StoreFuture<'a, Option<Claimed>> {
        match self.store() {
            Some(store) => store.claim(routing, agent, length),
            None => Box::pin(std::future::ready(self.check().map(|()| None))),
        }
    }

    fn extend<'a>(&'a self, lease: &'a Lease, length: Duration) -> StoreFuture<'a, ()> {
        match self.store() {
            Some(store) => store.extend(lease, length),
            None => {
                let key = lease.key;
                Box::pin(std::future::ready(Err(StoreError::StaleLease { key })))
            }
        }
    }

    fn expire(&self) -> StoreFuture<'_, Vec<TicketKey>> {
        match self.store() {
            Some(store) => store.expire(),
            None => Box::pin(std::future::ready(self.check().map(|()| Vec::new()))),
        }
    }

    fn next_expiry(&self) -> Option<Instant> {
        self.store()?.next_expiry()
    }
}

impl Query for Session {
    fn get(&self, key: TicketKey) -> Option<TicketSnapshot> {
        self.store()?.get(key)
    }

    fn tickets(&self) -> Vec<TicketSnapshot> {
        self.store().map(Query::tickets).unwrap_or_default()
    }

    fn done(&self) -> Vec<TicketSnapshot> {
        self.store().map(Query::done).unwrap_or_default()
    }

    fn last_done(&self) -> Option<TicketSnapshot> {
        self.store()?.last_done()
    }

    fn due_by(&self, moment: Timestamp) -> Vec<TicketKey> {
        self.store()
            .map_or_else(Vec::new, |store| store.due_by(moment))
    }

    fn next_due(&self, after: Timestamp) -> Option<(Timestamp, TicketKey)> {
        self.store()?.next_due(after)
    }

    fn backlog(&self, routing: &Routing) -> Backlog {
        self.store()
            .map_or_else(Backlog::default, |store| store.backlog(routing))
    }
}

impl Notify for Session {
    fn watch(&self, routing: &Routing) -> Watch {
        self.waiters.watch(routing)
    }

    fn ends(&self) -> Ends {
        self.waiters.ends()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("is_open", &self.opened.get().is_some())
            .finish_non_exhaustive()
    }
}
