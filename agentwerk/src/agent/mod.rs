//! Agents: who they are ([`Agent`]), and how they work: prompt, request, reply, tools, and again.
//!
//! # Invariants
//! - The loop in `turns` is the only cycle of the library. It sees its host through a small trait,
//!   and knows no ticket, no store and no system.
//! - Nothing is sent to a model with a wrong configuration: an agent is made ready as a whole, or a
//!   [`RunError`](crate::event::RunError) says what is missing.

#[expect(
    clippy::module_inception,
    reason = "one public type a file, named after it"
)]
mod agent;
mod approval;
mod caller;
mod compaction;
mod conversation;
#[cfg(feature = "http")]
mod environment;
mod finish;
mod history;
mod host;
mod ready;
mod repeats;
mod replies;
mod request;
mod system_prompt;
mod turns;

pub use agent::Agent;
pub(crate) use approval::ApprovalHandler;
pub use conversation::{AgentReply, AgentRun, RunAgentError, RunAgentErrorKind};
pub(crate) use host::{Asked, Asking, Counted, Halt, Host, Kept, Recording, Wait, WaitFor};
pub(crate) use ready::{Defaults, ReadyAgent};
pub(crate) use turns::{Ending, Turns};
