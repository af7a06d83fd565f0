//! What generated code names. Outside of the version promise: the macro crate is pinned to this
//! one's exact version.

pub use std;

pub use schemars;
pub use serde;

pub use crate::schemas::{
    AssumedCompanions, CheckCompanions, CheckOther, CheckResult, Found, Mirror, Part, TicketResult,
    Violations, check_part, with_entries,
};
pub use crate::tools::{
    Approval, ApprovalRule, AssumedArg, AssumedShared, FromContext, IntoTools, OutputWithSchema,
    OutputWithoutSchema, StateType, Strict, Tool, ToolArg, ToolContext, ToolError, ToolResult,
    ToolReturn, ToolSet, ToolSpec, TypedTool, check_arg, check_set, description, output_of,
    run_blocking, run_local, schema_of_args,
};

/// What editors complete in the attributes of the macros.
#[cfg(feature = "macros")]
pub mod hints {
    agentwerk_macros::__hints!();
}
