//! Agents and their tickets: what a model reads, who gets which ticket, what the program says to a
//! ticket that is under way, and what can be read of it afterwards.

mod comments;
mod context_block;
mod deadlines;
mod ends;
mod environment;
mod filter;
#[cfg(unix)]
mod interrupts;
mod priorities;
mod results;
mod routing;
mod templates;
mod transcript;

use agentwerk::chat::{ContentBlock, Message, Request};
use agentwerk::testing::ScriptedModel;
use agentwerk::{Agent, TicketSystem};

/// A system in memory with one agent called `ada` on this model.
fn with_ada(model: &ScriptedModel) -> TicketSystem {
    let tickets = TicketSystem::in_memory();
    tickets.agent(ada(model));
    tickets
}

/// An agent called `ada` whose first message is the task alone.
fn ada(model: &ScriptedModel) -> Agent {
    let agent = Agent::new().name("ada").context(" ");
    agent.provider(model.clone()).model("scripted")
}

/// A model that repeats the last text that it was told.
fn parrot() -> ScriptedModel {
    ScriptedModel::from_fn(|request: &Request| request.last_text())
}

/// The texts of a message, block by block.
fn texts(message: &Message) -> Vec<&str> {
    let blocks = message.content().iter();
    blocks
        .filter_map(|block| match block {
            ContentBlock::Text { text } => Some(text.as_str()),
            _ => None,
        })
        .collect()
}
