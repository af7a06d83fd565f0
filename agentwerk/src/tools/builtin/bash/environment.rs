use std::collections::BTreeMap;
use std::env;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};

/// Variables that a command gets of this process, beside those of the locale.
const PASSED: [&str; 10] = [
    "HOME", "LANG", "LANGUAGE", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "TZ", "USER",
];
/// What the names of the other variables of the locale begin with.
const LOCALE: &str = "LC_";

/// The variables of a command: a few of this process, none of which is a secret, and those that the
/// program named.
#[derive(Clone, Default)]
pub(super) struct Environment {
    passed: Vec<OsString>,
    set: BTreeMap<OsString, OsString>,
}

impl Environment {
    pub(super) fn set(&mut self, name: OsString, value: OsString) {
        self.set.insert(name, value);
    }

    pub(super) fn pass(&mut self, name: OsString) {
        self.passed.push(name);
    }

    /// All variables, as they are now.
    pub(super) fn variables(&self) -> BTreeMap<OsString, OsString> {
        let own = env::vars_os().filter(|(name, _)| self.is_passed(name));
        let mut variables: BTreeMap<_, _> = own.collect();
        if let Some(path) = variables.get_mut(OsStr::new("PATH")) {
            *path = absolute(path);
        }
        let set = self.set.iter();
        variables.extend(set.map(|(name, value)| (name.clone(), value.clone())));
        variables
    }

    fn is_passed(&self, name: &OsStr) -> bool {
        PASSED.iter().any(|passed| name == *passed)
            || name.to_str().is_some_and(|name| name.starts_with(LOCALE))
            || self.passed.iter().any(|passed| name == passed)
    }
}

/// The names only: a value may be a secret.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("passed", &self.passed)
            .field("set", &self.set.keys())
            .finish()
    }
}

/// A search path without the places that depend on the working directory: there the programs may be
/// somebody else's.
fn absolute(path: &OsStr) -> OsString {
    let places = env::split_paths(path).filter(|place| place.is_absolute());
    // Places that came out of a path fit into one.
    env::join_paths(places).unwrap_or_default()
}

/// The file of a program: a word with a slash is a path below the directory, and anything else is
/// looked up in the absolute places of the search path.
pub(super) fn find_program(word: &str, dir: &Path, path: &OsStr) -> Option<PathBuf> {
    if word.contains('/') {
        return Some(dir.join(word)).filter(|file| is_executable(file));
    }
    env::split_paths(path)
        .filter(|place| place.is_absolute())
        .map(|place| place.join(word))
        .find(|file| is_executable(file))
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;

    file.metadata()
        .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(file: &Path) -> bool {
    file.is_file()
}
