use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use cap_std::ambient_authority;
use cap_std::fs::Dir;

use super::outputs::OutputDir;
use crate::excerpt;
use crate::id::TicketKey;

/// Bytes of a path that are repeated to a model at most.
const PATH_BYTES_MAX: usize = 500;
/// The directory of a session that its outputs are in.
const OUTPUTS_NAME: &str = "outputs";

/// What an agent's file tools are confined to: the agent's directory and, for reading only, the
/// directory that outputs are kept in.
///
/// Files are opened through a handle of their directory, so neither `..` nor a link leads out, also
/// not when somebody swaps a link in between. Opened anew for each call: a directory may come into
/// being after the agent.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    root: Arc<Path>,
    outputs: Option<Arc<Path>>,
}

/// Where to look for what a model named.
#[derive(Debug)]
pub(crate) struct Located {
    /// The directory that it lies below.
    pub(crate) dir: Dir,
    /// The path below that directory.
    pub(crate) path: PathBuf,
    /// Whether it lies among the outputs.
    pub(crate) is_output: bool,
}

impl Workspace {
    pub(crate) fn new(root: PathBuf, outputs: Option<&OutputDir>) -> Self {
        Self {
            root: root.into(),
            outputs: outputs.map(|dir| Arc::clone(dir.root())),
        }
    }

    /// Opens the directory in which a path is to be read, or says why not.
    ///
    /// An absolute path into a directory is taken as one below it: models repeat the working
    /// directory that they were told, and the paths of outputs. The path of an output that was
    /// told before its session moved leads to where the output is now.
    pub(crate) fn locate(&self, path: &str) -> Result<Located, String> {
        let whole = Path::new(path.trim());
        if let Some(outputs) = &self.outputs
            && let Ok(below) = whole.strip_prefix(outputs)
        {
            return located_output(outputs, below, path);
        }
        let own = self.locate_own(whole);
        if let Some(outputs) = &self.outputs
            && let Some(below) = output_of_any_session(whole)
            && !own.as_ref().is_ok_and(Located::is_there)
        {
            return located_output(outputs, below, path);
        }
        own
    }

    fn locate_own(&self, whole: &Path) -> Result<Located, String> {
        let dir = open(&self.root).map_err(|error| explain(".", &error))?;
        let path = tidy(whole.strip_prefix(&self.root).unwrap_or(whole));
        Ok(Located {
            dir,
            path,
            is_output: false,
        })
    }
}

impl Located {
    /// Whether there is something, be it a link that leads out.
    fn is_there(&self) -> bool {
        self.dir.symlink_metadata(&self.path).is_ok()
    }
}

/// The path `below` the directory of outputs; `told` is what the model wrote.
fn located_output(outputs: &Path, below: &Path, told: &str) -> Result<Located, String> {
    let dir = open(outputs).map_err(|error| explain(told, &error))?;
    let path = tidy(below);
    Ok(Located {
        dir,
        path,
        is_output: true,
    })
}

/// The end of a path `…/outputs/TICKET-<n>/<name>`, from the ticket on.
fn output_of_any_session(path: &Path) -> Option<&Path> {
    let file = matches!(path.components().next_back()?, Component::Normal(_));
    let ticket = path.parent()?;
    let outputs = ticket.parent()?;
    let key: Result<TicketKey, _> = ticket.file_name()?.to_str()?.parse();
    if file && key.is_ok() && outputs.file_name()? == OUTPUTS_NAME {
        path.strip_prefix(outputs).ok()
    } else {
        None
    }
}

fn open(root: &Path) -> io::Result<Dir> {
    Dir::open_ambient_dir(root, ambient_authority())
}

/// The path without its `.` parts, and with one where nothing is left.
fn tidy(path: &Path) -> PathBuf {
    let parts = path.components().filter(|part| *part != Component::CurDir);
    let path: PathBuf = parts.collect();
    if path.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        path
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
            "`{path}` may not be read. Only files below the working directory can be, and outputs of \
             tools that were kept in files; links that lead out are not followed."
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

#[cfg(test)]
#[path = "tests/workspace.rs"]
mod tests;
