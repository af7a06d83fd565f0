use agentwerk::chat::{ToolCall, Usage};
use agentwerk::ticket::{ApprovalRequest, Change, Comment, Compaction};
use agentwerk::{AgentName, Status, Timestamp};
use serde_json::json;

use super::fixture::*;

fn comment(text: &str) -> Change {
    let at = Timestamp::from_millis(9);
    Change::Commented(Comment::new(AgentName::from("ann"), at, text))
}

/// What the comments on a ticket say.
fn texts(store: &Shared, key: agentwerk::TicketKey) -> Vec<String> {
    let ticket = get(store, key);
    ticket
        .comments()
        .iter()
        .map(|one| one.text.clone())
        .collect()
}

pub(crate) async fn a_comment_is_kept_and_changes_no_status(store: Shared) {
    let key = submit(&store, []).await;
    change(&store, key, comment("one")).await.unwrap();
    assert_eq!(status(&store, key), Status::Todo);
    let lease = claim_for(&store, &anyone(), LONG).await.unwrap().lease;
    change(&store, key, comment("two")).await.unwrap();
    assert_eq!(status(&store, key), Status::InProgress);
    assert_eq!(texts(&store, key), ["one", "two"]);
    assert_eq!(
        get(&store, key).comments()[0].author,
        AgentName::from("ann")
    );
    leased(&store, &lease, done()).await.unwrap();
}

pub(crate) async fn a_comment_opens_a_ticket_that_waits_for_one(store: Shared) {
    let lease = claimed(&store, LONG).await;
    leased(&store, &lease, Change::CommentAwaited)
        .await
        .unwrap();
    assert!(get(&store, lease.key).awaits_comment());
    let mut watch = store.watch(&anyone());
    change(&store, lease.key, comment("go on")).await.unwrap();

    assert!(is_offered(&mut watch).await);
    assert!(!get(&store, lease.key).awaits_comment());
    assert_eq!(store.backlog(&anyone()).waiting, 0);
    assert_eq!(claim(&store, &anyone()).await, Some(lease.key));
}

pub(crate) async fn a_comment_that_came_before_the_wait_ends_it(store: Shared) {
    let lease = claimed(&store, LONG).await;
    change(&store, lease.key, comment("early")).await.unwrap();
    leased(&store, &lease, Change::CommentAwaited)
        .await
        .unwrap();
    assert_eq!(status(&store, lease.key), Status::Todo);
    assert!(!get(&store, lease.key).awaits_comment());

    let lease = claim_for(&store, &anyone(), LONG).await.unwrap().lease;
    let read = Change::CommentsRead { count: 1 };
    leased(&store, &lease, read).await.unwrap();
    leased(&store, &lease, Change::CommentAwaited)
        .await
        .unwrap();
    assert_eq!(status(&store, lease.key), Status::Waiting);
}

pub(crate) async fn a_ticket_that_waits_for_a_comment_is_claimed_by_nobody(store: Shared) {
    let lease = claimed(&store, LONG).await;
    leased(&store, &lease, Change::CommentAwaited)
        .await
        .unwrap();
    assert_eq!(claim(&store, &anyone()).await, None);
    assert_eq!(store.backlog(&anyone()).waiting, 1);
    assert_eq!(store.next_expiry(), None);
    change(&store, lease.key, done()).await.unwrap();
    assert_eq!(status(&store, lease.key), Status::Done);
    assert!(!get(&store, lease.key).awaits_comment());
}

pub(crate) async fn a_comment_opens_no_ticket_that_waits_for_leave(store: Shared) {
    let lease = claimed(&store, LONG).await;
    let call = ToolCall::new("1", "delete", &json!({}));
    let request = ApprovalRequest::new(None, AgentName::default(), &call);
    let requested = Change::ApprovalRequested(request);
    leased(&store, &lease, requested).await.unwrap();
    change(&store, lease.key, comment("hm")).await.unwrap();
    assert_eq!(status(&store, lease.key), Status::Waiting);
    assert_eq!(texts(&store, lease.key), ["hm"]);
}

pub(crate) async fn a_comment_on_a_ticket_that_ended_is_kept(store: Shared) {
    for (end, ended) in ends() {
        let key = submit(&store, []).await;
        change(&store, key, end).await.unwrap();
        change(&store, key, comment("well done")).await.unwrap();
        assert_eq!(status(&store, key), ended);
        assert_eq!(texts(&store, key), ["well done"]);
        assert_eq!(claim(&store, &anyone()).await, None);
    }
}

pub(crate) async fn a_comment_beside_an_end_that_is_being_stored_is_kept(store: Shared) {
    let key = submit(&store, []).await;
    let ended = store.append(agentwerk::store::Batch::new(vec![record(key, done())]));
    change(&store, key, comment("beside")).await.unwrap();
    ended.await.unwrap();
    assert_eq!(status(&store, key), Status::Done);
    assert_eq!(texts(&store, key), ["beside"]);
}

pub(crate) async fn only_who_works_on_a_ticket_reads_its_comments_or_compacts_it(store: Shared) {
    let key = submit(&store, []).await;
    let compaction = Compaction::new("so far", 1, Usage::default());
    let read = Change::CommentsRead { count: 1 };
    for early in [read, Change::Compacted(compaction.clone())] {
        change(&store, key, early).await.unwrap_err();
    }
    let lease = claim_for(&store, &anyone(), LONG).await.unwrap().lease;
    let compacted = Change::Compacted(compaction.clone());
    leased(&store, &lease, compacted).await.unwrap();
    assert_eq!(get(&store, key).compaction(), Some(&compaction));
}

/// The agent looked at the comments when there was one, and told of it when there were two.
pub(crate) async fn a_comment_that_comes_while_others_are_read_is_unread(store: Shared) {
    let lease = claimed(&store, LONG).await;
    for text in ["first", "second"] {
        change(&store, lease.key, comment(text)).await.unwrap();
    }
    let read = Change::CommentsRead { count: 1 };
    leased(&store, &lease, read).await.unwrap();
    leased(&store, &lease, Change::CommentAwaited)
        .await
        .unwrap();

    // Had both been read, the ticket would wait, and nobody would ever read the second one.
    let ticket = get(&store, lease.key);
    assert_eq!(ticket.status(), Status::Todo);
    assert_eq!(claim(&store, &anyone()).await, Some(lease.key));
}
