//! What generated code names. Outside of the version promise: the macro crate is pinned to this
//! one's exact version.

pub use std;

pub use schemars;
pub use serde;

pub use crate::schemas::{Mirror, TicketResult, check_part, check_result};
pub use crate::tools::{
    Tool, ToolArg, ToolContext, ToolError, ToolResult, ToolReturn, ToolSpec, TypedTool, check_arg,
    check_return, schema_of_args,
};
