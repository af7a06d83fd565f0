//! Scripts that stand in for a model. They call the tools that a model would call, and say only
//! what the tools really gave.

use agentwerk::chat::{CallResult, ContentBlock, Request, Response, ToolCall};
use agentwerk::testing::ScriptedModel;
use serde_json::json;

/// Reads a Cargo manifest with `read_file`, and says what it describes.
pub fn reads_manifest(path: &'static str) -> ScriptedModel {
    ScriptedModel::from_fn(move |request: &Request| match results(request).last() {
        None => Response::tool_calls([ToolCall::new(
            "call_1",
            "read_file",
            &json!({ "path": path }),
        )]),
        Some(result) if result.is_error => {
            Response::text(format!("I could not read {path}. {}", result.content))
        }
        Some(result) => Response::text(describe(path, &without_line_numbers(&result.content))),
    })
}

/// What `read_file` shows, as the file has it.
pub fn without_line_numbers(shown: &str) -> String {
    let lines = shown.lines().filter_map(|line| line.split_once('\t'));
    lines.map(|(_number, text)| format!("{text}\n")).collect()
}

fn describe(path: &str, manifest: &str) -> String {
    let manifest: toml::Table = match manifest.parse() {
        Ok(manifest) => manifest,
        Err(error) => return format!("{path} is not a Cargo manifest: {error}"),
    };
    let mut sentences = Vec::new();
    if let Some(package) = manifest.get("package") {
        let name = package
            .get("name")
            .and_then(toml::Value::as_str)
            .unwrap_or("without a name");
        sentences.push(format!("{path} describes the package {name}."));
        if let Some(text) = package.get("description").and_then(toml::Value::as_str) {
            sentences.push(format!("It says of itself: {text}."));
        }
    }
    let dependencies = match manifest.get("workspace") {
        Some(workspace) => {
            let members = workspace.get("members").and_then(toml::Value::as_array);
            let members: Vec<_> = members
                .into_iter()
                .flatten()
                .filter_map(toml::Value::as_str)
                .collect();
            let count = members.len();
            let names = members.join(", ");
            sentences.push(format!(
                "{path} describes a workspace of {count} packages: {names}."
            ));
            workspace.get("dependencies")
        }
        None => manifest.get("dependencies"),
    };
    if let Some(dependencies) = dependencies.and_then(toml::Value::as_table) {
        let names: Vec<_> = dependencies.keys().map(String::as_str).collect();
        sentences.push(format!(
            "It names {} dependencies: {}.",
            names.len(),
            names.join(", ")
        ));
    }
    sentences.join("\n")
}

/// Calls `count_letter` for each letter, and writes a result that is put together from what it
/// gave.
pub fn spells(word: &'static str, letters: &'static [&'static str]) -> ScriptedModel {
    ScriptedModel::from_fn(move |request: &Request| {
        let results = results(request);
        if results.is_empty() {
            let calls = letters.iter().enumerate().map(|(position, letter)| {
                let arguments = json!({ "word": word, "letter": letter });
                ToolCall::new(format!("call_{}", position + 1), "count_letter", &arguments)
            });
            return Response::tool_calls(calls);
        }
        let counts = results
            .iter()
            .map(|result| result.content.parse::<u64>().ok());
        let letters: Vec<_> = letters
            .iter()
            .zip(counts)
            .map(|(letter, count)| json!({ "letter": letter, "count": count }))
            .collect();
        let result = json!({ "result": { "word": word, "letters": letters } });
        Response::tool_calls([ToolCall::new("call_last", "write_result", &result)])
    })
}

/// The results of the last turn's tool calls, in the order of the calls.
fn results(request: &Request) -> Vec<&CallResult> {
    let last = request
        .messages
        .last()
        .map(|message| message.content())
        .unwrap_or_default();
    last.iter()
        .filter_map(|block| match block {
            ContentBlock::ToolResult(result) => Some(result),
            _ => None,
        })
        .collect()
}
