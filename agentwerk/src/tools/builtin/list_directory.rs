use std::io;

use cap_std::fs::{Dir, DirEntry};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::chat::ToolSpec;
use crate::tools::workspace::{explain, shorten};
use crate::tools::{ToolContext, ToolError, TypedTool, schema_of_args};

/// Entries that one call shows.
const ENTRIES_MAX: usize = 1_000;

/// Lists files and directories.
///
/// # Units and limits
/// One call shows at most 1,000 entries, and says how many there are. Only directories below the
/// agent's directory are listed, and those of outputs that were kept in files.
#[derive(Clone, Copy, Debug, Default)]
pub struct ListDirectoryTool;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The directory, relative to the working directory. Default: the working directory itself.
    path: Option<String>,
}

impl TypedTool for ListDirectoryTool {
    type Args = Args;
    type Output = Result<String, ToolError>;

    fn spec(&self) -> ToolSpec {
        ToolSpec::new("list_directory", include_str!("list_directory.md").trim())
            .schema(schema_of_args::<Args>())
            .read_only(true)
    }

    async fn call(&self, args: Args, context: &ToolContext) -> Self::Output {
        let workspace = context.workspace().clone();
        let path = args.path.unwrap_or_else(|| ".".to_owned());
        // The file system blocks; an agent's thread must not.
        let listing = tokio::task::spawn_blocking(move || {
            let found = workspace.locate(&path)?;
            let metadata = found.dir.metadata(&found.path);
            if metadata.is_ok_and(|metadata| metadata.is_file()) {
                let path = shorten(&path);
                return Err(format!("`{path}` is a file. Call `read_file` to read it."));
            }
            let dir = found.dir.open_dir(&found.path);
            dir.and_then(|dir| list(&dir))
                .map_err(|error| explain(&path, &error))
        });
        listing.await?.map_err(ToolError::retry)
    }
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
