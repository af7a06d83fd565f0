use std::io::{self, BufRead, BufReader};
use std::path::Path;

use agentwerk_macros::tool;
use cap_std::fs::{Dir, Metadata, OpenOptions};

use super::lines::{Lines, LongLine};
use crate::tools::workspace::{explain, shorten};
use crate::tools::{ToolContext, ToolError};

/// Lines that one call shows unless asked for fewer.
const LINES_MAX: usize = 2_000;
/// Bytes that one call shows.
const OUTPUT_BYTES_MAX: usize = 50_000;
/// Bytes of these that are kept free for the notice that more follows.
const NOTICE_BYTES_MAX: usize = 80;
/// Bytes at the start that decide whether the file is text.
const PROBE_BYTES: usize = 8_192;

#[doc = include_str!("read_file.md")]
#[tool(struct = ReadFileTool, read_only, blocking, crate = crate)]
#[expect(unreachable_pub, reason = "the type that is made of it is public")]
pub fn read_file(
    /// The file, relative to the working directory.
    path: &str,
    /// The first line to show, counted from 1.
    #[schemars(range(min = 1))]
    #[arg(default = 1)]
    offset: usize,
    /// How many lines to show.
    #[schemars(range(min = 1, max = LINES_MAX))]
    #[arg(default = LINES_MAX)]
    limit: usize,
    context: &ToolContext,
) -> Result<String, ToolError> {
    read(path, offset, limit, context).map_err(ToolError::retry)
}

fn read(path: &str, first: usize, limit: usize, context: &ToolContext) -> Result<String, String> {
    let found = context.workspace().locate(path)?;
    let file = open_text(&found.dir, &found.path, path)?;
    // What a tool gave may be one line, and this is the only way to read it.
    let long = if found.is_output {
        LongLine::Wrap
    } else {
        LongLine::Cut
    };
    show(Lines::new(file, long), first, limit).map_err(|error| explain(path, &error))
}

/// Opens a regular file that looks like text.
fn open_text(dir: &Dir, path: &Path, shown: &str) -> Result<impl BufRead, String> {
    let told = |error: io::Error| explain(shown, &error);
    check_kind(&dir.metadata(path).map_err(told)?, shown)?;
    let file = dir.open_with(path, &read_options()).map_err(told)?;
    // Asked again, because something else may have come in its place.
    let metadata = file.metadata().map_err(told)?;
    check_kind(&metadata, shown)?;
    let mut reader = BufReader::with_capacity(PROBE_BYTES, file);
    if reader.fill_buf().map_err(told)?.contains(&0) {
        return Err(format!(
            "`{}` is a binary file of {} bytes, and only text can be read. Choose another file.",
            shorten(shown),
            metadata.len()
        ));
    }
    Ok(reader)
}

fn check_kind(metadata: &Metadata, shown: &str) -> Result<(), String> {
    let shown = shorten(shown);
    if metadata.is_dir() {
        return Err(format!(
            "`{shown}` is a directory. Call `list_directory` to see what is in it."
        ));
    }
    if !metadata.is_file() {
        return Err(format!(
            "`{shown}` is not a regular file, and only those can be read. Choose another file."
        ));
    }
    Ok(())
}

fn read_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    // Opening a pipe would wait for its other end.
    #[cfg(unix)]
    cap_std::fs::OpenOptionsExt::custom_flags(
        &mut options,
        rustix::fs::OFlags::NONBLOCK.bits().cast_signed(),
    );
    options
}

/// Shows the lines that were asked for.
fn show(mut lines: Lines<impl BufRead>, first: usize, limit: usize) -> io::Result<String> {
    // A call by hand is not checked against the schema.
    let (first, limit) = (first.max(1), limit.clamp(1, LINES_MAX));
    let mut output = String::new();
    let mut number = 0;
    let mut line = Vec::new();
    loop {
        line.clear();
        if !lines.read(&mut line)? {
            break;
        }
        number += 1;
        if number < first {
            continue;
        }
        let text = String::from_utf8_lossy(&line);
        let shown = format!("{number:>6}\t{text}\n");
        if number - first >= limit
            || output.len() + shown.len() > OUTPUT_BYTES_MAX - NOTICE_BYTES_MAX
        {
            output.push_str(&format!("(cut here; go on with `offset`: {number})\n"));
            return Ok(output);
        }
        output.push_str(&shown);
    }
    if output.is_empty() {
        output = if number == 0 {
            "(the file is empty)\n".to_owned()
        } else {
            format!("(the file has only {number} lines)\n")
        };
    }
    Ok(output)
}
