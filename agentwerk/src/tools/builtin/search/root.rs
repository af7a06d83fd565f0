use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use cap_std::fs::Dir;

use super::notes::Notes;
use super::open::open_dir;
use super::rules::{Present, Rules};
use crate::excerpt;
use crate::tools::ToolContext;
use crate::tools::workspace::{explain, printable, shorten};

/// Bytes of one path that are shown.
const PATH_BYTES_MAX: usize = 1_000;

/// A directory that is searched.
#[derive(Debug)]
pub(super) struct Root {
    pub(super) dir: Dir,
    pub(super) base: Base,
    /// The rules of the directories above it.
    pub(super) rules: Arc<Rules>,
}

/// What a model named.
#[derive(Debug)]
pub(super) enum Target {
    Dir(Root),
    /// A file, by its name in a directory.
    File(Root, OsString),
}

impl Target {
    /// Finds it, and reads the ignore files above it unless all is searched.
    pub(super) fn find(
        path: &str,
        ignored: bool,
        notes: &Notes,
        context: &ToolContext,
    ) -> Result<Self, String> {
        let located = context.workspace().locate(path)?;
        let real = located.dir.canonicalize(&located.path);
        let (mut root, name) = real
            .and_then(|real| descend(located.dir, &real, ignored, notes))
            .map_err(|error| explain(path, &error))?;
        root.base.shown = named(path);
        root.base.is_file = name.is_some();
        let Some(name) = name else {
            return Ok(Self::Dir(root));
        };
        let metadata = root.dir.symlink_metadata(&name);
        let metadata = metadata.map_err(|error| explain(path, &error))?;
        if metadata.is_file() {
            return Ok(Self::File(root, name));
        }
        Err(format!(
            "`{}` is neither a directory nor a regular file, and only those can be searched. Choose \
             another `path`.",
            shorten(path)
        ))
    }
}

/// The path of a directory that is searched.
#[derive(Clone, Debug)]
pub(super) struct Base {
    /// Without links, below the directory that the call is confined to.
    pub(super) path: PathBuf,
    /// As the model named it. If it named a file, the path of this.
    shown: PathBuf,
    is_file: bool,
}

impl Base {
    /// The path of a file from there.
    pub(super) fn below<'a>(&self, file: &'a Path) -> &'a Path {
        file.strip_prefix(&self.path).unwrap_or(file)
    }

    /// The path of a file as the model reads it, and may give it to another tool. One line, whatever
    /// its name is.
    pub(super) fn display(&self, file: &Path) -> String {
        let below = self.below(file);
        let path = if self.is_file {
            self.shown.clone()
        } else {
            self.shown.join(below)
        };
        let shown = printable(&path.to_string_lossy());
        excerpt::shorten(shown, PATH_BYTES_MAX)
    }
}

/// Goes down to a directory, one after the other; the name of the last part if it is none.
fn descend(
    dir: Dir,
    path: &Path,
    ignored: bool,
    notes: &Notes,
) -> io::Result<(Root, Option<OsString>)> {
    let mut root = Root {
        dir,
        base: Base {
            path: PathBuf::new(),
            shown: PathBuf::new(),
            is_file: false,
        },
        rules: Rules::none(),
    };
    let mut parts = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name),
        _ => None,
    });
    let mut next = parts.next();
    while let Some(name) = next {
        next = parts.next();
        if next.is_none() && !root.dir.symlink_metadata(name)?.is_dir() {
            return Ok((root, Some(name.to_owned())));
        }
        if !ignored {
            let rules = root.rules;
            root.rules = rules.enter(&root.dir, &root.base.path, Present::UNKNOWN, notes);
        }
        root.dir = open_dir(&root.dir, name)?;
        root.base.path.push(name);
    }
    Ok((root, None))
}

/// What the model named, without its `.` parts.
fn named(path: &str) -> PathBuf {
    let parts = Path::new(path.trim()).components();
    parts.filter(|part| *part != Component::CurDir).collect()
}
