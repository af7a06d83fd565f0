use std::borrow::Cow;

use agentwerk_macros::tool;

use super::former::{self, FILE_BYTES_MAX};
use super::{atomic, diff, occurrences};
use crate::tools::workspace::shorten;
use crate::tools::writable::{Parents, explain_writing};
use crate::tools::{ToolContext, ToolError};

#[doc = include_str!("write_file.md")]
#[tool(struct = WriteFileTool, idempotent, blocking, crate = crate)]
#[expect(unreachable_pub, reason = "the type that is made of it is public")]
pub fn write_file(
    /// The file, relative to the working directory.
    path: &str,
    /// The whole content of the file.
    content: &str,
    context: &ToolContext,
) -> Result<String, ToolError> {
    write(path, content, context).map_err(ToolError::retry)
}

fn write(path: &str, content: &str, context: &ToolContext) -> Result<String, String> {
    let shown = shorten(path);
    check_length(&shown, content.len())?;
    let cancel = context.cancel();
    let place = context
        .workspace()
        .locate_writable(path, Parents::Create)
        .map_err(|why| why.text(path))?;
    let metadata = former::find(&place, path)?;
    let old = match &metadata {
        None => None,
        Some(_) => Some(former::read(&place, path, cancel)?),
    };
    let old_text = old
        .flatten()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let content = with_line_ends_of(old_text.as_deref(), content);
    check_length(&shown, content.len())?;
    let permissions = metadata.as_ref().map(former::permissions);
    atomic::replace(
        &place.dir,
        &place.name,
        content.as_bytes(),
        permissions,
        cancel,
    )
    .map_err(|error| explain_writing(path, &error))?;
    let bytes = content.len();
    Ok(match (metadata, old_text) {
        (None, _) => format!("Created `{shown}` ({bytes} bytes).\n"),
        (Some(_), Some(old)) => format!(
            "Replaced `{shown}` ({bytes} bytes).\n{}{}",
            if matches!(content, Cow::Owned(_)) {
                "(the lines end in \\r\\n, as before)\n"
            } else {
                ""
            },
            diff::unified(&old, &content)
        ),
        (Some(former), None) => format!(
            "Replaced `{shown}` ({bytes} bytes; before {} bytes that are no text, or too many to be \
             compared).\n",
            former.len()
        ),
    })
}

fn check_length(shown: &str, bytes: usize) -> Result<(), String> {
    if bytes > FILE_BYTES_MAX {
        return Err(format!(
            "The content of `{shown}` has {bytes} bytes, and a file may have {FILE_BYTES_MAX} at most. \
             Split it into several files."
        ));
    }
    Ok(())
}

/// The content with the ends of lines that the file had: a model is shown them all alike.
fn with_line_ends_of<'a>(old: Option<&str>, content: &'a str) -> Cow<'a, str> {
    if old.is_some_and(occurrences::ends_lines_in_crlf)
        && content.contains('\n')
        && !content.contains('\r')
    {
        content.replace('\n', "\r\n").into()
    } else {
        content.into()
    }
}
