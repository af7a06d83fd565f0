//! A batch that ends one ticket changes others beside it, and is followed by batches that do not
//! wait for it.

use agentwerk::chat::ToolCall;
use agentwerk::store::{Batch, Lease, StoreError};
use agentwerk::ticket::{ApprovalDecision, ApprovalRequest, Change};
use agentwerk::{AgentName, Status};
use serde_json::json;

use super::fixture::*;

fn request(call: &str) -> ApprovalRequest {
    let call = ToolCall::new(call, "delete", &json!({}));
    ApprovalRequest::new(None, AgentName::default(), &call)
}

fn answer(call: &str, decision: ApprovalDecision) -> Change {
    let request = request(call);
    Change::ApprovalResolved { request, decision }
}

/// A message under the lease, and the end of another ticket beside it.
async fn message_beside_an_end(store: &Shared, lease: &Lease) -> Batch {
    let other = submit(store, ["other"]).await;
    let records = vec![
        record(lease.key, message("beside")),
        record(other, Change::Cancelled),
    ];
    Batch::leased(lease, records)
}

pub(crate) async fn a_ticket_that_is_answered_beside_an_end_can_be_claimed(store: Shared) {
    let lease = claimed(&store, LONG).await;
    let requests = ["1", "2"].map(|call| Change::ApprovalRequested(request(call)));
    let requests = requests.map(|change| record(lease.key, change)).into();
    store.append(Batch::leased(&lease, requests)).await.unwrap();
    let first = answer("1", ApprovalDecision::Approve);
    change(&store, lease.key, first).await.unwrap();
    let other = submit(&store, ["other"]).await;
    let records = vec![
        record(lease.key, answer("2", ApprovalDecision::Approve)),
        record(other, Change::Cancelled),
    ];
    append(&store, records).await.unwrap();

    assert_eq!(store.backlog(&anyone()).todo, 1);
    assert_eq!(claim(&store, &anyone()).await, Some(lease.key));
}

pub(crate) async fn a_lease_that_was_used_beside_an_end_still_ends(store: Shared) {
    let lease = claimed(&store, SHORT).await;
    let batch = message_beside_an_end(&store, &lease).await;
    store.append(batch).await.unwrap();
    assert_eq!(expire_next(&store).await, [lease.key]);
    assert_eq!(claim(&store, &anyone()).await, Some(lease.key));
}

pub(crate) async fn a_lease_holds_while_the_end_of_another_ticket_is_stored(store: Shared) {
    let lease = claimed(&store, SHORT).await;
    let first = store.append(message_beside_an_end(&store, &lease).await);
    store.extend(&lease, SHORT).await.unwrap();
    let next = vec![record(lease.key, message("next"))];
    let second = store.append(Batch::leased(&lease, next));
    first.await.unwrap();
    second.await.unwrap();

    let transcript = get(&store, lease.key).transcript().unwrap();
    let texts: Vec<_> = transcript
        .iter()
        .map(agentwerk::chat::Message::text)
        .collect();
    assert_eq!(texts, ["beside", "next"]);
    assert_eq!(expire_next(&store).await, [lease.key]);
}

pub(crate) async fn an_answer_counts_before_it_is_stored(store: Shared) {
    let lease = claimed(&store, LONG).await;
    let requested = Change::ApprovalRequested(request("1"));
    leased(&store, &lease, requested).await.unwrap();
    let other = submit(&store, ["other"]).await;
    let records = vec![
        record(lease.key, answer("1", ApprovalDecision::Approve)),
        record(other, Change::Cancelled),
    ];
    let first = store.append(Batch::new(records));
    let reason = "too late".to_owned();
    let denied = answer("1", ApprovalDecision::Deny(reason));
    let refused = change(&store, lease.key, denied).await;
    assert!(
        matches!(refused, Err(StoreError::UnknownApproval { key, .. }) if key == lease.key),
        "{refused:?}"
    );
    first.await.unwrap();
    let ticket = get(&store, lease.key);
    assert_eq!(ticket.status(), Status::Todo);
    assert_eq!(
        ticket.approvals()[0].decision,
        Some(ApprovalDecision::Approve)
    );
}
