use super::entry::PageEntry;

/// The lines of the index, as far as there is room, and then a note of how many are missing.
///
/// Only the pages that have room are read, so a large store costs little more than a small one.
pub(super) fn render<E>(
    slugs: &[&str],
    chars_max: usize,
    entry: impl Fn(&str) -> Result<Option<PageEntry>, E>,
) -> Result<String, E> {
    let mut pages = slugs.len();
    let mut lines: Vec<String> = Vec::new();
    // Each line with its end, which the last one does not have.
    let mut chars = 0;
    for slug in slugs {
        // A page that went away meanwhile is none.
        let Some(entry) = entry(slug)? else {
            pages -= 1;
            continue;
        };
        let line = entry.to_string();
        chars += chars_of(&line);
        lines.push(line);
        if chars > chars_max.saturating_add(1) {
            break;
        }
    }
    if chars <= chars_max.saturating_add(1) {
        return Ok(lines.join("\n"));
    }
    while let Some(line) = lines.pop() {
        chars -= chars_of(&line);
        let note = note(pages - lines.len());
        if chars + note.len() <= chars_max {
            lines.push(note);
            return Ok(lines.join("\n"));
        }
    }
    Ok(note(pages).chars().take(chars_max).collect())
}

/// Characters of a line and its end.
fn chars_of(line: &str) -> usize {
    line.chars().count() + 1
}

fn note(missing: usize) -> String {
    format!("(pages that are not shown: {missing})")
}
