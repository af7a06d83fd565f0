//! Answers from another part of the program.

use agentwerk::event::{ApprovalDecision, RunOutcome};
use agentwerk::{Agent, ResolveApprovalError, Status, TicketError};
use agentwerk_tests::within;
use serde_json::json;

use super::{Calls, FIRST, begin, call, model};

#[tokio::test]
async fn without_a_handler_the_ticket_waits_for_somebody() {
    let calls = Calls::default();
    let model = model([call("1", "pay", &json!({}))]);
    let tickets = begin(Agent::new().tool(calls.tool("pay")), &model);
    let outcome = within(tickets.finish()).await;
    assert!(
        matches!(&outcome, RunOutcome::Waiting(keys) if *keys == [FIRST]),
        "{outcome:?}"
    );
    assert!(calls.all().is_empty());

    let [request] = tickets.approvals().try_into().unwrap();
    within(tickets.resolve_approval(&request, ApprovalDecision::Approve))
        .await
        .unwrap();
    assert_eq!(tickets.get(FIRST).unwrap().status(), Status::Todo);
    assert!(tickets.approvals().is_empty());
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(calls.all().len(), 1);
}

#[tokio::test]
async fn whoever_waits_for_the_result_is_told_that_the_ticket_waits() {
    let calls = Calls::default();
    let model = model([call("1", "pay", &json!({}))]);
    let tickets = begin(Agent::new().tool(calls.tool("pay")), &model);
    let pending = tickets.submit(agentwerk::Ticket::new("Begin again."));
    let error = within(pending).await.unwrap_err();
    assert!(
        matches!(
            &error,
            TicketError::Unfinished {
                outcome: RunOutcome::Waiting(_),
                ..
            }
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn the_first_answer_counts_and_no_other_is_taken() {
    let calls = Calls::default();
    let model = model([call("1", "pay", &json!({}))]);
    let tickets = begin(Agent::new().tool(calls.tool("pay")), &model);
    within(tickets.finish()).await;
    let [request] = tickets.approvals().try_into().unwrap();
    // Taken at the call, although nobody waits for it.
    drop(tickets.resolve_approval(&request, ApprovalDecision::Deny("no".to_owned())));
    let late = within(tickets.resolve_approval(&request, ApprovalDecision::Approve)).await;
    assert!(
        matches!(late, Err(ResolveApprovalError::NotOpen { .. })),
        "{late:?}"
    );
    assert!(within(tickets.finish()).await.is_drained());
    assert!(calls.all().is_empty());
}

#[tokio::test]
async fn leave_for_other_arguments_or_another_ticket_is_no_leave() {
    let calls = Calls::default();
    let model = model([call("1", "pay", &json!({ "amount": 7 }))]);
    let tickets = begin(Agent::new().tool(calls.tool("pay")), &model);
    within(tickets.finish()).await;
    let [request] = tickets.approvals().try_into().unwrap();

    let other = call("1", "pay", &json!({ "amount": 7_000 }));
    let mut arguments = request.clone();
    arguments.digest = other.arguments.digest();
    arguments.arguments = other.arguments;
    let mut ticket = request.clone();
    ticket.ticket = Some(agentwerk::TicketKey::from_number(2));
    let mut nowhere = request.clone();
    nowhere.ticket = None;
    for wrong in [arguments, ticket, nowhere] {
        let refused = within(tickets.resolve_approval(&wrong, ApprovalDecision::Approve)).await;
        assert!(
            matches!(refused, Err(ResolveApprovalError::NotOpen { .. })),
            "{refused:?}"
        );
    }
    assert_eq!(tickets.approvals(), [request]);
    assert_eq!(
        tickets.outcome().map(|o| o.to_string()),
        Some(RunOutcome::Waiting(vec![FIRST]).to_string())
    );
}

#[tokio::test]
async fn an_agent_by_itself_keeps_its_session_open_while_its_ticket_waits() {
    let dir = tempfile::TempDir::new().unwrap();
    let calls = Calls::default();
    let agent = Agent::new().tool(calls.tool("pay")).dir(dir.path());
    let agent = agent.provider(model([call("1", "pay", &json!({}))]));
    let work = within(agent.model("scripted").task("Begin.").finish()).await;
    let [request] = work.approvals().try_into().unwrap();
    let answered = work.resolve_approval(&request, ApprovalDecision::Approve);
    within(answered).await.unwrap();
    assert!(within(work.finish()).await.is_drained());
    assert_eq!(calls.all().len(), 1);
}
