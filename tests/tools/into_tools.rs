//! What `Agent::tool` and `Agent::tools` take.

use agentwerk::Agent;
use agentwerk::chat::ToolSpec;
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{ListDirectoryTool, ReadFileTool, Tool, ToolContext, TypedTool};
use serde_json::Value;

use crate::play::{finish, named};

/// The tools that the model is offered, in order.
async fn offered(agent: Agent) -> Vec<String> {
    let model = ScriptedModel::replies(["The end."]);
    let (_system, outcome) = finish(agent.task("Begin."), &model).await;
    assert!(outcome.is_drained(), "{outcome:?}");
    let tools = &model.requests()[0].tools;
    tools.iter().map(|tool| tool.name.clone()).collect()
}

struct Own;

impl TypedTool for Own {
    type Args = Value;
    type Output = &'static str;

    fn spec(&self) -> ToolSpec {
        ToolSpec::new("own", "A type of the program.")
    }

    async fn call(&self, _args: Value, _context: &ToolContext) -> &'static str {
        "own"
    }
}

#[tokio::test]
async fn a_tool_is_a_value_a_reference_or_a_type() {
    let kept = named("kept");
    let agent = Agent::new().tool(named("a")).tool(&kept).tool(Own);
    assert_eq!(offered(agent).await, ["a", "kept", "own"]);
    assert_eq!(kept.spec().name, "kept");
}

#[tokio::test]
async fn arrays_and_vectors_hold_tools_of_one_type() {
    let agent = Agent::new()
        .tools([named("a"), named("b")])
        .tools(vec![named("c"), named("d")]);
    assert_eq!(offered(agent).await, ["a", "b", "c", "d"]);
}

#[tokio::test]
async fn tuples_hold_tools_of_different_types_and_are_nested() {
    let agent = Agent::new().tools((
        Own,
        (ReadFileTool, ListDirectoryTool),
        [named("a"), named("b")],
        vec![(named("c"), [named("d")])],
    ));
    assert_eq!(
        offered(agent).await,
        ["own", "read_file", "list_directory", "a", "b", "c", "d"]
    );
}

#[tokio::test]
async fn a_tuple_holds_one_and_eight() {
    let n = |n: u32| named(&format!("t{n}"));
    let agent = Agent::new()
        .tools((n(0),))
        .tools((n(1), n(2), n(3), n(4), n(5), n(6), n(7), n(8)));
    let expected: Vec<_> = (0..9).map(|n| format!("t{n}")).collect();
    assert_eq!(offered(agent).await, expected);
}

#[tokio::test]
async fn an_empty_set_adds_nothing() {
    let agent = Agent::new()
        .tools([] as [Tool; 0])
        .tools(Vec::<Tool>::new());
    assert_eq!(offered(agent).await, [] as [&str; 0]);
}
