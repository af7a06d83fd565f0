use std::ffi::OsStr;
use std::io;
use std::path::Path;

use cap_std::fs::{Dir, File, Metadata, OpenOptions};

/// Opens a regular file by its name in a directory; a link is an error, and so is anything else.
pub(super) fn open_file(dir: &Dir, name: &OsStr) -> io::Result<(File, Metadata)> {
    let file = dir.open_with(name, &file_options())?;
    // Asked of what is open, because something else may have come in the place of a file.
    let metadata = file.metadata()?;
    if metadata.is_file() {
        Ok((file, metadata))
    } else {
        Err(io::Error::other("not a regular file"))
    }
}

/// Opens a directory by its name in another; a link is an error.
#[cfg(unix)]
pub(super) fn open_dir(dir: &Dir, name: &OsStr) -> io::Result<Dir> {
    use rustix::fs::OFlags;

    let options = options(OFlags::NOFOLLOW | OFlags::DIRECTORY);
    let opened = dir.open_with(name, &options)?;
    Ok(Dir::from_std_file(opened.into_std()))
}

/// Opens a directory by its name in another; a link that comes into its place in between can lead no
/// further than the directory that it lies in.
#[cfg(not(unix))]
pub(super) fn open_dir(dir: &Dir, name: &OsStr) -> io::Result<Dir> {
    if dir.symlink_metadata(name)?.is_dir() {
        dir.open_dir(name)
    } else {
        Err(io::Error::other("not a directory"))
    }
}

/// Opens a file by a path without links, one directory after the other.
pub(super) fn open_below(root: &Dir, path: &Path) -> io::Result<File> {
    let mut parts: Vec<_> = path.iter().collect();
    let name = parts.pop().ok_or(io::ErrorKind::NotFound)?;
    let mut opened = None;
    for part in parts {
        opened = Some(open_dir(opened.as_ref().unwrap_or(root), part)?);
    }
    let (file, _metadata) = open_file(opened.as_ref().unwrap_or(root), name)?;
    Ok(file)
}

#[cfg(unix)]
fn file_options() -> OpenOptions {
    use rustix::fs::OFlags;

    // Opening a pipe would wait for its other end.
    options(OFlags::NOFOLLOW | OFlags::NONBLOCK)
}

#[cfg(not(unix))]
fn file_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    options
}

#[cfg(unix)]
fn options(flags: rustix::fs::OFlags) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    cap_std::fs::OpenOptionsExt::custom_flags(&mut options, flags.bits().cast_signed());
    options
}
