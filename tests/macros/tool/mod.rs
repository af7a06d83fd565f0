//! Functions and methods as tools.

mod arguments;
mod execution;
mod function;
mod injected;
mod set;
mod spec;

use agentwerk::tools::{IntoTool, ToolContext, ToolError};
use serde_json::Value;

/// Calls a tool and gives what the model would read.
async fn call(tool: impl IntoTool, args: Value) -> Result<Value, ToolError> {
    call_in(&ToolContext::new("/base"), tool, args).await
}

async fn call_in(
    context: &ToolContext,
    tool: impl IntoTool,
    args: Value,
) -> Result<Value, ToolError> {
    let result = tool.into_tool().call(args, context).await?;
    Ok(result.content().clone())
}
