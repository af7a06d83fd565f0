use agentwerk::chat::{Request, Response, ToolCall};
use agentwerk::testing::ScriptedModel;
use serde_json::json;

use super::results;

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
