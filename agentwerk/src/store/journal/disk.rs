use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// The file operations that a journal needs, so that a test can put a disk with faults below it.
#[cfg_attr(
    not(feature = "testing"),
    expect(unreachable_pub, reason = "tests bring disks of their own")
)]
pub trait Disk: Send + Sync + 'static {
    /// Makes a directory with its parents, unless it is there. The names of those that it makes
    /// survive a loss of power, so that nothing in them is lost with them.
    ///
    /// # Errors
    /// It cannot be made.
    fn create_dir(&self, dir: &Path) -> io::Result<()>;

    /// The names of the files in a directory, in any order.
    ///
    /// # Errors
    /// It cannot be read.
    fn list(&self, dir: &Path) -> io::Result<Vec<String>>;

    /// Opens a file at its end, and makes it if it is not there.
    ///
    /// # Errors
    /// It cannot be opened.
    fn append(&self, file: &Path) -> io::Result<Box<dyn AppendFile>>;

    /// Opens a file to read it.
    ///
    /// # Errors
    /// It cannot be opened.
    fn read(&self, file: &Path) -> io::Result<Box<dyn ReadFile>>;

    /// Gives a file another name, in place of whatever has it.
    ///
    /// # Errors
    /// It cannot be renamed.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Takes a file away, if it is there.
    ///
    /// # Errors
    /// It cannot be removed.
    fn remove(&self, file: &Path) -> io::Result<()>;

    /// Waits until the names of the files in a directory would survive a loss of power.
    ///
    /// # Errors
    /// Nobody knows whether they would.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;
}

/// A file that grows at its end.
#[cfg_attr(
    not(feature = "testing"),
    expect(unreachable_pub, reason = "tests bring disks of their own")
)]
pub trait AppendFile: Send {
    /// Writes some of the bytes, and says how many.
    ///
    /// # Errors
    /// None of them were written.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize>;

    /// Waits until everything written would survive a loss of power.
    ///
    /// # Errors
    /// Nobody knows what would.
    fn sync(&mut self) -> io::Result<()>;
}

/// A file that is read.
#[cfg_attr(
    not(feature = "testing"),
    expect(unreachable_pub, reason = "tests bring disks of their own")
)]
pub trait ReadFile: Send {
    /// Its length in bytes.
    ///
    /// # Errors
    /// It cannot be told.
    fn length(&self) -> io::Result<u64>;

    /// Reads from a place on, as far as there are bytes for the buffer; says how many there were.
    ///
    /// # Errors
    /// They cannot be read.
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
}

/// Writes all of the bytes.
pub(super) fn write_all(file: &mut dyn AppendFile, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match file.write(bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Reads a file whole.
pub(super) fn read_all(disk: &dyn Disk, path: &Path) -> io::Result<Vec<u8>> {
    let mut file = disk.read(path)?;
    let length = usize::try_from(file.length()?).map_err(io::Error::other)?;
    let mut bytes = vec![0; length];
    let read = file.read_at(0, &mut bytes)?;
    bytes.truncate(read);
    Ok(bytes)
}

/// The disk of this machine.
#[derive(Clone, Copy, Debug)]
pub(super) struct LocalDisk;

impl Disk for LocalDisk {
    fn create_dir(&self, dir: &Path) -> io::Result<()> {
        if dir.is_dir() {
            // A process that made it, and the session around it, may have been killed before it
            // synced their names. One that may not be opened was not made by such a process.
            for parent in dir.ancestors().skip(1).take(2) {
                let _not_ours = self.sync_dir(parent);
            }
            return Ok(());
        }
        let parent = match dir.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => {
                self.create_dir(parent)?;
                parent
            }
            _ => Path::new("."),
        };
        match fs::create_dir(dir) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            made => made.and_then(|()| self.sync_dir(parent)),
        }
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(dir)? {
            names.extend(entry?.file_name().into_string());
        }
        Ok(names)
    }

    fn append(&self, file: &Path) -> io::Result<Box<dyn AppendFile>> {
        let file = OpenOptions::new().append(true).create(true).open(file)?;
        Ok(Box::new(LocalFile(file)))
    }

    fn read(&self, file: &Path) -> io::Result<Box<dyn ReadFile>> {
        Ok(Box::new(LocalFile(File::open(file)?)))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, file: &Path) -> io::Result<()> {
        match fs::remove_file(file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        // Only there can a directory be opened as a file.
        if cfg!(unix) {
            File::open(dir)?.sync_all()
        } else {
            Ok(())
        }
    }
}

struct LocalFile(File);

impl AppendFile for LocalFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.0.sync_data()
    }
}

impl ReadFile for LocalFile {
    fn length(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.seek(SeekFrom::Start(offset))?;
        let mut filled = 0;
        while filled < buffer.len() {
            match self.0.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }
}
