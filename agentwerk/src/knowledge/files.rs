use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use cap_std::ambient_authority;
use cap_std::fs::{Dir, DirEntry, File, OpenOptions};

use super::slug::slug;

/// The directory of the pages, below the directory of the store.
const PAGES: [&str; 2] = ["knowledge", "pages"];
/// How the name of a page's file ends.
const EXTENSION: &str = ".md";
/// How the name of a file ends that is to become a page.
const UNFINISHED: &str = ".tmp";
/// When nobody is writing a file any more that is to become a page.
const UNFINISHED_AGE_MIN: Duration = Duration::from_secs(3_600);

/// The directory of the pages, opened: neither a name nor a link leads out of it.
#[derive(Debug)]
pub(super) struct PageFiles {
    dir: Dir,
}

/// The file of a page.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) slug: String,
    pub(super) modified: SystemTime,
}

/// The path of the directory, to be told.
pub(super) fn path_of(root: &Path) -> PathBuf {
    root.join(PAGES[0]).join(PAGES[1])
}

/// The name of a page's file.
pub(super) fn file_of(slug: &str) -> String {
    format!("{slug}{EXTENSION}")
}

impl PageFiles {
    /// Makes the directory with those that lead to it, where they are missing.
    pub(super) fn make(root: &Path) -> io::Result<Self> {
        make_root(root)?;
        let mut dir = Dir::open_ambient_dir(root, ambient_authority())?;
        for name in PAGES {
            match dir.create_dir(name) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                made => made.and_then(|()| sync(&dir))?,
            }
            dir = dir.open_dir(name)?;
        }
        Ok(Self { dir })
    }

    pub(super) fn open(root: &Path) -> io::Result<Self> {
        let root = Dir::open_ambient_dir(root, ambient_authority())?;
        let dir = root.open_dir(path_of(Path::new("")))?;
        Ok(Self { dir })
    }

    /// The files that are pages: regular ones whose name is a slug with `.md`.
    pub(super) fn list(&self) -> io::Result<Vec<Found>> {
        let mut found = Vec::new();
        for entry in self.dir.entries()? {
            let entry = entry?;
            let name = entry.file_name();
            let stem = name.to_str().and_then(|name| name.strip_suffix(EXTENSION));
            if let Some(stem) = stem.filter(|stem| slug(stem) == *stem)
                && let Some(modified) = modified(&entry)?
            {
                let slug = stem.to_owned();
                found.push(Found { slug, modified });
            }
        }
        Ok(found)
    }

    /// The first bytes of a page, and how many there are in all; `None` if there is no such page.
    pub(super) fn read(&self, slug: &str, bytes_max: usize) -> io::Result<Option<(String, u64)>> {
        let Some((file, length)) = self.open_page(slug)? else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        file.take(bytes_max as u64).read_to_end(&mut bytes)?;
        let text = String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        Ok(Some((text, length)))
    }

    /// The file of a page, and its length.
    fn open_page(&self, slug: &str) -> io::Result<Option<(File, u64)>> {
        let name = file_of(slug);
        let Some(metadata) = found(self.dir.symlink_metadata(&name))? else {
            return Ok(None);
        };
        if !metadata.is_file() {
            return Ok(None);
        }
        let Some(file) = found(self.dir.open_with(&name, &read_options()))? else {
            return Ok(None);
        };
        // Asked again, because something else may have come in its place.
        let metadata = file.metadata()?;
        Ok(metadata.is_file().then(|| (file, metadata.len())))
    }

    /// Writes a page as a whole, in place of an earlier one, and waits until it is on the disk.
    pub(super) fn write(&self, slug: &str, text: &str) -> io::Result<()> {
        let name = file_of(slug);
        let number = fastrand::u64(..);
        // No slug begins like this, so it is never taken for a page.
        let unfinished = format!(".{slug}.{number:016x}{UNFINISHED}");
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        let file = self.dir.open_with(&unfinished, &options)?;
        let written = self.fill(file, &name, text);
        let renamed = written.and_then(|()| self.dir.rename(&unfinished, &self.dir, &name));
        if let Err(error) = renamed {
            let _removed = self.dir.remove_file(&unfinished);
            return Err(error);
        }
        sync(&self.dir)
    }

    fn fill(&self, mut file: File, name: &str, text: &str) -> io::Result<()> {
        file.write_all(text.as_bytes())?;
        // Whoever may not read the page now could not before.
        if let Some(earlier) = found(self.dir.symlink_metadata(name))?
            && earlier.is_file()
        {
            file.set_permissions(earlier.permissions())?;
        }
        file.sync_all()
    }

    /// Removes a page; `None` if there is no such page.
    pub(super) fn remove(&self, slug: &str) -> io::Result<Option<()>> {
        let name = file_of(slug);
        match found(self.dir.symlink_metadata(&name))? {
            Some(metadata) if metadata.is_file() => {}
            _ => return Ok(None),
        }
        let removed = found(self.dir.remove_file(&name))?;
        sync(&self.dir)?;
        Ok(removed)
    }

    /// Removes files that were to become pages, when nobody can be writing them any more.
    pub(super) fn sweep(&self) -> io::Result<()> {
        for entry in self.dir.entries()? {
            let entry = entry?;
            let name = entry.file_name();
            let is_ours = name
                .to_str()
                .is_some_and(|name| name.starts_with('.') && name.ends_with(UNFINISHED));
            if is_ours
                && let Some(modified) = modified(&entry)?
                && modified.elapsed().is_ok_and(|age| age > UNFINISHED_AGE_MIN)
            {
                let _somebody_was_faster = found(self.dir.remove_file(&name))?;
            }
        }
        Ok(())
    }
}

/// Makes a directory and those that lead to it.
fn make_root(root: &Path) -> io::Result<()> {
    if root.is_dir() {
        return Ok(());
    }
    let Some(parent) = root.parent() else {
        return Err(io::ErrorKind::NotFound.into());
    };
    make_root(parent)?;
    match std::fs::create_dir(root) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => {
            made?;
            sync(&Dir::open_ambient_dir(parent, ambient_authority())?)
        }
    }
}

/// When a regular file was written; `None` for anything else, also for what is gone.
fn modified(entry: &DirEntry) -> io::Result<Option<SystemTime>> {
    // Of the entry itself: a link is no regular file.
    match found(entry.metadata())? {
        Some(metadata) if metadata.is_file() => Ok(Some(metadata.modified()?.into_std())),
        _ => Ok(None),
    }
}

/// `None` for what is not there.
fn found<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn read_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    // Opening a pipe would wait for its other end, and a link is no page.
    #[cfg(unix)]
    cap_std::fs::OpenOptionsExt::custom_flags(
        &mut options,
        (rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOFOLLOW)
            .bits()
            .cast_signed(),
    );
    options
}

/// Without it, a page may be gone from its directory after a power cut.
#[cfg(unix)]
fn sync(dir: &Dir) -> io::Result<()> {
    dir.open(".")?.sync_all()
}

/// Other systems cannot sync a directory.
#[cfg(not(unix))]
fn sync(_dir: &Dir) -> io::Result<()> {
    Ok(())
}
