use std::collections::BinaryHeap;
use std::ffi::OsString;
use std::io;

use agentwerk_macros::tool;
use cap_std::fs::Dir;
use tokio_util::sync::CancellationToken;

use super::cancellable::check;
use super::missing::explain_missing;
use crate::tools::workspace::{explain, printable, shorten};
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
    let cancel = context.cancel();
    let metadata = found.dir.metadata(&found.path);
    if metadata.is_ok_and(|metadata| metadata.is_file()) {
        let path = shorten(path);
        return Err(format!("`{path}` is a file. Call `read_file` to read it."));
    }
    let dir = found
        .dir
        .open_dir(&found.path)
        .map_err(|error| explain_missing(path, &error, &found, cancel))?;
    list(&dir, cancel).map_err(|error| explain(path, &error))
}

fn list(dir: &Dir, cancel: &CancellationToken) -> io::Result<String> {
    let (names, total) = first_names(dir, cancel)?;
    if total == 0 {
        return Ok("(the directory is empty)\n".to_owned());
    }
    let mut output = String::new();
    for name in names {
        check(cancel)?;
        let mark = mark(dir, &name);
        output.push_str(&format!("{}{mark}\n", printable(&name.to_string_lossy())));
    }
    if total > ENTRIES_MAX {
        output.push_str(&format!("(the first {ENTRIES_MAX} of {total} entries)\n"));
    }
    Ok(output)
}

/// The first names in order, and how many there are.
fn first_names(dir: &Dir, cancel: &CancellationToken) -> io::Result<(Vec<OsString>, usize)> {
    let (mut first, mut total) = (BinaryHeap::new(), 0);
    for entry in dir.entries()? {
        check(cancel)?;
        total += 1;
        first.push(entry?.file_name());
        if first.len() > ENTRIES_MAX {
            first.pop();
        }
    }
    Ok((first.into_sorted_vec(), total))
}

/// What stands behind a name. An entry that went away meanwhile keeps its bare name.
fn mark(dir: &Dir, name: &OsString) -> String {
    match dir.symlink_metadata(name) {
        Ok(found) if found.is_dir() => "/".to_owned(),
        Ok(found) if found.is_symlink() => " (link)".to_owned(),
        Ok(found) => format!(" ({} bytes)", found.len()),
        Err(_gone) => String::new(),
    }
}
