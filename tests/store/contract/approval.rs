use agentwerk::chat::ToolCall;
use agentwerk::store::{Batch, StoreError};
use agentwerk::ticket::{ApprovalDecision, ApprovalRequest, Change};
use agentwerk::{AgentName, Status};
use serde_json::json;

use super::fixture::*;
use super::lease::is_stale;

fn request(call: &str, digest: &str) -> ApprovalRequest {
    let call = ToolCall::new(call, "delete", &json!({ "digest": digest }));
    ApprovalRequest::new(None, AgentName::default(), &call)
}

fn requested(call: &str) -> Change {
    Change::ApprovalRequested(request(call, "1f"))
}

fn approved(request: ApprovalRequest) -> Change {
    let decision = ApprovalDecision::Approve;
    Change::ApprovalResolved { request, decision }
}

pub(crate) async fn a_request_has_the_ticket_wait(store: Shared) {
    let lease = claimed(&store, LONG).await;
    leased(&store, &lease, requested("1")).await.unwrap();

    let ticket = get(&store, lease.key);
    assert_eq!(ticket.status(), Status::Waiting);
    assert_eq!(ticket.approvals()[0].request, request("1", "1f"));
    assert_eq!(ticket.approvals()[0].decision, None);
    assert_eq!(store.backlog(&anyone()).waiting, 1);
    assert_eq!(store.next_expiry(), None);
    assert_eq!(claim(&store, &anyone()).await, None);
    let refused = leased(&store, &lease, done()).await;
    assert!(is_stale(&refused, &lease), "{refused:?}");
}

pub(crate) async fn an_answer_opens_the_ticket_again(store: Shared) {
    let lease = claimed(&store, LONG).await;
    leased(&store, &lease, requested("1")).await.unwrap();
    let mut watch = store.watch(&anyone());
    let denied = ApprovalDecision::Deny("not today".to_owned());
    let answer = Change::ApprovalResolved {
        request: request("1", "1f"),
        decision: denied.clone(),
    };
    change(&store, lease.key, answer).await.unwrap();

    assert!(is_offered(&mut watch).await);
    let ticket = get(&store, lease.key);
    assert_eq!(ticket.status(), Status::Todo);
    assert_eq!(ticket.approvals()[0].decision, Some(denied));
    assert_eq!(claim(&store, &anyone()).await, Some(lease.key));
}

pub(crate) async fn a_request_is_answered_once(store: Shared) {
    let lease = claimed(&store, LONG).await;
    leased(&store, &lease, requested("1")).await.unwrap();
    let answer = approved(request("1", "1f"));
    change(&store, lease.key, answer.clone()).await.unwrap();
    let refused = change(&store, lease.key, answer).await;
    assert!(
        matches!(refused, Err(StoreError::UnknownApproval { .. })),
        "{refused:?}"
    );
}

pub(crate) async fn leave_for_other_arguments_is_refused(store: Shared) {
    let lease = claimed(&store, LONG).await;
    leased(&store, &lease, requested("1")).await.unwrap();
    for other in [request("1", "2e"), request("2", "1f")] {
        let refused = change(&store, lease.key, approved(other)).await;
        assert!(
            matches!(refused, Err(StoreError::UnknownApproval { .. })),
            "{refused:?}"
        );
    }
    assert_eq!(status(&store, lease.key), Status::Waiting);
}

pub(crate) async fn the_calls_of_one_turn_ask_together(store: Shared) {
    let lease = claimed(&store, LONG).await;
    let asked = ["1", "2"].map(|call| record(lease.key, requested(call)));
    let batch = Batch::leased(&lease, asked.to_vec());
    store.append(batch).await.unwrap();
    assert_eq!(get(&store, lease.key).approvals().len(), 2);

    let answers = ["1", "2"].map(|call| approved(request(call, "1f")));
    let [first, second] = answers;
    change(&store, lease.key, first).await.unwrap();
    assert_eq!(status(&store, lease.key), Status::Waiting);
    assert_eq!(claim(&store, &anyone()).await, None);
    change(&store, lease.key, second).await.unwrap();
    let ticket = get(&store, lease.key);
    assert_eq!(ticket.status(), Status::Todo);
    assert!(ticket.approvals().iter().all(|one| one.decision.is_some()));
    assert_eq!(claim(&store, &anyone()).await, Some(lease.key));
}

pub(crate) async fn answers_are_used_once(store: Shared) {
    let lease = claimed(&store, LONG).await;
    leased(&store, &lease, requested("1")).await.unwrap();
    let answer = approved(request("1", "1f"));
    change(&store, lease.key, answer).await.unwrap();
    let used = change(&store, lease.key, Change::ApprovalsUsed).await;
    assert!(matches!(used, Err(StoreError::Transition(_))), "{used:?}");
    assert!(!get(&store, lease.key).approvals()[0].is_used);

    let again = store
        .claim(&anyone(), &AgentName::from("again"), LONG)
        .await;
    let again = again.unwrap().unwrap().lease;
    leased(&store, &again, Change::ApprovalsUsed).await.unwrap();
    let ticket = get(&store, lease.key);
    assert_eq!(ticket.status(), Status::InProgress);
    assert!(ticket.approvals()[0].is_used);
    assert!(!ticket.approvals()[0].is_open());
}

pub(crate) async fn a_ticket_that_waits_can_be_called_off(store: Shared) {
    let lease = claimed(&store, LONG).await;
    leased(&store, &lease, requested("1")).await.unwrap();
    change(&store, lease.key, Change::Cancelled).await.unwrap();
    assert_eq!(status(&store, lease.key), Status::Cancelled);
    assert_eq!(store.backlog(&anyone()).waiting, 0);
    let refused = change(&store, lease.key, approved(request("1", "1f"))).await;
    assert!(refused.is_err());
}
