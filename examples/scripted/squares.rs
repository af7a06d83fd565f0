use agentwerk::chat::{Request, Response, Role, ToolCall};
use agentwerk::testing::ScriptedModel;
use serde_json::json;

use super::task;

/// Adds up the squares of a short range, and divides a long one.
pub fn adds_squares() -> ScriptedModel {
    ScriptedModel::from_fn(|request: &Request| {
        let numbers: Vec<u64> = numbers_in(task(request)).collect();
        let &[first, last] = numbers.as_slice() else {
            return Response::text("I cannot read this task.");
        };
        if last - first < 4 {
            return sum(1, (first..=last).map(|number| number * number).sum());
        }
        let called = request
            .messages
            .iter()
            .any(|message| message.tool_calls().next().is_some());
        if !called {
            let arguments = json!({ "first": first, "last": last });
            return Response::tool_calls([ToolCall::new("divide", "divide", &arguments)]);
        }
        // Comments are the only text behind the first message that is not the model's own.
        let comments = request.messages.iter().skip(1);
        let comments = comments.filter(|message| message.role() == Role::User);
        let texts: String = comments.map(|message| message.text() + "\n").collect();
        let sums: Vec<u64> = texts
            .split(" gave ")
            .skip(1)
            .filter_map(|rest| numbers_in(rest).next())
            .collect();
        match sums.as_slice() {
            &[lower, upper] => sum(2, lower + upper),
            sums => Response::text(format!("I wait: {} of 2 sums are there.", sums.len())),
        }
    })
}

fn sum(round: u32, sum: u64) -> Response {
    Response::tool_calls([
        ToolCall::new(format!("report_{round}"), "report", &json!({ "sum": sum })),
        ToolCall::new(
            format!("result_{round}"),
            "write_result",
            &json!({ "result": sum }),
        ),
    ])
}

fn numbers_in(text: &str) -> impl Iterator<Item = u64> {
    text.split(|letter: char| !letter.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
}
