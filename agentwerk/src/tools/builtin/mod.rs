//! The tools that come with the library. What the model is told of each stands in a `.md` file
//! beside it.

#[cfg(feature = "files")]
mod lines;
#[cfg(feature = "files")]
mod list_directory;
#[cfg(feature = "files")]
mod read_file;
mod tickets;
mod tool_search;

/// Lists files and directories.
///
/// # Units and limits
/// One call shows at most 1,000 entries, and says how many there are. Only directories below the
/// agent's directory are listed, and those of outputs that were kept in files.
///
/// # What the model is told
#[cfg(feature = "files")]
pub use list_directory::ListDirectoryTool;
/// Reads a file with line numbers, offset and limit.
///
/// # Units and limits
/// One call shows at most 2,000 lines and 50,000 bytes, and of each line at most 2,000 bytes; it
/// says where it stopped. Only regular files are read, below the agent's directory or among the
/// outputs of tools that were kept in files, for any ticket; the path of such an output holds also
/// when its session has moved. In an output a longer line is not cut: every 2,000 bytes of it count
/// as a line.
///
/// # What the model is told
#[cfg(feature = "files")]
pub use read_file::ReadFileTool;
pub use tickets::{ManageTicketsTool, ReadTicketsTool, WriteHandoverTool, WriteResultTool};
pub(crate) use tool_search::ToolSearch;
pub use tool_search::ToolSearchTool;
