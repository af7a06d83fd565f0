use super::{EditFileTool, GlobTool, GrepTool, ListDirectoryTool, ReadFileTool, WriteFileTool};
use crate::tools::{IntoTools, Tool};

/// The tools for files and search: to read, write, edit and list files, and to find them by name and by
/// content. None of them runs a command or opens a connection.
///
/// # Examples
/// ```
/// use agentwerk::{Agent, tools};
///
/// let agent = Agent::new().dir("./notes").tools(tools::defaults());
/// # let _ = agent;
/// let names: Vec<_> = tools::defaults().iter().map(|tool| tool.spec().name.clone()).collect();
/// assert_eq!(names, ["read_file", "write_file", "edit_file", "list_directory", "glob", "grep"]);
/// ```
pub fn defaults() -> Vec<Tool> {
    let mut tools = Vec::new();
    let files = (ReadFileTool, WriteFileTool, EditFileTool, ListDirectoryTool);
    (files, GlobTool, GrepTool).collect_into(&mut tools);
    tools
}
