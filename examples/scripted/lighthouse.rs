use agentwerk::chat::{Request, Response, ToolCall};
use agentwerk::testing::ScriptedModel;
use serde_json::json;

use super::{results, task};

/// Writes what the task says into a page.
pub fn writes_page() -> ScriptedModel {
    ScriptedModel::from_fn(|request: &Request| {
        if let Some(written) = results(request).first() {
            return Response::text(written.content.clone());
        }
        let fact = task(request).trim_start_matches("Write down: ");
        let arguments = json!({
            "action": "write",
            "page": "tower-stairs",
            "summary": "How many steps the stairs have",
            "content": fact
        });
        Response::tool_calls([ToolCall::new("write", "knowledge", &arguments)])
    })
}

/// Reads the last page that the index in the system prompt names, and says what stands in it.
pub fn answers_from_page() -> ScriptedModel {
    ScriptedModel::from_fn(|request: &Request| {
        if let Some(page) = results(request).first() {
            let text = page.content.lines().last().unwrap_or_default();
            return Response::text(format!("The page says: {text}"));
        }
        let system = request.system.as_deref().unwrap_or_default();
        let entries = system.lines().filter_map(|line| line.strip_prefix("- "));
        let mut names = entries.filter_map(|entry| Some(entry.split_once(':')?.0));
        match names.next_back() {
            Some(page) => {
                let arguments = json!({ "action": "read", "page": page });
                Response::tool_calls([ToolCall::new("read", "knowledge", &arguments)])
            }
            None => Response::text("Nobody has written that down."),
        }
    })
}
