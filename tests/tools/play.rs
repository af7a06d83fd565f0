//! An agent whose model makes the given tool calls in its first turn, and ends in its second.

use std::path::Path;

use agentwerk::chat::{CallResult, ContentBlock, Message, Request, Response, ToolCall};
use agentwerk::event::{FailureReason, RunOutcome};
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{IntoTool, IntoTools, Tool, ToolContext, ToolResult};
use agentwerk::{Agent, Status, TicketSnapshot, TicketSystem};
use serde_json::{Value, json};

/// What came of the calls.
pub(crate) struct Played {
    pub(crate) ticket: TicketSnapshot,
    pub(crate) requests: Vec<Request>,
}

impl Played {
    /// What the model was told of its calls, in the order in which it was told.
    pub(crate) fn results(&self) -> Vec<CallResult> {
        results(&self.ticket.transcript().unwrap()[2])
    }

    /// What the model was told of its only call.
    pub(crate) fn result(&self) -> CallResult {
        let [result] = self.results().try_into().expect("there was one call");
        result
    }

    pub(crate) fn failure(&self) -> Option<FailureReason> {
        self.ticket.failure().map(|failure| failure.reason)
    }
}

pub(crate) fn results(message: &Message) -> Vec<CallResult> {
    let results = message.content().iter().map(|block| match block {
        ContentBlock::ToolResult(result) => result.clone(),
        other => panic!("not a result: {other:?}"),
    });
    results.collect()
}

/// Lets a model make these calls at once.
pub(crate) async fn play(
    tools: impl IntoTools,
    calls: impl IntoIterator<Item = ToolCall>,
) -> Played {
    play_agent(
        Agent::new().tools(tools),
        first_calls(calls.into_iter().collect()),
    )
    .await
}

/// The same, of an agent that works in a directory.
pub(crate) async fn play_in(
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
pub(crate) async fn play_with(
    tools: impl IntoTools,
    script: impl Fn(&Request) -> Response + Send + Sync + 'static,
) -> Played {
    play_agent(Agent::new().tools(tools), script).await
}

fn first_calls(calls: Vec<ToolCall>) -> impl Fn(&Request) -> Response {
    move |request| {
        if request.messages.len() == 1 {
            Response::tool_calls(calls.clone())
        } else {
            Response::text("The end.")
        }
    }
}

/// Lets an agent work on one ticket without a schema.
async fn play_agent(
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
pub(crate) async fn finish(agent: Agent, model: &ScriptedModel) -> (TicketSystem, RunOutcome) {
    let system = TicketSystem::in_memory();
    system.agent(agent.provider(model.clone()).model("scripted"));
    let outcome = system.finish().await;
    (system, outcome)
}

/// A call of the tool `name`, named `id`.
pub(crate) fn call(id: &str, name: &str, arguments: Value) -> ToolCall {
    ToolCall::new(id, name, &arguments)
}

/// A read-only tool without arguments that says its own name.
pub(crate) fn named(name: &str) -> Tool {
    let text = name.to_owned();
    Tool::new(name, "Says its name.")
        .read_only(true)
        .handler(move |_, _| {
            let text = text.clone();
            async move { Ok(ToolResult::success(text)) }
        })
}

/// Calls a tool by hand, in a directory.
pub(crate) async fn call_in(
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

#[tokio::test]
async fn a_played_call_gives_its_result() {
    let played = play(named("hello"), [call("1", "hello", json!({}))]).await;
    assert_eq!(played.ticket.status(), Status::Done);
    assert_eq!(played.requests.len(), 2);
    let expected = CallResult {
        call_id: "1".into(),
        content: "hello".to_owned(),
        is_error: false,
    };
    assert_eq!(played.result(), expected);
}
