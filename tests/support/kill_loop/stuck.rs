//! A process that claims two tickets and gets nowhere: one of its agents waits for its model, the
//! other for a tool.

use std::process::ExitCode;

use agentwerk::chat::{Response, ToolCall};
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::Tool;
use agentwerk::{Agent, Ticket, TicketSystem};
use serde_json::json;

use crate::StuckModel;
use crate::process::{end_with_input, say};

/// Says `calling` and `asking`, and stays so until it is killed.
pub(super) fn main(dir: &str) -> Result<ExitCode, String> {
    end_with_input();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    runtime.block_on(get_stuck(dir))
}

async fn get_stuck(dir: &str) -> Result<ExitCode, String> {
    let tickets = TicketSystem::new();
    tickets.dir(dir).model("m");
    let model = StuckModel::default();
    tickets.agent(Agent::new().label("talk").provider(model.clone()));
    let calls = ScriptedModel::from_fn(|_| {
        let calls = ["write", "look"].map(|name| ToolCall::new(name, name, &json!({})));
        Response::tool_calls(calls)
    });
    let [write, look] = tools();
    let agent = Agent::new().label("act").provider(calls);
    tickets.agent(agent.tool(write).tool(look));
    for label in ["talk", "act"] {
        let pending = tickets.submit(Ticket::new(label).label(label));
        let stored = pending.durable().await;
        stored.map_err(|error| error.to_string())?;
    }
    tickets.start();
    model.asked().await;
    say("asking");
    std::future::pending().await
}

/// A tool that changes something, and one that does not; neither ever answers.
fn tools() -> [Tool; 2] {
    let stuck = move |_input, _context| async move {
        say("calling");
        std::future::pending().await
    };
    let write = Tool::new("write", "Changes something.").handler(stuck);
    let look = Tool::new("look", "Changes nothing.")
        .read_only(true)
        .handler(stuck);
    [write, look]
}
