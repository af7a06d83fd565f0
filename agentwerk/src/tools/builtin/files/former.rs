use std::io::{self, Read};

use cap_std::fs::{Metadata, Permissions};
use tokio_util::sync::CancellationToken;

use super::cancellable::Cancellable;
use super::regular::{LastLink, check_kind, open_regular};
use crate::tools::workspace::shorten;
use crate::tools::writable::{Writable, explain_writing};

/// Bytes of a file that is written, and of one that is edited.
pub(super) const FILE_BYTES_MAX: usize = 10_000_000;

/// Looks at the file that is to be replaced; `None` if there is none.
pub(super) fn find(place: &Writable, told: &str) -> Result<Option<Metadata>, String> {
    let metadata = match place.dir.symlink_metadata(&place.name) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        found => found.map_err(|error| explain_writing(told, &error))?,
    };
    check_kind(&metadata, told)?;
    if metadata.permissions().readonly() {
        return Err(format!(
            "`{}` is write-protected. Choose another file.",
            shorten(told)
        ));
    }
    Ok(Some(metadata))
}

/// Reads the file that is to be replaced as it is; `None` if it is too large.
pub(super) fn read(
    place: &Writable,
    told: &str,
    cancel: &CancellationToken,
) -> Result<Option<Vec<u8>>, String> {
    let explain = |error: io::Error| explain_writing(told, &error);
    let name = place.name.as_ref();
    let (file, _) = open_regular(&place.dir, name, LastLink::Refuse, told, explain)?;
    let mut content = Vec::new();
    let mut limited = Cancellable::new(file, cancel).take(FILE_BYTES_MAX as u64 + 1);
    limited.read_to_end(&mut content).map_err(explain)?;
    Ok((content.len() <= FILE_BYTES_MAX).then_some(content))
}

/// What may be done with a file, without the bits that lend its owner's rights: these go with any
/// write.
pub(super) fn permissions(metadata: &Metadata) -> Permissions {
    let permissions = metadata.permissions();
    #[cfg(unix)]
    {
        use cap_std::fs::PermissionsExt;
        Permissions::from_mode(permissions.mode() & 0o777)
    }
    #[cfg(not(unix))]
    permissions
}
