//! Tools: what an agent can do besides talking.
//!
//! A [`Tool`] is a description for the model and a function for the program. Make one from parts
//! with [`Tool::new`], from a function with `#[tool]`, or from a type with [`TypedTool`].
//!
//! # Invariants
//! - Arguments are checked against the tool's schema before the tool runs.
//! - Whatever goes wrong in a tool becomes an error result that the model reads: a panic, a time
//!   limit, arguments that are no JSON. The run goes on.
//! - Every call gets one result, in the order of the calls.
//! - A tool sees its [`ToolContext`], never the system or a key.
//!
//! # Units and limits
//! Of one output the model reads at most 50,000 bytes, and of all outputs of one turn at most
//! 200,000; of what is longer it gets the beginning and the end, the largest outputs first. Where
//! the system keeps outputs, such an output is written whole to a file that `read_file` may read, and
//! the model gets a preview of at most 10,000 bytes with the path of the file.

mod approval;
mod catalogue;
#[cfg(any(feature = "commands", feature = "web"))]
mod characters;
mod context;
mod description;
mod error;
mod into_tools;
mod offload;
mod output_schema;
#[cfg(feature = "files")]
mod outputs;
#[cfg(not(feature = "files"))]
#[path = "no_outputs.rs"]
mod outputs;
mod refusal;
mod registry;
mod result;
mod round;
mod spill;
mod state;
mod tool;
mod typed;
#[cfg(feature = "files")]
mod workspace;
#[cfg(feature = "files")]
mod writable;

pub mod builtin;

pub use approval::Approval;
#[cfg(feature = "commands")]
pub use builtin::{BashTool, PatternError};
#[cfg(feature = "files")]
pub use builtin::{EditFileTool, KnowledgeTool, ListDirectoryTool, ReadFileTool, WriteFileTool};
#[cfg(feature = "search")]
pub use builtin::{GlobTool, GrepTool, defaults};
#[cfg(feature = "web")]
pub use builtin::{HostError, WebFetchTool};
pub use builtin::{
    ManageTicketsTool, ReadTicketsTool, ToolSearchTool, WriteHandoverTool, WriteResultTool,
};
pub use context::{TicketBrief, ToolContext};
pub use error::ToolError;
pub use into_tools::{IntoTool, IntoTools, ToolSet};
pub(crate) use result::Finish;
pub use result::{IntoToolError, Json, ToolOutput, ToolResult, ToolReturn};
pub use state::{FromContext, State, StateType};
pub use tool::{Tool, ToolBuilder};
pub use typed::{ToolArg, ToolArgs, TypedTool};

pub use crate::chat::{ApprovalRule, Strict, ToolSpec};

#[doc(hidden)]
pub use description::description;
#[doc(hidden)]
pub use into_tools::{AssumedShared, check_set};
#[doc(hidden)]
pub use offload::{run_blocking, run_local};
#[doc(hidden)]
pub use output_schema::{OutputOf, OutputWithSchema, OutputWithoutSchema, output_of};
pub(crate) use outputs::OutputDir;
#[doc(hidden)]
pub use refusal::accepted;
pub(crate) use registry::{Discovered, Registered, Registry, RegistryError};
pub(crate) use round::{Denials, Next, Round, panic_text};
pub(crate) use state::States;
#[doc(hidden)]
pub use typed::{AssumedArg, check_arg, schema_of_args};
