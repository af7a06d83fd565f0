use agentwerk_macros::tool;

use super::former::{self, FILE_BYTES_MAX};
use super::missing::explain_missing;
use super::nearest::nearest;
use super::occurrences::{Occurrences, Wanted};
use super::{atomic, diff};
use crate::tools::workspace::shorten;
use crate::tools::writable::{NotWritable, Parents, Writable, explain_writing};
use crate::tools::{ToolContext, ToolError};

#[doc = include_str!("edit_file.md")]
#[tool(struct = EditFileTool, blocking, crate = crate)]
#[expect(unreachable_pub, reason = "the type that is made of it is public")]
pub fn edit_file(
    /// The file, relative to the working directory.
    path: &str,
    /// The text to replace, exactly as it stands in the file, without line numbers.
    #[schemars(length(min = 1))]
    old: &str,
    /// The text that takes its place.
    new: &str,
    /// Replace it wherever it stands. Otherwise it must stand in the file exactly once.
    #[arg(default = false)]
    replace_all: bool,
    context: &ToolContext,
) -> Result<String, ToolError> {
    let edit = Edit {
        old,
        new,
        replace_all,
    };
    edit.make(path, context).map_err(ToolError::retry)
}

struct Edit<'a> {
    old: &'a str,
    new: &'a str,
    replace_all: bool,
}

impl Edit<'_> {
    fn make(&self, path: &str, context: &ToolContext) -> Result<String, String> {
        if self.old.is_empty() {
            return Err(
                "`old` is empty. Give the text to replace, or call `write_file`.".to_owned(),
            );
        }
        if self.old == self.new {
            return Err("`old` and `new` are the same. Give two different texts.".to_owned());
        }
        let (place, permissions, text) = open(path, context)?;
        let wanted = Wanted::in_file(&text, self.old, self.new);
        let found = Occurrences::find(&text, &wanted.old);
        self.check(&found, path, &text, context)?;
        check_length(&text, &wanted, found.count, path)?;
        let edited = text.replace(&*wanted.old, &wanted.new);
        atomic::replace(
            &place.dir,
            &place.name,
            edited.as_bytes(),
            Some(permissions),
            context.cancel(),
        )
        .map_err(|error| explain_writing(path, &error))?;
        let (count, shown) = (found.count, shorten(path));
        let places = if count == 1 { "place" } else { "places" };
        Ok(format!(
            "Edited `{shown}` at {count} {places}.\n{}",
            diff::unified(&text, &edited)
        ))
    }

    /// Refuses a text that does not stand where it has to.
    fn check(
        &self,
        found: &Occurrences,
        path: &str,
        text: &str,
        context: &ToolContext,
    ) -> Result<(), String> {
        let shown = shorten(path);
        match found.count {
            0 => Err(format!(
                "`old` does not stand in `{shown}`; it must match exactly, white space included. {}",
                nearest(text, self.old, context.cancel())
            )),
            2.. if !self.replace_all => Err(format!(
                "`old` stands in `{shown}` {} times, at the lines {}. Give more of the text around the \
                 one that you mean, or set `replace_all`.",
                found.count,
                found.lines()
            )),
            _ => Ok(()),
        }
    }
}

/// Reads the file that is to be edited.
fn open(
    path: &str,
    context: &ToolContext,
) -> Result<(Writable, cap_std::fs::Permissions, String), String> {
    let shown = shorten(path);
    let missing = || similar_paths(path, context);
    let found = context.workspace().locate_writable(path, Parents::Expect);
    let found = found.map_err(|why| match why {
        NotWritable::Missing => missing(),
        NotWritable::Refused(text) => text,
    })?;
    let metadata = former::find(&found, path)?.ok_or_else(missing)?;
    let Some(content) = former::read(&found, path, context.cancel())? else {
        return Err(format!(
            "`{shown}` has {} bytes, and a file of at most {FILE_BYTES_MAX} bytes can be edited. Choose \
             another file.",
            metadata.len()
        ));
    };
    let text = String::from_utf8(content).ok();
    let Some(text) = text.filter(|text| !text.contains('\0')) else {
        return Err(format!(
            "`{shown}` is no UTF-8 text, and only that can be edited. Choose another file."
        ));
    };
    Ok((found, former::permissions(&metadata), text))
}

/// What a model is told of a file that is not there.
fn similar_paths(path: &str, context: &ToolContext) -> String {
    match context.workspace().locate(path) {
        Err(why) => why,
        Ok(found) => {
            let error = std::io::ErrorKind::NotFound.into();
            explain_missing(path, &error, &found, context.cancel())
        }
    }
}

/// Refuses an edit that makes a file too large, before it is made.
fn check_length(text: &str, wanted: &Wanted<'_>, count: usize, path: &str) -> Result<(), String> {
    let kept = text.len() - count * wanted.old.len();
    let bytes = kept.saturating_add(count.saturating_mul(wanted.new.len()));
    if bytes > FILE_BYTES_MAX {
        return Err(format!(
            "`{}` would have {bytes} bytes, and a file may have {FILE_BYTES_MAX} at most. Replace less.",
            shorten(path)
        ));
    }
    Ok(())
}
