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

/// What an agent's file tools are confined to: the agent's directory and, for reading only, further
/// directories and the one that outputs are kept in.
///
/// Files are opened through a handle of their directory, so neither `..` nor a link leads out, also
/// not when somebody swaps a link in between. Opened anew for each call: a directory may come into
/// being after the agent.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    root: Arc<Path>,
    readable: Arc<[PathBuf]>,
    outputs: Option<Arc<Path>>,
}

/// Where to look for what a model named.
#[derive(Debug)]
pub(crate) struct Located {
    /// The directory that it lies below.
    pub(crate) dir: Dir,
    /// The path below that directory.
    pub(crate) path: PathBuf,
    /// What stands before a path below that directory where a model is told of one: nothing before
    /// one in the agent's own directory.
    pub(crate) prefix: PathBuf,
    /// Whether it lies among the outputs.
    pub(crate) is_output: bool,
}

impl Workspace {
    /// The directories for reading are absolute, and stand there under each of their names.
    pub(crate) fn new(
        root: PathBuf,
        readable: Arc<[PathBuf]>,
        outputs: Option<&OutputDir>,
    ) -> Self {
        Self {
            root: root.into(),
            readable,
            outputs: outputs.map(|dir| Arc::clone(dir.root())),
        }
    }

    /// The agent's directory, which may be written.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The directories that may only be read.
    pub(crate) fn kept(&self) -> impl Iterator<Item = &Path> {
        let readable = self.readable.iter().map(PathBuf::as_path);
        readable.chain(self.outputs.as_deref())
    }

    /// The directory of the session, which has more in it than the outputs.
    pub(crate) fn session(&self) -> Option<&Path> {
        self.outputs.as_deref().and_then(Path::parent)
    }

    /// Opens the directory in which a path is to be read, or says why not.
    ///
    /// An absolute path into a directory is taken as one below it: models repeat the working
    /// directory that they were told, and the paths of outputs. The path of an output that was
    /// told before its session moved leads to where the output is now. A directory that may only be
    /// read is named by its absolute path.
    pub(crate) fn locate(&self, path: &str) -> Result<Located, String> {
        let whole = Path::new(path.trim());
        if let Some(outputs) = &self.outputs
            && let Ok(below) = whole.strip_prefix(outputs)
        {
            return located_output(outputs, below, path);
        }
        if whole.strip_prefix(&self.root).is_err()
            && let Some(found) = self.locate_readable(whole, path)
        {
            return found;
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
            prefix: PathBuf::new(),
            is_output: false,
        })
    }

    /// What lies in a directory that may only be read: in the innermost, where there are several.
    fn locate_readable(&self, whole: &Path, told: &str) -> Option<Result<Located, String>> {
        let around = self.readable.iter().filter(|root| whole.starts_with(root));
        let root = around.max_by_key(|root| root.components().count())?;
        let below = whole.strip_prefix(root).ok()?;
        let located = |dir| Located {
            dir,
            path: tidy(below),
            prefix: root.clone(),
            is_output: false,
        };
        Some(
            open(root)
                .map(located)
                .map_err(|error| explain(told, &error)),
        )
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
        prefix: outputs.to_owned(),
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
            "`{path}` may not be read. Only files below the working directory can be, those below \
             further directories that you were told of, and outputs of tools that were kept in files; \
             links that lead out are not followed."
        ),
        _ => {
            format!("`{path}` cannot be read: {error}. Call `list_directory` to see what is there.")
        }
    }
}

/// A path that a model wrote, for a text that it reads.
pub(crate) fn shorten(path: &str) -> String {
    // One character more than is shown tells that it is cut.
    let head = excerpt::head(path, PATH_BYTES_MAX + 4);
    excerpt::shorten(printable(head), PATH_BYTES_MAX)
}

/// A name or a path in one line, with everything in it seen: what a file is called must not look like
/// something else (<https://trojansource.codes>).
pub(crate) fn printable(name: &str) -> String {
    let mut shown = String::new();
    for character in name.chars() {
        if character.is_control() || is_invisible(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Whether a character has no form of its own, or changes the order of others.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e01ef}'
    )
}

#[cfg(test)]
#[path = "tests/workspace.rs"]
mod tests;
