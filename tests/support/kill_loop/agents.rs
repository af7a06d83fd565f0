//! The agents of a worker: one kind for each way in which a ticket can end, and their tickets.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use agentwerk::chat::{ContentBlock, Request, Response};
use agentwerk::schemas::Schema;
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{Tool, ToolContext, ToolError, ToolResult};
use agentwerk::{Agent, Ticket, TicketResult, TicketSystem};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::acknowledged::Acknowledged;
use crate::process::say;
use crate::{call, results, write_result};

/// Agents of each kind.
const AGENTS: usize = 2;
/// Calls on the way of a ticket that changes something.
const CALLS: usize = 2;

/// A result that is held against a schema.
#[derive(Debug, Serialize, Deserialize, TicketResult)]
pub(super) struct Answer {
    /// The task again.
    pub(super) of: String,
}

/// What a model answers.
type Script = fn(&CallNames, &Request) -> Response;

/// Numbers the calls of one worker, so that no two of a session have the same name.
#[derive(Clone, Debug)]
struct CallNames {
    life: u32,
    count: Arc<AtomicU64>,
}

impl CallNames {
    fn next(&self) -> String {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        format!("call-{}-{count}", self.life)
    }
}

/// Adds all agents.
pub(super) fn add(tickets: &TicketSystem, life: u32) {
    let names = CallNames {
        life,
        count: Arc::default(),
    };
    let kinds: [(_, _, Script); 3] = [
        ("act", Some(act()), acts),
        ("relay", Some(pass_on()), relays),
        ("typed", None, answers),
    ];
    for (label, tool, script) in kinds {
        let names = names.clone();
        let model = ScriptedModel::from_fn(move |request| script(&names, request));
        tickets.pool(AGENTS, |number| {
            let agent = Agent::new().name(format!("{label}-{number}")).label(label);
            let agent = agent.provider(model.clone()).model("m").context("Work.");
            tool.iter().fold(agent, Agent::tool)
        });
    }
}

/// The tickets of a worker, one after the other, of every kind.
pub(super) fn ticket(life: u32, number: u32) -> Ticket {
    let name = format!("{life}-{number}");
    match number % 4 {
        0 | 1 => Ticket::new(name).label("act"),
        2 => Ticket::new(json!({ "name": name, "hops": 1 + number % 3 })).label("relay"),
        _ => typed(name),
    }
}

/// A ticket with a schema.
fn typed(name: String) -> Ticket {
    let ticket = Ticket::new(name).label("typed");
    match Schema::of::<Answer>() {
        Ok(Some(schema)) => ticket.schema(schema),
        Ok(None) | Err(_) => ticket,
    }
}

/// Calls something that changes the world, more than once, and is done.
fn acts(names: &CallNames, request: &Request) -> Response {
    let answered = request.messages.iter().map(results);
    if answered.flatten().count() < CALLS {
        return call(&names.next(), "act", &json!({}));
    }
    Response::text(format!("did {}", task(request)))
}

/// Hands the ticket over, again if an earlier call was interrupted.
fn relays(names: &CallNames, _request: &Request) -> Response {
    call(&names.next(), "pass_on", &json!({}))
}

/// Writes a result.
fn answers(_names: &CallNames, request: &Request) -> Response {
    write_result(&json!({ "of": task(request) }))
}

/// The text of the task.
fn task(request: &Request) -> String {
    let first = request.messages.first();
    let blocks = first.map(|message| message.content()).unwrap_or_default();
    match blocks.last() {
        Some(ContentBlock::Text { text }) => text.clone(),
        _ => String::new(),
    }
}

/// A tool that changes the world: whoever reads the output learns when.
fn act() -> Tool {
    Tool::new("act", "Changes the world.").handler(|_input, context| async move {
        said_called(&context);
        Ok(ToolResult::success("changed"))
    })
}

/// A tool that hands the ticket over.
fn pass_on() -> Tool {
    Tool::new("pass_on", "Hands the work over.").handler(|_input, context| async move {
        said_called(&context);
        let (Some(desk), Some(ticket)) = (context.desk(), context.ticket()) else {
            return Err(ToolError::fail("there is no ticket"));
        };
        let result = json!({ "passed": ticket.key });
        let child = desk.hand_over(result, next(&ticket.task)).await;
        let child = child.map_err(ToolError::fail)?;
        let (key, child) = (ticket.key.to_string(), child.to_string());
        say(&Acknowledged::HandedOver(key, child).to_string());
        Ok(ToolResult::success("passed on"))
    })
}

/// What follows a ticket that is handed over.
fn next(task: &Value) -> Ticket {
    let name = task["name"].as_str().unwrap_or_default();
    match task["hops"].as_u64() {
        Some(hops) if hops > 1 => {
            Ticket::new(json!({ "name": name, "hops": hops - 1 })).label("relay")
        }
        _ => typed(format!("{name}-end")),
    }
}

fn said_called(context: &ToolContext) {
    if let Some(ticket) = context.ticket() {
        let (key, call) = (ticket.key.to_string(), context.call_id().to_string());
        say(&Acknowledged::Called(key, call).to_string());
    }
}
