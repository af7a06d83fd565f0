//! What generated code names. Outside of the version promise: the macro crate is pinned to this
//! one's exact version.

pub use std;

pub use schemars;
pub use serde;

pub use crate::schemas::{
    AssumedCompanions, CheckCompanions, Mirror, TicketResult, Violations, check_part,
};
pub use crate::tools::{
    AssumedArg, Tool, ToolArg, ToolContext, ToolError, ToolResult, ToolReturn, ToolSpec, TypedTool,
    check_arg, description, schema_of_args,
};
