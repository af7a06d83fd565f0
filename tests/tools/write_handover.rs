//! Handing a ticket over: the result and the next ticket, both or neither.

use std::fs;

use agentwerk::chat::{CallResult, Request, Response};
use agentwerk::schemas::Schema;
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{ToolContext, WriteHandoverTool, WriteResultTool};
use agentwerk::{Agent, Status, Ticket, TicketKey, TicketSnapshot, TicketSystem};
use agentwerk_tests::{all_calls_are_answered, results, within};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::play::call_in;

const PARENT: TicketKey = TicketKey::from_number(1);
const CHILD: TicketKey = TicketKey::from_number(2);

/// What came of one call of the tool by `alice`.
struct Handed {
    tickets: TicketSystem,
    told: CallResult,
}

impl Handed {
    fn parent(&self) -> TicketSnapshot {
        self.tickets.get(PARENT).unwrap()
    }

    fn child(&self) -> TicketSnapshot {
        self.tickets.get(CHILD).expect("there is a next ticket")
    }

    /// Whether the call was refused, and nothing has changed.
    #[track_caller]
    fn assert_refused(&self, hint: &str) {
        assert!(self.told.is_error, "{:?}", self.told);
        assert!(self.told.content.contains(hint), "{:?}", self.told);
        assert_eq!(self.tickets.tickets().len(), 1, "no next ticket");
        assert_eq!(self.parent().successor_key(), None);
    }
}

/// Lets `alice` hand this ticket over; a call that is refused is followed by a result.
async fn hand_over_in(tickets: TicketSystem, ticket: Ticket, arguments: Value) -> Handed {
    let model = ScriptedModel::from_fn(move |request: &Request| match request.messages.len() {
        1 => agentwerk_tests::call("1", "write_handover", &arguments),
        _ => Response::text("\"given up, after a refusal that this text is long enough for\""),
    });
    let alice = Agent::new().name("alice").label("alice");
    let alice = alice.tools((WriteHandoverTool, WriteResultTool));
    tickets.agent(alice.provider(model).model("scripted"));
    tickets.ticket(ticket.label("alice"));
    // The next ticket is served by nobody.
    within(tickets.finish()).await;
    let transcript = tickets.get(PARENT).unwrap().transcript().unwrap();
    assert!(all_calls_are_answered(&transcript), "{transcript:?}");
    let [told] = results(&transcript[2]).try_into().unwrap();
    Handed { tickets, told }
}

async fn hand_over(arguments: Value) -> Handed {
    let ticket = Ticket::new("the parent's body");
    hand_over_in(TicketSystem::in_memory(), ticket, arguments).await
}

#[tokio::test]
async fn the_parent_is_finished_and_the_child_has_a_link_to_it() {
    let handed = hand_over(json!({
        "to": " bob ", "task": "continue with X", "result": "what alice found"
    }))
    .await;
    assert!(!handed.told.is_error, "{:?}", handed.told);
    let (parent, child) = (handed.parent(), handed.child());
    assert_eq!(parent.status(), Status::Done);
    assert_eq!(parent.result_string().as_deref(), Some("what alice found"));
    assert_eq!(parent.successor_key(), Some(CHILD));
    assert_eq!(child.status(), Status::Todo);
    assert_eq!(child.parent_key(), Some(PARENT));
    assert_eq!(child.labels(), ["bob"]);
    assert_eq!(child.reporter(), &"alice");
    assert_eq!(child.task(), "continue with X");
}

#[tokio::test]
async fn one_line_of_results_is_written_for_the_parent() {
    let dir = TempDir::new().unwrap();
    let tickets = TicketSystem::new();
    tickets.dir(dir.path());
    let arguments = json!({ "to": "bob", "task": "next", "result": "part 1" });
    let handed = hand_over_in(tickets, Ticket::new("the body"), arguments).await;
    within(handed.tickets.close()).await;
    let lines = fs::read_to_string(dir.path().join("results.jsonl")).unwrap();
    let [line] = lines.lines().collect::<Vec<_>>().try_into().unwrap();
    let line: Value = serde_json::from_str(line).unwrap();
    assert_eq!(line["ticket"], "TICKET-1");
    assert_eq!(line["agent"], "alice");
    assert_eq!(line["result"], "part 1");
}

fn long_text() -> Schema {
    Schema::parse(json!({ "type": "string", "minLength": 50 })).unwrap()
}

#[tokio::test]
async fn a_result_that_does_not_fit_changes_nothing() {
    let ticket = Ticket::new("strict").schema(long_text());
    let arguments = json!({ "to": "bob", "task": "next", "result": "too short" });
    let handed = hand_over_in(TicketSystem::in_memory(), ticket, arguments).await;
    handed.assert_refused("/result");
}

#[tokio::test]
async fn a_schema_that_is_none_changes_nothing() {
    let handed = hand_over(json!({
        "to": "bob", "task": "next", "result": "ok", "schema": { "type": "no_such_type" }
    }))
    .await;
    handed.assert_refused("`schema` is no JSON schema");
}

#[tokio::test]
async fn a_schema_goes_to_the_child() {
    let document = json!({ "type": "object", "required": ["title"] });
    let handed = hand_over(json!({
        "to": "bob", "task": "write a report", "result": "notes", "schema": document
    }))
    .await;
    let child = handed.child();
    assert_eq!(child.schema().unwrap().document(), &document);
}

#[tokio::test]
async fn to_is_needed() {
    let handed = hand_over(json!({ "task": "x", "result": "y" })).await;
    handed.assert_refused("to");
}

#[tokio::test]
async fn a_blank_to_is_refused() {
    let handed = hand_over(json!({ "to": "  ", "task": "x", "result": "y" })).await;
    handed.assert_refused("`to` is empty");
}

#[tokio::test]
async fn a_task_is_needed() {
    for arguments in [
        json!({ "to": "bob", "result": "y" }),
        json!({ "to": "bob", "task": "", "result": "y" }),
        json!({ "to": "bob", "task": " ", "result": "y" }),
    ] {
        hand_over(arguments).await.assert_refused("task");
    }
}

#[tokio::test]
async fn a_result_is_needed() {
    let handed = hand_over(json!({ "to": "bob", "task": "x" })).await;
    handed.assert_refused("result");
}

#[tokio::test]
async fn a_result_that_is_null_or_empty_is_refused() {
    for result in [json!(null), json!(""), json!(" ")] {
        let handed = hand_over(json!({ "to": "bob", "task": "x", "result": result })).await;
        handed.assert_refused("result");
    }
}

#[tokio::test]
async fn without_a_schema_a_result_is_text() {
    for result in [json!(42), json!([1, 2, 3]), json!({ "k": "v" })] {
        let handed = hand_over(json!({ "to": "bob", "task": "next", "result": result })).await;
        handed.assert_refused("/result");
    }
}

#[tokio::test]
async fn with_a_schema_a_result_is_what_fits_it() {
    let schema = Schema::parse(json!({
        "type": "object", "properties": { "score": { "type": "integer" } }, "required": ["score"]
    }));
    let ticket = Ticket::new("scored").schema(schema.unwrap());
    let arguments = json!({
        "to": "bob", "task": "Explain {parent_result}.", "result": { "score": 7 }
    });
    let handed = hand_over_in(TicketSystem::in_memory(), ticket, arguments).await;
    assert_eq!(handed.parent().result(), Some(&json!({ "score": 7 })));
    assert_eq!(handed.child().task(), r#"Explain {"score":7}."#);
}

#[tokio::test]
async fn a_task_that_is_no_text_is_refused() {
    let handed = hand_over(json!({ "to": "bob", "task": 42, "result": "ok" })).await;
    handed.assert_refused("/task");
}

#[tokio::test]
async fn without_a_ticket_there_is_nothing_to_hand_over() {
    let arguments = json!({ "to": "bob", "task": "x", "result": "y" });
    let refused = call_in(".", WriteHandoverTool, arguments)
        .await
        .unwrap_err();
    assert!(refused.contains("no ticket"), "{refused}");
    assert!(ToolContext::new(".").ticket().is_none());
}

#[tokio::test]
async fn the_task_may_name_the_parent_and_its_result() {
    let handed = hand_over(json!({
        "to": "bob", "task": "Continue {parent_key}: {parent_result}", "result": "findings"
    }))
    .await;
    assert_eq!(handed.child().task(), "Continue TICKET-1: findings");
}

#[tokio::test]
async fn other_names_in_braces_stay() {
    let handed = hand_over(json!({
        "to": "bob", "task": "See {parent_key}, {unknown} and { this }", "result": "ok"
    }))
    .await;
    assert_eq!(
        handed.child().task(),
        "See TICKET-1, {unknown} and { this }"
    );
}

#[tokio::test]
async fn what_was_put_in_is_not_looked_at_again() {
    let handed = hand_over(json!({
        "to": "bob", "task": "[{parent_result}]", "result": "{parent_key}{parent_result}"
    }))
    .await;
    assert_eq!(handed.child().task(), "[{parent_key}{parent_result}]");
}

/// Agents that hand every ticket to each other.
async fn play_ping_pong(tickets: &TicketSystem) {
    for (name, other) in [("alice", "bob"), ("bob", "alice")] {
        let model = ScriptedModel::from_fn(move |request: &Request| {
            if request.messages.len() == 1 {
                let arguments =
                    json!({ "to": other, "task": "Your turn.", "result": "mine is over" });
                agentwerk_tests::call("1", "write_handover", &arguments)
            } else {
                let told = results(request.messages.last().unwrap());
                Response::text(told[0].content.clone())
            }
        });
        let agent = Agent::new().name(name).label(name).tool(WriteHandoverTool);
        tickets.agent(agent.provider(model).model("scripted"));
    }
    tickets.task_labeled("Begin.", "alice");
    assert!(within(tickets.finish()).await.is_drained());
}

#[tokio::test]
async fn work_is_passed_on_sixteen_times_and_no_more() {
    let tickets = TicketSystem::in_memory();
    play_ping_pong(&tickets).await;
    assert_eq!(tickets.tickets().len(), 17);
    let last = tickets.last_result().unwrap();
    assert!(last.contains("16 times in a row"), "{last}");
    assert!(last.contains("Finish it yourself"), "{last}");
}

#[tokio::test]
async fn the_limit_of_hand_overs_can_be_set() {
    let tickets = TicketSystem::in_memory();
    tickets.max_hops(2);
    play_ping_pong(&tickets).await;
    assert_eq!(tickets.tickets().len(), 3);
}
