use std::ffi::OsStr;
use std::io::{self, Write};

use cap_std::fs::{Dir, File, OpenOptions, Permissions};
use tokio_util::sync::CancellationToken;

use super::cancellable::check;
use crate::tools::writable::open_child;

/// Bytes that are written before the call's token is looked at again.
const CHUNK_BYTES: usize = 256 * 1024;

/// Gives a file a new content, or makes it: whole, or not at all.
///
/// The content is on the disk before it takes the file's place. The name is replaced, and never what
/// a link of that name leads to.
pub(super) fn replace(
    dir: &Dir,
    name: &OsStr,
    content: &[u8],
    permissions: Option<Permissions>,
    cancel: &CancellationToken,
) -> io::Result<()> {
    let (mut temporary, mut file) = Temporary::create(dir, permissions.as_ref())?;
    for chunk in content.chunks(CHUNK_BYTES) {
        check(cancel)?;
        file.write_all(chunk)?;
    }
    if let Some(permissions) = permissions {
        file.set_permissions(permissions)?;
    }
    file.sync_all()?;
    check(cancel)?;
    dir.rename(&temporary.name, dir, name)?;
    temporary.is_there = false;
    sync(dir)
}

/// A file that is removed with this value, unless it was renamed.
struct Temporary<'a> {
    dir: &'a Dir,
    name: String,
    is_there: bool,
}

impl<'a> Temporary<'a> {
    /// Makes a file under a name that nothing has.
    fn create(dir: &'a Dir, permissions: Option<&Permissions>) -> io::Result<(Self, File)> {
        let options = options(permissions);
        loop {
            let name = format!(".agentwerk-{:016x}.tmp", fastrand::u64(..));
            match dir.open_with(&name, &options) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
                Ok(file) => {
                    let is_there = true;
                    return Ok((
                        Self {
                            dir,
                            name,
                            is_there,
                        },
                        file,
                    ));
                }
            }
        }
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        if self.is_there {
            // The error that led here is the one that is told.
            let _removed = self.dir.remove_file(&self.name);
        }
    }
}

/// A new file nobody may read who may not read the one that it replaces.
fn options(permissions: Option<&Permissions>) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if let Some(permissions) = permissions {
        use cap_std::fs::{OpenOptionsExt, PermissionsExt};
        options.mode(permissions.mode());
    }
    #[cfg(not(unix))]
    let _everywhere_else_the_directory_decides = permissions;
    options
}

/// Without it, a new name may be gone from its directory after a power cut.
#[cfg(unix)]
fn sync(dir: &Dir) -> io::Result<()> {
    // The handle itself may be one that only paths can be looked up in.
    open_child(dir, OsStr::new("."))?.into_std_file().sync_all()
}

/// Other systems cannot sync a directory.
#[cfg(not(unix))]
fn sync(_dir: &Dir) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
#[path = "tests/atomic.rs"]
mod tests;
