use std::io;
use std::path::Path;

use cap_std::fs::{Dir, File, Metadata, OpenOptions};

use crate::tools::workspace::shorten;

/// What becomes of a link at the end of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LastLink {
    /// What it leads to is opened.
    Follow,
    /// It is refused.
    Refuse,
}

/// Opens a regular file to read it.
///
/// It is looked at before, because opening another thing may do something, and afterwards, because
/// something else may have come in its place.
pub(super) fn open_regular(
    dir: &Dir,
    path: &Path,
    last: LastLink,
    told: &str,
    explain: impl Fn(io::Error) -> String,
) -> Result<(File, Metadata), String> {
    let metadata = match last {
        LastLink::Follow => dir.metadata(path),
        LastLink::Refuse => dir.symlink_metadata(path),
    };
    check_kind(&metadata.map_err(&explain)?, told)?;
    let file = dir.open_with(path, &read_options(last)).map_err(&explain)?;
    let metadata = file.metadata().map_err(&explain)?;
    check_kind(&metadata, told)?;
    Ok((file, metadata))
}

/// Refuses what is no regular file, a link included.
pub(super) fn check_kind(metadata: &Metadata, told: &str) -> Result<(), String> {
    let shown = shorten(told);
    if metadata.is_dir() {
        return Err(format!(
            "`{shown}` is a directory. Call `list_directory` to see what is in it."
        ));
    }
    if metadata.is_symlink() {
        return Err(format!(
            "`{shown}` is a link, and nothing is written through a link. Give the path of the file \
             that it leads to."
        ));
    }
    if !metadata.is_file() {
        return Err(format!(
            "`{shown}` is not a regular file, and only those can be read or written. Choose another \
             file."
        ));
    }
    Ok(())
}

fn read_options(last: LastLink) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use cap_std::fs::OpenOptionsExt;
        use rustix::fs::OFlags;

        // Opening a pipe would wait for its other end.
        let mut flags = OFlags::NONBLOCK;
        flags.set(OFlags::NOFOLLOW, last == LastLink::Refuse);
        options.custom_flags(flags.bits().cast_signed());
    }
    #[cfg(not(unix))]
    let _looked_at_before = last;
    options
}
