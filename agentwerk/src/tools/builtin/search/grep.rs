use std::sync::{Mutex, PoisonError};

use agentwerk_macros::tool;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::Answer;
use super::count::{Counting, Order};
use super::expression::Expression;
use super::notes::{Notes, Tally};
use super::pattern::{Meaning, PATTERN_BYTES_MAX, PathPattern, matcher};
use super::root::{Base, Target};
use super::show::{OFFSET_MAX, RESULTS_DEFAULT, RESULTS_MAX, Window};
use super::top::Top;
use super::walk::{Visit, Walk};
use crate::tools::workspace::{explain, shorten};
use crate::tools::{ToolContext, ToolError};

/// Lines that are shown before and after a match.
const CONTEXT_MAX: usize = 20;

/// What a search shows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Output {
    /// The matching lines.
    Content,
    /// The paths of files with a match.
    Files,
    /// The number of matching lines in each file.
    Count,
}

#[doc = include_str!("grep.md")]
#[tool(struct = GrepTool, read_only, blocking, crate = crate)]
#[expect(unreachable_pub, reason = "the type that is made of it is public")]
#[expect(
    clippy::too_many_arguments,
    clippy::fn_params_excessive_bools,
    reason = "they are the model's"
)]
pub fn grep(
    /// The regular expression, as in `fn \w+\(`.
    #[schemars(length(min = 1, max = PATTERN_BYTES_MAX))]
    pattern: &str,
    /// The directory or file to search, relative to the working directory.
    #[arg(default = ".")]
    path: &str,
    /// Search only files that match this pattern, as in `*.rs` or `src/**/*.{c,h}`: without `/` by
    /// their names, else by their paths relative to `path`.
    glob: Option<&str>,
    /// What to show.
    #[arg(default = Output::Content)]
    output: Output,
    /// Take `pattern` as the text itself, not as a regular expression.
    #[arg(default = false)]
    literal: bool,
    /// Take capital and small letters as the same.
    #[arg(default = false)]
    ignore_case: bool,
    /// Let a match span lines. A dot still stops at the end of a line; `(?s)` changes that.
    #[arg(default = false)]
    multiline: bool,
    /// How many lines to show before each match.
    #[schemars(range(max = CONTEXT_MAX))]
    before: Option<usize>,
    /// How many lines to show after each match.
    #[schemars(range(max = CONTEXT_MAX))]
    after: Option<usize>,
    /// How many lines to show before and after each match.
    #[schemars(range(max = CONTEXT_MAX))]
    #[arg(default = 0)]
    context: usize,
    /// Also search files whose names, or those of their directories, begin with a dot.
    #[arg(default = false)]
    hidden: bool,
    /// Also search files that `.gitignore` and `.ignore` exclude.
    #[arg(default = false)]
    ignored: bool,
    /// How many results to show: matching lines, or files.
    #[schemars(range(min = 1, max = RESULTS_MAX))]
    #[arg(default = RESULTS_DEFAULT)]
    limit: usize,
    /// How many results to leave out at the beginning, to go on after a call that did not show all.
    #[schemars(range(max = OFFSET_MAX))]
    #[arg(default = 0)]
    offset: usize,
    caller: &ToolContext,
) -> Result<String, ToolError> {
    let notes = Notes::default();
    let walk = Walk {
        hidden,
        ignored,
        cancel: caller.cancel(),
        notes: &notes,
    };
    let meaning = Meaning {
        literal,
        ignore_case,
        multiline,
    };
    let search = Search {
        matcher: matcher(pattern, meaning).map_err(ToolError::retry)?,
        multiline,
        output,
        before: before.unwrap_or(context).min(CONTEXT_MAX),
        after: after.unwrap_or(context).min(CONTEXT_MAX),
        window: Window::new(offset, limit),
        walk,
    };
    search.run(path, glob, caller).map_err(ToolError::retry)
}

/// What a model asked for.
pub(super) struct Search<'a> {
    pub(super) matcher: Expression,
    pub(super) multiline: bool,
    pub(super) output: Output,
    pub(super) before: usize,
    pub(super) after: usize,
    pub(super) window: Window,
    pub(super) walk: Walk<'a>,
}

impl Search<'_> {
    fn run(&self, path: &str, glob: Option<&str>, caller: &ToolContext) -> Result<String, String> {
        let files = glob.map(PathPattern::of_files).transpose()?;
        let target = Target::find(path, self.walk.ignored, self.walk.notes, caller)?;
        let (Target::Dir(root) | Target::File(root, _)) = &target;
        let base = root.base.clone();
        let dir = root.dir.try_clone();
        let dir = dir.map_err(|error| explain(path, &error))?;
        let counting = self.counting(files, &base);
        let mut end = String::new();
        match target {
            Target::Dir(root) => self.walk.run(root, &counting)?,
            Target::File(root, name) => {
                let file = root.base.path.join(&name);
                let mut worker = counting.worker();
                let counted = counting.count(&mut worker, &root.dir, &name, &file);
                if self.walk.cancel.is_cancelled() {
                    return Err(super::CANCELLED.to_owned());
                }
                let counted = counted.map_err(|error| explain(path, &error))?;
                if let Some(byte) = counted.binary {
                    let path = shorten(path);
                    end = format!(
                        "(`{path}` is binary from byte {byte} on, and only text is searched)\n"
                    );
                }
            }
        }
        let searched = counting.searched.get();
        let top = counting.top.into_inner();
        let top = top.unwrap_or_else(PoisonError::into_inner);
        let answer = Answer {
            search: self,
            top: &top,
            dir: &dir,
            base: &base,
        };
        let mut output = answer.text(searched);
        if self.walk.cancel.is_cancelled() {
            return Err(super::CANCELLED.to_owned());
        }
        output.push_str(&end);
        self.walk.notes.write(&mut output);
        Ok(output)
    }

    fn counting<'a>(&'a self, files: Option<PathPattern>, base: &'a Base) -> Counting<'a> {
        // One more, to see whether there are more.
        let needed = self.window.end() + 1;
        Counting {
            matcher: &self.matcher,
            multiline: self.multiline,
            order: match self.output {
                Output::Content => Order::Lines { needed },
                Output::Files => Order::Newest,
                Output::Count => Order::Counts,
            },
            base,
            files,
            top: Mutex::new(Top::new(needed)),
            searched: Tally::default(),
            notes: self.walk.notes,
            cancel: self.walk.cancel,
        }
    }
}
