//! Ticket-driven agent workflows.
//!
//! A caller submits a [`Ticket`]; an [`Agent`] that serves its label claims it, talks to a language
//! model, calls [tools](mod@tools), and writes a result that is checked against a [schema](schemas). A result
//! may open further tickets. The [`TicketSystem`] brings tickets and agents together.
//!
//! ```
//! use agentwerk::chat::{Response, ToolCall};
//! use agentwerk::testing::ScriptedModel;
//! use agentwerk::tools::{Tool, ToolResult};
//! use agentwerk::{Agent, Ticket, TicketSystem};
//! use serde_json::json;
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), agentwerk::TicketError> {
//! let dice = Tool::new("roll", "Rolls a die.")
//!     .handler(|_input, _context| async { Ok(ToolResult::success(4)) });
//!
//! // A program would write `.from_env()`; this model does what it is told: it rolls, and then
//! // writes the result.
//! let model = ScriptedModel::from_fn(|request| match request.messages.len() {
//!     1 => Response::tool_calls([ToolCall::new("1", "roll", &json!({}))]),
//!     _ => Response::tool_calls([ToolCall::new("2", "write_result", &json!({ "result": 4 }))]),
//! });
//! let tickets = TicketSystem::in_memory();
//! tickets.agent(Agent::new().provider(model).model("scripted").label("dice").tool(dice));
//!
//! let rolled: u8 = tickets.submit(Ticket::new("Roll once.").label("dice").returns()).await?;
//! assert_eq!(rolled, 4);
//! # Ok(())
//! # }
//! ```
//!
//! # Where things are
//! | You want to | Look at |
//! | --- | --- |
//! | describe an agent | [`Agent`] |
//! | submit work and wait for it | [`Ticket`], [`TicketSystem`], [`Pending`] |
//! | give an agent tools | [guide](guides::tools), [`tool`](macro@tool), [`tools`](macro@tools), [module](mod@tools) |
//! | get a typed result | [guide](guides::results), [`TicketResult`](macro@TicketResult) |
//! | understand an error of a macro | [`guides::diagnostics`] |
//! | know how a run ends, and limit it | [guide](guides::running) |
//! | know what tools can reach | [`guides::security`] |
//! | choose or write a provider | [`providers`] |
//! | watch a run | [`event`], [`Stats`] |
//! | go on after a crash | [`TicketSystem`], and `store::journal` for the files |
//! | keep tickets elsewhere | [`store`] |
//! | let agents keep notes | `Knowledge`, with the feature `files` |
//! | test without a network | `testing`, with the feature of that name |
//!
//! # Features
//! | Feature | Default | Brings |
//! | --- | --- | --- |
//! | `macros` | yes | `#[tool]`, `#[derive(TicketResult)]` |
//! | `http` | yes | the providers for Anthropic, OpenAI, Mistral and LiteLLM |
//! | `files` | yes | the journal, the knowledge store, and the tools that read and write files |
//! | `search` | yes | the tools that find files and search in them |
//! | `commands` | yes | the tool that runs commands |
//! | `web` | yes | the tool that fetches pages |
//! | `testing` | no | models that need no network |
//!
//! With none of them there is the runtime, the store in memory, and providers of one's own.
//!
//! # Logging
//! The library writes `tracing` spans for run, ticket, turn, request and tool call, with keys and
//! counts and never with prompts, results or secrets. It installs no subscriber.

#![cfg_attr(
    not(test),
    warn(
        clippy::expect_used,
        clippy::panic,
        clippy::print_stderr,
        clippy::print_stdout,
        clippy::unwrap_used
    )
)]

pub mod agent;
pub mod chat;
pub mod event;
pub mod guides;
#[cfg(feature = "files")]
pub mod knowledge;
pub mod providers;
pub mod schemas;
pub mod store;
#[cfg(feature = "testing")]
pub mod testing;
pub mod ticket;
pub mod tools;

mod causes;
mod clock;
mod excerpt;
mod id;
mod placeholders;
mod policy;
mod prompt;
mod stats;
mod system;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use agent::{Agent, RunAgentError};
#[cfg(feature = "macros")]
#[doc = include_str!("docs/ticket_result.md")]
#[doc = agentwerk_macros::__keys!(result)]
/// On a field, also on one of a variant:
///
#[doc = agentwerk_macros::__keys!(result_field)]
pub use agentwerk_macros::TicketResult;
#[cfg(feature = "macros")]
#[doc = include_str!("docs/tool.md")]
#[doc = agentwerk_macros::__keys!(tool)]
/// On a parameter `#[cx]` has no keys, and `#[arg]` has one:
///
#[doc = agentwerk_macros::__keys!(arg)]
pub use agentwerk_macros::tool;
#[cfg(feature = "macros")]
#[doc = include_str!("docs/tools.md")]
#[doc = agentwerk_macros::__keys!(tools)]
/// On a method `#[tool]` has all keys but `struct` and `crate`.
pub use agentwerk_macros::tools;
pub use clock::{Clock, Timestamp};
pub use event::{RunError, RunOutcome};
pub use id::{AgentName, CallId, ParseTicketKeyError, TicketKey};
#[cfg(feature = "files")]
pub use knowledge::Knowledge;
pub use schemas::TicketResult;
pub use stats::{Stats, ToolStats};
pub use system::{
    CommentError, EndTicketError, EndingTicket, Events, Pending, ResolveApprovalError, TicketError,
    TicketSystem,
};
pub use ticket::{Status, Ticket, TicketFilter, TicketSnapshot, Transcript};
/// Cancels a conversation or a tool call; tokio's own type.
#[doc(no_inline)]
pub use tokio_util::sync::CancellationToken;

/// The programs of the README compile.
#[cfg(all(
    doctest,
    feature = "files",
    feature = "http",
    feature = "macros",
    feature = "testing"
))]
#[doc = include_str!("../../README.md")]
struct Readme;
