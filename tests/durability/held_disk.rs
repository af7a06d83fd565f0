use std::io;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use agentwerk::store::journal::{AppendFile, Disk, ReadFile};
use agentwerk_tests::disk::FaultyDisk;
use agentwerk_tests::within;
use tokio::sync::Semaphore;

/// A disk on which a sync of a file lasts as long as a test wants.
///
/// Syncs of directories go on: they come before the first byte is written, and a library that told
/// of what is written but not synced would pass for one that waits.
#[derive(Clone, Debug)]
pub(crate) struct HeldDisk {
    disk: FaultyDisk,
    gate: Arc<Gate>,
}

#[derive(Debug)]
struct Gate {
    is_closed: Mutex<bool>,
    opened: Condvar,
    /// One permit for each sync that was held.
    held: Semaphore,
}

impl HeldDisk {
    /// An empty disk that holds nothing yet.
    pub(crate) fn new() -> Self {
        let gate = Gate {
            is_closed: Mutex::new(false),
            opened: Condvar::new(),
            held: Semaphore::new(0),
        };
        Self {
            disk: FaultyDisk::new(1),
            gate: Arc::new(gate),
        }
    }

    /// Holds every sync from now on.
    pub(crate) fn hold(&self) {
        *self.gate.lock() = true;
    }

    /// Lets go of the sync that is held, and of all that follow.
    pub(crate) fn let_go(&self) {
        *self.gate.lock() = false;
        self.gate.opened.notify_all();
    }

    /// Waits until a sync is held once more.
    pub(crate) async fn held(&self) {
        within(self.gate.held.acquire()).await.unwrap().forget();
    }

    /// What is written to a file, be it on the disk for sure or not.
    pub(crate) fn written(&self, file: &str) -> String {
        let bytes = self.disk.bytes(Path::new(file)).unwrap_or_default();
        String::from_utf8(bytes).unwrap()
    }
}

impl Gate {
    fn lock(&self) -> MutexGuard<'_, bool> {
        self.is_closed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits as long as the gate is closed.
    fn pass(&self) {
        let is_closed = self.lock();
        if !*is_closed {
            return;
        }
        self.held.add_permits(1);
        let opened = self.opened.wait_while(is_closed, |is_closed| *is_closed);
        drop(opened.unwrap_or_else(PoisonError::into_inner));
    }
}

impl Disk for HeldDisk {
    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        self.disk.create_dir(dir)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        self.disk.list(dir)
    }

    fn append(&self, file: &Path) -> io::Result<Box<dyn AppendFile>> {
        Ok(Box::new(HeldFile {
            file: self.disk.append(file)?,
            gate: Arc::clone(&self.gate),
        }))
    }

    fn read(&self, file: &Path) -> io::Result<Box<dyn ReadFile>> {
        self.disk.read(file)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.disk.rename(from, to)
    }

    fn remove(&self, file: &Path) -> io::Result<()> {
        self.disk.remove(file)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        self.disk.sync_dir(dir)
    }
}

struct HeldFile {
    file: Box<dyn AppendFile>,
    gate: Arc<Gate>,
}

impl AppendFile for HeldFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.gate.pass();
        self.file.sync()
    }
}
