//! How much of a journal an opening reads.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use agentwerk::Status;
use agentwerk::store::journal::{AppendFile, Disk, ReadFile};
use agentwerk::store::{JournalOptions, Query};
use agentwerk_tests::disk::FaultyDisk;

use crate::fixture::{finish, keys};

/// A disk that takes note of the files whose bytes are read.
#[derive(Clone)]
struct WatchedDisk {
    disk: FaultyDisk,
    read: Arc<Mutex<Vec<PathBuf>>>,
}

impl WatchedDisk {
    fn new() -> Self {
        Self {
            disk: FaultyDisk::new(1),
            read: Arc::default(),
        }
    }

    fn options(&self) -> JournalOptions {
        let disk = Arc::new(self.clone());
        JournalOptions::new("/session")
            .disk(disk)
            .segment_bytes(400)
    }

    /// The names of the files that were read since the last call.
    fn take_read(&self) -> Vec<String> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let names = read.drain(..).map(|path| {
            let name = path.file_name().unwrap();
            name.to_str().unwrap().to_owned()
        });
        names.collect()
    }
}

impl Disk for WatchedDisk {
    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        self.disk.create_dir(dir)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        self.disk.list(dir)
    }

    fn append(&self, file: &Path) -> io::Result<Box<dyn AppendFile>> {
        self.disk.append(file)
    }

    fn read(&self, file: &Path) -> io::Result<Box<dyn ReadFile>> {
        Ok(Box::new(WatchedFile {
            file: self.disk.read(file)?,
            path: file.to_owned(),
            read: Arc::clone(&self.read),
        }))
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

struct WatchedFile {
    file: Box<dyn ReadFile>,
    path: PathBuf,
    read: Arc<Mutex<Vec<PathBuf>>>,
}

impl ReadFile for WatchedFile {
    fn length(&self) -> io::Result<u64> {
        self.file.length()
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.push(self.path.clone());
        drop(read);
        self.file.read_at(offset, buffer)
    }
}

#[tokio::test]
async fn an_opening_reads_no_complete_file_that_has_an_index() {
    let disk = WatchedDisk::new();
    let store = disk.options().begin().unwrap();
    for _ in 0..5 {
        finish(&store).await;
    }
    drop(store);
    let files = disk.disk.list(Path::new("/session/journal")).unwrap();
    let is_segment = |name: &&String| !name.contains("index");
    let last = files.iter().filter(is_segment).max().unwrap();
    let count = files.iter().filter(is_segment).count();
    assert!(count > 3, "{files:?}");

    disk.take_read();
    let store = disk.options().load().unwrap();
    let mut read = disk.take_read();
    read.retain(|name| !name.contains("index") && name != "results.jsonl");
    assert_eq!(read, std::slice::from_ref(last));
    assert_eq!(keys(&store, Status::Done), [1, 2, 3, 4, 5]);

    // What somebody asks for is read then.
    let first = store.tickets().remove(0);
    assert_eq!(first.transcript().unwrap().len(), 2);
    assert!(!disk.take_read().is_empty());
}
