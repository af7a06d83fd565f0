use agentwerk::chat::{Request, Response, ToolCall};
use agentwerk::testing::ScriptedModel;
use serde_json::json;

use super::{results, task};

/// Reads the note that the task names, and reports the bridge and its widest crack.
pub fn inspects() -> ScriptedModel {
    ScriptedModel::from_fn(|request: &Request| {
        if let Some(note) = results(request).first() {
            let words: Vec<_> = note.content.split_whitespace().collect();
            let bridge = words.split(|word| *word == "#").nth(1).unwrap_or_default();
            let bridge: Vec<_> = bridge.iter().take(2).copied().collect();
            let unit = words.iter().position(|word| word.starts_with("mm"));
            let crack = unit.and_then(|unit| words.get(unit - 1)).unwrap_or(&"?");
            return Response::text(format!("{}: {crack} mm", bridge.join(" ")));
        }
        let path = task(request).split_whitespace().nth(1).unwrap_or_default();
        let call = ToolCall::new("read", "read_file", &json!({ "path": path }));
        Response::tool_calls([call])
    })
}

/// Ranks the lines of the task that look like `<bridge>: <number> mm`.
pub fn ranks() -> ScriptedModel {
    ScriptedModel::from_fn(|request: &Request| {
        let mut reports: Vec<_> = task(request).lines().filter_map(report).collect();
        reports.sort_by_key(|(_bridge, crack)| std::cmp::Reverse(*crack));
        let ranking: Vec<_> = reports.into_iter().map(|(bridge, _crack)| bridge).collect();
        let result = json!({ "result": { "ranking": ranking } });
        Response::tool_calls([ToolCall::new("rank", "write_result", &result)])
    })
}

fn report(line: &str) -> Option<(&str, u32)> {
    let (bridge, crack) = line.split_once(": ")?;
    Some((bridge, crack.strip_suffix(" mm")?.parse().ok()?))
}
