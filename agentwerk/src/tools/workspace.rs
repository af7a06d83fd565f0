use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use cap_std::ambient_authority;
use cap_std::fs::Dir;

use crate::excerpt;

/// Bytes of a path that are repeated to a model at most.
const PATH_BYTES_MAX: usize = 500;

/// The directory that an agent's file tools are confined to.
///
/// Files are opened through a handle of the directory, so neither `..` nor a link leads out, also
/// not when somebody swaps a link in between. Opened anew for each call: the directory may come
/// into being after the agent.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    root: Arc<Path>,
}

impl Workspace {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root: root.into() }
    }

    /// Opens the directory.
    pub(crate) fn open(&self) -> io::Result<Dir> {
        Dir::open_ambient_dir(&self.root, ambient_authority())
    }

    /// The path below the directory. An absolute path into the directory is taken as one below it,
    /// because models repeat the working directory that they were told.
    pub(crate) fn relative(&self, path: &str) -> PathBuf {
        let path = Path::new(path.trim());
        let below = path.strip_prefix(&*self.root).unwrap_or(path);
        let below: PathBuf = below
            .components()
            .filter(|part| *part != Component::CurDir)
            .collect();
        if below.as_os_str().is_empty() {
            PathBuf::from(".")
        } else {
            below
        }
    }
}

/// What a model is told when a path could not be opened.
pub(crate) fn explain(path: &str, error: &io::Error) -> String {
    let path = shorten(path);
    match error.kind() {
        io::ErrorKind::NotFound => format!(
            "There is no `{path}`. Call `list_directory` to see what is there, and give a path \
             relative to the working directory."
        ),
        // Also what the handle says about a path or a link that leads out.
        io::ErrorKind::PermissionDenied => format!(
            "`{path}` may not be read. Only files below the working directory can be, and links \
             out of it are not followed."
        ),
        _ => {
            format!("`{path}` cannot be read: {error}. Call `list_directory` to see what is there.")
        }
    }
}

/// A path that a model wrote, for a text that it reads.
pub(crate) fn shorten(path: &str) -> String {
    excerpt::shorten(path.to_owned(), PATH_BYTES_MAX)
}
