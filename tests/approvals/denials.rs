//! What follows when somebody says no.

use agentwerk::event::{ApprovalDecision, ApprovalRequest};
use agentwerk::{Agent, Status};
use agentwerk_tests::within;
use serde_json::json;

use super::{Calls, FIRST, begin, call, model, told};

#[tokio::test]
async fn a_denial_is_an_error_result_with_the_reason_and_the_ticket_goes_on() {
    let calls = Calls::default();
    let agent = Agent::new()
        .tool(calls.tool("pay"))
        .approval(|_request| async { ApprovalDecision::Deny("not on a Sunday".to_owned()) });
    let tickets = begin(agent, &model([call("1", "pay", &json!({}))]));
    assert!(within(tickets.finish()).await.is_drained());
    let [told] = told(&tickets).try_into().unwrap();
    assert!(told.is_error);
    assert!(told.content.contains("not on a Sunday"), "{told:?}");
    assert!(told.content.contains("Do not make the same call again"));
    assert!(calls.all().is_empty());
    assert_eq!(tickets.get(FIRST).unwrap().status(), Status::Done);
}

#[tokio::test]
async fn one_call_of_a_turn_is_denied_and_the_other_runs() {
    let calls = Calls::default();
    let agent =
        Agent::new()
            .tool(calls.tool("pay"))
            .approval(|request: ApprovalRequest| async move {
                if request.arguments.as_str().contains("mine") {
                    ApprovalDecision::Approve
                } else {
                    ApprovalDecision::Deny("not yours".to_owned())
                }
            });
    let model = model([
        call("1", "pay", &json!({ "from": "yours" })),
        call("2", "pay", &json!({ "from": "mine" })),
    ]);
    let tickets = begin(agent, &model);
    assert!(within(tickets.finish()).await.is_drained());
    let told = told(&tickets);
    assert!(told[0].is_error && !told[1].is_error, "{told:?}");
    assert_eq!(calls.all(), [json!({ "from": "mine" })]);
}

#[tokio::test]
async fn a_handler_that_panics_has_denied() {
    let calls = Calls::default();
    let agent = Agent::new()
        .tool(calls.tool("pay"))
        .approval(|_request| async { panic!("no screen") });
    let tickets = begin(agent, &model([call("1", "pay", &json!({}))]));
    assert!(within(tickets.finish()).await.is_drained());
    assert!(told(&tickets)[0].content.contains("no screen"));
    assert!(calls.all().is_empty());
}
