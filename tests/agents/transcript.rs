//! What happened in the conversation about a ticket.

use agentwerk::chat::{
    CallResult, ContentBlock, Message, Request, Response, Role, StopReason, ToolCall,
};
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{Tool, ToolError};
use agentwerk::{Agent, TicketSystem, Transcript};
use agentwerk_tests::{StuckModel, call, echo, within};
use serde_json::json;
use tempfile::TempDir;

use crate::ada;

/// A model that says something, calls two tools of which one fails, one that is not there, and ends.
fn model() -> ScriptedModel {
    ScriptedModel::from_fn(|request: &Request| match request.messages.len() {
        1 => {
            let content = vec![
                ContentBlock::text("I look."),
                ContentBlock::ToolCall(ToolCall::new("1", "echo", &json!({ "text": "there" }))),
                ContentBlock::text("And again."),
                ContentBlock::ToolCall(ToolCall::new("2", "broken", &json!({}))),
            ];
            Response::new(content, StopReason::ToolCalls)
        }
        // A name that was used before.
        3 => call("1", "unknown", &json!({})),
        _ => Response::text("Done."),
    })
}

fn agent() -> Agent {
    let broken = Tool::new("broken", "Breaks.");
    let broken = broken.handler(|_input, _context| async { Err(ToolError::retry("It broke.")) });
    ada(&model()).tool(echo()).tool(broken)
}

fn told(transcript: &Transcript) -> Vec<(&str, Option<&str>, bool)> {
    let calls = transcript.calls();
    calls
        .map(|one| {
            let content = one.result.map(|result| result.content.as_str());
            (one.call.name.as_str(), content, one.is_failed())
        })
        .collect()
}

fn assert_is_whole(transcript: &Transcript) {
    let calls = told(transcript);
    assert_eq!(calls[0], ("echo", Some("there"), false));
    assert_eq!(calls[1], ("broken", Some("It broke."), true));
    assert_eq!((calls[2].0, calls[2].2), ("unknown", true));
    assert!(calls[2].1.unwrap().contains("unknown"), "{calls:?}");
    assert_eq!(calls.len(), 3);
    let failed: Vec<_> = transcript
        .failed_calls()
        .map(|one| &*one.call.name)
        .collect();
    assert_eq!(failed, ["broken", "unknown"]);
    let texts: Vec<_> = transcript.texts().collect();
    assert_eq!(texts, ["I look.", "And again.", "Done."]);
}

#[tokio::test]
async fn calls_are_shown_with_their_results_and_texts_in_order() {
    let tickets = TicketSystem::in_memory();
    tickets.agent(agent());
    let key = tickets.task("Look.");
    assert!(within(tickets.finish()).await.is_drained());
    assert_is_whole(&tickets.get(key).unwrap().transcript().unwrap());
}

#[tokio::test]
async fn what_left_the_memory_is_shown_as_well() {
    let dir = TempDir::new().unwrap();
    let tickets = TicketSystem::new();
    tickets.dir(dir.path()).agent(agent());
    let key = tickets.task("Look.");
    assert!(within(tickets.finish()).await.is_drained());
    within(tickets.close()).await;
    let tickets = TicketSystem::load(dir.path()).unwrap();
    assert_is_whole(&tickets.get(key).unwrap().transcript().unwrap());
}

#[tokio::test]
async fn a_transcript_is_its_messages() {
    let tickets = TicketSystem::in_memory();
    tickets.agent(agent());
    let key = tickets.task("Look.");
    assert!(within(tickets.finish()).await.is_drained());
    let transcript = tickets.get(key).unwrap().transcript().unwrap();
    assert_eq!(transcript.len(), 6);
    assert_eq!(transcript[0], Message::user("Look."));
    assert_eq!(transcript.last().unwrap().role(), Role::Assistant);
    let by_reference: Vec<_> = (&transcript).into_iter().cloned().collect();
    let mut in_a_loop = Vec::new();
    for message in transcript.clone() {
        in_a_loop.push(message);
    }
    assert_eq!(by_reference, in_a_loop);
    assert_eq!(json!(transcript), json!(by_reference));
    assert_eq!(Transcript::new(by_reference), transcript);
    // It is a history to go on with.
    let reply =
        within(ada(&ScriptedModel::replies(["Again."])).run(transcript.into_messages())).await;
    assert_eq!(reply.unwrap().text(), "Again.");
}

#[tokio::test]
async fn a_call_that_is_under_way_has_no_result_and_has_not_failed() {
    let called = StuckModel::default();
    let inner = Agent::new().provider(called.clone()).model("m");
    let tool =
        Tool::new("ask", "Asks somebody who never answers.").handler(move |_input, _context| {
            let inner = inner.clone();
            async move {
                let reply = inner.run(vec![Message::user("Well?")]).await?;
                Ok(agentwerk::tools::ToolResult::success(reply.text()))
            }
        });
    let model = ScriptedModel::replies([call("1", "ask", &json!({}))]);
    let tickets = TicketSystem::in_memory();
    tickets.agent(ada(&model).tool(tool));
    let key = tickets.task("Ask.");
    tickets.start();
    within(called.asked()).await;
    let transcript = tickets.get(key).unwrap().transcript().unwrap();
    assert_eq!(told(&transcript), [("ask", None, false)]);
    assert_eq!(transcript.failed_calls().count(), 0);
    within(tickets.stop()).await;
}

#[test]
fn a_ticket_that_nobody_began_has_an_empty_one() {
    let tickets = TicketSystem::in_memory();
    let key = tickets.task("x");
    let transcript = tickets.get(key).unwrap().transcript().unwrap();
    assert!(transcript.is_empty() && transcript == Transcript::default());
    assert_eq!(
        (transcript.calls().count(), transcript.texts().count()),
        (0, 0)
    );
}

#[test]
fn the_result_of_a_call_is_the_one_behind_it() {
    let call = |name| {
        let call = ToolCall::new("same", name, &json!({}));
        Message::new(Role::Assistant, vec![ContentBlock::ToolCall(call)])
    };
    let answer = |content: &str| {
        Message::tool_results(vec![CallResult {
            call_id: "same".into(),
            content: content.to_owned(),
            is_error: false,
        }])
    };
    let transcript = Transcript::new(vec![
        Message::user("Go."),
        call("first"),
        Message::user("A word between them."),
        answer("1"),
        call("second"),
        answer("2"),
        call("third"),
    ]);
    let expected = [
        ("first", Some("1"), false),
        ("second", Some("2"), false),
        ("third", None, false),
    ];
    assert_eq!(told(&transcript), expected);
}
