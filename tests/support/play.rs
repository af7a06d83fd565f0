//! An agent whose model makes the given tool calls in its first turn, and ends in its second.

use std::path::Path;

use agentwerk::chat::{CallResult, ContentBlock, Message, Request, Response, ToolCall};
use agentwerk::event::{FailureReason, RunOutcome};
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{IntoTool, IntoTools, Tool, ToolContext, ToolResult};
use agentwerk::{Agent, TicketSnapshot, TicketSystem};
use serde_json::Value;

/// What came of the calls.
#[derive(Debug)]
pub struct Played {
    /// The ticket that they were made for.
    pub ticket: TicketSnapshot,
    /// What the model was asked.
    pub requests: Vec<Request>,
}

impl Played {
    /// What the model was told of its calls, in the order in which it was told.
    ///
    /// # Panics
    /// It was told something else.
    pub fn results(&self) -> Vec<CallResult> {
        results(&self.ticket.transcript().unwrap()[2])
    }

    /// What the model was told of its only call.
    ///
    /// # Panics
    /// There was another number of calls.
    pub fn result(&self) -> CallResult {
        let [result] = self.results().try_into().expect("there was one call");
        result
    }

    /// Why the ticket failed, if it did.
    pub fn failure(&self) -> Option<FailureReason> {
        self.ticket.failure().map(|failure| failure.reason)
    }
}

/// The results in a message.
///
/// # Panics
/// There is something else in it.
pub fn results(message: &Message) -> Vec<CallResult> {
    let results = message.content().iter().map(|block| match block {
        ContentBlock::ToolResult(result) => result.clone(),
        other => panic!("not a result: {other:?}"),
    });
    results.collect()
}

/// Lets a model make these calls at once.
pub async fn play(tools: impl IntoTools, calls: impl IntoIterator<Item = ToolCall>) -> Played {
    play_agent(
        Agent::new().tools(tools),
        first_calls(calls.into_iter().collect()),
    )
    .await
}

/// The same, of an agent that works in a directory.
pub async fn play_in(
    dir: &Path,
    tools: impl IntoTools,
    calls: impl IntoIterator<Item = ToolCall>,
) -> Played {
    play_agent(
        Agent::new().tools(tools).dir(dir),
        first_calls(calls.into_iter().collect()),
    )
    .await
}

/// Lets a model do what it wants.
pub async fn play_with(
    tools: impl IntoTools,
    script: impl Fn(&Request) -> Response + Send + Sync + 'static,
) -> Played {
    play_agent(Agent::new().tools(tools), script).await
}

/// A script that makes these calls in its first turn, and ends in its second.
pub fn first_calls(calls: Vec<ToolCall>) -> impl Fn(&Request) -> Response {
    move |request| {
        if request.messages.len() == 1 {
            Response::tool_calls(calls.clone())
        } else {
            Response::text("The end.")
        }
    }
}

/// Lets an agent work on one ticket without a schema.
///
/// # Panics
/// The run or its ticket did not end as it should.
pub async fn play_agent(
    agent: Agent,
    script: impl Fn(&Request) -> Response + Send + Sync + 'static,
) -> Played {
    let model = ScriptedModel::from_fn(script);
    let (system, outcome) = finish(agent.task("Begin."), &model).await;
    assert!(outcome.is_drained(), "{outcome:?}");
    let [ticket] = system.tickets().try_into().expect("there is one ticket");
    assert!(ticket.status().is_terminal(), "{ticket:?}");
    Played {
        ticket,
        requests: model.requests(),
    }
}

/// Runs an agent on its tasks.
pub async fn finish(agent: Agent, model: &ScriptedModel) -> (TicketSystem, RunOutcome) {
    let system = TicketSystem::in_memory();
    system.agent(agent.provider(model.clone()).model("scripted"));
    let outcome = system.finish().await;
    (system, outcome)
}

/// A call of the tool `name`, named `id`.
pub fn call(id: &str, name: &str, arguments: Value) -> ToolCall {
    ToolCall::new(id, name, &arguments)
}

/// A read-only tool without arguments that says its own name.
pub fn named(name: &str) -> Tool {
    let text = name.to_owned();
    Tool::new(name, "Says its name.")
        .read_only(true)
        .handler(move |_, _| {
            let text = text.clone();
            async move { Ok(ToolResult::success(text)) }
        })
}

/// Calls a tool by hand, in a directory.
///
/// # Errors
/// What a model is told of a call that failed.
pub async fn call_in(
    dir: impl AsRef<Path>,
    tool: impl IntoTool,
    arguments: Value,
) -> Result<String, String> {
    let context = ToolContext::new(dir.as_ref());
    match tool.into_tool().call(arguments, &context).await {
        Ok(result) if result.is_error() => Err(result.text()),
        Ok(result) => Ok(result.text()),
        Err(error) => Err(error.to_string()),
    }
}
