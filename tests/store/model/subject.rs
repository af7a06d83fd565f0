use std::sync::Arc;

use agentwerk::Clock;
use agentwerk::store::{JournalOptions, JournalStore, MemoryStore, Store};
use agentwerk_tests::disk::FaultyDisk;

/// A store that is held against the model.
pub(super) trait Subject {
    fn store(&self) -> &dyn Store;

    /// Ends the process and begins the next; tells whether this store can do that.
    fn reopen(&mut self) -> bool;
}

pub(super) struct MemorySubject(MemoryStore);

impl Default for MemorySubject {
    fn default() -> Self {
        Self(MemoryStore::new(Clock::system()))
    }
}

impl Subject for MemorySubject {
    fn store(&self) -> &dyn Store {
        &self.0
    }

    fn reopen(&mut self) -> bool {
        false
    }
}

/// A journal on a disk in memory that has no faults here.
pub(super) struct JournalSubject {
    disk: FaultyDisk,
    store: JournalStore,
}

impl JournalSubject {
    pub(super) fn begin() -> Self {
        let disk = FaultyDisk::new(1);
        let store = options(&disk).begin().unwrap();
        Self { disk, store }
    }
}

/// With small files, so that each case fills several.
fn options(disk: &FaultyDisk) -> JournalOptions {
    let disk = Arc::new(disk.clone());
    JournalOptions::new("/session")
        .disk(disk)
        .segment_bytes(700)
}

impl Subject for JournalSubject {
    fn store(&self) -> &dyn Store {
        &self.store
    }

    fn reopen(&mut self) -> bool {
        self.store.close();
        // Even with the power gone: a journal that was closed is on the disk.
        self.disk = self.disk.crash(true);
        self.store = options(&self.disk).load().unwrap();
        true
    }
}
