use agentwerk::chat::{Request, Response, ToolCall};
use agentwerk::testing::ScriptedModel;
use serde_json::json;

use super::{results, task};

/// Asks `check_digit` for the digit that the number in the task lacks, and puts it behind.
pub fn completes_isbn() -> ScriptedModel {
    ScriptedModel::from_fn(|request: &Request| {
        let digits = task(request).split_whitespace().last().unwrap_or_default();
        match results(request).first() {
            Some(digit) => Response::text(format!("{digits}{}", digit.content)),
            None => {
                let arguments = json!({ "digits": digits });
                Response::tool_calls([ToolCall::new("digit", "check_digit", &arguments)])
            }
        }
    })
}
