use agentwerk::ticket::{Change, Comment};
use agentwerk::{AgentName, Status, Timestamp};

use super::fixture::*;

fn commented(text: &str) -> Change {
    let at = Timestamp::from_millis(1_700_000_000_000);
    Change::Commented(Comment::new(AgentName::default(), at, text))
}

/// The agent looked at the comments when there was one, and told of it when there were two.
pub(crate) async fn a_comment_that_comes_while_others_are_read_is_unread(store: Shared) {
    let lease = claimed(&store, LONG).await;
    for text in ["first", "second"] {
        change(&store, lease.key, commented(text)).await.unwrap();
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
