/// Joins doc comments to the text that a model reads, as rustdoc would for a person: what is
/// indented in all lines alike is not indented.
///
/// Each of `docs` is one line, or a whole block comment or included file.
#[doc(hidden)]
pub fn description(docs: &[&str]) -> String {
    let lines_indent = indent(docs.iter().copied().filter(|doc| !doc.contains('\n')));
    let mut text = String::new();
    for doc in docs {
        if doc.contains('\n') {
            push_block(&mut text, doc);
        } else {
            push_line(&mut text, doc, lines_indent);
        }
    }
    text.trim().to_owned()
}

fn push_block(text: &mut String, block: &str) {
    let has_stars = has_stars(block);
    let lines: Vec<&str> = block
        .lines()
        .map(|line| match line.trim_start().strip_prefix('*') {
            Some(rest) if has_stars => rest,
            _ => line,
        })
        .collect();
    // The first line of a block comment stands beside its `/**`.
    let indent = indent(lines.iter().copied().skip(1));
    for line in lines {
        push_line(text, line, indent);
    }
}

/// Whether each line of a block comment begins with the star that people put there.
fn has_stars(block: &str) -> bool {
    let mut lines = block.lines();
    lines.next().is_some_and(|first| first.trim().is_empty())
        && lines
            .filter(|line| !line.trim().is_empty())
            .all(|line| line.trim_start().starts_with('*'))
}

fn push_line(text: &mut String, line: &str, indent: usize) {
    let blank = line.len() - line.trim_start_matches(' ').len();
    text.push_str(line[blank.min(indent)..].trim_end());
    text.push('\n');
}

fn indent<'a>(lines: impl Iterator<Item = &'a str>) -> usize {
    lines
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start_matches(' ').len())
        .min()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::description;

    #[test]
    fn lines_lose_what_all_of_them_are_indented() {
        let docs = [" Reads a file.", "", "     let code = 1;", " - point"];
        let text = "Reads a file.\n\n    let code = 1;\n- point";
        assert_eq!(description(&docs), text);
    }

    #[test]
    fn a_block_comment_loses_its_stars() {
        assert_eq!(
            description(&["\n * One.\n *\n *   Two.\n "]),
            "One.\n\n  Two."
        );
    }

    #[test]
    fn an_included_file_keeps_its_form() {
        let docs = [" Before:", "# Title\n\n* a point\n  * another\n"];
        let text = "Before:\n# Title\n\n* a point\n  * another";
        assert_eq!(description(&docs), text);
    }
}
