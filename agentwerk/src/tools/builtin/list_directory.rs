use std::io;

use agentwerk_macros::tool;
use cap_std::fs::{Dir, DirEntry};

use crate::tools::workspace::{explain, shorten};
use crate::tools::{ToolContext, ToolError};

/// Entries that one call shows.
const ENTRIES_MAX: usize = 1_000;

#[doc = include_str!("list_directory.md")]
#[tool(struct = ListDirectoryTool, read_only, blocking, crate = crate)]
#[expect(unreachable_pub, reason = "the type that is made of it is public")]
pub fn list_directory(
    /// The directory, relative to the working directory.
    #[arg(default = ".")]
    path: &str,
    context: &ToolContext,
) -> Result<String, ToolError> {
    show(path, context).map_err(ToolError::retry)
}

fn show(path: &str, context: &ToolContext) -> Result<String, String> {
    let found = context.workspace().locate(path)?;
    let metadata = found.dir.metadata(&found.path);
    if metadata.is_ok_and(|metadata| metadata.is_file()) {
        let path = shorten(path);
        return Err(format!("`{path}` is a file. Call `read_file` to read it."));
    }
    let dir = found.dir.open_dir(&found.path);
    dir.and_then(|dir| list(&dir))
        .map_err(|error| explain(path, &error))
}

/// What stands behind a name. An entry that went away meanwhile keeps its bare name.
fn mark(entry: &DirEntry) -> String {
    match entry.file_type() {
        Ok(kind) if kind.is_dir() => "/".to_owned(),
        Ok(kind) if kind.is_symlink() => " (link)".to_owned(),
        _ => entry.metadata().map_or_else(
            |_gone| String::new(),
            |found| format!(" ({} bytes)", found.len()),
        ),
    }
}

fn list(dir: &Dir) -> io::Result<String> {
    let mut entries = Vec::new();
    for entry in dir.entries()? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        entries.push((name, mark(&entry)));
    }
    if entries.is_empty() {
        return Ok("(the directory is empty)\n".to_owned());
    }
    entries.sort_unstable();
    let total = entries.len();
    entries.truncate(ENTRIES_MAX);
    let mut output: String = entries
        .into_iter()
        .map(|(name, mark)| format!("{name}{mark}\n"))
        .collect();
    if total > ENTRIES_MAX {
        output.push_str(&format!("(the first {ENTRIES_MAX} of {total} entries)\n"));
    }
    Ok(output)
}
