//! The tools that read and write files below the agent's directory.
//!
//! # Invariants
//! - A path is opened through a handle of its directory, so nothing leads out of it.
//! - A file is written beside itself and then renamed: what a link or another name of the file leads
//!   to stays as it is.
//! - Whatever takes long looks at the call's token, and ends soon after it is cancelled.

mod atomic;
mod cancellable;
mod diff;
mod edit_file;
mod former;
mod lines;
mod list_directory;
mod missing;
mod nearest;
mod occurrences;
mod read_file;
mod regular;
mod write_file;

/// Replaces a text in a file by another one.
///
/// The text must be in the file exactly once, unless all places are asked for. Where it is not, the
/// model is shown the most similar place, and what is different in its white space. The ends of
/// lines stay what they are: a text that the model writes with `\n` fits one with `\r\n`.
///
/// # Units and limits
/// A file has at most 10 MB (10,000,000 bytes) of UTF-8, before and after. Of the difference at most
/// 4,000 bytes are shown. The file is replaced as a whole, as by [`WriteFileTool`].
///
/// # What the model is told
pub use edit_file::EditFileTool;
/// Lists files and directories.
///
/// # Units and limits
/// One call shows the first 1,000 entries by name, and says how many there are. It keeps no more
/// than these in memory. Only directories below the agent's directory are listed, those of
/// [`Agent::readable_dir`](crate::Agent::readable_dir), and those of outputs that were kept in files.
///
/// # What the model is told
pub use list_directory::ListDirectoryTool;
/// Reads a file with line numbers, offset and limit.
///
/// # Units and limits
/// One call shows at most 2,000 lines and 50,000 bytes, and of each line at most 2,000 bytes; it
/// says where it stopped. It reads from the beginning up to the last line that it shows, and keeps
/// one line in memory. Only regular files are read, below the agent's directory, below those of
/// [`Agent::readable_dir`](crate::Agent::readable_dir), or among the outputs of tools that were kept
/// in files, for any ticket; the path of such an output holds also when its session has moved. In an
/// output a longer line is not cut: every 2,000 bytes of it count as a line.
///
/// For a path that does not exist, up to three similar ones are named. At most 5,000 entries are
/// looked at for that, at most four directories deep.
///
/// # What the model is told
pub use read_file::ReadFileTool;
/// Creates a file, or overwrites it.
///
/// The content goes to a temporary file in the same directory, which is synced and then takes the
/// file's place. So nobody sees half of it, and neither a link nor another name of the file (a hard
/// link) is written through. The permissions of an overwritten file stay; its owner, its extended
/// attributes and the bits set-user-ID and set-group-ID do not. The temporary file is removed when
/// the call fails or is cancelled; one that a killed process leaves is named `.agentwerk-<n>.tmp`.
///
/// # Units and limits
/// The content has at most 10 MB (10,000,000 bytes). Of the difference to a former content at most
/// 4,000 bytes are shown. Only regular files below the agent's directory are written, never outputs
/// of tools, in a directory `.agentwerk`, or in one of
/// [`Agent::readable_dir`](crate::Agent::readable_dir). What is named `.git`, or lies below that, is
/// refused too: its settings and hooks name commands that git runs. Files that nobody may write, and files behind a link, are refused.
///
/// # What the model is told
pub use write_file::WriteFileTool;
