//! Tools that cannot stand side by side, or at all: nothing is sent to a model.

use agentwerk::event::{RunError, RunOutcome};
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{
    BashTool, EditFileTool, GlobTool, GrepTool, IntoTool, KnowledgeTool, ListDirectoryTool,
    ManageTicketsTool, ReadFileTool, ReadTicketsTool, Tool, ToolResult, ToolSearchTool,
    WebFetchTool, WriteFileTool, WriteHandoverTool, WriteResultTool,
};
use agentwerk::{Agent, Status};
use serde_json::{Value, json};

use crate::play::{finish, named};

/// Why an agent with these tools cannot run.
async fn error(agent: Agent) -> RunError {
    // A model without replies panics when it is asked.
    let model = ScriptedModel::replies([] as [&str; 0]);
    let (system, outcome) = finish(agent.name("ada").task("Begin."), &model).await;
    assert_eq!(model.requests().len(), 0);
    assert_eq!(system.tickets()[0].status(), Status::Todo);
    match outcome {
        RunOutcome::Failed(error) => error,
        other => panic!("{other:?}"),
    }
}

fn with_schema(schema: Value) -> Agent {
    let tool = Tool::new("odd", "Has an odd schema.")
        .schema(schema)
        .handler(|_, _| async { Ok(ToolResult::success("")) });
    Agent::new().tool(tool)
}

#[test]
fn the_tools_of_the_library_have_the_names_of_their_types() {
    let tools = [
        BashTool::unrestricted().into_tool(),
        EditFileTool.into_tool(),
        GlobTool.into_tool(),
        GrepTool.into_tool(),
        KnowledgeTool.into_tool(),
        ListDirectoryTool.into_tool(),
        ManageTicketsTool.into_tool(),
        ReadFileTool.into_tool(),
        ReadTicketsTool.into_tool(),
        ToolSearchTool.into_tool(),
        WebFetchTool::default().into_tool(),
        WriteFileTool.into_tool(),
        WriteHandoverTool.into_tool(),
        WriteResultTool.into_tool(),
    ];
    let names = tools.each_ref().map(|tool| tool.spec().name.as_str());
    let due = [
        "bash",
        "edit_file",
        "glob",
        "grep",
        "knowledge",
        "list_directory",
        "manage_tickets",
        "read_file",
        "read_tickets",
        "tool_search",
        "web_fetch",
        "write_file",
        "write_handover",
        "write_result",
    ];
    assert_eq!(names, due);
}

#[tokio::test]
async fn two_tools_of_one_name_are_an_error() {
    let agent = Agent::new().tools([named("a"), named("b"), named("a")]);
    let error = error(agent).await;
    assert!(
        matches!(&error, RunError::DuplicateTool { agent, tool } if *agent == "ada" && tool == "a"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_built_in_registered_twice_is_an_error() {
    let agent = Agent::new().tool(ReadFileTool).tools((ReadFileTool,));
    let error = error(agent).await;
    assert!(
        matches!(&error, RunError::DuplicateTool { tool, .. } if tool == "read_file"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_name_that_no_vendor_accepts_is_an_error() {
    for name in ["", "two words", "1st", "-a", "é", "a.b", &"a".repeat(65)] {
        let error = error(Agent::new().tool(named(name))).await;
        assert!(
            matches!(&error, RunError::ToolName { tool, .. } if tool == name),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn names_at_the_limits_are_accepted() {
    let names = ["a", "_", "Read-File_2", &"a".repeat(64)];
    let model = ScriptedModel::replies(["The end."]);
    let agent = Agent::new().tools(names.map(named)).task("Begin.");
    let (_system, outcome) = finish(agent, &model).await;
    assert!(outcome.is_drained(), "{outcome:?}");
}

#[tokio::test]
async fn a_schema_that_is_none_is_an_error() {
    let broken = [
        json!({ "type": "objekt" }),
        json!({ "type": "object", "properties": { "a": { "minimum": "one" } } }),
        json!({ "$ref": "https://example.com/schema.json" }),
        json!("object"),
    ];
    for schema in broken {
        let error = error(with_schema(schema)).await;
        assert!(
            matches!(&error, RunError::ToolSchema { tool, .. } if tool == "odd"),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn the_tool_of_a_ticket_with_a_schema_is_no_duplicate() {
    let schema = agentwerk::schemas::Schema::parse(json!({ "type": "integer" })).unwrap();
    let model = ScriptedModel::replies(["7"]);
    let system = agentwerk::TicketSystem::in_memory();
    let agent = Agent::new().tool(WriteResultTool);
    system.agent(agent.provider(model.clone()).model("scripted"));
    system.ticket(agentwerk::Ticket::new("Count.").schema(schema));
    let outcome = system.finish().await;
    assert!(outcome.is_drained(), "{outcome:?}");
    let tools = &model.requests()[0].tools;
    assert_eq!(tools.len(), 1);
    assert_eq!(
        tools[0].schema["properties"]["result"],
        json!({ "type": "integer" })
    );
}
