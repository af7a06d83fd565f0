//! Leave for tool calls: who is asked, what waits meanwhile, and that a call runs once, as it was
//! approved.

mod asking;
mod cancelling;
mod conversations;
mod denials;
mod edges;
mod elsewhere;
#[cfg(unix)]
mod restarts;
mod turns;

use std::sync::{Arc, Mutex};

use agentwerk::chat::{CallResult, Request, Response, ToolCall};
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{Tool, ToolResult};
use agentwerk::{Agent, TicketKey, TicketSystem, Transcript};
use agentwerk_tests::results;
use serde_json::{Value, json};

const FIRST: TicketKey = TicketKey::from_number(1);

/// What the tools of a test were called with, in order.
#[derive(Clone, Default)]
struct Calls(Arc<Mutex<Vec<Value>>>);

impl Calls {
    fn all(&self) -> Vec<Value> {
        self.0.lock().unwrap().clone()
    }

    /// A tool that takes anything, needs leave, and remembers its calls.
    fn tool(&self, name: &str) -> Tool {
        let calls = self.clone();
        Tool::new(name, "Remembers.")
            .schema(json!({ "type": "object" }))
            .requires_approval()
            .handler(move |input, _context| {
                calls.0.lock().unwrap().push(input);
                async { Ok(ToolResult::success("ran")) }
            })
    }
}

fn call(id: &str, name: &str, arguments: &Value) -> ToolCall {
    ToolCall::new(id, name, arguments)
}

/// A model that makes these calls in its first turn, and ends in its second.
fn model(calls: impl Into<Vec<ToolCall>>) -> ScriptedModel {
    let calls = calls.into();
    ScriptedModel::from_fn(move |request: &Request| {
        if request.messages.len() == 1 {
            Response::tool_calls(calls.clone())
        } else {
            Response::text("The end.")
        }
    })
}

/// A system in memory with this agent and one ticket.
fn begin(agent: Agent, model: &ScriptedModel) -> TicketSystem {
    let tickets = TicketSystem::in_memory();
    let agent = agent.name("worker").context(" ").provider(model.clone());
    tickets.agent(agent.model("scripted"));
    tickets.task("Begin.");
    tickets
}

fn transcript(tickets: &TicketSystem) -> Transcript {
    tickets.get(FIRST).unwrap().transcript().unwrap()
}

/// What the model was told of its calls.
fn told(tickets: &TicketSystem) -> Vec<CallResult> {
    results(&transcript(tickets)[2])
}
