//! Finding files, and searching in them.
//!
//! A walk over paths could be led out of the agent's directory by somebody who swaps a directory
//! for a link while it runs. So everything here is opened by its bare name through the handle of the
//! directory that it lies in, and no link is followed. The rules of ignore files are those of
//! ripgrep, whose libraries are used.
//!
//! # Invariants
//! - The same tree gives the same answer, however many threads search it.
//! - What is kept in memory depends on what is shown, not on how much there is.
//! - Every loop over files, entries and lines looks at the call's cancellation. What is searched in
//!   between is so short that it takes less than a second whatever the expression is.

mod answer;
mod count;
mod cut;
mod expression;
mod glob;
mod grep;
mod listing;
mod notes;
mod open;
mod pattern;
mod queue;
mod reading;
mod root;
mod rules;
mod show;
mod top;
mod walk;

/// Finds files by a pattern of their paths.
///
/// Files that `.gitignore`, `.ignore` and `.git/info/exclude` exclude are left out unless the model
/// asks for them, and so are hidden files. The rules are those of ripgrep, except that they count
/// outside of a repository too, and that ignore files above the agent's directory are not read.
///
/// # Units and limits
/// One call shows at most 1,000 files and 40,000 bytes, the newest first, and says how many there
/// are. Patterns have at most 1,000 bytes. Directories are entered 100 levels deep; an ignore file
/// of more than 64 KiB does not count, nor one with which those on the way to a directory have more
/// than 256 KiB or 2,000 lines; the answer says where this left something out. Only regular
/// files below the agent's directory, or among the outputs of tools that were kept in files, are
/// found; links are not followed. At most four threads work on a call. They end when it is cancelled.
///
/// # What the model is told
pub use glob::GlobTool;
/// Searches the contents of files for a regular expression.
///
/// Shows matching lines, with lines around them if asked to, or files with a match, or the number of
/// matching lines in each file. Which files are searched is said at [`GlobTool`]; binary files are
/// not: those with a zero byte in their first 64 KiB; a later one ends the search of its file. Text is
/// UTF-8, or UTF-16 with a byte order mark.
///
/// # Units and limits
/// One call shows at most 1,000 results and 40,000 bytes, of each line at most 500 bytes around the
/// match, and at most 20 lines before and after a match; it says how to see more. Expressions have at
/// most 1,000 bytes, and 2 MiB when they are compiled. A line may have 1 MiB, and so may a file in
/// which matches may span lines. Where an expression has more than 100 parts, repeated ones counted
/// as often as they are repeated, it is less: 100 MiB divided by these. The answer says how many files were not searched to their ends. Each
/// thread holds at most that much of a file.
///
/// # What the model is told
pub use grep::GrepTool;

/// What a call that was cancelled ends with. Nobody reads it.
const CANCELLED: &str = "the call was cancelled";
