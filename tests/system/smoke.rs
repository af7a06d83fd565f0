use agentwerk::chat::{Response, ToolCall};
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::ReadFileTool;
use agentwerk::{Agent, Ticket, TicketSystem};
use serde_json::json;

#[tokio::test]
async fn reads_a_file_and_answers() {
    let model = ScriptedModel::from_fn(|request| {
        if request.messages.len() == 1 {
            Response::tool_calls([ToolCall::new(
                "1",
                "read_file",
                &json!({ "path": "Cargo.toml" }),
            )])
        } else {
            Response::text(format!("{:?}", request.messages.last()))
        }
    });
    let work = Agent::new()
        .provider(model)
        .model("m")
        .tool(ReadFileTool)
        .task("What?")
        .finish()
        .await;
    let text = work.last_result().unwrap();
    assert!(text.contains("agentwerk-tests"), "{text}");
}

#[tokio::test]
async fn ten_thousand() {
    let tickets = TicketSystem::in_memory();
    tickets
        .provider(ScriptedModel::from_fn(|_| "ok"))
        .model("m");
    tickets.pool(256, |_| Agent::new());
    for n in 0..10_000 {
        tickets.ticket(Ticket::new(n));
    }
    let outcome = tickets.finish().await;
    assert!(outcome.is_drained(), "{outcome:?}");
    assert_eq!(tickets.all_results().len(), 10_000);
}
