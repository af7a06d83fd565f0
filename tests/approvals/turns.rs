//! All calls of a turn that need leave are asked for together, before any call of the turn runs.

use agentwerk::event::{ApprovalDecision, RunOutcome};
use agentwerk::tools::{Tool, ToolResult};
use agentwerk::{Agent, Status};
use agentwerk_tests::{all_calls_are_answered, within};
use serde_json::json;

use super::{Calls, FIRST, begin, call, model, told, transcript};

fn free(calls: &Calls) -> Tool {
    let calls = calls.clone();
    Tool::new("look", "Looks.")
        .schema(json!({ "type": "object" }))
        .handler(move |input, _context| {
            calls.0.lock().unwrap().push(input);
            async { Ok(ToolResult::success("looked")) }
        })
}

#[tokio::test]
async fn no_call_of_a_turn_runs_before_all_answers_are_there() {
    let (paid, looked) = (Calls::default(), Calls::default());
    let agent = Agent::new().tools((paid.tool("pay"), free(&looked)));
    let model = model([
        call("1", "look", &json!({ "at": 1 })),
        call("2", "pay", &json!({ "amount": 2 })),
        call("3", "pay", &json!({ "amount": 3 })),
        call("4", "look", &json!({ "at": 4 })),
    ]);
    let tickets = begin(agent, &model);
    assert!(matches!(
        within(tickets.finish()).await,
        RunOutcome::Waiting(_)
    ));
    assert!(looked.all().is_empty());

    let [first, second] = tickets.approvals().try_into().unwrap();
    let answered = tickets.resolve_approval(&second, ApprovalDecision::Approve);
    within(answered).await.unwrap();
    assert_eq!(tickets.get(FIRST).unwrap().status(), Status::Waiting);
    assert!(matches!(
        within(tickets.finish()).await,
        RunOutcome::Waiting(_)
    ));
    let answered = tickets.resolve_approval(&first, ApprovalDecision::Deny("no".to_owned()));
    within(answered).await.unwrap();
    assert!(within(tickets.finish()).await.is_drained());

    let told = told(&tickets);
    let errors: Vec<_> = told.iter().map(|result| result.is_error).collect();
    assert_eq!(errors, [false, true, false, false], "{told:?}");
    assert_eq!(looked.all(), [json!({ "at": 1 }), json!({ "at": 4 })]);
    assert_eq!(paid.all(), [json!({ "amount": 3 })]);
    assert!(all_calls_are_answered(&transcript(&tickets)));
}

#[tokio::test]
async fn a_call_behind_the_end_of_the_work_is_no_question() {
    let calls = Calls::default();
    let agent = Agent::new().tools((calls.tool("pay"), agentwerk::tools::WriteResultTool));
    let model = model([
        call("1", "write_result", &json!({ "result": "done" })),
        call("2", "pay", &json!({})),
    ]);
    let tickets = begin(agent, &model);
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(tickets.last_result().as_deref(), Some("done"));
    assert!(tickets.get(FIRST).unwrap().approvals().is_empty());
}
