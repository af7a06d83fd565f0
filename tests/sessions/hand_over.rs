//! A ticket that is handed over: finished and followed by another one in one step.

use agentwerk::chat::{Response, ToolCall};
use agentwerk::event::{EventKind, RunOutcome};
use agentwerk::schemas::Schema;
use agentwerk::testing::ScriptedModel;
use agentwerk::ticket::DeskError;
use agentwerk::tools::{Tool, ToolResult, WriteResultTool};
use agentwerk::{Agent, Status, Ticket, TicketSystem};
use agentwerk_tests::{EventLog, call, name_of, within};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::records;

/// A tool that hands its ticket over with this result; tells the model of an error.
fn hand_over() -> Tool {
    Tool::new("pass_on", "Passes the work on.")
        .schema(json!({ "type": "object" }))
        .handler(|arguments: Value, context| async move {
            let next = Ticket::new("review it").label("review");
            let desk = context.desk().expect("a ticket system");
            match desk.hand_over(arguments["result"].clone(), next).await {
                Ok(child) => Ok(ToolResult::success(child.to_string())),
                Err(DeskError::Store { source }) => Err(source.into()),
                Err(error) => Ok(ToolResult::error(error.to_string())),
            }
        })
}

/// A writer that hands over, and a reviewer.
fn staff(tickets: &TicketSystem, writer: ScriptedModel) {
    let writer = Agent::new().name("writer").label("write").provider(writer);
    tickets.agent(writer.model("m").tool(hand_over()));
    let reviewer = Agent::new().name("reviewer").label("review");
    let replies = ScriptedModel::from_fn(|_| "fine");
    tickets.agent(reviewer.provider(replies).model("m"));
}

fn pass_on(result: &Value) -> Response {
    call("1", "pass_on", &json!({ "result": result }))
}

#[tokio::test]
async fn one_record_finishes_a_ticket_and_opens_the_next() {
    let dir = TempDir::new().unwrap();
    for is_durable in [false, true] {
        let tickets = if is_durable {
            TicketSystem::new()
        } else {
            TicketSystem::in_memory()
        };
        if is_durable {
            tickets.dir(dir.path());
        }
        let log = EventLog::of(&tickets);
        staff(
            &tickets,
            ScriptedModel::replies([pass_on(&json!("a draft"))]),
        );
        let pending = tickets.submit(Ticket::new("write").label("write").returns::<String>());
        let parent = *pending.key();
        assert_eq!(within(pending).await.unwrap(), "a draft");
        assert!(within(tickets.finish()).await.is_drained());

        let ticket = tickets.get(parent).unwrap();
        let child = ticket.successor_key().unwrap();
        let next = tickets.get(child).unwrap();
        assert_eq!(next.parent_key(), Some(parent));
        assert_eq!(next.reporter(), &"writer");
        assert_eq!(next.result_string().as_deref(), Some("fine"));
        let ends: Vec<_> = log
            .of_ticket(parent)
            .iter()
            .filter(|kind| kind.is_terminal())
            .map(name_of)
            .collect();
        assert_eq!(ends, ["TicketDone"]);
        let told: Vec<_> = log
            .events()
            .into_iter()
            .filter(|event| {
                matches!(
                    event.kind,
                    EventKind::TicketHandedOver { .. }
                        | EventKind::TicketSubmitted { .. }
                        | EventKind::TicketStarted { .. }
                        | EventKind::TicketDone { .. }
                )
            })
            .map(|event| (event.ticket_key.unwrap(), name_of(&event.kind)))
            .collect();
        let expected = [
            (parent, "TicketSubmitted"),
            (parent, "TicketStarted"),
            (parent, "TicketHandedOver"),
            (parent, "TicketDone"),
            (child, "TicketSubmitted"),
            (child, "TicketStarted"),
            (child, "TicketDone"),
        ];
        assert_eq!(told, expected.map(|(key, name)| (key, name.to_owned())));
        assert_eq!(tickets.stats().tickets_created(), 2);
    }
    let steps: Vec<_> = records(dir.path())
        .into_iter()
        .filter(|record| record["handed_over"] != Value::Null)
        .collect();
    assert_eq!(steps.len(), 1);
    assert_eq!(steps[0]["handed_over"]["child"], "TICKET-2");
    assert_eq!(steps[0]["handed_over"]["body"]["task"], "review it");
}

#[tokio::test]
async fn a_result_that_does_not_fit_changes_nothing() {
    let replies = [
        pass_on(&json!("three")),
        agentwerk_tests::write_result(&json!(3)),
    ];
    let tickets = TicketSystem::in_memory();
    let model = ScriptedModel::replies(replies);
    staff(&tickets, model.clone());
    let schema = Schema::parse(json!({ "type": "integer" })).unwrap();
    let key = tickets.ticket(Ticket::new("count").label("write").schema(schema));
    assert!(within(tickets.finish()).await.is_drained());
    let ticket = tickets.get(key).unwrap();
    assert_eq!(ticket.status(), Status::Done);
    assert_eq!(ticket.result(), Some(&json!(3)));
    assert_eq!(tickets.tickets().len(), 1);
    let told = agentwerk_tests::results(model.requests()[1].messages.last().unwrap());
    assert!(
        told[0].content.contains("does not fit the schema"),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_call_behind_one_that_hands_the_ticket_over_does_not_run() {
    let calls = ["pass_on", "act", "write_result"].map(|tool| {
        let arguments = json!({ "result": "a draft" });
        ToolCall::new(tool, tool, &arguments)
    });
    let tickets = TicketSystem::in_memory();
    let log = EventLog::of(&tickets);
    let act = Tool::new("act", "Changes the world.")
        .schema(json!({ "type": "object" }))
        .handler(|_, _| async { Ok(ToolResult::success("changed")) });
    let writer = ScriptedModel::replies([Response::tool_calls(calls)]);
    let writer = Agent::new().label("write").provider(writer).model("m");
    tickets.agent(writer.tools((hand_over(), act, WriteResultTool)));
    let key = tickets.task_labeled("write", "write");

    let outcome = within(tickets.finish()).await;
    assert!(matches!(outcome, RunOutcome::Stalled(_)), "{outcome}");
    let ticket = tickets.get(key).unwrap();
    assert_eq!(ticket.result(), Some(&json!("a draft")));
    assert_eq!(log.count("ToolCallStarted"), 1);
}
