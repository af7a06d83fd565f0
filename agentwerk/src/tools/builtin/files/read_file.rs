use std::borrow::Cow;
use std::io::{self, BufRead, BufReader};

use agentwerk_macros::tool;

use super::cancellable::Cancellable;
use super::lines::{Lines, LongLine};
use super::missing::explain_missing;
use super::regular::{LastLink, open_regular};
use crate::tools::workspace::{explain, shorten};
use crate::tools::{ToolContext, ToolError};

/// Lines that one call shows unless asked for fewer.
const LINES_MAX: usize = 2_000;
/// Bytes that one call shows.
const OUTPUT_BYTES_MAX: usize = 50_000;
/// Bytes of these that are kept free for what is said at the end.
const NOTICE_BYTES_MAX: usize = 240;
/// Bytes at the start that decide whether the file is text.
const PROBE_BYTES: usize = 8_192;
/// Bytes that are read at once.
const BUFFER_BYTES: usize = 64 * 1024;

/// What is said where a shown line is not what the file has.
const NO_UTF8: &str = "(some bytes are no UTF-8 text and are shown as \u{fffd}; writing this text back \
                       would change them)\n";

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
    if path.trim().is_empty() {
        return Err("`path` is empty. Give the path of a file.".to_owned());
    }
    let found = context.workspace().locate(path)?;
    let cancel = context.cancel();
    let told = |error| explain_missing(path, &error, &found, cancel);
    let (file, metadata) = open_regular(&found.dir, &found.path, LastLink::Follow, path, told)?;
    let file = BufReader::with_capacity(BUFFER_BYTES, Cancellable::new(file, cancel));
    let file = check_text(file, metadata.len(), path)?;
    // What a tool gave may be one line, and this is the only way to read it.
    let long = if found.is_output {
        LongLine::Wrap
    } else {
        LongLine::Cut
    };
    show(Lines::new(file, long), first, limit).map_err(|error| explain(path, &error))
}

/// Gives a file back that looks like text.
fn check_text<R: BufRead>(mut file: R, length: u64, told: &str) -> Result<R, String> {
    let start = file.fill_buf().map_err(|error| explain(told, &error))?;
    if start.iter().take(PROBE_BYTES).any(|byte| *byte == 0) {
        return Err(format!(
            "`{}` is a binary file of {length} bytes, and only text can be read. Choose another file.",
            shorten(told)
        ));
    }
    Ok(file)
}

/// Shows the lines that were asked for.
fn show(mut lines: Lines<impl BufRead>, first: usize, limit: usize) -> io::Result<String> {
    // A call by hand is not checked against the schema.
    let (first, limit) = (first.max(1), limit.clamp(1, LINES_MAX));
    let mut output = String::new();
    let mut changed = "";
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
            output.push_str(&format!(
                "{changed}(cut here; go on with `offset`: {number})\n"
            ));
            return Ok(output);
        }
        output.push_str(&shown);
        if matches!(text, Cow::Owned(_)) {
            changed = NO_UTF8;
        }
    }
    if output.is_empty() {
        output = if number == 0 {
            "(the file is empty)\n".to_owned()
        } else {
            format!("(the file has only {number} lines)\n")
        };
    }
    output.push_str(changed);
    Ok(output)
}
