//! What has to compile: calls in the forms that programs write, and the traits of handles.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use agentwerk::event::{Event, EventKind};
use agentwerk::providers::{AnthropicProvider, EnvironmentError, ProviderError, SharedProvider};
use agentwerk::schemas::ParseSchemaError;
use agentwerk::store::{Durability, JournalError, StoreError};
use agentwerk::testing::ScriptedModel;
use agentwerk::ticket::DeskError;
use agentwerk::tools::{
    ListDirectoryTool, ReadFileTool, Tool, ToolContext, ToolError, ToolResult, WriteResultTool,
};
use agentwerk::{
    Agent, CommentError, EndTicketError, Events, Pending, ResolveApprovalError, RunAgentError,
    RunError, RunOutcome, Stats, Status, Ticket, TicketError, TicketSnapshot, TicketSystem,
};
use agentwerk_tests::within;
use serde_json::json;

const fn is_handle<T: Send + Sync + std::fmt::Debug + 'static>() {}

const _: () = {
    is_handle::<Agent>();
    is_handle::<Event>();
    is_handle::<Events>();
    is_handle::<Pending<std::cell::Cell<u8>>>();
    is_handle::<RunAgentError>();
    is_handle::<RunOutcome>();
    is_handle::<Stats>();
    is_handle::<Ticket<std::cell::Cell<u8>>>();
    is_handle::<TicketError>();
    is_handle::<TicketSnapshot>();
    is_handle::<TicketSystem>();
    is_handle::<Tool>();
    is_handle::<ToolContext>();
    is_handle::<ToolError>();
};

const fn is_error<T: std::error::Error + Send + Sync + 'static>() {}

const _: () = {
    is_error::<CommentError>();
    is_error::<DeskError>();
    is_error::<EndTicketError>();
    is_error::<EnvironmentError>();
    is_error::<JournalError>();
    is_error::<ParseSchemaError>();
    is_error::<ProviderError>();
    is_error::<ResolveApprovalError>();
    is_error::<RunAgentError>();
    is_error::<RunError>();
    is_error::<StoreError>();
    is_error::<TicketError>();
};

#[test]
fn a_status_is_shown_as_one_word() {
    let words = [
        (Status::Todo, "todo"),
        (Status::InProgress, "in_progress"),
        (Status::Waiting, "waiting"),
        (Status::Done, "done"),
        (Status::Failed, "failed"),
        (Status::Cancelled, "cancelled"),
    ];
    for (status, word) in words {
        assert_eq!(status.to_string(), word);
        assert_eq!(json!(status), json!(word));
    }
}

#[test]
fn an_agent_takes_every_form_of_tools_providers_and_handlers() {
    let provider = || AnthropicProvider::new("key").timeout(Duration::from_secs(1));
    let shared = SharedProvider::new(provider());
    let greet = Tool::new("greet", "Says hello.")
        .schema(json!({ "type": "object" }))
        .read_only(true)
        .handler(|input, _ctx| async move {
            let name = input["name"].as_str().unwrap_or("world");
            Ok(ToolResult::success(format!("Hello, {name}!")))
        });
    let dir = PathBuf::from(".");
    let agent = Agent::new()
        .provider(provider())
        .provider(Arc::new(provider().base_url("http://localhost")))
        .provider(&shared)
        .provider(shared)
        .dir(&dir)
        .labels(["a", "b"])
        .labels(vec![String::new()])
        .tool(&greet)
        .tool(greet)
        .tools([ReadFileTool])
        .tools(vec![ReadFileTool])
        .tools((ReadFileTool, (ListDirectoryTool, WriteResultTool)))
        .event_handler(Arc::new(|event: Event| {
            if let EventKind::TicketDone { key } = &event.kind {
                drop(format!("[{}] done {key}", event.agent_name));
            }
        }))
        .event_handler(Arc::new(|event| drop(event.kind)));
    drop(agent);
}

#[tokio::test]
async fn calls_of_a_system_stand_as_statements_and_its_futures_borrow_nothing() {
    let tickets = TicketSystem::new();
    let session = tempfile::TempDir::new().unwrap();
    tickets
        .dir(session.path())
        .durability(Durability::Fsync)
        .max_turns(40)
        .max_time(Duration::from_secs(300))
        .max_input_tokens(200_000)
        .max_output_tokens(50_000)
        .max_schema_retries(3)
        .max_request_retries(3)
        .request_retry_delay(Duration::from_millis(500));
    tickets.provider(ScriptedModel::from_fn(|_| "7")).model("m");
    tickets.pool(2, |i| Agent::new().name(format!("reader_{i}")));
    let parent = tickets.task("first");
    tickets.task_labeled(format!("{} and on", 1), "reader_0");
    tickets.ticket(Ticket::new("second").parent(parent));
    let typed: i64 = within(tickets.submit(Ticket::new(7).returns()))
        .await
        .unwrap();
    assert_eq!(typed, 7);
    tickets.start();
    within(tokio::spawn(tickets.finish())).await.unwrap();
    for ticket in tickets.tickets() {
        assert_eq!(
            format!("{}: {}", ticket.key(), ticket.status()),
            format!("{}: done", ticket.key())
        );
    }
    assert_eq!(
        tickets.stats().stats_for_label("reader_0").tickets_done(),
        1
    );
    tickets.cancel();
    within(tickets.stop()).await;
    assert!(tickets.is_cancelled());
}
