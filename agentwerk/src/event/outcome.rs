use std::error::Error;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::causes::with_causes;
use crate::id::{AgentName, TicketKey};

/// How a run ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum RunOutcome {
    /// Nothing is left to do: every ticket has ended, well or not.
    Drained,
    /// Only tickets that wait for a person or a comment are left.
    Waiting(Vec<TicketKey>),
    /// Tickets are left that no registered agent serves.
    Stalled(Vec<TicketKey>),
    /// A limit of the run was reached; unfinished tickets stay open.
    PolicyViolated(PolicyKind),
    /// The run was cancelled; unfinished tickets stay open.
    Cancelled,
    /// The run cannot go on.
    Failed(RunError),
}

impl RunOutcome {
    /// Whether everything that was submitted is finished.
    pub const fn is_drained(&self) -> bool {
        matches!(self, Self::Drained)
    }

    /// Whether the run ended because its agents had nothing left that they could do.
    pub(crate) const fn is_by_itself(&self) -> bool {
        matches!(self, Self::Drained | Self::Waiting(_) | Self::Stalled(_))
    }
}

impl fmt::Display for RunOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Drained => f.write_str("nothing is left to do"),
            Self::Waiting(keys) => {
                write!(f, "waiting for a comment or for leave: {}", Keys(keys))
            }
            Self::Stalled(keys) => write!(f, "no agent serves {}", Keys(keys)),
            Self::PolicyViolated(kind) => write!(f, "the limit `{kind}` was reached"),
            Self::Cancelled => f.write_str("the run was cancelled"),
            // No outcome is an error with a source, so the causes are said here.
            Self::Failed(error) => write!(f, "the run cannot go on: {}", with_causes(error)),
        }
    }
}

/// The first of some tickets by name, and how many there are more.
struct Keys<'a>(&'a [TicketKey]);

impl fmt::Display for Keys<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAMED_MAX: usize = 5;
        for (position, key) in self.0.iter().take(NAMED_MAX).enumerate() {
            let separator = if position == 0 { "" } else { ", " };
            write!(f, "{separator}{key}")?;
        }
        match self.0.len().checked_sub(NAMED_MAX) {
            Some(more) if more > 0 => write!(f, " and {more} more"),
            _ => Ok(()),
        }
    }
}

/// A limit that a system can set; its `Display` is the setter's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PolicyKind {
    /// Turns of a run.
    MaxTurns,
    /// Time of a run.
    MaxTime,
    /// Input tokens of a run.
    MaxInputTokens,
    /// Output tokens of a run.
    MaxOutputTokens,
    /// Input tokens of one request.
    MaxRequestTokens,
    /// Corrections of one ticket's result.
    MaxSchemaRetries,
    /// Attempts of one request.
    MaxRequestRetries,
}

impl fmt::Display for PolicyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MaxTurns => "max_turns",
            Self::MaxTime => "max_time",
            Self::MaxInputTokens => "max_input_tokens",
            Self::MaxOutputTokens => "max_output_tokens",
            Self::MaxRequestTokens => "max_request_tokens",
            Self::MaxSchemaRetries => "max_schema_retries",
            Self::MaxRequestRetries => "max_request_retries",
        })
    }
}

/// Why a run cannot start or go on. Nothing was sent to a model with a wrong configuration.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// An agent has no provider.
    #[error(
        "agent `{agent}` has no provider\nhint: call `.provider(..)` or `.from_env()` on the agent \
         or on its system; `.from_env()` reads `LITELLM_API_KEY`, `MISTRAL_API_KEY`, \
         `ANTHROPIC_API_KEY` or `OPENAI_API_KEY`"
    )]
    NoProvider {
        /// The agent.
        agent: AgentName,
    },
    /// An agent has no model.
    #[error(
        "agent `{agent}` has no model\nhint: call `.model(..)` or `.from_env()` on the agent or on \
         its system; `.from_env()` reads `MODEL` and the provider's own variable"
    )]
    NoModel {
        /// The agent.
        agent: AgentName,
    },
    /// An agent has two tools of one name.
    #[error("agent `{agent}` has two tools named `{tool}`\nhint: remove or rename one of them")]
    DuplicateTool {
        /// The agent.
        agent: AgentName,
        /// The name.
        tool: String,
    },
    /// A tool has a name that no vendor accepts.
    #[error(
        "agent `{agent}` has a tool named `{tool}`\nhint: a name starts with a letter or `_` and \
         has at most 64 letters, digits, `_` and `-`"
    )]
    ToolName {
        /// The agent.
        agent: AgentName,
        /// The name.
        tool: String,
    },
    /// A tool has arguments that no schema describes.
    #[error("agent `{agent}` has a tool `{tool}` whose schema is unusable: {what}")]
    ToolSchema {
        /// The agent.
        agent: AgentName,
        /// The tool.
        tool: String,
        /// What is wrong with it.
        what: String,
    },
    /// A tool takes a value of the program that nobody supplied.
    #[error(
        "agent `{agent}` has a tool `{tool}` that takes `State<{state}>`, which nobody supplied\nhint: \
         call `.state(..)` with a value of that type on the agent or on its system"
    )]
    MissingState {
        /// The agent.
        agent: AgentName,
        /// The tool.
        tool: String,
        /// The type.
        state: &'static str,
    },
    /// A tool of an agent must be strict, and the provider cannot send it so.
    #[error(
        "agent `{agent}` has a tool `{tool}` that must be strict and cannot be: {}\nhint: change its \
         schema, or leave `Strict::Required` out",
        .reasons.join("; ")
    )]
    ToolNotStrict {
        /// The agent.
        agent: AgentName,
        /// The tool.
        tool: String,
        /// What stands in the way, each with its place in the schema.
        reasons: Vec<String>,
    },
    /// A template variable of an agent has a name that no text can have in braces.
    #[error(
        "agent `{agent}` has a template variable named `{name}`\nhint: a name is not empty and has no \
         braces; they stand around it in the text alone"
    )]
    TemplateName {
        /// The agent.
        agent: AgentName,
        /// The name.
        name: String,
    },
    /// The value of a template variable cannot be written as JSON.
    #[error("agent `{agent}` has a template variable `{name}` that cannot be written as JSON")]
    TemplateValue {
        /// The agent.
        agent: AgentName,
        /// The variable.
        name: String,
        /// Why not.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The directory of an agent cannot be opened.
    #[error("open the directory `{}` of agent `{agent}`", path.display())]
    Directory {
        /// The agent.
        agent: AgentName,
        /// The directory.
        path: PathBuf,
        /// Why not.
        source: Arc<std::io::Error>,
    },
    /// The run was started outside of a tokio runtime.
    #[error("start a run outside of a tokio runtime\nhint: call it from `#[tokio::main]`")]
    NoRuntime,
    /// The session's directory or its durability was set after the session was opened.
    #[error(
        "`{setting}` was set for a session that is open, or in memory\nhint: set it on \
         `TicketSystem::new()`, before the first ticket"
    )]
    SessionIsOpen {
        /// The setter's name.
        setting: &'static str,
    },
    /// A record could not be stored.
    #[error("store a record")]
    Store {
        /// Why not.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// What works for an agent panicked outside of its tools and its provider: in the store, most
    /// likely.
    #[error("an agent's worker ended unexpectedly")]
    Worker {
        /// The panic.
        source: Arc<dyn Error + Send + Sync>,
    },
}
