use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use agentwerk::store::journal::{AppendFile, Disk, ReadFile};
use fastrand::Rng;

use super::faults::{Call, Fault, FaultCounts, Faults, Since, error};
use super::file::File;
use super::names::Names;

/// A disk in memory, as one process sees it; a clone is another handle of that process.
///
/// After [`crash`](Self::crash) the handles of before give errors alone, as those of a process that
/// is no more, and the new handle shows what is left.
#[derive(Clone, Debug)]
pub struct FaultyDisk {
    state: Arc<Mutex<State>>,
    process: u64,
}

#[derive(Debug)]
struct State {
    process: u64,
    names: Names,
    /// Files stay here without a name, too: whoever has one open may go on.
    files: Vec<File>,
    faults: Faults,
    rng: Rng,
}

impl FaultyDisk {
    /// An empty disk whose faults and losses follow from the seed.
    pub fn new(seed: u64) -> Self {
        let state = State {
            process: 0,
            names: Names::default(),
            files: Vec::new(),
            faults: Faults::default(),
            rng: Rng::with_seed(seed),
        };
        Self {
            state: Arc::new(Mutex::new(state)),
            process: 0,
        }
    }

    /// Has a fault strike at the `nth` call from now on, counted from 1, or at the first one
    /// behind it that it can strike.
    pub fn arm(&self, nth: u64, fault: Fault) {
        self.lock().faults.arm(nth, fault);
    }

    /// Ends all faults: there is room again, and nothing will go wrong.
    pub fn repair(&self) {
        self.lock().faults.repair();
    }

    /// The fault that lasts.
    pub fn lasting(&self) -> Option<Fault> {
        self.lock().faults.lasting()
    }

    /// How often each fault has struck so far.
    pub fn counts(&self) -> FaultCounts {
        self.lock().faults.counts
    }

    /// Ends the process, and all faults but that of a full disk. What was written stays; what was
    /// not synced may go with the power.
    #[must_use = "the disk of the next process"]
    pub fn crash(&self, power_loss: bool) -> Self {
        let mut state = self.lock();
        state.process += 1;
        state.faults.end_process();
        if power_loss {
            let State {
                names, files, rng, ..
            } = &mut *state;
            names.lose_power(rng);
            for file in files {
                file.lose_power(rng);
            }
        }
        Self {
            state: Arc::clone(&self.state),
            process: state.process,
        }
    }

    /// The bytes of a file, past all faults.
    pub fn bytes(&self, path: &Path) -> Option<Vec<u8>> {
        let state = self.lock();
        let file = state.names.get(path)?;
        Some(state.files[file].bytes().to_vec())
    }

    /// Puts other bytes into a file, past all faults; makes it if it is not there.
    pub fn set_bytes(&self, path: &Path, bytes: Vec<u8>) {
        let mut state = self.lock();
        let file = state.open(path);
        state.files[file].set_bytes(bytes);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a call; tells the fault that it has and that is no error.
    fn call(&self, call: Call) -> io::Result<Begun<'_>> {
        let mut state = self.lock();
        if state.process != self.process {
            return Err(io::Error::other("the process has ended"));
        }
        let fault = state.faults.next(call);
        match fault.and_then(|(fault, _)| error(fault, call)) {
            // What fits is written all the same.
            Some(error) if call != Call::Write => Err(error),
            _ => Ok((state, fault)),
        }
    }

    fn open_file(&self, file: usize) -> FaultyFile {
        FaultyFile {
            disk: self.clone(),
            file,
        }
    }
}

impl State {
    /// The file with this name, which is made if it is not there.
    fn open(&mut self, path: &Path) -> usize {
        self.names.get(path).unwrap_or_else(|| {
            self.files.push(File::default());
            let file = self.files.len() - 1;
            self.names.insert(path, file);
            file
        })
    }
}

impl Disk for FaultyDisk {
    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        self.call(Call::Change)?.0.names.make_dir(dir);
        Ok(())
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let (state, _) = self.call(Call::Read)?;
        if state.names.has_dir(dir) {
            Ok(state.names.files(dir))
        } else {
            Err(io::ErrorKind::NotFound.into())
        }
    }

    fn append(&self, file: &Path) -> io::Result<Box<dyn AppendFile>> {
        let is_there = self.lock().names.get(file).is_some();
        let call = if is_there { Call::Change } else { Call::Create };
        let opened = self.call(call)?.0.open(file);
        Ok(Box::new(self.open_file(opened)))
    }

    fn read(&self, file: &Path) -> io::Result<Box<dyn ReadFile>> {
        let (state, _) = self.call(Call::Read)?;
        let found = state.names.get(file).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(self.open_file(found)))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let (mut state, _) = self.call(Call::Change)?;
        let file = state.names.remove(from).ok_or(io::ErrorKind::NotFound)?;
        state.names.insert(to, file);
        Ok(())
    }

    fn remove(&self, file: &Path) -> io::Result<()> {
        self.call(Call::Change)?.0.names.remove(file);
        Ok(())
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        self.call(Call::Sync)?.0.names.sync(dir);
        Ok(())
    }
}

/// A call that has begun: the disk, and the fault that the call has.
type Begun<'a> = (MutexGuard<'a, State>, Option<(Fault, Since)>);

struct FaultyFile {
    disk: FaultyDisk,
    file: usize,
}

impl AppendFile for FaultyFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (mut state, fault) = self.disk.call(Call::Write)?;
        let length = bytes.len();
        let written = match fault {
            None => length,
            Some((Fault::ShortWrites, _)) => state.rng.usize(length.min(1)..=length),
            Some((Fault::Full | Fault::Dead, Since::Now)) => state.rng.usize(0..length.max(1)),
            Some(_) => 0,
        };
        state.files[self.file].append(&bytes[..written]);
        match fault.and_then(|(fault, _)| error(fault, Call::Write)) {
            // The bytes that fit are told; the next write gets the error.
            Some(_) if written > 0 && fault == Some((Fault::Full, Since::Now)) => Ok(written),
            Some(error) => Err(error),
            None => Ok(written),
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        let synced = self.disk.call(Call::Sync).map(|(mut state, _)| {
            state.files[self.file].sync();
        });
        synced.inspect_err(|_| self.disk.lock().files[self.file].give_up())
    }
}

impl ReadFile for FaultyFile {
    fn length(&self) -> io::Result<u64> {
        let (state, _) = self.disk.call(Call::Read)?;
        Ok(state.files[self.file].bytes().len() as u64)
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let (state, _) = self.disk.call(Call::Read)?;
        let offset = usize::try_from(offset).map_err(io::Error::other)?;
        let left = state.files[self.file].bytes().get(offset..);
        let left = left.unwrap_or_default();
        let read = left.len().min(buffer.len());
        buffer[..read].copy_from_slice(&left[..read]);
        Ok(read)
    }
}
