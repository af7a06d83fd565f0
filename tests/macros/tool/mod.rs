//! Functions and methods as tools.

mod arguments;
mod execution;
mod function;
mod injected;
mod set;
mod spec;

use agentwerk::Agent;
use agentwerk::chat::{ContentBlock, Message, Response, ToolCall};
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{IntoTool, ToolContext, ToolError};
use serde_json::Value;

/// Lets a model call a tool, and gives what it is told.
async fn told(tool: impl IntoTool, args: Value) -> String {
    let tool = tool.into_tool();
    let call = ToolCall::new("1", tool.spec().name.clone(), &args);
    let model = ScriptedModel::replies([Response::tool_calls([call]), Response::text("Done.")]);
    let agent = Agent::new().provider(model.clone()).model("any").tool(tool);
    agent.run(vec![Message::user("Go.")]).await.unwrap();
    let request = model.requests().pop().unwrap();
    let [ContentBlock::ToolResult(result)] = request.messages.last().unwrap().content() else {
        panic!("{request:?}");
    };
    result.content.clone()
}

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
