use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Component, Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::Dir;

use super::workspace::{Workspace, shorten};

/// The name of a directory that sessions keep their files in.
const SESSION_NAME: &str = ".agentwerk";
/// The name of what git keeps a repository in. Its settings and hooks name commands that git runs:
/// <https://git-scm.com/docs/git-config#Documentation/git-config.txt-corefsmonitor>.
const GIT_NAME: &str = ".git";

/// Where a file is to be written.
#[derive(Debug)]
pub(crate) struct Writable {
    /// The directory that it is in, or will be in.
    pub(crate) dir: Dir,
    /// Its name there.
    pub(crate) name: OsString,
}

/// What becomes of directories on the way that do not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parents {
    /// They are made.
    Create,
    /// They are missing.
    Expect,
}

/// Why nothing can be written at a path.
#[derive(Debug)]
pub(crate) enum NotWritable {
    /// Its directory does not exist.
    Missing,
    /// What a model is told.
    Refused(String),
}

impl NotWritable {
    fn of(told: &str, error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound {
            Self::Missing
        } else {
            Self::Refused(explain_writing(told, error))
        }
    }

    /// What a model is told.
    pub(crate) fn text(self, told: &str) -> String {
        match self {
            Self::Missing => explain_writing(told, &io::ErrorKind::NotFound.into()),
            Self::Refused(text) => text,
        }
    }
}

impl From<String> for NotWritable {
    fn from(text: String) -> Self {
        Self::Refused(text)
    }
}

impl Workspace {
    /// Opens the directory in which a path is to be written, or says why not.
    ///
    /// Only the agent's own directory is written to, and in it no directory that is kept for reading:
    /// not what a session or git keeps there, nor a directory that the host opened for reading only.
    /// Links on the way are followed once, within the agent's directory; then the way without links is gone
    /// by handles, so that nobody can put one there in between.
    pub(crate) fn locate_writable(
        &self,
        told: &str,
        parents: Parents,
    ) -> Result<Writable, NotWritable> {
        let path = told.trim();
        check_form(path, told)?;
        let below = self.below_own(Path::new(path), told)?;
        let explain = |error: io::Error| NotWritable::of(told, &error);
        let name = below.file_name().ok_or_else(|| no_file(told))?.to_owned();
        let root = Dir::open_ambient_dir(self.root(), ambient_authority()).map_err(explain)?;
        let parent = below.parent().unwrap_or(Path::new(""));
        let way = resolve(&root, parent, parents).map_err(explain)?;
        self.check_kept(&way.whole().join(&name), told)?;
        let dir = way.walk(root).map_err(explain)?;
        Ok(Writable { dir, name })
    }

    /// The path below the agent's directory.
    fn below_own<'a>(&self, whole: &'a Path, told: &str) -> Result<&'a Path, String> {
        if let Ok(below) = whole.strip_prefix(self.root()) {
            return Ok(below);
        }
        if whole.is_relative() {
            return Ok(whole);
        }
        if self.session().is_some_and(|kept| whole.starts_with(kept)) {
            return Err(of_session(told));
        }
        if self.kept().any(|kept| whole.starts_with(kept)) {
            return Err(only_readable(told));
        }
        Err(outside(told))
    }

    /// Refuses what is kept for reading, given by a path without links below the agent's directory.
    fn check_kept(&self, path: &Path, told: &str) -> Result<(), String> {
        let has_part = |name: &str| {
            let mut parts = path.components();
            parts.any(|part| part.as_os_str().eq_ignore_ascii_case(name))
        };
        if has_part(SESSION_NAME) {
            return Err(of_session(told));
        }
        if has_part(GIT_NAME) {
            return Err(of_git(told));
        }
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_none| path.to_owned());
        let root = real(self.root());
        let whole = root.join(path);
        // One above the agent's own directory may be read, and takes nothing away from it.
        let is_within = |kept: &PathBuf| *kept != root && kept.starts_with(&root);
        let is_kept = |kept: PathBuf| is_within(&kept) && whole.starts_with(kept);
        if self.session().map(real).is_some_and(is_kept) {
            return Err(of_session(told));
        }
        if self.kept().map(real).any(is_kept) {
            return Err(only_readable(told));
        }
        Ok(())
    }
}

/// Refuses paths that can only be meant otherwise than the system would take them.
fn check_form(path: &str, told: &str) -> Result<(), String> {
    let shown = shorten(told);
    if path.is_empty() || path == "." || path.ends_with('/') || path.ends_with("/.") {
        return Err(no_file(told));
    }
    if path.chars().any(char::is_control) {
        return Err(format!(
            "`{shown}` has a control character. Give a path without one."
        ));
    }
    if path.contains('\\') {
        return Err(format!(
            "`{shown}` has a backslash. Separate directories by `/`."
        ));
    }
    let home = path.split('/').next().unwrap_or_default();
    if home.starts_with('~') && (home == "~" || path.contains('/')) {
        return Err(format!(
            "`{shown}` begins with `~`, which does not stand for a directory here. Give a path \
             relative to the working directory."
        ));
    }
    Ok(())
}

/// The way to a directory, without links and `..`.
struct Way {
    existing: PathBuf,
    /// The directories that are to be made.
    missing: PathBuf,
}

impl Way {
    fn whole(&self) -> PathBuf {
        self.existing.join(&self.missing)
    }

    /// Goes it by handles. What was there and is gone is not made anew: something else moved it.
    fn walk(&self, root: Dir) -> io::Result<Dir> {
        let mut dir = root;
        for part in self.existing.components() {
            dir = open_child(&dir, part.as_os_str())?;
        }
        for part in self.missing.components() {
            dir = make_child(&dir, part.as_os_str())?;
        }
        Ok(dir)
    }
}

/// Finds the way to a directory.
fn resolve(root: &Dir, path: &Path, parents: Parents) -> io::Result<Way> {
    let mut missing = Vec::new();
    for existing in path.ancestors() {
        let found = if existing.as_os_str().is_empty() {
            Ok(PathBuf::new())
        } else {
            root.canonicalize(existing)
        };
        match found {
            Err(error) if error.kind() == io::ErrorKind::NotFound && parents == Parents::Create => {
                // Without a name it ends in `..`, of which nobody knows where it would lead.
                missing.push(existing.file_name().ok_or(error)?);
            }
            found => {
                return Ok(Way {
                    existing: tidy(&found?),
                    missing: missing.into_iter().rev().collect(),
                });
            }
        }
    }
    Err(io::ErrorKind::NotFound.into())
}

/// The path without its `.` parts.
fn tidy(path: &Path) -> PathBuf {
    let parts = path.components();
    parts.filter(|part| *part != Component::CurDir).collect()
}

/// Makes a directory within another one, and opens it.
fn make_child(dir: &Dir, name: &OsStr) -> io::Result<Dir> {
    match dir.create_dir(name) {
        // Somebody else was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        made => made?,
    }
    open_child(dir, name)
}

/// Opens a directory within another one, and no link.
#[cfg(unix)]
pub(crate) fn open_child(dir: &Dir, name: &OsStr) -> io::Result<Dir> {
    use cap_std::fs::{OpenOptions, OpenOptionsExt};
    use rustix::fs::OFlags;

    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW;
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(flags.bits().cast_signed());
    let opened = dir.open_with(name, &options)?;
    Ok(Dir::from_std_file(opened.into_std()))
}

/// Opens a directory within another one.
#[cfg(not(unix))]
pub(crate) fn open_child(dir: &Dir, name: &OsStr) -> io::Result<Dir> {
    dir.open_dir(name)
}

/// What a model is told when a path could not be written.
pub(crate) fn explain_writing(told: &str, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => format!(
            "There is no `{}`. Call `list_directory` to see what is there.",
            shorten(told)
        ),
        // Also what the handle says about a path or a link that leads out.
        io::ErrorKind::PermissionDenied => outside(told),
        _ => format!(
            "`{}` cannot be written: {error}. Choose another path below the working directory.",
            shorten(told)
        ),
    }
}

fn outside(told: &str) -> String {
    format!(
        "`{}` may not be written. Only files below the working directory can be; links that lead out \
         are not followed.",
        shorten(told)
    )
}

fn only_readable(told: &str) -> String {
    kept(told, "it lies in a directory that is kept for reading")
}

fn of_session(told: &str) -> String {
    kept(
        told,
        &format!("it is among the files of a session (`{SESSION_NAME}`)"),
    )
}

fn of_git(told: &str) -> String {
    kept(
        told,
        &format!("it is among the files of git (`{GIT_NAME}`), which can make git run commands"),
    )
}

fn kept(told: &str, why: &str) -> String {
    format!(
        "`{}` may be read but not written: {why}. Choose another path below the working directory.",
        shorten(told)
    )
}

fn no_file(told: &str) -> String {
    format!(
        "`{}` is the path of a directory. Give the path of a file below the working directory.",
        shorten(told)
    )
}
