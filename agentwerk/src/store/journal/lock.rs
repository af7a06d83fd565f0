use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::{Holder, JournalError};
use super::layout::Layout;

/// The right to a session's directory. It goes with the process, however that ends.
///
/// Whoever takes the lock, gives it back or asks for its holder does so behind a second one, the
/// gate, which is held for that moment only. So a lock that is taken always has the name of its
/// holder in it, and never that of a process which was killed.
#[derive(Debug)]
pub(super) struct SessionLock {
    file: File,
    gate: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Told {
    pid: u32,
    program: String,
}

impl SessionLock {
    /// Takes the lock, or says who has it.
    pub(super) fn take(layout: &Layout) -> Result<Self, JournalError> {
        let (path, gate) = (layout.lock(), layout.gate());
        let failed = |error| JournalError::file("lock", &path)(error);
        let _gate = pass(&gate).map_err(failed)?;
        let mut file = open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {
                tell(&mut file).map_err(failed)?;
                Ok(Self { file, gate })
            }
            Err(TryLockError::WouldBlock) => Err(JournalError::Held {
                dir: layout.dir().to_owned(),
                holder: holder(&mut file),
            }),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}

impl Drop for SessionLock {
    fn drop(&mut self) {
        // Without the gate the lock still goes, with the file; its holder's name may stay.
        let _gate = pass(&self.gate);
        let _unnamed = self.file.set_len(0);
        let _unlocked = self.file.unlock();
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options.open(path)
}

/// Waits for the gate; it closes again when the file does.
fn pass(gate: &Path) -> std::io::Result<File> {
    let file = open(gate)?;
    file.lock()?;
    Ok(file)
}

/// Writes down who holds the lock.
fn tell(file: &mut File) -> std::io::Result<()> {
    let program = std::env::current_exe()
        .ok()
        .and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
        .unwrap_or_default();
    let pid = std::process::id();
    let told = serde_json::to_vec(&Told { pid, program })?;
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(&told)
}

/// Who holds the lock, as far as it could write that down.
fn holder(file: &mut File) -> Holder {
    let mut text = String::new();
    let read = file.read_to_string(&mut text).ok();
    let told: Option<Told> = read.and_then(|_| serde_json::from_str(&text).ok());
    told.map(|told| Holder {
        pid: Some(told.pid),
        program: Some(told.program).filter(|name| !name.is_empty()),
    })
    .unwrap_or_default()
}
