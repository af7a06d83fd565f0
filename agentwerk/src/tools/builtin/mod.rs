//! The tools that come with the library. What the model is told of each stands in a `.md` file
//! beside it.

#[cfg(feature = "files")]
mod lines;
#[cfg(feature = "files")]
mod list_directory;
#[cfg(feature = "files")]
mod read_file;
mod write_result;

#[cfg(feature = "files")]
pub use list_directory::ListDirectoryTool;
#[cfg(feature = "files")]
pub use read_file::ReadFileTool;
pub use write_result::WriteResultTool;
