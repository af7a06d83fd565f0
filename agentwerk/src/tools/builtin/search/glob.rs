use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use agentwerk_macros::tool;
use cap_std::fs::Dir;
use cap_std::time::SystemTime;

use super::notes::Notes;
use super::pattern::{PATTERN_BYTES_MAX, PathPattern};
use super::root::{Base, Target};
use super::show::{OFFSET_MAX, Page, RESULTS_DEFAULT, RESULTS_MAX, Window};
use super::top::{Found, Place, Top};
use super::walk::{Visit, Walk};
use crate::tools::workspace::shorten;
use crate::tools::{ToolContext, ToolError};

#[doc = include_str!("glob.md")]
#[tool(struct = GlobTool, read_only, blocking, crate = crate)]
#[expect(unreachable_pub, reason = "the type that is made of it is public")]
pub fn glob(
    /// The pattern, relative to `path`, as in `src/**/*.{rs,toml}`.
    #[schemars(length(min = 1, max = PATTERN_BYTES_MAX))]
    pattern: &str,
    /// The directory to search, relative to the working directory.
    #[arg(default = ".")]
    path: &str,
    /// Also find files whose names, or those of their directories, begin with a dot.
    #[arg(default = false)]
    hidden: bool,
    /// Also find files that `.gitignore` and `.ignore` exclude.
    #[arg(default = false)]
    ignored: bool,
    /// How many files to show.
    #[schemars(range(min = 1, max = RESULTS_MAX))]
    #[arg(default = RESULTS_DEFAULT)]
    limit: usize,
    /// How many files to leave out at the beginning, to go on after a call that did not show all.
    #[schemars(range(max = OFFSET_MAX))]
    #[arg(default = 0)]
    offset: usize,
    context: &ToolContext,
) -> Result<String, ToolError> {
    let notes = Notes::default();
    let walk = Walk {
        hidden,
        ignored,
        cancel: context.cancel(),
        notes: &notes,
    };
    find(pattern, path, walk, Window::new(offset, limit), context).map_err(ToolError::retry)
}

fn find(
    pattern: &str,
    path: &str,
    walk: Walk<'_>,
    window: Window,
    context: &ToolContext,
) -> Result<String, String> {
    let pattern = PathPattern::of_paths(pattern)?;
    let root = match Target::find(path, walk.ignored, walk.notes, context)? {
        Target::Dir(root) => root,
        Target::File(..) => {
            let path = shorten(path);
            return Err(format!(
                "`{path}` is a file. Give the directory to search as `path`, or call `read_file` to \
                 read the file."
            ));
        }
    };
    let base = root.base.clone();
    let finding = Finding {
        pattern: &pattern,
        base: &base,
        top: Mutex::new(Top::new(window.end())),
    };
    walk.run(root, &finding)?;
    let top = finding.top.into_inner();
    let top = top.unwrap_or_else(PoisonError::into_inner);
    let mut output = list(&top, &base, window);
    if top.files() == 0 {
        output.push_str(&nothing(&pattern, walk));
    }
    walk.notes.write(&mut output);
    Ok(output)
}

/// The files of a window, and how many there are.
fn list(top: &Top, base: &Base, window: Window) -> String {
    let mut page = Page::default();
    for (file, _) in top.kept().skip(window.offset).take(window.limit) {
        if !page.add(&format!("{}\n", base.display(file))) {
            break;
        }
        page.results += 1;
    }
    let (all, results) = (top.files(), page.results);
    let mut output = page.text;
    if window.offset + results < all {
        let go_on = window.go_on(results);
        output.push_str(&format!(
            "({results} of {all} files, the newest first; {go_on})\n"
        ));
    } else if all > 0 {
        output.push_str(&format!("({results} of {all} files, the newest first)\n"));
    }
    output
}

/// What the model is told when no file matches.
fn nothing(pattern: &PathPattern, walk: Walk<'_>) -> String {
    let mut output = "No file matches.".to_owned();
    if pattern.is_flat() {
        output.push_str(" `*` does not cross `/`: begin the pattern with `**/` to search below.");
    }
    let left_out = match (walk.hidden, walk.ignored) {
        (true, true) => "",
        (false, true) => " Hidden files were left out.",
        (true, false) => " Files that ignore files exclude were left out.",
        (false, false) => " Hidden files and those that ignore files exclude were left out.",
    };
    output.push_str(left_out);
    output.push('\n');
    output
}

/// Finds files by their paths.
struct Finding<'a> {
    pattern: &'a PathPattern,
    base: &'a Base,
    top: Mutex<Top>,
}

impl Visit for Finding<'_> {
    type Worker = ();

    fn worker(&self) {}

    fn enters(&self, dir: &Path) -> bool {
        self.pattern.enters(self.base.below(dir))
    }

    fn takes(&self, file: &Path) -> bool {
        self.pattern.matches(self.base.below(file))
    }

    fn visit(&self, (): &mut (), dir: &Dir, name: &OsStr, path: &Path) -> io::Result<()> {
        let metadata = dir.symlink_metadata(name)?;
        // Something else may have come in its place.
        if metadata.is_file() {
            let modified = metadata.modified();
            let modified = modified.unwrap_or(SystemTime::from_std(std::time::UNIX_EPOCH));
            let place = Place::by_time(modified, PathBuf::from(path));
            let found = Found {
                results: 1,
                weight: 1,
            };
            let mut top = self.top.lock().unwrap_or_else(PoisonError::into_inner);
            top.add(place, found);
        }
        Ok(())
    }
}
