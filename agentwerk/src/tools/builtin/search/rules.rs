use std::ffi::OsStr;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use cap_std::fs::Dir;
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::notes::Notes;
use super::open::{open_dir, open_file};

/// Bytes of one ignore file. Making a matcher of its lines takes time that cannot be interrupted.
const RULES_BYTES_MAX: u64 = 64 * 1024;
/// Bytes of all ignore files on the way to a directory. A matcher takes hundreds of times as much.
const WAY_BYTES_MAX: usize = 256 * 1024;
/// Lines of these. Each is looked at for each entry.
const WAY_LINES_MAX: usize = 2_000;

/// What the ignore files of a directory say, and those of the directories above it.
///
/// As in ripgrep, `.ignore` counts before `.gitignore` and this before `.git/info/exclude`, and of
/// each kind the deepest file that says anything decides. They count also where no repository is:
/// the agent's directory may lie below the root of one.
#[derive(Debug)]
pub(super) struct Rules {
    above: Option<Arc<Self>>,
    /// `.ignore`, `.gitignore` and `.git/info/exclude`.
    kinds: [Gitignore; 3],
    /// What may still be read below.
    left: Left,
}

/// How much of ignore files may still be read on the way down.
#[derive(Clone, Copy, Debug)]
struct Left {
    bytes: usize,
    lines: usize,
}

impl Left {
    /// Takes a file away, if there is room for it.
    fn take(&mut self, text: &[u8]) -> bool {
        let lines = text.split(|byte| *byte == b'\n');
        let lines = lines.filter(|line| !matches!(line, [] | [b'\r'] | [b'#', ..]));
        let lines = self.lines.checked_sub(lines.count());
        let bytes = self.bytes.checked_sub(text.len());
        let (Some(bytes), Some(lines)) = (bytes, lines) else {
            return false;
        };
        *self = Self { bytes, lines };
        true
    }
}

/// Which names were seen in a directory that may have rules.
#[derive(Clone, Copy, Debug)]
pub(super) struct Present {
    pub(super) ignore: bool,
    pub(super) git_ignore: bool,
    pub(super) git: bool,
}

impl Present {
    /// Where the names are not known, all are tried.
    pub(super) const UNKNOWN: Self = Self {
        ignore: true,
        git_ignore: true,
        git: true,
    };

    pub(super) fn among<'a>(names: impl Iterator<Item = &'a OsStr>) -> Self {
        let mut present = Self {
            ignore: false,
            git_ignore: false,
            git: false,
        };
        for name in names {
            match name.as_encoded_bytes() {
                b".ignore" => present.ignore = true,
                b".gitignore" => present.git_ignore = true,
                b".git" => present.git = true,
                _ => {}
            }
        }
        present
    }
}

impl Rules {
    /// No rules at all.
    pub(super) fn none() -> Arc<Self> {
        Arc::new(Self {
            above: None,
            kinds: [(); 3].map(|()| Gitignore::empty()),
            left: Left {
                bytes: WAY_BYTES_MAX,
                lines: WAY_LINES_MAX,
            },
        })
    }

    /// The rules in the directory at `path`, which lies below those.
    pub(super) fn enter(
        self: &Arc<Self>,
        dir: &Dir,
        path: &Path,
        present: Present,
        notes: &Notes,
    ) -> Arc<Self> {
        let mut left = self.left;
        let mut read = |present: bool, open: fn(&Dir) -> io::Result<Vec<u8>>| {
            let text = present.then(|| open(dir));
            match text {
                Some(Ok(text)) if left.take(&text) => compile(path, &text, notes),
                Some(Ok(_too_much)) => {
                    notes.rules_left_out.add();
                    Gitignore::empty()
                }
                Some(Err(error)) if error.kind() == io::ErrorKind::FileTooLarge => {
                    notes.rules_left_out.add();
                    Gitignore::empty()
                }
                Some(Err(_)) | None => Gitignore::empty(),
            }
        };
        let kinds = [
            read(present.ignore, |dir| read_rules(dir, ".ignore")),
            read(present.git_ignore, |dir| read_rules(dir, ".gitignore")),
            read(present.git, |dir| {
                let git = open_dir(dir, OsStr::new(".git"))?;
                read_rules(&open_dir(&git, OsStr::new("info"))?, "exclude")
            }),
        ];
        if kinds.iter().all(Gitignore::is_empty) {
            return Arc::clone(self);
        }
        Arc::new(Self {
            above: Some(Arc::clone(self)),
            kinds,
            left,
        })
    }

    /// What they say of a path.
    pub(super) fn matched(&self, path: &Path, is_dir: bool) -> Match<()> {
        let mut found = [Match::None, Match::None, Match::None];
        let mut level = Some(self);
        while let Some(rules) = level {
            for (found, kind) in found.iter_mut().zip(&rules.kinds) {
                if found.is_none() {
                    *found = kind.matched(path, is_dir).map(|_glob| ());
                }
            }
            level = rules.above.as_deref();
        }
        let [ignore, git_ignore, exclude] = found;
        ignore.or(git_ignore).or(exclude)
    }
}

fn read_rules(dir: &Dir, name: &str) -> io::Result<Vec<u8>> {
    let (file, _metadata) = open_file(dir, OsStr::new(name))?;
    let mut text = Vec::new();
    file.take(RULES_BYTES_MAX + 1).read_to_end(&mut text)?;
    if text.len() as u64 > RULES_BYTES_MAX {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(text)
}

/// A line that is no rule is left out; the others count.
fn compile(path: &Path, text: &[u8], notes: &Notes) -> Gitignore {
    let mut builder = GitignoreBuilder::new(path);
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    for line in text.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if let Ok(line) = str::from_utf8(line) {
            let _no_rule = builder.add_line(None, line);
        }
    }
    builder.build().unwrap_or_else(|_too_large| {
        notes.rules_left_out.add();
        Gitignore::empty()
    })
}
