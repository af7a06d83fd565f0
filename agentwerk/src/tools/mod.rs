//! Tools: what an agent can do besides talking.
//!
//! A [`Tool`] is a description for the model and a function for the program. Make one from parts
//! with [`Tool::new`], from a function with `#[tool]`, or from a type with [`TypedTool`].
//!
//! # Invariants
//! - Arguments are checked against the tool's schema before the tool runs.
//! - Whatever goes wrong in a tool becomes an error result that the model reads: a panic, a time
//!   limit, arguments that are no JSON. The run goes on.
//! - A tool sees its [`ToolContext`], never the system or a key.

mod context;
mod description;
mod error;
mod into_tools;
mod registry;
mod result;
mod round;
mod tool;
mod typed;
#[cfg(feature = "files")]
mod workspace;

pub mod builtin;

pub use builtin::WriteResultTool;
#[cfg(feature = "files")]
pub use builtin::{ListDirectoryTool, ReadFileTool};
pub use context::{TicketBrief, ToolContext};
pub use error::ToolError;
pub use into_tools::{IntoTool, IntoTools};
pub use result::{Json, ToolOutput, ToolResult, ToolReturn};
pub use tool::{Tool, ToolBuilder};
pub use typed::{ToolArg, ToolArgs, TypedTool};

pub use crate::chat::ToolSpec;

#[doc(hidden)]
pub use description::description;
pub(crate) use registry::{Registry, RegistryError};
pub(crate) use round::{Next, Round, panic_text};
#[doc(hidden)]
pub use typed::{AssumedArg, check_arg, schema_of_args};
