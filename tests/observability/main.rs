//! What a program sees of its agents' work: each kind of event, and each number.

mod ends;
mod events;
mod sessions;
mod slices;
mod stats;
mod tickets;

use std::time::Duration;

use agentwerk::chat::{Request, Response, Usage};
use agentwerk::event::{Event, EventKind};
use agentwerk::providers::{Provider, ProviderError};
use agentwerk::testing::{ScriptedModel, ScriptedReply};
use agentwerk::tools::{Tool, ToolResult};
use agentwerk::{Agent, Clock, TicketKey, TicketSystem, Timestamp};
use agentwerk_tests::{EventLog, call, name_of};
use serde_json::json;

const SECOND: Duration = Duration::from_secs(1);
const START: Timestamp = Timestamp::from_millis(1_000_000);
const FIRST: TicketKey = TicketKey::from_number(1);
const SECOND_KEY: TicketKey = TicketKey::from_number(2);

const USAGE: Usage = Usage {
    input_tokens: 100,
    output_tokens: 10,
    cache_read_tokens: 20,
    cache_write_tokens: 3,
};

/// A system in memory with one agent, `ada`, who works with the model `small`, and what is heard of
/// them.
fn team(agent: Agent, model: impl Provider) -> (TicketSystem, EventLog) {
    let tickets = TicketSystem::in_memory_at(Clock::starting_at(START));
    let log = EventLog::of(&tickets);
    let agent = agent.name("ada").context(" ").provider(model);
    tickets.agent(agent.model("small"));
    (tickets, log)
}

/// Waits for as many seconds as the task says, by a tool, and is done; `broken` fails.
fn waiting() -> ScriptedModel {
    ScriptedModel::from_fn(|request: &Request| -> ScriptedReply {
        let task = request.messages[0].text();
        if task.ends_with("broken") {
            return Err(ProviderError::terminal("it is broken"));
        }
        let last = task.rsplit(' ').next().unwrap_or_default();
        let seconds: u64 = last.parse().unwrap_or(0);
        let reply = match request.messages.len() {
            1 => call("c-1", "wait", &json!({ "seconds": seconds })),
            _ => Response::text("done"),
        };
        Ok(reply.usage(USAGE))
    })
}

/// A tool that takes its time on the paused clock.
fn wait() -> Tool {
    Tool::new("wait", "Waits.")
        .schema(json!({ "type": "object", "properties": { "seconds": { "type": "integer" } } }))
        .handler(|input, _context| async move {
            tokio::time::sleep(SECOND * input["seconds"].as_u64().unwrap_or(0) as u32).await;
            Ok(ToolResult::success("waited"))
        })
}

/// A tool that always fails.
fn flaky() -> Tool {
    Tool::new("flaky", "Fails.").handler(|_input, context| async move {
        context.progress("half way");
        tokio::time::sleep(SECOND).await;
        Err("no luck".into())
    })
}

/// The events of this name, in order.
fn named(log: &EventLog, name: &str) -> Vec<Event> {
    let events = log.events().into_iter();
    events.filter(|each| name_of(&each.kind) == name).collect()
}

/// The only event of this name.
fn only(log: &EventLog, name: &str) -> Event {
    let mut events = named(log, name);
    assert_eq!(events.len(), 1, "{name} in {:?}", log.names());
    events.remove(0)
}

/// Whom and what an event is about: the agent, the ticket, its labels and the model.
fn about(event: &Event) -> (&str, Option<TicketKey>, Vec<&str>, &str) {
    (
        event.agent_name.as_str(),
        event.ticket_key,
        event.labels.iter().map(String::as_str).collect(),
        &event.model,
    )
}

/// An event of `ada`'s work on the first ticket, which is labelled `scan`.
fn of_the_work() -> (
    &'static str,
    Option<TicketKey>,
    Vec<&'static str>,
    &'static str,
) {
    ("ada", Some(FIRST), vec!["scan"], "small")
}

/// What the program did to the first ticket, which is labelled `scan`.
fn of_the_program() -> (
    &'static str,
    Option<TicketKey>,
    Vec<&'static str>,
    &'static str,
) {
    ("", Some(FIRST), vec!["scan"], "")
}

/// Milliseconds since the start of the test.
fn after(event: &Event) -> u128 {
    event.time.since(START).as_millis()
}

/// The names of the events of one ticket, from the first one with this name on.
fn from_on(log: &EventLog, key: TicketKey, name: &str) -> Vec<String> {
    let kinds = log.of_ticket(key);
    let names = kinds.iter().map(|kind: &EventKind| name_of(kind));
    names.skip_while(|each| each != name).collect()
}
