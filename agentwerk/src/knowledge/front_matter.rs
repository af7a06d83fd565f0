use super::FRONT_MATTER_BYTES_MAX;
use super::entry::{one_line, tag};

/// The line before and behind the front matter.
const FENCE: &str = "---";

/// What stands above the text of a page, in a small part of YAML.
///
/// Written are three lines: `summary`, a string in double quotes; `tags`, a list of such; `updated`,
/// a time without quotes. The first two are JSON as well, and are read back exactly. Read are also
/// strings without quotes or in single ones, lists without quotes or brackets, and lists with a line
/// for each item. Fields of other names are passed over; so are comments, which have lines of their
/// own.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct FrontMatter {
    pub(super) summary: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) updated: Option<String>,
}

/// Takes the front matter off a page; a page need not have one.
///
/// What only looks like it, such as text between two rulers, is part of the text: nothing that a
/// person wrote disappears.
pub(super) fn split(text: &str) -> (FrontMatter, &str) {
    let without = || (FrontMatter::default(), text);
    let marked = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Some((first, rest)) = marked.split_once('\n') else {
        return without();
    };
    if first.trim_end() != FENCE {
        return without();
    }
    let mut end = 0;
    for line in rest.split_inclusive('\n') {
        if first.len() + end > FRONT_MATTER_BYTES_MAX {
            break;
        }
        if line.trim_end() == FENCE {
            let content = &rest[end + line.len()..];
            return parse(&rest[..end]).map_or_else(without, |found| (found, below(content)));
        }
        end += line.len();
    }
    without()
}

/// The text below the empty line that is written behind the front matter.
fn below(content: &str) -> &str {
    let without = content.strip_prefix("\r\n");
    without
        .or_else(|| content.strip_prefix('\n'))
        .unwrap_or(content)
}

/// Reads the lines between the fences; `None` when one of them cannot stand there.
fn parse(lines: &str) -> Option<FrontMatter> {
    let mut found = FrontMatter::default();
    let mut is_in_tags = false;
    for line in lines.lines() {
        let text = line.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        if let Some(item) = text.strip_prefix('-') {
            if is_in_tags {
                found.tags.extend(tag(&scalar(item)));
            }
            continue;
        }
        if line.starts_with([' ', '\t']) {
            continue;
        }
        let (key, value) = line.split_once(':')?;
        if !key
            .chars()
            .all(|c| c.is_alphanumeric() || c == '_' || c == '-')
        {
            return None;
        }
        is_in_tags = key == "tags";
        match key {
            "summary" => found.summary = text_of(value),
            "updated" => found.updated = text_of(value),
            "tags" => found.tags = list(value),
            _ => {}
        }
    }
    Some(found)
}

fn text_of(value: &str) -> Option<String> {
    Some(one_line(&scalar(value))).filter(|text| !text.is_empty())
}

/// A string in double quotes, in single quotes, or without.
fn scalar(value: &str) -> String {
    let value = value.trim();
    if let Ok(text) = serde_json::from_str(value) {
        return text;
    }
    let quoted = value.strip_prefix('\'').and_then(|v| v.strip_suffix('\''));
    match quoted {
        Some(text) => text.replace("''", "'"),
        None => value.to_owned(),
    }
}

fn list(value: &str) -> Vec<String> {
    let value = value.trim();
    if let Ok(items) = serde_json::from_str::<Vec<String>>(value) {
        return items.iter().filter_map(|item| tag(item)).collect();
    }
    let items = value.trim_start_matches('[').trim_end_matches(']');
    let items = items.split(',');
    items.filter_map(|item| tag(&scalar(item))).collect()
}

/// Writes the front matter, with the empty line behind it.
pub(super) fn write(summary: &str, tags: &[String], updated: Option<&str>) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let tags: Vec<_> = tags.iter().map(|tag| quoted(tag)).collect();
    let mut text = format!(
        "{FENCE}\nsummary: {}\ntags: [{}]\n",
        quoted(summary),
        tags.join(", ")
    );
    if let Some(updated) = updated {
        text.push_str(&format!("updated: {updated}\n"));
    }
    text + FENCE + "\n\n"
}
