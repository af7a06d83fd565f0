use agentwerk::chat::{CallResult, Request, Response, ToolCall};
use agentwerk::testing::ScriptedModel;
use serde_json::json;
use toml::{Table, Value};

use super::results_in;

/// Reads a Cargo manifest with `read_file`, to its end, and says what it describes.
pub fn reads_manifest(path: &'static str) -> ScriptedModel {
    ScriptedModel::from_fn(move |request: &Request| {
        let read: Vec<_> = request.messages.iter().flat_map(results_in).collect();
        match read.last() {
            Some(failed) if failed.is_error => {
                Response::text(format!("I could not read {path}. {}", failed.content))
            }
            Some(last) => match offset_of_rest(last) {
                Some(offset) => read_from(path, offset),
                None => Response::text(describe(path, &without_line_numbers(&read))),
            },
            None => read_from(path, 1),
        }
    })
}

fn read_from(path: &str, offset: usize) -> Response {
    let arguments = json!({ "path": path, "offset": offset });
    Response::tool_calls([ToolCall::new(
        format!("read_{offset}"),
        "read_file",
        &arguments,
    )])
}

/// Where a file goes on that was shown in part.
fn offset_of_rest(shown: &CallResult) -> Option<usize> {
    let last_line = shown.content.lines().last()?;
    let offset = last_line.strip_prefix("(cut here; go on with `offset`: ")?;
    offset.strip_suffix(')')?.parse().ok()
}

/// What `read_file` showed, as the file has it.
fn without_line_numbers(shown: &[&CallResult]) -> String {
    let lines = shown.iter().flat_map(|part| part.content.lines());
    let texts = lines.filter_map(|line| line.split_once('\t'));
    texts.map(|(_number, text)| format!("{text}\n")).collect()
}

fn describe(path: &str, manifest: &str) -> String {
    let manifest: Table = match manifest.parse() {
        Ok(manifest) => manifest,
        Err(error) => return format!("{path} is not a Cargo manifest: {error}"),
    };
    let mut sentences = Vec::new();
    if let Some(package) = manifest.get("package") {
        let text = |key| package.get(key).and_then(Value::as_str);
        let name = text("name").unwrap_or("without a name");
        sentences.push(format!("{path} describes the package {name}."));
        sentences.extend(text("description").map(|said| format!("It says of itself: {said}.")));
    }
    if let Some(workspace) = manifest.get("workspace") {
        let members = workspace.get("members").and_then(Value::as_array);
        let members = members
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let members = list(members, "package", "packages");
        sentences.push(format!("{path} describes a workspace of {members}."));
        let shared = names(workspace.get("dependencies"));
        sentences.push(format!(
            "Its packages share {}.",
            list(shared, "dependency", "dependencies")
        ));
    }
    if manifest.contains_key("package") {
        let own = names(manifest.get("dependencies"));
        sentences.push(format!("It depends on {}.", list(own, "crate", "crates")));
    }
    if sentences.is_empty() {
        return format!("{path} describes neither a package nor a workspace.");
    }
    sentences.join("\n")
}

fn names(table: Option<&Value>) -> Vec<&str> {
    let table = table.and_then(Value::as_table);
    table
        .into_iter()
        .flat_map(Table::keys)
        .map(String::as_str)
        .collect()
}

/// How many there are, and their names.
fn list(names: Vec<&str>, one: &str, many: &str) -> String {
    match names.as_slice() {
        [] => format!("no {many}"),
        [name] => format!("1 {one}: {name}"),
        names => format!("{} {many}: {}", names.len(), names.join(", ")),
    }
}
